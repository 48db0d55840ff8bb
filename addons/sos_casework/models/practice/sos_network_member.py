from odoo import api, fields, models
from odoo.fields import Domain


class SosNetworkMember(models.Model):
    """Somebody who is not paid to be in the child's life, and what they know."""

    _name = "sos.network.member"
    _inherit = ["sos.family.line.mixin"]
    _description = "Member of the safety network"
    _order = "case_id, left_on desc, id"
    _rec_name = "person_id"
    _anchor_fields = ("case_id", "person_id")
    _merge_key = ("case_id", "person_id")
    _person_fields = ("person_id", "found_by_id", "told_by_id")
    _child_fields = ("child_can_tell_ids",)
    _past_fields = ("knows_since", "left_on")

    person_id = fields.Many2one(
        "sos.person",
        "Who",
        required=True,
        help="Somebody new joins the people of the family file by being added here.",
    )
    phone = fields.Char(compute="_compute_phone")
    role = fields.Char("What they do")
    found_by_id = fields.Many2one(
        "sos.person", "Found by", domain="[('member_ids.case_id', '=', case_id)]"
    )
    knows_since = fields.Date("Knows since", help="Since when they know the worries.")
    knows = fields.Boolean(
        "Knows the worries", compute="_compute_knows", search="_search_knows"
    )
    told_by_id = fields.Many2one(
        "sos.person", "Told by", domain="[('member_ids.case_id', '=', case_id)]"
    )
    child_can_tell_ids = fields.Many2many(
        "sos.person",
        "sos_network_child_rel",
        string="Can be told by",
        domain="[('kind', '=', 'child'), ('member_ids.case_id', '=', case_id)]",
        help="The children who know that they can go to this person.",
    )
    left_on = fields.Date("No longer in the network")

    _person_unique = models.Constraint(
        "UNIQUE(case_id, person_id)", "This person is in the network already."
    )

    @api.depends("person_id.phone")
    @api.depends_context("uid")
    def _compute_phone(self):
        readable = self.person_id._get_readable()
        for member in self:
            member.phone = (member.person_id & readable).phone

    @api.depends("knows_since")
    def _compute_knows(self):
        for member in self:
            member.knows = bool(member.knows_since)

    def _search_knows(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("knows_since", "!=", False)

    def _get_fold_values(self, other):
        values = super()._get_fold_values(other)
        # who has left on one line only is still in the network
        values.pop("left_on", None)
        return values if other.left_on else {**values, "left_on": False}

    @api.model_create_multi
    def create(self, vals_list):
        default = {"case_id": self.env.context.get("default_case_id")}
        self.env["sos.case.member"]._join([default | vals for vals in vals_list])
        return super().create(vals_list)
