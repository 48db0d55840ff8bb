from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.sos_casework.tools.guarded import GuardedMany2one

#: a day, with room for thirds of an hour that do not add up
DAY_HOURS = 24 + 1e-6
#: whose time it is
SOS_FIELDS = {"sos_case_id", "sos_form_id", "sos_team_id"}
#: what a report of time counts
COUNTED_FIELDS = {"date", "unit_amount", "employee_id", "sos_work_kind_id"}


class AccountAnalyticLine(models.Model):
    """Odoo's own timesheet line, which may be time of children's social work: on a
    family, on one of its forms, or on other work for the team. Every such line has its
    team; where it has none, it is an ordinary timesheet and left alone.

    Odoo shows a line's description to whoever approves timesheets, so it is made
    here, of the form's kind and number, and nobody writes a name into it.
    """

    _inherit = "account.analytic.line"
    _sos_texts = ("name", "sos_note")

    sos_case_id = GuardedMany2one(
        "sos.case", "Family file", index="btree_not_null", ondelete="restrict"
    )
    sos_team_id = fields.Many2one(
        "sos.team",
        "Team",
        index="btree_not_null",
        readonly=True,
        ondelete="restrict",
        help="The team that held the family on that day, or for which the work was.",
    )
    sos_child_ids = fields.Many2many(
        "sos.person", string="Children", compute="_compute_sos_child_ids"
    )
    sos_form_id = GuardedMany2one(
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
    sos_origin = fields.Selection(
        [("hand", "By hand"), ("timer", "Timer"), ("screen", "Time at the screen")],
        "Kept",
        default="hand",
        readonly=True,
        help="How the time came here; whoever kept it may have put it right since.",
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
    @api.depends("sos_form_id", "sos_case_id")
    def _compute_sos_child_ids(self):
        """The children whom the form is about, or all of the family's: those whom the
        user may read."""
        for line in self:
            # sudo: a line is read by who kept it, too; each child by its own rules
            form, case = line.sudo().sos_form_id, line.sudo().sos_case_id
            children = (form.child_ids.child_id or case.child_ids).sudo(False)
            line.sos_child_ids = children._filtered_access("read")

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
        # sudo(False): record rules ask with superuser rights, about the user; sudo: the
        # rules themselves are worked out as Odoo works out rules
        rules = self.env["ir.rule"].sudo(False)._compute_domain("sos.case", "read")
        cases = self.env["sos.case"].sudo().with_context(active_test=False)
        rules = rules.optimize_full(cases)

        def to_sql(lines, alias, query):
            _cases, joined = self._fields["sos_case_id"].join(lines, alias, query)
            return rules._to_sql(cases, joined, query)

        return no_case | Domain.custom(to_sql=to_sql)

    @api.constrains(
        "unit_amount", "date", "employee_id", "sos_work_kind_id", "sos_form_id"
    )
    def _check_sos_time(self):
        # sudo: the checks need facts of the form and the sum of the person's day,
        # and tell nobody anything about them
        lines = self.sudo().filtered("sos_team_id")
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
            for name in ("sos_case_id", "sos_form_id", "sos_team_id"):
                if default := self.env.context.get(f"default_{name}"):
                    vals.setdefault(name, default)
            self._prepare_sos_values(vals)
        lines = super().create(vals_list)
        lines._check_sos_access()
        lines._check_sos_locked()
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
        team = case.team_id or self.env["sos.team"].sudo().browse(
            vals.get("sos_team_id") or ()
        )
        if not team:
            return
        vals.update(
            sos_team_id=team.id,
            project_id=team.company_id._sos_get_timesheet_project().id,
            task_id=False,
            company_id=team.company_id.id,
            name=self._get_sos_name(team, case, form),
        )

    @api.model
    def _get_sos_name(self, team, case, form):
        """The description: what kind of form and its number. Never a family's name."""
        if form:
            return f"{form.type_id.name} {form.reference}"
        if case:
            return self.env._("Family file %s", case.reference)
        return self.env._("Work for the team %s", team.name)

    def write(self, vals):
        if not self.env.su and any(line.sos_team_id for line in self.sudo()):
            fixed = {"sos_case_id", "sos_team_id", "project_id", "task_id"}
            if (fixed | {"name", "company_id"}) & vals.keys():
                raise UserError(
                    self.env._(
                        "Time on a family or a team keeps whose it is, its project and "
                        "its description. Write what you want to add in the note, or "
                        "delete the line and enter it again."
                    )
                )
        elif SOS_FIELDS & {name for name, value in vals.items() if value}:
            if not self.env.su:
                raise UserError(
                    self.env._("Enter time on a family from its file or its form.")
                )
        counted = COUNTED_FIELDS & vals.keys()
        if counted:
            self._check_sos_locked()
        result = super().write(vals)
        if counted:
            self._check_sos_locked()
        if "sos_form_id" in vals:
            self._check_sos_access()
            for line in self.sudo().filtered("sos_team_id"):
                line.name = line._get_sos_name(
                    line.sos_team_id, line.sos_case_id, line.sos_form_id
                )
        return result

    # at_uninstall: a context key, which any call can send, would pass it by
    @api.ondelete(at_uninstall=True)
    def _unlink_except_locked(self):
        self._check_sos_locked()

    def _check_sos_locked(self):
        """What was reported stays as it was: nobody enters, changes or deletes time up
        to the day that the authority has locked.

        :raise UserError: for a day that is locked
        """
        if self.env.su:
            return
        # sudo: who keeps time needs no right to the company's settings
        for line in self.sudo().filtered("sos_team_id"):
            until = line.company_id.sos_time_locked_until
            if until and line.date <= until:
                raise UserError(
                    self.env._(
                        "%(day)s is locked: time up to %(until)s was reported already. "
                        "Ask your administrator to unlock it in Settings, Timesheets.",
                        day=line.date.strftime("%d/%m/%Y"),
                        until=until.strftime("%d/%m/%Y"),
                    )
                )

    def _check_sos_access(self):
        """Time goes on families and forms that the user may read, and on the user's own
        teams."""
        if not self.env.su:
            teams = self.sudo().filtered(lambda line: not line.sos_case_id).sos_team_id
            if teams - self.env.user.sos_team_ids:
                raise UserError(
                    self.env._(
                        "You are not in the team %s. Keep time for a team of yours.",
                        (teams - self.env.user.sos_team_ids)[:1].name,
                    )
                )
            # sudo only to reach the records: the check is the user's own
            self.sudo().sos_case_id.sudo(False).check_access("read")
            self.sudo().sos_form_id.sudo(False).check_access("read")
