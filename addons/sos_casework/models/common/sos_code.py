from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import escape_psql


class SosCode(models.Model):
    """One value of a code set. Code compares ``code``, never the label; the sets
    and their sources are listed in docs/architecture.md."""

    _name = "sos.code"
    _inherit = ["sos.shipped.mixin", "sos.configuration.mixin"]
    _description = "Code"
    _order = "code_set, sequence, code"
    _rec_names_search = ["name", "code"]
    _shipped_key = ("code_set", "code")
    _known_by = ("code_set", "code")

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
            code.set_name = self._get_set_name(code.code_set or "")

    @api.constrains("valid_from", "valid_until")
    def _check_years(self):
        for code in self:
            if code.valid_from and code.valid_until:
                if code.valid_until < code.valid_from:
                    raise ValidationError(
                        self.env._("“%s” is valid until before it begins.", code.name)
                    )

    def _is_known(self):
        """What the authority has added and nobody has used yet may change."""
        return self._is_shipped() or self._is_used()

    def _get_known_message(self, name):
        return self.env._(
            "“%s” is in use, or comes with the system: its code and its list stay as "
            "they are. Change its name, or archive it and add another.",
            self.name,
        )

    def _check_may_go(self):
        for code in self.filtered(lambda code: code._is_known()):
            raise UserError(
                self.env._(
                    "“%s” is in use, or comes with the system, so it cannot be "
                    "deleted. Archive it: nobody can choose it any more, and what was "
                    "recorded stays.",
                    code.name,
                )
            )

    # ------------------------------------------------------------------ lists

    @api.model
    @tools.ormcache("model_name")
    def _get_lists(self, model_name):
        """Which list each field of a model takes its codes from, as the field's domain
        says: ``{field: code set}``."""
        model = self.env[model_name]
        lists = {}
        for name, field in model._fields.items():
            if field.comodel_name != self._name or field.type == "one2many":
                continue
            domain = field.domain(model) if callable(field.domain) else field.domain
            # a text is a domain that only the client works out
            for leaf in domain if isinstance(domain, list) else ():
                if leaf[0] == "code_set":
                    lists[name] = leaf[2]
        return lists

    @api.model
    @tools.ormcache("code_set")
    def _get_ids(self, code_set):
        """The ids of all codes of a list, archived ones too."""
        # sudo: codes are no secret
        codes = self.sudo().with_context(active_test=False)
        return frozenset(codes.search([("code_set", "=", code_set)])._ids)

    @api.model
    def _get_set_name(self, code_set):
        words = code_set.replace("_", " ")
        return words[:1].upper() + words[1:]

    @api.model
    def _find_named(self, code_set, text):
        """The code of a list that somebody means by its letters or its name."""
        text = str(text).strip()
        domain = Domain("code_set", "=", code_set)
        return self.search(domain & Domain("code", "=", text)) or self.search(
            domain & Domain("name", "=ilike", escape_psql(text))
        )

    @api.model_create_multi
    def create(self, vals_list):
        codes = super().create(vals_list)
        self.env.registry.clear_cache()
        return codes

    def write(self, vals):
        result = super().write(vals)
        if "code_set" in vals:
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

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
