import base64
import hashlib
import io
import json
import zipfile

from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date
from odoo.tools.pdf import merge_pdf

#: How many pieces are printed in one go: wkhtmltopdf holds a whole page in memory.
PRINTED_TOGETHER = 250
GIVEN = ("give", "black")


class SosSubjectRequest(models.Model):
    """The bundle: what is given, as one PDF to read and as data, in one file that is
    frozen with its fingerprint."""

    _inherit = "sos.subject.request"

    bundle = fields.Binary(attachment=True, readonly=True, copy=False)
    bundle_name = fields.Char("Name of the bundle", readonly=True, copy=False)
    bundle_sha256 = fields.Char("Fingerprint", readonly=True, copy=False)
    bundle_at = fields.Datetime("Bundle made", readonly=True, copy=False)

    def action_make_bundle(self):
        """Make the file that is sent, of what is given."""
        self._check_handler("gathered", "reviewed")
        if self.waiting_count:
            raise UserError(
                self.env._(
                    "%s pieces still wait for a decision. Decide them first.",
                    self.waiting_count,
                )
            )
        pieces = self.piece_ids.filtered(lambda p: p.decision in GIVEN)
        if not pieces:
            raise UserError(
                self.env._(
                    "Nothing is given, so there is no bundle. Close the request with "
                    "the reason instead."
                )
            )
        content = self._get_bundle_content(pieces)
        data = self._zip_bundle(content, pieces)
        self._set_state(
            {
                "state": "reviewed",
                "bundle": base64.b64encode(data),
                "bundle_name": f"{self.reference}.zip",
                "bundle_sha256": hashlib.sha256(data).hexdigest(),
                "bundle_at": fields.Datetime.now(),
            }
        )
        self.env["sos.access.log"]._record(
            "exported",
            self,
            self.env._(
                "Bundle of %(count)s pieces, fingerprint %(sha256)s",
                count=len(pieces),
                sha256=self.bundle_sha256,
            ),
        )
        return True

    def action_download_bundle(self):
        self.ensure_one()
        self.check_access("read")
        self._check_bundle()
        self.env["sos.access.log"]._record("downloaded", self, self.bundle_name)
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/bundle/{self.bundle_name}"
            "?download=1",
            "target": "self",
        }

    def _check_bundle(self):
        """:raise UserError: when there is none, or it was changed outside"""
        data = base64.b64decode(self.with_context(bin_size=False).bundle or b"")
        if not data:
            raise UserError(self.env._("There is no bundle yet."))
        if hashlib.sha256(data).hexdigest() != self.bundle_sha256:
            raise UserError(
                self.env._(
                    "The bundle was changed outside this system: its fingerprint does "
                    "not fit. Make it again."
                )
            )

    def _drop_bundle(self):
        """What was decided anew is not in a bundle that was made before."""
        made = self.sudo().filtered("bundle_sha256")
        made.write(
            {
                "bundle": False,
                "bundle_name": False,
                "bundle_sha256": False,
                "bundle_at": False,
                "state": "gathered",
            }
        )

    # ---------------------------------------------------------------- content

    def _get_bundle_content(self, pieces):
        """The bundle as plain data: the JSON in it, and what the PDF is made of."""
        company = self.env["res.company"]._sos_get_authority()
        withheld = self.piece_ids.filtered(lambda p: p.decision == "withhold")
        groups = {}
        for number, piece in enumerate(pieces, start=1):
            groups.setdefault(piece.kind, []).append(self._get_entry(number, piece))
        return {
            "reference": self.reference,
            "about": self.person_id.name,
            "asked_by": self.asker or self.asker_id.name or self.person_id.name,
            "received_on": self.received_on.isoformat(),
            "made_on": self.env["res.company"]._sos_today().isoformat(),
            "authority": {
                "name": company.name,
                "phone": company.phone or None,
                "email": company.email or None,
            },
            "handled_by": self.handler_id.name or self.env.user.name,
            "count": len(pieces),
            "kinds": [
                {"name": kind, "pieces": entries} for kind, entries in groups.items()
            ],
            "blacked_out": len(pieces.filtered(lambda p: p.decision == "black")),
            "withheld": len(withheld),
            "reasons": sorted(set(withheld.exemption_id.mapped("name"))),
        }

    def _get_entry(self, number, piece):
        return {
            "number": number,
            "what": piece.title,
            "date": piece.on_date.isoformat() if piece.on_date else None,
            "written_by": piece.author or None,
            "words": piece.given_text or None,
            "words_blacked_out": piece.decision == "black",
            "file": piece.file_name and self._get_file_path(number, piece) or None,
            "picture": piece.is_picture,
        }

    @staticmethod
    def _get_file_path(number, piece):
        name = "".join(c if c.isalnum() or c in "._-" else "_" for c in piece.file_name)
        return f"files/{number:04d}-{name[-60:]}"

    def _zip_bundle(self, content, pieces):
        files = {
            path: base64.b64decode(piece.file)
            for number, piece in enumerate(pieces.with_context(bin_size=False), start=1)
            if piece.file and (path := self._get_file_path(number, piece))
        }
        pdf = self._print_bundle(content, files)
        text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"{self.reference}.pdf", pdf)
            archive.writestr(f"{self.reference}.json", text)
            for path, data in files.items():
                archive.writestr(path, data)
        return buffer.getvalue()

    def _print_bundle(self, content, files):
        """The PDF: printed in parts, then put together."""

        def when(value):
            day = fields.Date.to_date(value)
            return day and format_date(self.env, day, date_format="d MMMM y")

        def picture(entry):
            data = files.get(entry["file"])
            kind = "png" if data and data[:4] == b"\x89PNG" else "jpeg"
            return (
                data and f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
            )

        form = self.env["sos.form"]
        values = {"content": content, "when": when, "picture": picture}
        qweb = self.env["ir.qweb"]
        bodies = [qweb._render("sos_casework.sos_bundle_cover", values)]
        flat = [(kind, entry) for kind in content["kinds"] for entry in kind["pieces"]]
        for start in range(0, len(flat), PRINTED_TOGETHER):
            part = flat[start : start + PRINTED_TOGETHER]
            bodies.append(
                qweb._render("sos_casework.sos_bundle_pieces", {**values, "part": part})
            )
        parts = []
        for body in bodies:
            page = qweb._render(
                "sos_casework.sos_output_page",
                {
                    "style": form._get_output_style(),
                    "title": self.reference,
                    "body": body,
                    "lang": "en-GB",
                },
            )
            parts.append(
                self.env["ir.actions.report"]._run_wkhtmltopdf(
                    [str(Markup("<!DOCTYPE html>") + page)],
                    report_ref="sos_casework.sos_form_report_professionals",
                )
            )
        return merge_pdf(parts)
