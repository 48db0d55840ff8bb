from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError


class SosFormGive(models.TransientModel):
    """Gives a form's document to somebody, and keeps that it was given. Before that it
    shows what this reader does not get, and why."""

    _name = "sos.form.give"
    _inherit = ["sos.access.mixin"]
    _description = "Give a document"

    form_id = fields.Many2one("sos.form", required=True, readonly=True)
    case_id = fields.Many2one(related="form_id.case_id")
    audience = fields.Selection(
        [("family", "Family"), ("child", "Child"), ("professionals", "Professionals")],
        "For",
        required=True,
        default="family",
    )
    available_person_ids = fields.Many2many(
        "sos.person", compute="_compute_available_person_ids"
    )
    person_id = fields.Many2one(
        "sos.person",
        "To",
        compute="_compute_person_id",
        store=True,
        readonly=False,
        domain="[('id', 'in', available_person_ids)]",
    )
    partner_id = fields.Many2one(
        "res.partner", "To the agency", domain=[("sos_agency_kind_id", "!=", False)]
    )
    how_id = fields.Many2one(
        "sos.code",
        "How",
        required=True,
        domain=[("code_set", "=", "given_how")],
        default=lambda self: self.env["sos.code"]._get("given_how", "by_hand"),
    )
    talked_through = fields.Boolean("I talked it through with them")
    refusal = fields.Text(compute="_compute_copy")
    about = fields.Char("The copy is about", compute="_compute_copy")
    left_out_html = fields.Html("Left out", compute="_compute_copy", sanitize=False)
    look_at_html = fields.Html(
        "Read these again", compute="_compute_copy", sanitize=False
    )
    warning = fields.Text(compute="_compute_copy")
    measured = fields.Text(
        compute="_compute_looked",
        store=True,
        readonly=False,
        help="Pages and size as printed, once somebody has looked at the copy.",
    )
    looked = fields.Boolean(compute="_compute_looked", store=True, readonly=False)
    preview_html = fields.Html(
        "The copy", compute="_compute_preview_html", sanitize=False
    )
    given_id = fields.Many2one("sos.form.given", readonly=True)

    @api.depends("form_id", "audience")
    def _compute_available_person_ids(self):
        for wizard in self:
            members = wizard.case_id.member_ids
            if wizard.audience == "child":
                members = members.filtered(lambda m: m.role == "child")
            wizard.available_person_ids = members.person_id._get_readable()

    @api.depends("audience")
    def _compute_person_id(self):
        for wizard in self:
            if wizard.person_id not in wizard.available_person_ids:
                wizard.person_id = False

    @api.depends("audience", "person_id")
    def _compute_looked(self):
        """A copy for another reader is another copy: look again."""
        for wizard in self:
            wizard.looked = wizard.measured = False

    def _get_looked_at(self):
        return self.form_id

    def _get_reader(self):
        self.ensure_one()
        return None if self.audience == "professionals" else self.person_id or None

    def _get_copy(self):
        """:return: output and pictures: what was given, or what would be now"""
        self.ensure_one()
        if self.given_id:
            return self.given_id._load()
        output, pictures = self.form_id._prepare_output(
            self.audience, self._get_reader()
        )
        return {**output, "preview": True}, pictures

    @api.depends("form_id", "audience", "person_id", "measured")
    def _compute_copy(self):
        for wizard in self:
            wizard.refusal = wizard.about = wizard.warning = False
            wizard.left_out_html = wizard.look_at_html = False
            form = wizard.form_id._origin
            if not form or (
                wizard.audience != "professionals" and not wizard.person_id
            ):
                continue
            try:
                reader = wizard.person_id._origin
                if wizard.audience == "professionals":
                    reader = None
                output, pictures = form._prepare_output(wizard.audience, reader)
            except UserError as error:
                wizard.refusal = str(error)
                continue
            wizard.about = ", ".join(c["name"] for c in output["children"])
            wizard.left_out_html = wizard._get_left_out(output["left_out"])
            wizard.look_at_html = wizard._get_look_at(output["look_at"])
            wizard.warning = wizard.measured or form._get_budget_warning(
                *form._estimate_output(output, pictures), estimated=True
            )

    @api.depends("looked", "form_id", "audience", "person_id")
    def _compute_preview_html(self):
        for wizard in self:
            wizard.preview_html = False
            if wizard.looked and not wizard.refusal:
                copy = wizard._get_copy()
                wizard.preview_html = wizard.form_id._render_output_html(*copy)

    def _get_left_out(self, left_out):
        """What is left out, by reason: most of it usually has the same one."""
        reasons = {}
        for entry in left_out:
            found = reasons.setdefault(entry["reason"], [])
            found.append(f"{entry['section']} ({entry['count']})")
        rows = [
            Markup("<li>%s<br/><span class='text-muted'>%s</span></li>")
            % (reason, "; ".join(sections))
            for reason, sections in reasons.items()
        ]
        return bool(rows) and Markup("<ul class='mb-0'>%s</ul>") % Markup("").join(rows)

    def _get_look_at(self, look_at):
        rows = [
            Markup("<li>%s</li>")
            % self.env._(
                "“%(section)s” names %(name)s",
                section=entry["section"],
                name=entry["name"],
            )
            for entry in look_at
        ]
        return bool(rows) and Markup("<ul class='mb-0'>%s</ul>") % Markup("").join(rows)

    # ----------------------------------------------------------------- buttons

    def action_look(self):
        """Show the copy before it is given, with its real size."""
        self.ensure_one()
        output, pictures = self._get_copy()
        pdf = self.form_id._print_output(output, pictures)
        self.write(
            {
                "looked": True,
                "measured": self.form_id._get_budget_warning(
                    *self.form_id._measure_pdf(pdf)
                ),
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Give a copy"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def action_give(self):
        """Record that the copy is given, and print it."""
        self.ensure_one()
        if not self.given_id:
            self.given_id = self.form_id.give(
                self.audience,
                self.how_id.code,
                person=self.person_id,
                partner=self.partner_id,
                talked_through=self.talked_through,
            )
        report = self.env.ref("sos_casework.sos_form_give_report")
        return {
            **report.report_action(self, config=False),
            "close_on_report_download": True,
        }

    def action_releases(self):
        """Where a manager records that this reader may have a child's part."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sos_casework.sos_output_release_action"
        )
        action["domain"] = [("case_id", "=", self.case_id.id)]
        action["context"] = {
            "default_case_id": self.case_id.id,
            "default_form_id": self.form_id.id,
            "default_person_id": self.person_id.id,
        }
        return action

    def _render_report_pdf(self):
        """The copy that was given; nothing is printed here that was not recorded."""
        self.ensure_one()
        if not self.given_id:
            raise UserError(self.env._("Use “Give and record” to print this copy."))
        return self.form_id._print_output(*self._get_copy())
