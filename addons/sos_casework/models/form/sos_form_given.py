from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError


class SosFormGiven(models.Model):
    """A document that was given to somebody: what, to whom, when, how. Only what the
    reader says of it is written later."""

    _name = "sos.form.given"
    _inherit = ["sos.record.mixin"]
    _description = "Document given"
    _order = "given_at desc, id desc"
    _rec_name = "form_id"

    form_id = fields.Many2one("sos.form", required=True, index=True, readonly=True)
    case_id = fields.Many2one(related="form_id.case_id", store=True, index=True)
    document_id = fields.Many2one("sos.form.document", required=True, readonly=True)
    audience = fields.Selection(
        [("family", "Family"), ("child", "Child"), ("professionals", "Professionals")],
        required=True,
        readonly=True,
    )
    person_id = fields.Many2one("sos.person", "To (family)", readonly=True)
    partner_id = fields.Many2one("res.partner", "To (agency)", readonly=True)
    recipient = fields.Char("To", compute="_compute_recipient")
    how_id = fields.Many2one(
        "sos.code",
        "How",
        required=True,
        readonly=True,
        domain=[("code_set", "=", "given_how")],
    )
    talked_through = fields.Boolean("Talked through", readonly=True)
    given_at = fields.Datetime("When", required=True, readonly=True)
    given_by_id = fields.Many2one("res.users", "By", required=True, readonly=True)
    content = fields.Text(readonly=True, help="What the copy held, as canonical JSON.")
    sha256 = fields.Char("Fingerprint", readonly=True)
    content_html = fields.Html(
        "What the copy held", compute="_compute_content_html", sanitize=False
    )
    feedback = fields.Selection(
        [
            ("helpful", "Helpful"),
            ("unhelpful", "Unhelpful"),
            ("confusing", "Confusing"),
        ],
        "What the reader said",
    )
    feedback_text = fields.Text("In their words")

    @api.depends("person_id", "partner_id")
    @api.depends_context("uid")
    def _compute_recipient(self):
        for given in self:
            given.recipient = (given.person_id or given.partner_id).display_name

    @api.depends("content")
    def _compute_content_html(self):
        for given in self:
            try:
                output, pictures = given._load()
                given.content_html = given.form_id._render_output_html(output, pictures)
            except UserError as error:
                given.content_html = Markup(
                    "<div class='alert alert-danger' role='alert'>%s</div>"
                ) % str(error)

    def _load(self):
        """What the copy held, and its pictures, with every fingerprint checked."""
        self.ensure_one()
        documents = self.env["sos.form.document"]
        if not self.content or documents._fingerprint(self.content) != self.sha256:
            raise UserError(
                self.env._(
                    "The record of what was given was changed outside this system: its "
                    "fingerprint does not fit. Ask an administrator to compare it with "
                    "a backup."
                )
            )
        output = documents._parse(self.content)
        return output, self.document_id._load_pictures(output["pictures"])

    def _check_fits(self):
        """:raise UserError: for a copy that was changed outside the system"""
        for given in self:
            given._load()

    def write(self, vals):
        if vals.keys() - {"feedback", "feedback_text"}:
            raise UserError(
                self.env._(
                    "What was given stays as it was recorded. Only what the reader "
                    "said about it is added."
                )
            )
        return super().write(vals)

    def _get_display_label(self):
        return self.env._(
            "%(form)s, given on %(date)s",
            form=self.form_id.reference,
            date=self.env["res.company"]
            ._sos_local_date(self.given_at)
            .strftime("%d/%m/%Y"),
        )


class SosForm(models.Model):
    _inherit = "sos.form"

    def give(self, audience, how_code, person=None, partner=None, talked_through=False):
        """Record that a copy of this form is given to somebody.

        :param audience: ``family``, ``child`` or ``professionals``
        :param how_code: code of the set ``given_how``
        :param person: the reader (record or id), for ``family`` and ``child``
        :param partner: the agency (record or id), for ``professionals``
        :return: the ``sos.form.given`` that holds what the copy held
        :raise UserError: when this copy may not be given, with the reason
        """
        self.ensure_one()
        self.check_access("write")
        person = self._as_record("sos.person", person)
        partner = self._as_record("res.partner", partner)
        self._check_give(audience, partner)
        how = self.env["sos.code"]._get("given_how", how_code)
        if not how:
            raise UserError(self.env._("Choose how the copy is given."))
        if audience == "professionals":
            person = self.env["sos.person"]
        else:
            partner = self.env["res.partner"]
        output, _pictures = self._prepare_output(audience, person or None)
        documents = self.env["sos.form.document"]
        text = documents._canonical(self._get_given_content(output))
        # sudo: what was given is recorded by giving only, nobody types it in
        given = self.env["sos.form.given"].sudo()
        return given.create(
            {
                "form_id": self.id,
                "document_id": self.document_id.id,
                "audience": audience,
                "person_id": person.id,
                "partner_id": partner.id,
                "how_id": how.id,
                "talked_through": talked_through,
                "given_at": fields.Datetime.now(),
                "given_by_id": self.env.uid,
                "content": text,
                "sha256": documents._fingerprint(text),
            }
        ).sudo(False)

    def _as_record(self, model, value):
        """A record that the user may read, from a record, an id or nothing."""
        if isinstance(value, models.BaseModel):
            record = value.with_env(self.env)
        else:
            record = self.env[model].browse(value or ())
        record.check_access("read")
        return record

    def _check_give(self, audience, partner):
        if self.state not in ("submitted", "authorised", "complete"):
            raise UserError(
                self.env._(
                    "A copy is given of what was submitted. Submit “%s” first: until "
                    "then it still changes.",
                    self.type_id.name,
                )
            )
        if audience == "professionals" and not partner:
            raise UserError(self.env._("Choose the agency that the copy is for."))

    @api.model
    def _get_given_content(self, output):
        """What the copy held: without what was left out and why."""
        return {
            name: value
            for name, value in output.items()
            if name not in ("left_out", "look_at")
        }

    def action_give(self):
        """Give a copy of this form to somebody."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Give a copy"),
            "res_model": "sos.form.give",
            "view_mode": "form",
            "target": "new",
            "context": {"default_form_id": self.id, "dialog_size": "extra-large"},
        }
