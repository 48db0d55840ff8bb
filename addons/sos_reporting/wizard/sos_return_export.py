import base64

from odoo import api, fields, models
from odoo.exceptions import UserError


class SosReturnExport(models.TransientModel):
    """Ask for a return and download it."""

    _name = "sos.return.export"
    _description = "Make a return"

    kind = fields.Selection(
        [
            ("cin", "Children in need census (XML)"),
            ("annex_a", "Ofsted's lists, Annex A (Excel)"),
        ],
        "Return",
        required=True,
        default="cin",
    )
    year = fields.Char(
        default=lambda self: str(self._default_year()),
        help="The year in which the census ends on 31 March.",
    )
    as_at = fields.Date(
        "As at",
        default=lambda self: self.env["res.company"]._sos_today(),
        help="The day that the lists are for. They tell of the six months before it.",
    )
    # not an attachment: the file goes with this row, within the hour
    file = fields.Binary(attachment=False, readonly=True)
    file_name = fields.Char(readonly=True)

    @api.model
    def _default_year(self):
        """The year of the last census whose period is over."""
        today = self.env["res.company"]._sos_today()
        return today.year - (today < today.replace(month=4, day=1))

    def action_export(self):
        """Make the return and download it.

        :raise AccessError: for somebody who does not make returns
        """
        self.ensure_one()
        self.env["sos.return.source"]._check_may_export()
        if self.kind == "cin":
            content = self.env["sos.census"]._get_xml(self._get_year())
            name = f"cin_{self._get_year()}.xml"
        else:
            if not self.as_at:
                raise UserError(self.env._("Choose the day that the lists are for."))
            content = self.env["sos.annex.a"]._get_workbook(self.as_at)
            name = f"annex_a_{self.as_at}.xlsx"
        source = "sos.census" if self.kind == "cin" else "sos.annex.a"
        self.env["sos.access.log"]._record("exported", self.env[source], name)
        self.write({"file": base64.b64encode(content), "file_name": name})
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/file/{name}?download=true",
            "target": "self",
        }

    def _get_year(self):
        year = (self.year or "").strip()
        if not (len(year) == 4 and year.isdigit()):
            raise UserError(self.env._("Write the year with four digits, as in 2026."))
        return int(year)
