from markupsafe import Markup

from odoo import api, fields, models


class SosFormVersion(models.Model):
    """What the screen of a version shows of it before it is published."""

    _inherit = "sos.form.version"

    preview_html = fields.Html(
        "Preview", compute="_compute_preview_html", sanitize=False
    )
    lacking_text = fields.Char(compute="_compute_lacking_text")

    @api.depends("section_ids.lacks_purpose", "section_ids.name")
    def _compute_lacking_text(self):
        for version in self:
            lacking = version.section_ids.filtered("lacks_purpose")
            names = [name for name in lacking.mapped("name") if name]
            version.lacking_text = ", ".join(names)

    @api.depends("section_ids", "decision_ids.name")
    def _compute_preview_html(self):
        for version in self:
            version.preview_html = Markup("").join(
                version._get_section_preview(section)
                for section in version.section_ids.sorted("sequence")
            )

    def _get_section_preview(self, section):
        """One section as a worker meets it: title, purpose, question, choices."""
        kinds = dict(section._fields["kind"]._description_selection(self.env))
        choices = ""
        if section.kind == "decision":
            items = (
                Markup("<li>%s</li>") % decision.name for decision in self.decision_ids
            )
            choices = Markup("<ul>%s</ul>") % Markup("").join(items)
        required = section.required and Markup(
            "<span class='badge text-bg-warning ms-2'>%s</span>"
        ) % self.env._("required")
        return Markup(
            "<div class='o_sos_preview_section py-3'><h3>%s%s</h3>"
            "<p class='text-muted mb-1'>%s</p><p class='fw-bold mb-1'>%s</p>"
            "<p class='small text-muted mb-0'>%s</p>%s</div>"
        ) % (
            section.name or "",
            required or "",
            section.purpose or "",
            section.prompt or "",
            kinds.get(section.kind, ""),
            choices,
        )
