from odoo import fields, models


class SosWordsPictures(models.Model):
    """Words and pictures: the story of what happened, told for the children."""

    _name = "sos.words.pictures"
    _inherit = ["sos.practice.mixin"]
    _description = "Words and pictures"
    _order = "case_id, id desc"
    _rec_name = "title"
    _log_fields = ("title", "agreed_by_ids", "read_to_ids", "ended_on")

    title = fields.Char(default=lambda self: self.env._("Words and pictures"))
    panel_ids = fields.One2many("sos.words.pictures.panel", "story_id", "Pictures")
    agreed_by_ids = fields.Many2many(
        "sos.person", "sos_words_agreed_rel", string="Agreed by"
    )
    read_to_ids = fields.Many2many("sos.person", "sos_words_read_rel", string="Read to")


class SosWordsPicturesPanel(models.Model):
    _name = "sos.words.pictures.panel"
    _inherit = ["sos.record.mixin"]
    _description = "Panel of words and pictures"
    _order = "story_id, sequence, id"
    _rec_name = "text"
    _log_fields = ("text",)

    story_id = fields.Many2one("sos.words.pictures", required=True, index=True)
    case_id = fields.Many2one(related="story_id.case_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    text = fields.Text("Words", required=True)
    image = fields.Image("Picture", max_width=2400, max_height=2400)
