from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SosVoice(models.Model):
    """What a child said or drew, with the tool that helped: in the child's words."""

    _name = "sos.voice"
    _inherit = ["sos.family.line.mixin"]
    _description = "A child's own words"
    _order = "on_date desc, id desc"
    _rec_name = "tool"
    _child_fields = ("child_id",)
    _person_fields = ("present_ids",)
    _past_fields = ("on_date",)
    _system_fields = ("taken_by_id", "age_text")

    child_id = fields.Many2one(
        "sos.person",
        "Child",
        required=True,
        index=True,
        domain="[('kind', '=', 'child'), ('member_ids.case_id', '=', case_id)]",
    )
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
    age_text = fields.Char(
        "Age then",
        compute="_compute_age_text",
        store=True,
        precompute=True,
        help="How old the child was on that day.",
    )
    worries = fields.Text()
    good_things = fields.Text("Good things")
    dreams = fields.Text("Dreams and wishes")
    inside = fields.Text("Inside the house")
    rules = fields.Text("Rules of the house")
    visitors = fields.Text("Who may visit")
    unsafe = fields.Text("Who or what is not safe")
    path = fields.Text("Where on the path")
    words = fields.Text("In the child's words")
    image = fields.Image("Drawing", max_width=2400, max_height=2400, copy=False)
    present_ids = fields.Many2many(
        "sos.person",
        "sos_voice_present_rel",
        string="Who was there",
        domain="[('member_ids.case_id', '=', case_id)]",
    )
    taken_by_id = fields.Many2one(
        "res.users", "Written down by", readonly=True, default=lambda s: s.env.user
    )
    wish_ids = fields.Many2many(
        "sos.share.wish",
        compute="_compute_wish_ids",
        string="Who may see these words",
        help="The child's wish for each person: it covers all of the child's words.",
    )

    @api.depends("child_id", "on_date")
    def _compute_age_text(self):
        # not of the birth date: what was written down on the day stays
        for voice in self:
            voice.age_text = (
                voice.child_id._get_plain_age_text(voice.on_date)
                if voice.child_id and voice.on_date
                else False
            )

    @api.constrains("child_id", "on_date")
    def _check_lived(self):
        for voice in self:
            if not voice.child_id._lived_on(voice.on_date):
                raise ValidationError(
                    self.env._(
                        "On this day the child was not born yet, or had died. Check "
                        "the day."
                    )
                )

    @api.depends("child_id")
    def _compute_wish_ids(self):
        wishes = dict(
            self.env["sos.share.wish"]._read_group(
                [("child_id", "in", self.child_id.ids)],
                ["child_id"],
                ["id:recordset"],
            )
        )
        for voice in self:
            voice.wish_ids = wishes.get(voice.child_id._origin)

    def action_wishes(self):
        """Ask and change who may see the child's words."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sos_casework.sos_share_wish_action"
        )
        action.update(
            domain=[("child_id", "=", self.child_id.id)],
            context={
                "default_child_id": self.child_id.id,
                "default_case_id": self.case_id.id,
                "hide_case": True,
            },
        )
        return action

    def _get_display_label(self):
        return self.env._(
            "%(tool)s, %(child)s, %(date)s",
            tool=super()._get_display_label(),
            child=self.child_id._get_called(),
            date=self.on_date.strftime("%d/%m/%Y"),
        )
