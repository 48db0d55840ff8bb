from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain


class SosCode(models.Model):
    """One value of a code set. Code compares ``code``, never the label; the sets
    and their sources are listed in docs/architecture.md."""

    _name = "sos.code"
    _inherit = ["sos.shipped.mixin"]
    _description = "Code"
    _order = "code_set, sequence, code"
    _rec_names_search = ["name", "code"]
    _shipped_key = ("code_set", "code")

    code_set = fields.Char("Set", required=True, index=True)
    set_name = fields.Char("List", compute="_compute_set_name", store=True)
    code = fields.Char(required=True)
    name = fields.Char(required=True, translate=True)
    annex_a = fields.Char(
        "Annex A value", help="The words that Ofsted's Annex A uses for this code."
    )
    sequence = fields.Integer(default=10)
    valid_from = fields.Integer(
        aggregator=None,
        help="First census year in which the code may be used. Empty: always.",
    )
    valid_until = fields.Integer(
        aggregator=None,
        help="Last census year in which the code may be used. Empty: still in use.",
    )
    active = fields.Boolean(default=True)

    _code_unique = models.Constraint(
        "UNIQUE(code_set, code)", "This code is in the set already."
    )

    @api.depends("code_set")
    def _compute_set_name(self):
        for code in self:
            words = (code.code_set or "").replace("_", " ")
            code.set_name = words[:1].upper() + words[1:]

    @api.constrains("valid_from", "valid_until")
    def _check_years(self):
        for code in self:
            if code.valid_from and code.valid_until:
                if code.valid_until < code.valid_from:
                    raise ValidationError(
                        self.env._("“%s” is valid until before it begins.", code.name)
                    )

    def write(self, vals):
        for name in {"code", "code_set"} & vals.keys():
            changed = self.filtered(lambda c, name=name: c[name] != vals[name])
            # a release may rename what it ships, together with the code that reads it
            if not self.env.context.get("install_mode"):
                changed._check_free("change")
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self._check_free("delete")

    def _check_free(self, operation):
        """Records, rules and returns know a code by its letters."""
        for code in self:
            if code._is_shipped() or code._is_used():
                if operation == "delete":
                    message = self.env._(
                        "“%s” is in use, or comes with the system, so it cannot be "
                        "deleted. Archive it: nobody can choose it any more, and "
                        "what was recorded stays.",
                        code.name,
                    )
                else:
                    message = self.env._(
                        "“%s” is in use, or comes with the system: its code and its "
                        "list stay as they are. Change its name, or archive it and "
                        "add another.",
                        code.name,
                    )
                raise UserError(message)

    def _is_used(self):
        """Whether any record of any model points to this code."""
        self.ensure_one()
        for model in self.env.registry.values():
            if not model._auto or model._abstract or model._transient:
                continue
            for field in model._fields.values():
                if field.comodel_name != self._name or not field.store:
                    continue
                if field.type not in ("many2one", "many2many"):
                    continue
                # sudo: who may change codes reads no family
                records = self.env[model._name].sudo().with_context(active_test=False)
                if records.search_count([(field.name, "in", self.ids)], limit=1):
                    return True
        return False

    @api.model
    def _get(self, code_set, code):
        """The record of a code, or an empty recordset when there is none.

        An archived one, too: it is no longer chosen by people, but what the system
        itself writes goes on.
        """
        # sudo: codes are no secret, and rules run for users of every role
        found = (
            self.sudo()
            .with_context(active_test=False)
            .search([("code_set", "=", code_set), ("code", "=", code)], limit=1)
        )
        return self.sudo().browse(found.id)

    @api.model
    def _get_census_year(self, day=None):
        """The year in which the census year of a day (today) ends on 31 March."""
        day = day or self.env["res.company"]._sos_today()
        return day.year + (day.month > 3)

    @api.model
    def _get_valid_domain(self, code_set, year=None):
        """The domain of the codes that may be chosen in a census year (this one)."""
        year = year or self._get_census_year()
        # an empty number is 0 for who typed it away, and nothing in a loaded row
        return list(
            Domain("code_set", "=", code_set)
            & (Domain("valid_from", "=", False) | Domain("valid_from", "<=", year))
            & (Domain("valid_until", "=", False) | Domain("valid_until", ">=", year))
        )

    @api.model
    def _get_valid(self, code_set, year=None):
        """The codes that may be chosen in a census year (this one), in their order.

        Archived ones are not among them.
        """
        return self.search(self._get_valid_domain(code_set, year))
