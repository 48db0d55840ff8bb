from lxml import etree

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.period import get_periods

#: Three months back, a year that begins in April begins in January; three months are
#: added again.
APRIL = "today -3m =1m =1d"
#: First and last day of the periods of :func:`get_periods`, relative to today as Odoo
#: writes that: the views are kept from one day to the next.
PERIODS = {
    "this_year": (f"{APRIL} +3m", f"{APRIL} +15m -1d"),
    "last_year": (f"{APRIL} -9m", f"{APRIL} +3m -1d"),
    "last_12_months": ("today -12m +1d", "today"),
    "last_90_days": ("today -89d", "today"),
}


class SosMeasureRows(models.AbstractModel):
    """What the views under the measures have in common: numbers and days of one
    family, without a name. A row names its family by number; who does not read the
    file sees no more than that."""

    _name = "sos.measure.rows"
    _inherit = ["sos.record.mixin"]
    _description = "Rows that measures count"
    _auto = False

    case_id = fields.Many2one("sos.case", "Family file", readonly=True)
    team_id = fields.Many2one("sos.team", "Team", readonly=True)
    lead_id = fields.Many2one("res.users", "Lead worker", readonly=True)

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        for node in arch.iter("filter") if view_type == "search" else ():
            if day := node.get("date"):
                self._offer_periods(node, day)
        return arch, view

    @api.model
    def _get_periods(self):
        """The periods as they are today in England."""
        return get_periods(self.env["res.company"]._sos_today())

    @api.model
    def _get_period_names(self):
        """What people call the periods of :func:`get_periods`."""
        return {
            "this_year": self.env._("This year, April to March"),
            "last_year": self.env._("Last year, April to March"),
            "last_12_months": self.env._("Last 12 months"),
            "last_90_days": self.env._("Last 90 days"),
        }

    @api.model
    def _offer_periods(self, node, day):
        """A filter by a day offers the periods of dashboards and measures, and not the
        years that begin in January."""
        # one of them: the client takes no more
        node.set("default_period", "custom_this_year")
        node.set("start_year", "0")
        node.set("end_year", "0")
        for name, label in self._get_period_names().items():
            first, last = PERIODS[name]
            domain = [(day, ">=", first), (day, "<=", last)]
            options = {"name": name, "string": label, "domain": repr(domain)}
            etree.SubElement(node, "filter", options)

    @api.model
    def _add_grouped(self, look, domain):
        """A dashboard's number is of many families, and tells about none of them."""

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        self.check_access("create")
        raise UserError(self._get_refusal())

    def write(self, vals):  # pylint: disable=method-required-super
        self.check_access("write")
        raise UserError(self._get_refusal())

    def _get_refusal(self):
        return self.env._("This is counted from the record. Change it there.")

    def action_open(self):
        """What is behind the row, the family file; who may not read it is refused
        there."""
        self.ensure_one()
        self.check_access("read")
        return self.case_id._get_records_action(context={})
