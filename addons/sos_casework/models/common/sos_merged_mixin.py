from odoo import api, fields, models


class SosMergedMixin(models.AbstractModel):
    """A record that can be merged into another one of its kind (``sos.merge``).

    The merged one stays as it was, out of the lists, and leads to the kept one. A model
    has ``merged_into_id`` and ``merged_ids`` of its own kind, and the wizard
    ``<model>.merge``.
    """

    _name = "sos.merged.mixin"
    _inherit = ["sos.record.mixin"]
    _description = "Can be merged into another record"

    #: fields under which a merged record is still found
    _also_known_fields = ("name", "reference")
    #: fields that name other records, of which who reads this one need not know more
    #: than the number
    _fields_by_number = ("merged_ids",)
    #: the field of ``sos.merge`` that names a merged record
    _merged_name = None

    also_known = fields.Char(
        "Also known as",
        compute="_compute_also_known",
        store=True,
        index="trigram",
        help="Names and numbers of the records that were merged into this one.",
    )

    @api.depends(
        lambda self: [f"merged_ids.{name}" for name in self._also_known_fields]
    )
    def _compute_also_known(self):
        for record in self:
            record.also_known = ", ".join(
                " ".join(filter(None, map(other.__getitem__, self._also_known_fields)))
                for other in record.merged_ids.sorted("id")
            )

    def write(self, vals):
        if not self.env.su:
            # sudo: whether it was merged, whatever the user may read of it
            self.sudo()._check_goes_on()
        return super().write(vals)

    def _check_goes_on(self):
        """:raise UserError: for a record that goes on under another one's number"""
        raise NotImplementedError

    def _get_log_ids(self):
        return self.ids + self.sudo().merged_ids.ids

    def _get_log_text(self, name):
        if name in self._fields_by_number:
            return ", ".join(self.sudo()[name].mapped("reference"))
        return super()._get_log_text(name)

    def _get_open_merge_action(self, title):
        """The wizard that asks which record is the same."""
        self.ensure_one()
        self.env["sos.merge"]._check_may_merge()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": f"{self._name}.merge",
            "view_mode": "form",
            "target": "new",
        }

    def action_open_kept(self):
        """Open the record under which this one goes on."""
        self.ensure_one()
        self.check_access("read")
        return self.merged_into_id._get_open_action()

    def action_open_merges(self):
        """Open what was recorded of the merge: who, when, why; and undo it there."""
        self.ensure_one()
        self.check_access("read")
        return self.env["sos.merge"]._get_merge_action(self, self._merged_name)

    def _get_open_action(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }
