from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SosTimeStudyType(models.Model):
    """One kind of work in a time study: a line of its table."""

    _name = "sos.time.study.type"
    _description = "Kind of work in a time study"
    _order = "study_id, sequence, id"
    _rec_name = "form_type_id"

    study_id = fields.Many2one(
        "sos.time.study", "Time study", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    form_type_id = fields.Many2one(
        "sos.form.type", "Kind of work", required=True, ondelete="restrict"
    )
    before_version_ids = fields.Many2many(
        "sos.form.version",
        "sos_time_study_type_before_rel",
        string="Versions before",
        domain="[('type_id', '=', form_type_id)]",
    )
    after_version_ids = fields.Many2many(
        "sos.form.version",
        "sos_time_study_type_after_rel",
        string="Versions after",
        domain="[('type_id', '=', form_type_id)]",
    )
    cases_before = fields.Integer("Cases before so far", compute="_compute_cases")
    cases_after = fields.Integer("Cases after so far", compute="_compute_cases")

    _type_unique = models.Constraint(
        "UNIQUE(study_id, form_type_id)",
        "This kind of work is in the study already.",
    )

    def _compute_cases(self):
        for study in self.study_id:
            cells = study._origin._get_cells() if study._origin else {}
            for line in self.filtered(lambda line, of=study: line.study_id == of):
                for side in ("before", "after"):
                    cell = cells.get((line.form_type_id.id, side))
                    line[f"cases_{side}"] = cell["cases"] if cell else 0
        for line in self.filtered(lambda line: not line.study_id):
            line.cases_before = line.cases_after = 0

    @api.constrains("form_type_id", "before_version_ids", "after_version_ids")
    def _check_versions(self):
        for line in self:
            before, after = line.before_version_ids, line.after_version_ids
            if (before | after).type_id - line.form_type_id:
                raise ValidationError(
                    self.env._("This version belongs to another form.")
                )
            if both := before & after:
                raise ValidationError(
                    self.env._(
                        "%s is on both sides. A version is before the change or "
                        "after it.",
                        both[0].display_name,
                    )
                )

    # ------------------------------------------------------------- create, write

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.study_id._check_planned()
        return lines

    def write(self, vals):
        self.study_id._check_planned()
        result = super().write(vals)
        self.study_id._check_planned()
        return result

    # at_uninstall: a context key, which any call can send, would pass it by
    @api.ondelete(at_uninstall=True)
    def _unlink_except_counted(self):
        self.study_id._check_planned()
