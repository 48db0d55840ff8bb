from odoo import api, fields, models
from odoo.exceptions import UserError


class SosChangeLog(models.Model):
    """Who changed what, when, from which words to which: one identity, a full
    history. Written only by ``sos.record.mixin``; nobody changes or deletes it."""

    _name = "sos.change.log"
    _description = "Change log"
    _order = "at desc, id desc"
    _log_access = False

    case_id = fields.Many2one("sos.case", "Family file", index=True, readonly=True)
    person_id = fields.Many2one(
        "sos.person",
        "Person",
        index=True,
        readonly=True,
        help="For what belongs to a person and not to one family.",
    )
    res_model = fields.Char("Kind of record", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        "Record", model_field="res_model", required=True, readonly=True
    )
    field = fields.Char("What", required=True, readonly=True)
    label = fields.Char("What changed", compute="_compute_label")
    old = fields.Text("Before", readonly=True)
    new = fields.Text("After", readonly=True)
    user_id = fields.Many2one("res.users", "By", required=True, readonly=True)
    at = fields.Datetime("When", required=True, readonly=True)

    _record_idx = models.Index("(res_model, res_id)")

    @api.depends("res_model", "field")
    def _compute_label(self):
        for log in self:
            model = self.env.get(log.res_model)
            field = model._fields.get(log.field) if model is not None else None
            log.label = field._description_string(self.env) if field else log.field

    def write(self, vals):  # pylint: disable=method-required-super
        # nothing of it ever changes, so there is nothing to hand on
        raise UserError(self.env._("The change log cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_log(self):
        raise UserError(self.env._("The change log cannot be deleted."))
