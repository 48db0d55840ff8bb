from odoo import api, fields, models
from odoo.tools import SQL

#: until so many years somebody without a first name is a baby
BABY_YEARS = 2


class SosPerson(models.Model):
    """What people are called: by what is known of them, and so that nobody is taken for
    somebody else of the same family file.

    The whole name (``name``) is stored; who has no first name is a baby, and later a
    child. What stands beside a name (``called_mark``, ``name_mark``) is worked out for
    all people of a list at once, among those whom the user may read.
    """

    _inherit = "sos.person"

    name = fields.Char(
        compute="_compute_name", store=True, precompute=True, index="trigram"
    )
    called = fields.Char(
        "Is called",
        compute="_compute_called",
        exportable=False,
        help="The first name; with the last name where that is what differs.",
    )
    called_mark = fields.Char(
        compute="_compute_called",
        exportable=False,
        help="What tells them from somebody of the same files who is called the same.",
    )
    name_mark = fields.Char(
        compute="_compute_called",
        exportable=False,
        help="What tells them from somebody of the same files with the same name.",
    )

    @api.depends(
        *("first_name", "last_name", "kind"),
        *("birth_date", "expected_on", "death_on"),
    )
    def _compute_name(self):
        today = self.env["res.company"]._sos_today()
        for person in self:
            first = person.first_name or person._get_stage(today)
            person.name = f"{first} {person.last_name or ''}".strip()

    def _get_stage(self, day):
        """What a child without a first name is called instead; nothing for adults."""
        self.ensure_one()
        if self.kind != "child":
            return ""
        if self.birth_date:
            baby = self._get_age_on(self.death_on or day) < BABY_YEARS
        else:
            baby = bool(self.expected_on)
        return self.env._("Baby") if baby else self.env._("Child")

    @api.model
    def _follow_stages(self):
        """Who was a baby without a first name is a child from a birthday on."""
        nameless = self.with_context(active_test=False).search(
            [("kind", "=", "child"), ("first_name", "in", (False, ""))]
        )
        self.env.add_to_compute(self._fields["name"], nameless)

    @api.depends(
        *("name", "known_as", "kind", "sex_id", "relation_ids"),
        *("birth_date", "birth_sure", "expected_on", "member_ids"),
    )
    @api.depends_context("uid")
    def _compute_called(self):
        alike = self._find_alike()
        for person in self:
            called = person._get_first_called()
            person.called, person.called_mark, person.name_mark = called, False, False
            others = alike.get(person._origin.id)
            if not others:
                continue
            same_name = others.filtered(lambda o, p=person: o.name == p.name)
            person.name_mark = bool(same_name) and person._get_mark(same_name)
            same_called = others.filtered(
                lambda o, called=called: o._get_first_called() == called
            )
            if not same_called:
                continue
            if person.last_name in same_called.mapped("last_name"):
                person.called_mark = person._get_mark(same_called)
            else:
                person.called = f"{called} {person.last_name}"

    def _get_first_called(self):
        return self.known_as or self.first_name or self.name

    def _find_alike(self):
        """Who could be taken for whom: one query for all of these people.

        :return: ``{id: people}`` of a family file that they share, whom the user may
            read, and who are called the same or have the same name
        """
        self.flush_model(["name", "known_as", "first_name"])
        self.env["sos.case.member"].flush_model(["case_id", "person_id", "active"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT p.id, array_agg(DISTINCT o.id)
                  FROM sos_person p
                  JOIN sos_case_member m ON m.person_id = p.id AND m.active
                  JOIN sos_case_member n
                    ON n.case_id = m.case_id AND n.person_id != p.id AND n.active
                  JOIN sos_person o ON o.id = n.person_id
                 WHERE p.id = ANY(%s)
                   AND (o.name = p.name
                        OR COALESCE(o.known_as, o.first_name, o.name)
                           = COALESCE(p.known_as, p.first_name, p.name))
                 GROUP BY p.id
                """,
                self._origin.ids,
            )
        )
        found = self.browse({other for _person, others in rows for other in others})
        # what tells from somebody whom the user may not read would say their name
        readable = found.sudo(False)._get_readable() if found else found
        return {
            person: found.filtered(lambda o, ids=others: o.id in ids and o in readable)
            for person, others in rows
        }

    def _get_mark(self, others):
        """The first thing that is known of this person, and is not so of the others:
        of an adult who they are to the family, of a child when they were born."""
        self.ensure_one()
        for name in ("relation", "begin", "sex"):
            get_text = f"_get_{name}_text"
            mark = getattr(self, get_text)()
            if mark and mark not in [getattr(one, get_text)() for one in others]:
                return mark
        return self.reference

    def _get_relation_text(self):
        """Who an adult is to the others, as far as the user may read it."""
        if self.kind != "adult":
            return ""
        relations = self.sudo(False).relation_ids._filtered_access("read")
        types = relations.filtered(lambda r: r._is_current()).type_id
        return ", ".join(sorted(types.mapped("name"))).lower()

    def _get_sex_text(self):
        return self.sex_id.name.lower() if self.sex_id.code in ("M", "F") else ""

    def _get_called(self, *beside):
        """What somebody is called on screens and in documents: never more than is
        needed, and their number to who may not read them.

        :param beside: more words for what stands in brackets after it
        """
        self.ensure_one()
        if self._origin and not self._origin.sudo(False).has_access("read"):
            return self._get_public_label()
        return self._set_beside(self.called, self.called_mark, *beside)

    def _set_beside(self, name, *beside):
        """
        :return: “Mia (born 3 May 2014)”; the name alone, if there is nothing beside it
        """
        words = ", ".join(filter(None, beside))
        return (
            self.env._("%(name)s (%(words)s)", name=name, words=words)
            if words
            else name
        )

    @api.depends("name", "name_mark", "summary", "reference")
    @api.depends_context("formatted_display_name")
    def _compute_display_name(self):
        return super()._compute_display_name()

    def _get_display_label(self):
        """In a list to choose from, where anybody may stand, with age and number."""
        if self.env.context.get("formatted_display_name"):
            return f"{self.name}\t--{self.summary} ({self.reference})--"
        # as the user, whose answer is there already where somebody was called as well
        return self._set_beside(self.name or "", self.sudo(False).name_mark)
