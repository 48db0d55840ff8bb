from odoo import fields, models


class SosWordsPictures(models.Model):
    """Words and pictures: the story of what happened, told for the children."""

    _name = "sos.words.pictures"
    _inherit = ["sos.practice.mixin"]
    _description = "Words and pictures"
    _order = "case_id, id desc"
    _rec_name = "title"
    _person_fields = ("words_of_id", "agreed_by_ids", "read_to_ids")

    title = fields.Char(
        required=True, default=lambda self: self.env._("Words and pictures")
    )
    panel_ids = fields.One2many("sos.words.pictures.panel", "story_id", "Pictures")
    agreed_by_ids = fields.Many2many(
        "sos.person",
        "sos_words_agreed_rel",
        string="Agreed by",
        domain="[('member_ids.case_id', '=', case_id)]",
    )
    read_to_ids = fields.Many2many(
        "sos.person",
        "sos_words_read_rel",
        string="Read to",
        domain="[('member_ids.case_id', '=', case_id)]",
    )


class SosWordsPicturesPanel(models.Model):
    """One picture of the story, and the words under it."""

    _name = "sos.words.pictures.panel"
    _inherit = ["sos.family.line.mixin"]
    _description = "Panel of words and pictures"
    _order = "story_id, sequence, id"
    _rec_name = "text"
    _same_case_fields = ("story_id",)
    _case_from_fields = ("story_id",)

    story_id = fields.Many2one("sos.words.pictures", "Story", required=True, index=True)
    sequence = fields.Integer(default=10)
    text = fields.Text("Words", required=True)
    image = fields.Image("Picture", max_width=2400, max_height=2400, copy=False)
