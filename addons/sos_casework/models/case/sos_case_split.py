from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from .sos_case_split_choice import SplitChoice


class SosCase(models.Model):
    """A family that splits is two files that know each other."""

    _inherit = "sos.case"

    split_from_id = fields.Many2one(
        "sos.case",
        "Split from",
        index="btree_not_null",
        readonly=True,
        copy=False,
        help="Forms that were signed before the family was split are there.",
    )
    split_ids = fields.One2many("sos.case", "split_from_id", "Split off")
    split_text = fields.Char("Split off as", compute="_compute_split_text")

    @api.depends("split_ids")
    @api.depends_context("uid")
    def _compute_split_text(self):
        for case in self:
            # sudo: two files know each other by number; a name is its readers' only,
            # and display_name sees to that
            others = case.sudo().split_ids.sudo(False)
            case.split_text = ", ".join(others.mapped("display_name"))

    def action_open_split(self):
        """Ask which children go to a file of their own."""
        self.ensure_one()
        self.env["sos.merge"]._check_may_merge(self)
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Split this family file"),
            "res_model": "sos.case.split",
            "view_mode": "form",
            "target": "new",
            "context": {"default_case_id": self.id, "dialog_size": "extra-large"},
        }

    def action_open_related(self):
        """Open the files with which this one belongs."""
        self.ensure_one()
        self.check_access("read")
        ids = (self.split_from_id | self.split_ids).ids
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Files that were split"),
            "res_model": "sos.case",
            "view_mode": "list,form",
            "domain": [("id", "in", ids)],
        }

    def _get_split_problems(self, children):
        """What stands in the way of these children going: a sentence each."""
        self.ensure_one()
        everybody = self.child_ids
        if not children or children - everybody:
            return [self.env._("Choose the children who go to the new file.")]
        if not everybody - children:
            return [
                self.env._(
                    "All the children would go. At least one stays in this file."
                )
            ]
        return [
            self.env._(
                "Form %(reference)s (%(type)s) is about children on both sides and is "
                "not signed. Finish it, cancel it, or take the children off it first.",
                reference=form.reference,
                type=form.type_id.name,
            )
            for form in SplitChoice(self, children).mixed_forms
        ]

    def _split(self, name, children, reason, adults=None, both=None):
        """Children, and who goes with them, get a family file of their own.

        :param adults: who goes with them and leaves this file
        :param both: who is in both files from now on
        :return: the ``sos.merge`` that can undo it; its ``merged_case_id`` is the new
            file
        :raise UserError: for who may not, and for what stands in the way; nothing is
            stored then
        """
        self.ensure_one()
        merges = self.env["sos.merge"].sudo()
        self.env["sos.merge"]._check_may_merge(self)
        self.check_access("write")
        self._check_goes_on()
        merges._check_reason(reason)
        if not (name or "").strip():
            raise UserError(self.env._("Give the new file a name."))
        self._queue()
        self.invalidate_recordset()
        if problems := self._get_split_problems(children):
            raise UserError("\n".join(problems))
        # sudo: what is about these children goes with them, whoever may write which
        # line of it; rights to the file were checked above
        case = self.sudo()
        going = case.member_ids.filtered(
            lambda m: m.person_id in children | (adults or children.browse())
        )
        before = {case: {"split_ids": case._get_log_text("split_ids")}}
        moves = {**merges._new_moves(), "created": []}
        new = case._create_split(name)
        ids = SplitChoice(case, children).get_ids()
        ids["sos.case.member", "case_id"] = going.ids
        moves["rows"] = [
            [model, field, rows, case.id, new.id]
            for (model, field), rows in ids.items()
        ]
        merges._apply(moves)
        moves["created"] += case._copy_members(new, both)
        moves["created"] += case._copy_allocations(new, children)
        case._log_changes(before)
        merge = merges._record_done("split", case, new, reason, moves)
        (case | new)._follow_merge()
        return merge.sudo(False)

    def _create_split(self, name):
        return self.create(
            {
                "name": name.strip(),
                "company_id": self.company_id.id,
                "team_id": self.team_id.id,
                "restricted": self.restricted,
                "named_reader_ids": [Command.set(self.named_reader_ids.ids)],
                "split_from_id": self.id,
            }
        )

    def _copy_members(self, new, both):
        """Who is in both files, and who is named by what went."""
        # a child is in one of the two
        people = both.sudo() - self.child_ids if both else self.env["sos.person"]
        people |= new.network_ids.person_id
        members = self.member_ids.filtered(
            lambda m: m.person_id in people - new.member_ids.person_id
        )
        copies = self.env["sos.case.member"].create(
            [
                {
                    "case_id": new.id,
                    "person_id": member.person_id.id,
                    "role": member.role,
                    "since": member.since,
                    "until": member.until,
                }
                for member in members
            ]
        )
        return [[copies._name, copy_id] for copy_id in copies.ids]

    def _copy_allocations(self, new, children):
        """Who works with the family works with both files, as from when they did."""
        running = self._get_running_allocations().filtered(
            lambda a: not a.child_ids or a.child_ids & children
        )
        copies = self.env["sos.allocation"].create(
            [
                {
                    "case_id": new.id,
                    "user_id": allocation.user_id.id,
                    "team_id": allocation.team_id.id,
                    "role": allocation.role,
                    "child_ids": [Command.set((allocation.child_ids & children).ids)],
                    "since": allocation.since,
                    "until": allocation.until,
                }
                for allocation in running.sorted("since")
            ]
        )
        return [[copies._name, copy_id] for copy_id in copies.ids]
