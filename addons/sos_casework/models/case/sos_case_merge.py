from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class SosCase(models.Model):
    """Two files of one family become one.

    Everything in the other file moves into the kept one and stands beside what is
    there: both maps, both sets of danger statements. Nothing is thrown away.
    """

    _inherit = "sos.case"

    _fields_by_number = ("merged_ids", "split_ids")
    _merged_name = "merged_case_id"

    active = fields.Boolean(default=True, readonly=True, copy=False)
    merged_into_id = fields.Many2one(
        "sos.case", "Goes on as", index="btree_not_null", readonly=True, copy=False
    )
    merged_ids = fields.One2many(
        "sos.case",
        "merged_into_id",
        "Merged files",
        context={"active_test": False},
    )

    def _check_goes_on(self):
        """:raise UserError: for a file that goes on under another one's number"""
        for case in self:
            if case.merged_into_id:
                raise UserError(
                    self.env._(
                        "File %(reference)s goes on as %(kept)s. Write it in %(kept)s.",
                        reference=case.reference,
                        kept=case.merged_into_id.reference,
                    )
                )

    def _get_readers(self):
        # a merged file is its kept one's readers'
        kept = self.merged_into_id
        return kept.reader_ids if kept else super()._get_readers()

    def _refresh_readers(self):
        result = super()._refresh_readers()
        # sudo: as for the files themselves
        for case in self.sudo().merged_ids:
            if case.restricted != case.merged_into_id.restricted:
                case.restricted = case.merged_into_id.restricted
            case._refresh_readers()
        return result

    def action_open_merge(self):
        """Ask which file is of the same family."""
        action = self._get_open_merge_action(self.env._("This is the same family as…"))
        return {**action, "context": {"default_case_id": self.id}}

    # -------------------------------------------------------------------- merge

    def _get_merge_problems(self, other):
        """What stands in the way of the two files being one: a sentence each."""
        self.ensure_one()
        if self == other:
            return [self.env._("This is the same file. Choose another one.")]
        problems = [
            self.env._("File %s was merged already.", case.reference)
            for case in self | other
            if case.merged_into_id
        ]
        if self.company_id != other.company_id:
            problems.append(self.env._("The two files are with different authorities."))
        return problems

    def _get_merge_effects(self, other):
        """What the merge changes for those who work with the family: a sentence each,
        to be looked at before it is done."""
        self.ensure_one()
        # sudo: both files are the user's to write
        kept, merged = self.sudo(), other.sudo()
        effects = []
        workers = merged._get_running_allocations().user_id
        if workers:
            effects.append(
                self.env._(
                    "The allocations of %(reference)s end: %(who)s. Allocate them "
                    "again where they should go on.",
                    reference=merged.reference,
                    who=", ".join(workers.mapped("name")),
                )
            )
        if kept.team_id != merged.team_id:
            effects.append(
                self.env._(
                    "The family is with the team %(team)s; the team %(other)s no "
                    "longer reads it.",
                    team=kept.team_id.name,
                    other=merged.team_id.name,
                )
            )
        if kept.restricted or merged.restricted:
            named = (kept | merged).filtered("restricted").named_reader_ids
            effects.append(
                self.env._(
                    "The file is restricted, because one of the two is. Who may read "
                    "it: %s.",
                    ", ".join(named.mapped("name"))
                    or self.env._(
                        "who is allocated, the team's managers and its business support"
                    ),
                )
            )
        if bool(kept.closed_on) != bool(merged.closed_on):
            effects.append(self.env._("One of the two is closed; the file is open."))
        return effects

    def _get_running_allocations(self):
        today = self.env["res.company"]._sos_today()
        return self.allocation_ids.filtered(lambda a: not a.until or a.until >= today)

    def _merge(self, other, reason):
        """``other`` goes on in this file.

        :return: the ``sos.merge`` that can undo it
        :raise UserError: for who may not, and for what stands in the way; nothing is
            stored then
        """
        self.ensure_one()
        other.ensure_one()
        merges = self.env["sos.merge"].sudo()
        self.env["sos.merge"]._check_may_merge(self | other)
        (self | other).check_access("write")
        merges._check_reason(reason)
        (self | other)._queue()
        self.invalidate_recordset()
        if problems := self._get_merge_problems(other):
            raise UserError("\n".join(problems))
        # sudo: what a file holds moves with it, whoever may write which line of it;
        # rights to both files were checked above
        kept, merged = self.sudo(), other.sudo()
        moves = merges._new_moves()
        before = {kept: {"merged_ids": kept._get_log_text("merged_ids")}}
        kept._take_in(merged, moves)
        merged.write({"active": False, "merged_into_id": kept.id})
        merges._take_over(merged, {"restricted": kept.restricted}, moves)
        kept._log_changes(before)
        merge = merges._record_done("families", kept, merged, reason, moves)
        (kept | merged)._follow_merge()
        return merge.sudo(False)

    def _take_in(self, other, moves):
        """Everything of the other file moves into this one."""
        merges = self.env["sos.merge"]
        merges._take_over(self, self._get_values_of_both(other), moves)
        other._get_running_allocations()._end_for_merge(moves)
        merges._fold_doubles(other, self, moves)
        merges._move(other, self, moves)

    def _get_values_of_both(self, other):
        """What is stricter of the two counts, and an open file is open."""
        values = {}
        restricted = (self | other).filtered("restricted")
        if restricted:
            values["restricted"] = True
            readers = restricted.named_reader_ids
            values["named_reader_ids"] = [Command.set(readers.ids)]
        closed = (self.closed_on, other.closed_on)
        values["closed_on"] = all(closed) and max(closed)
        return values

    def _follow_merge(self):
        """Readers, lead worker and reminders are what they should be."""
        self.env.add_to_compute(self._fields["lead_id"], self)
        self._refresh_blocked()
        self._refresh_readers()
        self.deadline_ids._sync_reminders()
