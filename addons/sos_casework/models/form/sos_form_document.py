import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import UserError


class SosFormDocument(models.Model):
    """A form as it was submitted or signed: canonical JSON and its SHA-256.
    Append-only: nobody changes or deletes one through Odoo, and a change made
    outside shows."""

    _name = "sos.form.document"
    _inherit = ["sos.record.mixin"]
    _description = "Frozen document"
    _order = "form_id, number"
    _rec_name = "number"

    form_id = fields.Many2one("sos.form", required=True, index=True, readonly=True)
    case_id = fields.Many2one(related="form_id.case_id", store=True, index=True)
    number = fields.Integer(required=True, readonly=True)
    frozen_at = fields.Datetime(required=True, readonly=True)
    frozen_by_id = fields.Many2one("res.users", required=True, readonly=True)
    content = fields.Text(required=True, readonly=True)
    sha256 = fields.Char("Fingerprint", required=True, readonly=True)
    picture_ids = fields.One2many("sos.form.document.picture", "document_id", "Pictures")

    _number_unique = models.Constraint(
        "UNIQUE(form_id, number)", "This document is frozen already."
    )

    @api.model
    def _canonical(self, content):
        """The one text of a document: sorted keys, no spaces, plain Unicode."""
        return json.dumps(
            content, sort_keys=True, ensure_ascii=False, separators=(",", ":")
        )

    @api.model
    def _fingerprint(self, text):
        return hashlib.sha256(text.encode()).hexdigest()

    def _load(self):
        """The document as Python data, its fingerprint checked."""
        self.ensure_one()
        self._check_fingerprint()
        return json.loads(self.content)

    def _is_intact(self):
        self.ensure_one()
        return self._fingerprint(self.content) == self.sha256

    def _check_fingerprint(self):
        """:raise UserError: for a document that was changed outside the system"""
        for document in self:
            if not document._is_intact():
                raise UserError(
                    self.env._(
                        "The signed document of %s was changed outside this system: "
                        "its fingerprint does not fit. Nothing is shown or signed until "
                        "an administrator has compared it with a backup.",
                        document.form_id.reference,
                    )
                )

    def write(self, vals):
        raise UserError(self.env._("A frozen document cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        raise UserError(self.env._("A frozen document cannot be deleted."))

    def _get_display_label(self):
        return f"{self.form_id.reference}/{self.number}"


class SosFormDocumentPicture(models.Model):
    _name = "sos.form.document.picture"
    _inherit = ["sos.record.mixin"]
    _description = "Picture of a frozen document"
    _order = "document_id, id"
    _rec_name = "key"

    document_id = fields.Many2one(
        "sos.form.document", required=True, index=True, readonly=True
    )
    case_id = fields.Many2one(related="document_id.case_id", store=True, index=True)
    key = fields.Char(
        required=True, readonly=True, help="As the document's text names it."
    )
    sha256 = fields.Char(required=True, readonly=True)
    image = fields.Binary(attachment=True, readonly=True)

    def write(self, vals):
        raise UserError(self.env._("A frozen document cannot be changed."))


class SosForm(models.Model):
    _inherit = "sos.form"

    def _freeze(self):
        """Freeze the form as it stands: what the authoriser will sign."""
        self.ensure_one()
        content, pictures = self._gather()
        self._store_document(content, pictures)

    def _freeze_signed(self):
        """The signed document: what was submitted, with the decisions, the
        manager's decision and the signatures as they are now, and nothing else."""
        self.ensure_one()
        submitted = self.document_id
        content = submitted._load()
        now, _pictures = self._gather()
        content["header"] = now["header"]
        content["children"] = now["children"]
        fresh = {section["code"]: section for section in now["sections"]}
        content["sections"] = [
            (
                fresh[section["code"]]
                if section["code"] in ("decision", "management_decision")
                else section
            )
            for section in content["sections"]
        ]
        pictures = {
            picture.key: picture.image for picture in submitted.sudo().picture_ids
        }
        self._store_document(content, pictures)

    def _store_document(self, content, pictures):
        text = self.env["sos.form.document"]._canonical(content)
        # sudo: documents are written by freezing only, users have no right to
        documents = self.env["sos.form.document"].sudo()
        document = documents.create(
            {
                "form_id": self.id,
                "number": len(self.sudo().document_ids) + 1,
                "frozen_at": fields.Datetime.now(),
                "frozen_by_id": self.env.uid,
                "content": text,
                "sha256": documents._fingerprint(text),
                "picture_ids": [
                    fields.Command.create(
                        {
                            "key": key,
                            "image": image,
                            "sha256": documents._fingerprint(image.decode()),
                        }
                    )
                    for key, image in pictures.items()
                ],
            }
        )
        self._set_state({"document_id": document.id})
