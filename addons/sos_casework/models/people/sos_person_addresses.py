from odoo import api, fields, models


class SosPerson(models.Model):
    """Where the person lives, at a glance."""

    _inherit = "sos.person"

    current_address = fields.Char("Lives at", compute="_compute_current_address")
    address_confidential = fields.Boolean(
        "Address is confidential",
        compute="_compute_current_address",
        help="Somebody must not learn where this person lives.",
    )

    @api.depends(
        "address_ids.text",
        "address_ids.postcode",
        "address_ids.since",
        "address_ids.until",
        "address_ids.confidential",
    )
    def _compute_current_address(self):
        for person in self:
            address = person._get_current_address()
            parts = (address.text, address.postcode)
            person.current_address = ", ".join(filter(None, parts))
            person.address_confidential = address.confidential

    def _get_current_address(self, day=None):
        """Where the person lives on a day (today): of several the newest; empty when
        nothing is known."""
        self.ensure_one()
        current = self.address_ids.filtered(lambda a: a._is_current(day))
        return current.sorted(lambda a: (str(a.since or ""), a._origin.id or 0))[-1:]
