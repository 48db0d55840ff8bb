import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class SosFormDocument(models.Model):
    """A form as it was submitted or signed: canonical JSON and its SHA-256.
    Append-only: nobody changes or deletes one through Odoo, the database refuses it as
    well, and a change made all the same shows."""

    _name = "sos.form.document"
    _inherit = ["sos.sealed.mixin", "sos.record.mixin"]
    _description = "Frozen document"
    _order = "form_id, number"
    _rec_name = "number"
    _sealed = (
        "id",
        "form_id",
        "number",
        "frozen_at",
        "frozen_by_id",
        "sha256",
        "content",
    )
    _sealed_at = "frozen_at"
    # whose it is follows from the form, when families are merged
    _follows = ("case_id", "write_uid", "write_date")

    form_id = fields.Many2one("sos.form", required=True, index=True, readonly=True)
    case_id = fields.Many2one(related="form_id.case_id", store=True, index=True)
    number = fields.Integer(required=True, readonly=True)
    frozen_at = fields.Datetime(required=True, readonly=True)
    frozen_by_id = fields.Many2one("res.users", required=True, readonly=True)
    content = fields.Text(required=True, readonly=True)
    sha256 = fields.Char("Fingerprint", required=True, readonly=True)
    picture_ids = fields.One2many(
        "sos.form.document.picture", "document_id", "Pictures"
    )

    _number_unique = models.Constraint(
        "UNIQUE(form_id, number)", "This document is frozen already."
    )

    _unsealed_idx = models.Index("(id) WHERE seal_id IS NULL")

    @api.model
    def _get_sealed_sql(self, name):
        if name == "content":
            # the text as it is now, whatever its fingerprint says; it is long, and
            # stays where it is
            return SQL("encode(sha256(convert_to(content, 'UTF8')), 'hex')")
        return super()._get_sealed_sql(name)

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
        return self._parse(self.content)

    @api.model
    def _parse(self, text):
        return json.loads(text)

    def _load_pictures(self, named):
        """The document's own copies of pictures.

        :param named: ``{key: fingerprint}``, as a checked text names them
        :return: ``{key: picture in base64}``
        :raise UserError: when one is missing, or is not the one that is named
        """
        self.ensure_one()
        copies = self.with_context(bin_size=False).picture_ids
        images = {copy.key: copy.image or b"" for copy in copies}
        pictures = {key: images.get(key, b"") for key in named}
        for key, image in pictures.items():
            if self._fingerprint(image.decode()) != named[key]:
                raise UserError(self._get_tampered_message())
        return pictures

    def _check_fits(self):
        """Check all that a document is made of.

        :raise UserError: for a document or picture changed outside the system
        """
        for document in self:
            content = document._load()
            form = document.form_id
            document._load_pictures(form._get_picture_keys(content["sections"]))

    def _is_intact(self):
        self.ensure_one()
        return self._fingerprint(self.content) == self.sha256

    def _check_fingerprint(self):
        """:raise UserError: for a document that was changed outside the system"""
        for document in self:
            if not document._is_intact():
                raise UserError(document._get_tampered_message())

    def _get_tampered_message(self):
        return self.env._(
            "The signed document of %s was changed outside this system: its "
            "fingerprint does not fit. Nothing is shown or signed until an "
            "administrator has compared it with a backup.",
            self.form_id.reference,
        )

    def write(self, vals):  # pylint: disable=method-required-super
        # nothing of it ever changes, so there is nothing to hand on
        raise UserError(self.env._("A frozen document cannot be changed."))

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

    def write(self, vals):  # pylint: disable=method-required-super
        # nothing of it ever changes, so there is nothing to hand on
        raise UserError(self.env._("A frozen document cannot be changed."))


class SosForm(models.Model):
    _inherit = "sos.form"

    def _freeze(self):
        """Freeze the form as it stands: what the authoriser will sign."""
        self.ensure_one()
        content, pictures = self._gather()
        self._store_document(content, pictures)

    def _get_frozen(self):
        """The document that counts, its fingerprint checked.

        :raise UserError: when it is gone or was changed outside the system
        """
        self.ensure_one()
        document = self.document_id
        if not document:
            raise UserError(
                self.env._(
                    "The signed document of %s is missing, so nothing is shown or "
                    "signed. Ask an administrator to look for it in a backup.",
                    self.reference,
                )
            )
        document._check_fingerprint()
        return document

    def _freeze_signed(self):
        """The signed document: what was submitted, with the decisions, the
        manager's decision and the signature as they are now, and nothing else."""
        submitted = self._get_frozen()
        content = submitted._load()
        source = self._get_source()
        form = source.form
        content["header"].update(form._gather_signature(source))
        same = self.env["sos.merge"].sudo()._get_people_since(submitted.frozen_at)
        # a child who was taken off since stays in what was submitted
        lines = form.with_context(active_test=False).child_ids.sorted("active")
        lines = {line.child_id.id: line for line in lines}
        for child in content["children"]:
            # records may have been merged since, or a merge undone
            known = (child["id"], *same.get(child["id"], ()))
            line = next(lines[child_id] for child_id in known if child_id in lines)
            child.update(form._gather_decision(source, line))
        fresh = {
            section.code: section
            for section in form.version_id.section_ids
            if section.kind == "decision" or section.code == "management_decision"
        }
        content["sections"] = [
            (
                form._gather_section(
                    source, fresh[section["code"]], content["children"]
                )
                if section["code"] in fresh
                else section
            )
            for section in content["sections"]
        ]
        named = self._get_picture_keys(content["sections"])
        self._store_document(content, submitted._load_pictures(named))

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
