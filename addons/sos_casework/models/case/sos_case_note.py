from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.words import WrittenHtml


class SosCaseNote(models.Model):
    """What is worth keeping and belongs to no form. Fixed once completed: what must
    be added is a note that names the one it adds to."""

    _name = "sos.case.note"
    _inherit = ["sos.record.mixin"]
    _description = "Note"
    _order = "at desc, id desc"
    _rec_name = "kind_id"
    _stamp_fields = ("author_id",)
    _past_fields = ("at",)

    case_id = fields.Many2one("sos.case", "Family file", required=True, index=True)
    child_ids = fields.Many2many("sos.person", string="Children")
    kind_id = fields.Many2one(
        "sos.code",
        "Kind",
        required=True,
        domain=[("code_set", "=", "note_kind")],
    )
    at = fields.Datetime("When", required=True, default=fields.Datetime.now)
    text = WrittenHtml(required=True)
    significant = fields.Boolean(
        "Significant event", help="Shown in the chronology of every form."
    )
    analysis = fields.Text("What it means")
    author_id = fields.Many2one(
        "res.users", "By", readonly=True, default=lambda self: self.env.user
    )
    completed_at = fields.Datetime("Completed", readonly=True)
    adds_to_id = fields.Many2one("sos.case.note", "Adds to")

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals["author_id"] = self.env.uid
        return super().create(vals_list)

    def write(self, vals):
        fixed = self.filtered("completed_at")
        # what an event means, and whether it is significant, may be seen later
        if fixed and set(vals) - {"significant", "analysis"}:
            fixed._check_takes_files()
        if {"completed_at", "author_id"} & vals.keys() and not self.env.su:
            raise UserError(
                self.env._(
                    "A note is completed with its button, and stays with who wrote it."
                )
            )
        return super().write(vals)

    def _check_takes_files(self):
        if self.filtered("completed_at"):
            raise UserError(
                self.env._(
                    "A completed note cannot be changed. Write a new note that adds "
                    "to it."
                )
            )

    def action_complete(self):
        self.check_access("write")
        # sudo: the date is set by this button only
        self.filtered(lambda n: not n.completed_at).sudo().write(
            {"completed_at": fields.Datetime.now()}
        )
        return True

    def _get_display_label(self):
        return (
            f"{self.kind_id.name}, {self.env['res.company']._sos_local_date(self.at)}"
        )
