from odoo import api, fields, models

from .duplicate_question import DuplicateQuestion


class SosPerson(models.Model):
    """Finds the record that somebody is about to make a second time.

    It warns, it never blocks: twins and namesakes exist.
    """

    _inherit = "sos.person"

    duplicate_list = fields.Json(
        "Perhaps here already",
        compute="_compute_duplicate_list",
        help="People who may be the one being entered.",
    )

    @api.depends(
        "first_name", "last_name", "birth_date", "expected_on", "upn", "former_upn"
    )
    @api.depends_context("uid")
    def _compute_duplicate_list(self):
        for person in self:
            person.duplicate_list = person._get_duplicate_list()

    def _get_duplicate_list(self):
        """What the form shows while a person is being entered or changed."""
        self.ensure_one()
        if self.id or not self.browse().has_access("create"):
            # a saved person is not asked about again at each opening
            return []
        return self._ask_who_is_here()

    def _ask_who_is_here(self):
        """Who may be this person, as far as the user may know of them."""
        names = ("first_name", "last_name", "birth_date", "expected_on")
        asked = {name: self[name] for name in (*names, "upn", "former_upn")}
        return DuplicateQuestion(self.env, self._origin, **asked).answer()

    def _describe_duplicate(self, hint, same_name=False):
        """A found person as far as the user may know of them.

        :param same_name: whether they have the very name that was asked for
        """
        self.ensure_one()
        result = {
            "reference": self._get_public_reference(),
            "why": self._get_duplicate_hints(same_name)[hint],
        }
        if self.has_access("read"):
            summary = self.summary
            if self.also_known:
                summary = self.env._(
                    "%(summary)s, also known as %(names)s",
                    summary=summary,
                    names=self.also_known,
                )
            return {**result, "id": self.id, "name": self.name, "summary": summary}
        return {**result, "ask": self._get_whom_to_ask()}

    @api.model
    def _get_duplicate_hints(self, same_name=False):
        """Why somebody may be the one, the likeliest reason first.

        :param same_name: whether the name is the very same, however it is written
        """
        same = self.env._("the same name")
        similar = same if same_name else self.env._("a similar name")
        nearly = same if same_name else self.env._("nearly the same name")
        return {
            # of people whom the user may not read: one hint, whatever is the same
            "same": self.env._("the same name, and the same date or number"),
            "number": self.env._("the same number"),
            "upn": self.env._("the same UPN"),
            "same_date": self.env._("%s and the same birth date", similar),
            "swapped": self.env._(
                "%s, day and month of birth the other way round", similar
            ),
            "expected": self.env._(
                "%s, expected or born around the same time", similar
            ),
            "near_date": self.env._("%s and nearly the same birth date", similar),
            "unsure": self.env._("%s, the birth date is not sure", nearly),
            "no_date": self.env._("%s, no birth date to compare", nearly),
            "same_year": self.env._("%s, born in the same year", nearly),
            "other_date": self.env._("%s, another birth date", nearly),
            "name": same,
            "part": self.env._("a part of the name"),
            "phone": self.env._("the same telephone number"),
            "address": self.env._("the same address"),
        }

    def _get_public_reference(self):
        # sudo: a reference is what anybody may know of a record, and nothing more
        return self.sudo().reference

    def _get_whom_to_ask(self, cases=None):
        """Who can say more about a person to somebody who may not read them.

        :param cases: only of these files; without them of all that the person is in
        """
        self.ensure_one()
        # sudo: which team holds a family is no secret among workers, who is in it is
        person = self.sudo()
        cases = (cases or person.member_ids.case_id).sudo()
        if not cases:
            return self.env._("%s, who entered it", person.entered_by_id.name)
        restricted = cases.filtered("restricted")
        if not restricted:
            return cases.team_id._describe_managers()
        # which team holds a restricted family is a secret as well
        return self._get_whom_to_ask_restricted(restricted)

    def _get_whom_to_ask_restricted(self, cases):
        """Everybody asks a service manager; these ask who reads the file."""
        service = self.env.ref("sos_casework.group_service_manager").sudo()
        asked = service._get_active_users()
        if self.env.user in asked - self.sudo().blocked_user_ids:
            return self.env._(
                "%s, who may see the restricted file",
                ", ".join(cases.reader_ids.sorted("name").mapped("name")),
            )
        names = ", ".join(asked.sorted("name").mapped("name"))
        if not names:
            return self.env._("a service manager")
        return self.env._("a service manager (%s)", names)

    def _describe_found(self, hint=None, same_name=False):
        """Values of ``sos.person.search.result``: a readable person, or that somebody
        is known, whom to ask, and which file may be opened in an emergency.

        Of somebody in a restricted file no number is given: who must see it asks a
        service manager, who can be reached at night too. A blocked user is told what
        every other stranger is.
        """
        self.ensure_one()
        values = {"reference": self._get_public_reference()}
        if self.has_access("read"):
            return {
                **values,
                "person_id": self.id,
                "text": f"{self.name}, {self.summary}",
                "why": self._get_duplicate_hints(same_name).get(hint),
            }
        # sudo: the numbers of files are no secret
        cases = self.sudo().member_ids.case_id
        if any(cases.mapped("restricted")):
            cases = cases.browse()
        latest = cases.sorted(lambda c: (not c.closed_on, c.id))[-1:]
        return {
            **values,
            "ask": self._get_whom_to_ask(),
            "case_reference": latest.reference,
        }
