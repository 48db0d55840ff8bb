from odoo import fields, models


class SosScreenClock(models.Model):
    """Until when a person's time at the screen is counted, so that no second counts
    twice. Only ``sos.screen.time`` reads and writes it."""

    _name = "sos.screen.clock"
    _description = "Time at the screen: counted until"
    _log_access = False
    _rec_name = "user_id"

    user_id = fields.Many2one(
        "res.users", "Person", required=True, readonly=True, ondelete="cascade"
    )
    beat_at = fields.Datetime("Counted until", required=True, readonly=True)

    _user_unique = models.Constraint("UNIQUE(user_id)", "A person has one clock.")
