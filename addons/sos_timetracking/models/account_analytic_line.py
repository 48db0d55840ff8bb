from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

#: a day, with room for thirds of an hour that do not add up
DAY_HOURS = 24 + 1e-6


class AccountAnalyticLine(models.Model):
    """Odoo's own timesheet line, which may be about a family or one of its forms.

    Odoo shows a line's description to whoever approves timesheets, so it is made
    here, of the form's kind and number, and nobody writes a name into it.
    """

    _inherit = "account.analytic.line"

    sos_case_id = fields.Many2one(
        "sos.case", "Family file", index="btree_not_null", ondelete="restrict"
    )
    sos_form_id = fields.Many2one(
        "sos.form",
        "Form or visit",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('case_id', '=?', sos_case_id)]",
    )
    sos_form_type_id = fields.Many2one(
        related="sos_form_id.type_id", string="Form", store=True, index="btree_not_null"
    )
    sos_form_version_id = fields.Many2one(
        related="sos_form_id.version_id", string="Version of the form", store=True
    )
    sos_work_kind_id = fields.Many2one(
        "sos.code",
        "Kind of work",
        domain=[("code_set", "=", "work_kind")],
        ondelete="restrict",
    )
    sos_note = fields.Char(
        "Note",
        help="Seen only by who may read the family file, and by who wrote it.",
    )
    sos_case_readable = fields.Boolean(
        compute="_compute_sos_case_readable",
        search="_search_sos_case_readable",
        export_string_translation=False,
    )

    @api.depends_context("uid")
    @api.depends("sos_case_id")
    def _compute_sos_case_readable(self):
        # sudo(False): record rules ask with superuser rights, about the user
        readable = self.sudo().sos_case_id.sudo(False)._filtered_access("read")
        for line in self:
            case = line.sudo().sos_case_id
            line.sos_case_readable = not case or case.id in readable._ids

    def _search_sos_case_readable(self, operator, value):
        """For the record rules: whoever reads a family file reads its time, by the
        file's own rules, so that a limit set there holds here as well."""
        if operator != "in":
            return NotImplemented
        no_case = Domain("sos_case_id", "=", False)
        if not self.env["sos.case"].sudo(False).has_access("read"):
            return no_case
        # sudo(False): record rules ask with superuser rights, about the user
        rules = self.env["ir.rule"].sudo(False)._compute_domain("sos.case", "read")
        return no_case | Domain("sos_case_id", "any!", rules)

    @api.constrains(
        "unit_amount", "date", "employee_id", "sos_work_kind_id", "sos_form_id"
    )
    def _check_sos_time(self):
        # sudo: the checks need facts of the form and the sum of the person's day,
        # and tell nobody anything about them
        lines = self.sudo().filtered("sos_case_id")
        today = self.env["res.company"]._sos_today()
        for line in lines:
            if line.sos_form_id and line.sos_form_id.case_id != line.sos_case_id:
                raise ValidationError(
                    self.env._("This form belongs to another family file.")
                )
            if line.sos_work_kind_id.code_set != "work_kind":
                raise ValidationError(
                    self.env._("Say what kind of work it was: recording, travel, …")
                )
            if line.date > today:
                raise ValidationError(
                    self.env._(
                        "%s is in the future. Time is kept when the work is done.",
                        line.date.strftime("%d/%m/%Y"),
                    )
                )
            if not 0 < round(line.unit_amount * 60) <= 24 * 60:
                raise ValidationError(
                    self.env._("Time is at least a minute and at most a day.")
                )
        lines._check_sos_day()

    def _check_sos_day(self):
        """Nobody works more than 24 hours in a day."""
        days = self._read_group(
            [
                ("project_id", "!=", False),
                ("employee_id", "in", self.employee_id.ids),
                ("date", "in", self.mapped("date")),
            ],
            ["employee_id", "date:day"],
            ["unit_amount:sum"],
        )
        for _employee, day, hours in days:
            if hours > DAY_HOURS:
                raise ValidationError(
                    self.env._(
                        "That would make more than 24 hours on %s. Look at what is "
                        "kept for that day already, and put it right first.",
                        day.strftime("%d/%m/%Y"),
                    )
                )

    # ------------------------------------------------------------- create, write

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            for name in ("sos_case_id", "sos_form_id"):
                if default := self.env.context.get(f"default_{name}"):
                    vals.setdefault(name, default)
            self._prepare_sos_values(vals)
        lines = super().create(vals_list)
        lines._check_sos_access()
        return lines

    @api.model
    def _prepare_sos_values(self, vals):
        """Fill in what time on a family always has: the family of its form, the
        service's project, a description without names."""
        # sudo: whether the user may read them is checked as soon as the line exists
        form = self.env["sos.form"].sudo().browse(vals.get("sos_form_id") or ())
        if form and not vals.get("sos_case_id"):
            vals["sos_case_id"] = form.case_id.id
        case = self.env["sos.case"].sudo().browse(vals.get("sos_case_id") or ())
        if not case:
            return
        vals.update(
            project_id=case.company_id._sos_get_timesheet_project().id,
            task_id=False,
            company_id=case.company_id.id,
            name=self._get_sos_name(case, form),
        )

    @api.model
    def _get_sos_name(self, case, form):
        """The description: what kind of form and its number. Never a name."""
        if form:
            return f"{form.type_id.name} {form.reference}"
        return self.env._("Family file %s", case.reference)

    def write(self, vals):
        if not self.env.su and any(line.sos_case_id for line in self.sudo()):
            fixed = {"sos_case_id", "project_id", "task_id", "name", "company_id"}
            if fixed & vals.keys():
                raise UserError(
                    self.env._(
                        "Time on a family keeps its family, its project and its "
                        "description. Write what you want to add in the note, or "
                        "delete the line and enter it again."
                    )
                )
        elif vals.get("sos_case_id") or vals.get("sos_form_id"):
            if not self.env.su:
                raise UserError(
                    self.env._("Enter time on a family from its file or its form.")
                )
        result = super().write(vals)
        if "sos_form_id" in vals:
            self._check_sos_access()
            for line in self.sudo().filtered("sos_case_id"):
                line.name = line._get_sos_name(line.sos_case_id, line.sos_form_id)
        return result

    def _check_sos_access(self):
        """Time goes on families and forms that the user may read."""
        if not self.env.su:
            # sudo only to reach the records: the check is the user's own
            self.sudo().sos_case_id.sudo(False).check_access("read")
            self.sudo().sos_form_id.sudo(False).check_access("read")
