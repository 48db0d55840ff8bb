from odoo import api, fields, models


class SosChangeLog(models.Model):
    """Who changed what, when, from which words to which: one identity, a full
    history. Written only by ``sos.logged.mixin``; nobody changes or deletes it.

    A line without family and person is about the system: roles, teams, who signs."""

    _name = "sos.change.log"
    _inherit = ["sos.sealed.mixin", "sos.access.mixin"]
    _description = "Change log"
    _order = "at desc, id desc"
    _log_access = False
    _sealed = (
        "id",
        "at",
        "user_id",
        "res_model",
        "res_id",
        "field",
        "old",
        "new",
        "case_id",
        "person_id",
        "correction_id",
    )
    _sos_group_codes = ("res_model",)

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
    record_name = fields.Char("Of what", compute="_compute_record_name")
    field = fields.Char("What", required=True, readonly=True)
    kind = fields.Char(compute="_compute_label")
    record_name = fields.Char("Which", compute="_compute_record_name")
    label = fields.Char("What changed", compute="_compute_label")
    old = fields.Text("Before", readonly=True)
    new = fields.Text("After", readonly=True)
    user_id = fields.Many2one("res.users", "By", required=True, readonly=True)
    at = fields.Datetime("When", required=True, readonly=True)
    correction_id = fields.Many2one(
        "sos.correction", "Correction", readonly=True, index="btree_not_null"
    )

    _unsealed_idx = models.Index("(id) WHERE seal_id IS NULL")
    _record_idx = models.Index("(res_model, res_id)")

    @api.depends_context("uid")
    @api.depends("res_model", "res_id")
    def _compute_record_name(self):
        for log in self:
            model = self.env.get(log.res_model)
            record = model.browse(log.res_id) if model is not None else None
            log.record_name = record and record.exists().display_name

    @api.depends("res_model", "field", "new")
    def _compute_label(self):
        # sudo: what a kind of record is called is no secret
        kinds = self.env["ir.model"].sudo()
        for log in self:
            model = self.env.get(log.res_model)
            field = model._fields.get(log.field) if model is not None else None
            log.kind = kinds._get(log.res_model).name or log.res_model
            log.label = field._description_string(self.env) if field else log.field
            if log.field == "id":
                log.label = self.env._("Added") if log.new else self.env._("Deleted")

    @api.depends("res_model", "res_id")
    @api.depends_context("uid")
    def _compute_record_name(self):
        for name, logs in self.grouped("res_model").items():
            if name in self.env:
                # sudo: a family's records guard their own names, and those of users,
                # teams and forms are no secret
                records = self.env[name].sudo().browse(logs.mapped("res_id")).exists()
                names = dict(
                    zip(records.ids, records.mapped("display_name"), strict=True)
                )
            else:
                names = {}
            for log in logs:
                log.record_name = names.get(log.res_id, "")
