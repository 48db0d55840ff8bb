from odoo import api, models
from odoo.exceptions import UserError


class SosMerge(models.Model):
    """Undoing the merge of two records of one person."""

    _inherit = "sos.merge"

    @api.model
    def _get_people_since(self, day):
        """Whom an id that was written down on a day means today.

        :return: {id: set of ids}, for those who mean somebody else or several
        """
        merges = self.search(
            [
                ("kind", "=", "people"),
                "|",
                "&",
                ("state", "=", "done"),
                ("done_at", ">=", day),
                "&",
                ("done_at", "<=", day),
                ("undone_at", ">=", day),
            ],
            order="id",
        )
        same = {}
        for merge in merges:
            kept, merged = merge.person_id.id, merge.merged_person_id.id
            if merge.state == "done":
                same.setdefault(merged, {merged})
                for ids in same.values():
                    if merged in ids:
                        ids.remove(merged)
                        ids.add(kept)
            else:
                same.setdefault(kept, {kept}).add(merged)
        return same

    def _undo_people(self):
        """The merged record has everything again that was its own, and what was
        written since in the files that were its own."""
        kept, merged = self.person_id, self.merged_person_id
        moved = self.moved
        (kept | merged).member_ids.case_id._queue()
        (kept | merged)._queue()
        since = self._find_since_people(moved, kept, merged)
        self._restore_taken(moved)
        before = {kept: {"merged_ids": kept._get_log_text("merged_ids")}}
        merged.write({"active": True, "merged_into_id": False})
        kept._log_changes(before)
        self._restore_dropped(moved)
        self._apply(moved, back=True)
        self._apply(since)
        self._check_not_torn(kept)
        (kept | merged)._follow_merge()

    def _find_since_people(self, moved, kept, merged):
        """What was written about the kept record since, in the files that only the
        merged one was in: there it was the merged one that people meant."""
        members = [
            ids
            for model, field, ids, *_values in moved["rows"]
            if (model, field) == ("sos.case.member", "person_id")
        ]
        cases = self.env["sos.case.member"].browse(sum(members, [])).exists().case_id
        known = {}
        for model, field, ids, *_values in moved["rows"]:
            known.setdefault((model, field), set()).update(ids)
        for model, field, links, *_values in moved["links"]:
            ids = {row_id for row_id, _had in links}
            known.setdefault((model, field), set()).update(ids)
        found = self._new_moves()
        self.env.flush_all()
        self._find_moves(kept, merged, found)
        result = self._new_moves()
        for key in ("rows", "links"):
            for model, field, rows, *values in found[key]:
                if "case_id" not in self.env[model]._fields:
                    continue
                get_id = (lambda row: row) if key == "rows" else (lambda row: row[0])
                ids = [get_id(row) for row in rows]
                ours = (
                    self.env[model]
                    .browse(ids)
                    .filtered(lambda line: line.case_id in cases)
                )
                new = set(ours.ids) - known.get((model, field), set())
                if rows := [row for row in rows if get_id(row) in new]:
                    result[key].append([model, field, rows, *values])
        return result

    def _check_not_torn(self, kept):
        """A form about the kept record does not hang on what has gone back.

        :raise UserError: naming the forms
        """
        lines = self.env["sos.form.child"].search(
            [("child_id", "=", kept.id), ("form_id.state", "!=", "cancelled")]
        )
        torn = lines.filtered(
            lambda line: line.episode_id.child_id - kept
            or line.enquiry_id.child_id - kept
            or line.plan_id.child_id - kept
        )
        if torn:
            raise UserError(
                self.env._(
                    "These forms were written since about what would go back to the "
                    "other record: %s. Cancel them where they are drafts, or have "
                    "them corrected. Then undo this.",
                    ", ".join(torn.form_id.mapped("reference")),
                )
            )
