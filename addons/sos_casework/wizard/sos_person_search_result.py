from odoo import fields, models


class SosPersonSearchResult(models.TransientModel):
    """A person who was found, as far as the user may know of them."""

    _name = "sos.person.search.result"
    _description = "Found person"

    search_id = fields.Many2one("sos.person.search", required=True, ondelete="cascade")
    person_id = fields.Many2one("sos.person", help="Empty: the user may not know who.")
    reference = fields.Char()
    text = fields.Char()
    why = fields.Char("Found by")
    ask = fields.Char()
    case_reference = fields.Char(help="Of the file that may be opened in an emergency.")

    def action_open_person(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sos.person",
            "res_id": self.person_id.id,
            "views": [[False, "form"]],
        }

    def action_open_emergency(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Open in an emergency"),
            "res_model": "sos.break.glass.open",
            "views": [[False, "form"]],
            "target": "new",
            "context": {"default_reference": self.case_reference},
        }
