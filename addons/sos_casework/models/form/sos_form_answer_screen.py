from odoo import api, fields, models
from odoo.tools import html2plaintext


class SosFormAnswer(models.Model):
    """What the cards and the window of a section show, and how it is saved."""

    _inherit = "sos.form.answer"

    preview = fields.Char(compute="_compute_preview")
    may_write = fields.Boolean(compute="_compute_may_write")
    offers_previous = fields.Boolean(compute="_compute_offers_previous")
    position = fields.Char(compute="_compute_position")

    @api.depends("body")
    def _compute_preview(self):
        for answer in self:
            text = " ".join(html2plaintext(answer.body or "").split())
            answer.preview = f"{text[:240].rstrip()}…" if len(text) > 240 else text

    @api.depends_context("uid")
    @api.depends("form_id.state")
    def _compute_may_write(self):
        writable = self._origin._filtered_access("write")
        for answer in self:
            decides = answer.code == "management_decision" and (
                answer.form_id.state == "submitted" and answer.form_id._may_authorise()
            )
            answer.may_write = answer._origin in writable and (
                decides or answer.form_id.state == "draft"
            )

    @api.depends("previous", "may_write")
    def _compute_offers_previous(self):
        for answer in self:
            policy = answer.section_id.sudo().carry
            answer.offers_previous = bool(
                answer.may_write and answer.previous and policy in ("offer", "carry")
            )

    def _compute_position(self):
        for answer in self:
            rows = answer.form_id.answer_ids._in_order().ids
            number = answer._origin.id in rows and rows.index(answer._origin.id) + 1
            answer.position = number and self.env._(
                "%(number)s of %(all)s", number=number, all=len(rows)
            )

    def write(self, vals):
        """``revision`` beside a text is the one that the writer had before them."""
        if "revision" in vals and "body" in vals and not self.env.su:
            vals = dict(vals)
            revision = vals.pop("revision")
            for answer in self:
                answer._save(vals["body"], revision)
            vals.pop("body")
            return super().write(vals) if vals else True
        return super().write(vals)

    def action_write(self):
        """Open the section to read or write it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self._get_dialog_title(),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _get_dialog_title(self):
        parts = [self.title, self.child_id and self.child_id._get_called()]
        return " – ".join(filter(None, parts))

    def _in_order(self):
        """As they stand in the form, also when the cache has them otherwise."""
        children = self.child_id._origin._eldest_first().ids
        places = {False: -1, **{child: n for n, child in enumerate(children)}}
        return self._origin.sorted(lambda a: (a.sequence, places[a.child_id.id], a.id))

    def _get_neighbour(self, step):
        rows = self.form_id.answer_ids._in_order()
        position = rows.ids.index(self.id) + step
        return rows[position] if 0 <= position < len(rows) else self.browse()

    def action_next(self):
        """Save this section, and go on with the next one."""
        self.ensure_one()
        following = self._get_neighbour(1)
        if following:
            return following.action_write()
        return {"type": "ir.actions.act_window_close"}
