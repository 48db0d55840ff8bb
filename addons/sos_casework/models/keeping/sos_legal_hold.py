from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class SosLegalHold(models.Model):
    """Nothing of this may be destroyed: proceedings, an inquiry, a complaint. It holds
    until somebody other than who placed it lifts it."""

    _name = "sos.legal.hold"
    _inherit = ["sos.record.mixin"]
    _description = "Legal hold"
    _order = "lifted_on desc, since desc, id desc"
    _rec_name = "reason"
    _stamp_fields = ("placed_by_id",)

    scope = fields.Selection(
        [
            ("case", "A family file"),
            ("person", "A person, in every file"),
            ("all", "Everything"),
        ],
        "On",
        required=True,
        default="case",
    )
    case_id = fields.Many2one(
        "sos.case", "Family file", index="btree_not_null", ondelete="restrict"
    )
    person_id = fields.Many2one(
        "sos.person", "Person", index="btree_not_null", ondelete="restrict"
    )
    reason = fields.Char(
        required=True,
        help="Which proceedings, inquiry or complaint, with its reference. No names.",
    )
    since = fields.Date(
        required=True, default=lambda self: self.env["res.company"]._sos_today()
    )
    placed_by_id = fields.Many2one("res.users", "Placed by", readonly=True)
    lift_reason = fields.Char("Why it is lifted")
    lifted_on = fields.Date("Lifted", readonly=True, copy=False)
    lifted_by_id = fields.Many2one("res.users", "Lifted by", readonly=True, copy=False)

    @api.constrains("scope", "case_id", "person_id")
    def _check_scope(self):
        for hold in self:
            wanted = {"case": hold.case_id, "person": hold.person_id}.get(hold.scope)
            if wanted is not None and not wanted:
                raise UserError(self.env._("Choose what the hold is on."))
            named = len(hold.case_id) + len(hold.person_id)
            if named > (hold.scope != "all"):
                raise UserError(
                    self.env._("A hold is on one family file, one person, or all.")
                )

    @api.onchange("scope")
    def _onchange_scope(self):
        if self.scope != "case":
            self.case_id = False
        if self.scope != "person":
            self.person_id = False

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals["placed_by_id"] = self.env.uid
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            if vals.keys() - {"lift_reason"}:
                raise UserError(
                    self.env._(
                        "A hold stays as it was placed. Lift it, and place another one."
                    )
                )
            if any(hold.lifted_on for hold in self):
                raise UserError(self.env._("This hold was lifted already."))
        return super().write(vals)

    def action_lift(self):
        """Lift the hold: somebody other than who placed it, with a reason."""
        self.ensure_one()
        self.check_access("write")
        if self.lifted_on:
            raise UserError(self.env._("This hold was lifted already."))
        if self.placed_by_id == self.env.user:
            raise UserError(
                self.env._(
                    "You placed this hold, so somebody else lifts it: another service "
                    "manager, or quality audit."
                )
            )
        if not (self.lift_reason or "").strip():
            raise UserError(self.env._("Say why the hold is lifted."))
        # sudo: who lifted it and when is not typed in
        self.sudo().write(
            {
                "lifted_on": self.env["res.company"]._sos_today(),
                "lifted_by_id": self.env.uid,
            }
        )
        return True

    @api.model
    def _find(self, case=None, people=()):
        """The holds that stop the destruction of a file and of these people."""
        domain = Domain("scope", "=", "all")
        if case:
            domain |= Domain("case_id", "=", case.id)
        if people:
            domain |= Domain("person_id", "in", people.ids)
        # sudo: a hold counts for everybody, whether or not they may read it
        return self.sudo().search(Domain("lifted_on", "=", False) & domain)

    def _get_log_owner(self):
        return {"case_id": self.case_id.id, "person_id": self.person_id.id}

    def _get_display_label(self):
        if not self.since:
            return ""
        return self.env._("Hold since %s", self.since.strftime("%d/%m/%Y"))


class SosCase(models.Model):
    _inherit = "sos.case"

    on_hold = fields.Boolean(
        "Legal hold",
        compute="_compute_on_hold",
        help="Nothing of this file may be destroyed.",
    )

    @api.depends("member_ids.person_id")
    def _compute_on_hold(self):
        holds = self.env["sos.legal.hold"].sudo().search([("lifted_on", "=", False)])
        everything = "all" in holds.mapped("scope")
        for case in self:
            people = case.member_ids.person_id & holds.person_id
            case.on_hold = everything or case in holds.case_id or bool(people)
