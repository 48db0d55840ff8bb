from odoo import models
from odoo.exceptions import UserError

from .sos_case_split_choice import SplitChoice


class SosMerge(models.Model):
    """Undoing the merge of two family files, and undoing a split."""

    _inherit = "sos.merge"

    def _undo_families(self):
        """The merged file has everything again that was in it, and what was written
        since about its children only."""
        kept, merged = self.case_id, self.merged_case_id
        moved = self.moved
        (kept | merged)._queue()
        before = {kept: {"merged_ids": kept._get_log_text("merged_ids")}}
        merged.write({"active": True, "merged_into_id": False})
        kept._log_changes(before)
        self._restore_dropped(moved)
        self._apply(moved, back=True)
        self._restore_taken(moved)
        self._give_since(kept, merged)
        (kept | merged)._follow_merge()

    def _give_since(self, kept, merged):
        """What was written since the merge about children who go back only.

        :raise UserError: with what is about children of both
        """
        children = merged.child_ids - kept.child_ids
        choice = SplitChoice(kept, children, merged)
        if choice.mixed_forms:
            raise UserError(
                self.env._(
                    "These forms were begun since and are about children of both "
                    "files: %s. Finish them, cancel them, or take the children off "
                    "them. Then undo this.",
                    ", ".join(choice.mixed_forms.mapped("reference")),
                )
            )
        if choice.torn:
            kinds = sorted({line._description for line in choice.torn})
            raise UserError(
                self.env._(
                    "Some lines were written since that belong to both files, because "
                    "they point at each other (%s). Take the link out of them, or say "
                    "which children they are about. Then undo this.",
                    ", ".join(kinds).lower(),
                )
            )
        since = self._new_moves()
        since["rows"] = [
            [model, field, ids, kept.id, merged.id]
            for (model, field), ids in choice.get_ids().items()
        ]
        self._apply(since)

    def _undo_split(self):
        """The first file takes everything back, with what was written in the other
        one since; that one leads to it."""
        case, new = self.case_id, self.merged_case_id
        (case | new)._queue()
        back = self._new_moves()
        for model, row_id in self.moved["created"]:
            if copied := self.env[model].browse(row_id).exists():
                self._drop(copied, back)
        before = {case: {"merged_ids": case._get_log_text("merged_ids")}}
        case._take_in(new, back)
        new.write({"active": False, "merged_into_id": case.id})
        case._log_changes(before)
        self.moved = {**self.moved, "undone": back}
        (case | new)._follow_merge()
