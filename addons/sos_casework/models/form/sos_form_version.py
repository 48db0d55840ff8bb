from odoo import api, fields, models
from odoo.exceptions import UserError


class SosFormVersion(models.Model):
    """What a form asks. A form keeps the version it was opened with; a version that
    is or was live never changes: the next one is a new draft."""

    _name = "sos.form.version"
    _inherit = ["sos.configuration.mixin"]
    _description = "Form version"
    _order = "type_id, number desc"
    _rec_name = "number"
    _known_by = ("type_id", "number")

    type_id = fields.Many2one("sos.form.type", "Form", required=True, index=True)
    number = fields.Integer(readonly=True)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("tested", "Tested"),
            ("live", "Live"),
            ("retired", "Retired"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
    )
    note = fields.Text("What changes and why")
    live_from = fields.Date(readonly=True, copy=False)
    section_ids = fields.One2many("sos.form.section", "version_id", "Sections")
    decision_ids = fields.One2many("sos.decision", "version_id", "Decisions")
    fact_ids = fields.Many2many("sos.form.fact", string="Typed facts")

    _number_unique = models.Constraint(
        "UNIQUE(type_id, number)", "This version exists already."
    )
    _one_live = models.UniqueIndex(
        "(type_id) WHERE state = 'live'", "A form has one live version."
    )

    @api.depends("type_id.name", "number", "state")
    def _compute_display_name(self):
        for version in self:
            version.display_name = f"{version.type_id.name} v{version.number}"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if not self.env.su:
                self._check_states(vals)
                # given, so that no default of the call comes in
                vals.update(state="draft", live_from=False)
            last = self.search(
                [("type_id", "=", vals["type_id"])], order="number desc", limit=1
            )
            vals["number"] = last.number + 1
        return super().create(vals_list)

    def write(self, vals):
        content = {"section_ids", "decision_ids", "fact_ids"}
        if content & vals.keys():
            self._check_changeable()
        if not self.env.su:
            self._check_states(vals)
        return super().write(vals)

    @api.model
    def _check_states(self, vals):
        if {"state", "live_from"} & vals.keys():
            raise UserError(
                self.env._("Use the buttons to test and publish a version.")
            )

    def _check_changeable(self):
        """:raise UserError: for a version that forms are or were written with"""
        if any(version.state in ("live", "retired") for version in self):
            raise UserError(
                self.env._(
                    "Forms are written with this version, so it stays as it is. "
                    "Make a new version and change that."
                )
            )

    def action_new_version(self):
        """A draft copy of this version, to change and publish."""
        self.ensure_one()
        self.check_access("write")
        new = self.create({"type_id": self.type_id.id, "fact_ids": self.fact_ids.ids})
        for section in self.section_ids:
            section.copy({"version_id": new.id})
        for decision in self.decision_ids:
            decision.copy({"version_id": new.id})
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": new.id,
            "view_mode": "form",
        }

    def action_tested(self):
        self.check_access("write")
        self._check_changeable()
        # sudo: the state changes by these buttons only
        self.sudo().state = "tested"
        return True

    def action_publish(self):
        """Make this version the one that new forms are opened with."""
        self.check_access("write")
        for version in self:
            version._check_changeable()
            if not version.section_ids:
                raise UserError(self.env._("A version without sections asks nothing."))
            live = version.type_id.version_ids.filtered(lambda v: v.state == "live")
            # sudo: the state changes by these buttons only
            live.sudo().state = "retired"
            live.flush_recordset()
            version.sudo().write(
                {
                    "state": "live",
                    "live_from": self.env["res.company"]._sos_today(),
                }
            )
        return True

    def _check_may_go(self):
        self._check_changeable()
