from odoo import fields, models


class SosVoice(models.Model):
    """What a child said or drew, with the tool that helped: in the child's words."""

    _name = "sos.voice"
    _inherit = ["sos.record.mixin"]
    _description = "A child's own words"
    _order = "on_date desc, id desc"
    _rec_name = "tool"
    _log_fields = ("words", "worries", "good_things", "dreams", "rules", "path")

    case_id = fields.Many2one("sos.case", "Family file", required=True, index=True)
    child_id = fields.Many2one("sos.person", "Child", required=True, index=True)
    tool = fields.Selection(
        [
            ("three_houses", "Three houses"),
            ("wizard", "Wizard"),
            ("fairy", "Fairy"),
            ("safety_house", "Safety house"),
            ("words", "Just words"),
            ("drawing", "Drawing"),
        ],
        required=True,
    )
    on_date = fields.Date(
        "When", required=True, default=lambda s: s.env["res.company"]._sos_today()
    )
    age_text = fields.Char("Age then", readonly=True)
    worries = fields.Text()
    good_things = fields.Text("Good things")
    dreams = fields.Text("Dreams and wishes")
    inside = fields.Text("Inside the house")
    rules = fields.Text("Rules of the house")
    visitors = fields.Text("Who may visit")
    unsafe = fields.Text("Who or what is not safe")
    path = fields.Text("Where on the path")
    words = fields.Text("In the child's words")
    image = fields.Image("Drawing", max_width=2400, max_height=2400)
    present_ids = fields.Many2many(
        "sos.person", "sos_voice_present_rel", string="Who was there"
    )
    taken_by_id = fields.Many2one(
        "res.users", "Written down by", readonly=True, default=lambda s: s.env.user
    )
