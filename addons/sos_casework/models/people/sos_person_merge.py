from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.names import fold

#: each record's own, whatever becomes of the other one
MERGE_APART = ("kind", "active", "reference", "entered_by_id", "merged_into_id")


class SosPerson(models.Model):
    """Two records of one person become one.

    The kept one goes on with everything that named the other one. The merged one stays
    as it was, out of the lists, and leads to the kept one.
    """

    _inherit = "sos.person"

    _also_known_fields = ("name", "reference", "upn")
    # after an undo, too
    _fields_by_number = ("merged_ids", "merged_into_id")
    _merged_name = "merged_person_id"

    merged_into_id = fields.Many2one(
        "sos.person", "Goes on as", index="btree_not_null", readonly=True, copy=False
    )
    merged_ids = fields.One2many(
        "sos.person",
        "merged_into_id",
        "Merged records",
        context={"active_test": False},
    )

    def _check_goes_on(self):
        """:raise UserError: for a record that goes on under another one's number"""
        for person in self:
            if person.merged_into_id:
                raise UserError(
                    self.env._(
                        "%(reference)s is the same person as %(kept)s, and goes on "
                        "there. Write it in %(kept)s.",
                        reference=person.reference,
                        kept=person.merged_into_id.reference,
                    )
                )

    def action_open_merge(self):
        """Ask which record is of the same person, and what to keep of it."""
        action = self._get_open_merge_action(self.env._("This is the same person as…"))
        context = {"default_person_id": self.id, "dialog_size": "extra-large"}
        return {**action, "context": context}

    # -------------------------------------------------------------------- rules

    @api.model
    def _get_merge_fields(self):
        """What a person says of themselves: one of two values is kept."""
        return [
            name
            for name in self._fields
            if self._is_logged(name)
            and name not in models.MAGIC_COLUMNS
            and name not in MERGE_APART
        ]

    def _get_merge_choice(self, other):
        """Fields in which the two differ, and whether the other one's value is the
        likelier: the filled one, this record's first.

        :return: {field: True to take the other one's}
        """
        self.ensure_one()
        choice = {
            name: bool(other[name] and not self[name])
            for name in self._get_merge_fields()
            if self[name] != other[name]
        }
        # what is known stands above “not known”
        if "sex_id" in choice and self.sex_id.code == "U":
            choice["sex_id"] = bool(other.sex_id)
        if "upn_unknown_id" in choice and (self.upn or other.upn):
            choice["upn_unknown_id"] = not other.upn_unknown_id
        return choice

    def _check_may_merge(self, other):
        """Role, write access to both, and sight of every file that they are in.

        :raise UserError: says what is missing, and whom to ask
        """
        # sudo: which files they are in, in the user's sight or not
        files = (self | other).sudo().member_ids.case_id.sudo(False)
        self.env["sos.merge"]._check_may_merge(files)
        if self.env.su:
            return
        for person in self | other:
            # sudo: that there are more files; which they are is not told
            cases = person.sudo().member_ids.case_id
            unseen = cases - cases.sudo(False)._filtered_access("write")
            if unseen or not person.has_access("write"):
                raise UserError(
                    self.env._(
                        "You may not read all that is known of %(reference)s, so you "
                        "cannot merge this record. Ask %(whom)s.",
                        reference=person._get_public_reference(),
                        whom=person._get_whom_to_ask(unseen),
                    )
                )

    def _get_merge_problems(self, other):
        """What must be put right before the two can be one: a sentence each."""
        self.ensure_one()
        if self == other:
            return [self.env._("This is the same record. Choose another one.")]
        problems = []
        for person in self | other:
            if person.merged_into_id:
                problems.append(self.env._("%s was merged already.", person.reference))
            elif not person.active:
                problems.append(
                    self.env._(
                        "%s is archived. Take the record out of the archive first.",
                        person.reference,
                    )
                )
        if self.kind != other.kind:
            problems.append(
                self.env._(
                    "One is recorded as a child, the other as an adult. Put that right "
                    "in one of them first."
                )
            )
        return problems + self._get_form_problems(other)

    def _get_form_problems(self, other):
        """A form that was signed about two children stays about two."""
        # sudo: every file of both is the user's to write, as was checked
        lines = (
            self.env["sos.form.child"]
            .sudo()
            .search(
                [
                    ("child_id", "in", (self | other).ids),
                    ("form_id.state", "!=", "cancelled"),
                ]
            )
        )
        problems = []
        for form, both in lines.grouped("form_id").items():
            if len(both) < 2:
                continue
            if form.state in ("authorised", "complete"):
                problems.append(
                    self.env._(
                        "Form %s was signed with both as children of their own. Have "
                        "it corrected first.",
                        form.reference,
                    )
                )
            elif form.state == "submitted":
                problems.append(
                    self.env._(
                        "Form %s waits for authorisation with both as children. Have "
                        "it sent back first: as a draft, the two become one in it.",
                        form.reference,
                    )
                )
            elif any(both.mapped("confirmed_at")):
                problems.append(
                    self.env._(
                        "In form %s, decisions for them are in effect. Have it "
                        "corrected first.",
                        form.reference,
                    )
                )
        return problems

    def _get_merge_warnings(self, other):
        """What speaks against the two being one person: a sentence each."""
        self.ensure_one()
        warnings = []
        both_named = self.first_name and other.first_name
        same_name = fold(self.first_name) == fold(other.first_name)
        if self.birth_date and other.birth_date:
            if self.birth_date != other.birth_date:
                warnings.append(self.env._("Their birth dates differ."))
            elif both_named and not same_name:
                warnings.append(
                    self.env._(
                        "Same birth date, different first names: make sure that they "
                        "are not twins."
                    )
                )
        if self.sex_id and other.sex_id and self.sex_id != other.sex_id:
            warnings.append(self.env._("Their sex is recorded differently."))
        if self.upn and other.upn and self.upn != other.upn:
            warnings.append(self.env._("They have different UPNs."))
        if self.relation_ids.other_id & other or self.inverse_relation_ids.person_id & (
            other
        ):
            warnings.append(
                self.env._(
                    "They are recorded as related to each other. That relationship "
                    "goes into the log of this merge."
                )
            )
        # sudo: every file of both is the user's to write, as was checked
        restricted = set((self | other).sudo().member_ids.case_id.mapped("restricted"))
        if len(restricted) > 1:
            warnings.append(
                self.env._(
                    "One of them is in a restricted file. Afterwards only the readers "
                    "of that file read the person; whoever reads the other file sees "
                    "their number."
                )
            )
        return warnings

    # -------------------------------------------------------------------- merge

    def _merge(self, other, reason, take=(), accepted=False):
        """``other`` becomes this person.

        :param take: names of fields whose value is the other record's
        :param accepted: whether the user has looked at the warnings
        :return: the ``sos.merge`` that can undo it
        :raise UserError: for who may not, and for what must be put right first;
            nothing is stored then
        """
        self.ensure_one()
        other.ensure_one()
        self._check_may_merge(other)
        merges = self.env["sos.merge"].sudo()
        merges._check_reason(reason)
        # sudo: whose everything is follows from the merge; rights were checked above,
        # and nobody may write what was signed
        kept, merged = self.sudo(), other.sudo()
        (kept | merged).member_ids.case_id._queue()
        (kept | merged)._queue()
        if problems := self._get_merge_problems(other):
            raise UserError("\n".join(problems))
        if not accepted and (warnings := self._get_merge_warnings(other)):
            tick = self.env._(
                "If it is the same person all the same, tick that you have checked it."
            )
            raise UserError("\n".join([*warnings, tick]))
        moves = merges._new_moves()
        kept.plan_ids._count_each_other(merged.plan_ids, moves)
        merges._fold_doubles(merged, kept, moves)
        merges._move(merged, kept, moves)
        # out of the lists first: two in the lists cannot have one UPN
        before = {kept: {"merged_ids": kept._get_log_text("merged_ids")}}
        merged.write({"active": False, "merged_into_id": kept.id})
        kept._log_changes(before)
        merges._take_over(kept, kept._get_values_of(merged, take), moves)
        merge = merges._record_done("people", kept, merged, reason, moves)
        (kept | merged)._follow_merge()
        return merge.sudo(False)

    def _get_values_of(self, other, names):
        """The other record's values of some fields, as far as they differ."""
        self.ensure_one()
        values = {
            name: other._fields[name].convert_to_write(other[name], other)
            for name in set(names) & set(self._get_merge_fields())
            if other[name] != self[name]
        }
        # a number, and a reason for having none, do not stand together
        if values.get("upn", self.upn):
            values["upn_unknown_id"] = False
        return values

    def _follow_merge(self):
        """Reminders and readers are what they should be."""
        cases = self.member_ids.case_id
        cases._refresh_blocked()
        self._refresh_blocked()
        cases._refresh_readers()
        cases.deadline_ids._sync_reminders()
