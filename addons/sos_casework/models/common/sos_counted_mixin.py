from odoo import fields, models
from odoo.exceptions import UserError

#: What hangs on a record of the pathway, and the form that it came with.
PATHWAY = {
    "sos.form.child": "form_id",
    "sos.enquiry": "strategy_id",
    "sos.plan": "form_id",
    "sos.plan.review": "form_id",
}


class SosCountedMixin(models.AbstractModel):
    """What counts until a correction takes it back. Nothing is deleted: what does not
    count drops out of every list and return by itself, and names its correction."""

    _name = "sos.counted.mixin"
    _inherit = ["sos.record.mixin"]
    _description = "What counts until it is corrected"

    active = fields.Boolean("Counts", default=True, readonly=True, copy=False)
    correction_id = fields.Many2one(
        "sos.correction",
        "Taken back by",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )

    def _stop_counting(self):
        correction_id = self._get_cause().correction_id
        self.write({"active": False, "correction_id": correction_id})

    def _take_back_made(self, line):
        for record in self:
            for linked, name in record._get_linked("sos.form.child"):
                if linked != line and linked.form_id._is_begun():
                    self._refuse_linked(linked.form_id)
                linked[name] = False
            for model, form_field in PATHWAY.items():
                for linked, _name in record._get_linked(model):
                    self._refuse_linked(linked[form_field])
            for clock, _name in record._get_linked("sos.deadline"):
                clock._void()
        self._stop_counting()

    def _get_linked(self, model):
        """What points at this record: pairs of a record and its field. What was
        cancelled points at nothing."""
        self.ensure_one()
        linked = []
        for name, field in self.env[model]._fields.items():
            if field.comodel_name != self._name or field.type != "many2one":
                continue
            if field.store and not field.related:
                found = self.env[model].search([(name, "=", self.id)])
                if model == "sos.form.child":
                    found = found.filtered(lambda c: c.form_id.state != "cancelled")
                linked += [(record, name) for record in found]
        return linked

    def _refuse_linked(self, form):
        raise UserError(
            self.env._(
                "%s is built on this decision. Correct that form first, or cancel it "
                "if it is not signed yet.",
                form._get_named(),
            )
        )
