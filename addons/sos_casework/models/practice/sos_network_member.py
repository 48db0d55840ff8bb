from odoo import fields, models


class SosNetworkMember(models.Model):
    """Somebody who is not paid to be in the child's life, and what they know."""

    _name = "sos.network.member"
    _inherit = ["sos.record.mixin"]
    _description = "Member of the safety network"
    _order = "case_id, left_on desc, id"
    _rec_name = "person_id"
    _log_fields = ("role", "knows_since", "told_by_id", "child_can_tell_ids", "left_on")

    case_id = fields.Many2one("sos.case", "Family file", required=True, index=True)
    person_id = fields.Many2one("sos.person", "Who", required=True)
    role = fields.Char("What they do")
    found_by_id = fields.Many2one("sos.person", "Found by")
    knows_since = fields.Date("Knows the worries since")
    told_by_id = fields.Many2one("sos.person", "Told by")
    child_can_tell_ids = fields.Many2many(
        "sos.person",
        "sos_network_child_rel",
        string="Can be told by",
        help="The children who know that they can go to this person.",
    )
    left_on = fields.Date("No longer in the network")

    _person_unique = models.Constraint(
        "UNIQUE(case_id, person_id)", "This person is in the network already."
    )
