from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain


class SosCase(models.Model):
    """What the lists and the screen of a family file show at a glance."""

    _inherit = "sos.case"

    children_text = fields.Char("The children", compute="_compute_children_text")
    readable_child_ids = fields.Many2many(
        "sos.person",
        compute="_compute_readable_child_ids",
        string="Children whom the user may read",
    )
    restricted_text = fields.Char("Who may see it", compute="_compute_restricted_text")
    plan_text = fields.Char("Plan now", compute="_compute_plan_text")
    next_due_on = fields.Date("Next clock", compute="_compute_next_due")
    next_due_text = fields.Char("What is next", compute="_compute_next_due")
    next_due_left = fields.Char("Time left", compute="_compute_next_due")
    overdue_count = fields.Integer("Overdue", compute="_compute_next_due")
    open_form_count = fields.Integer(
        "Forms being written", compute="_compute_open_form_count"
    )
    flag_ids = fields.Many2many(
        "sos.person.flag", compute="_compute_flag_ids", string="Warnings"
    )
    warning_text = fields.Text(compute="_compute_flag_ids")
    open_deadline_ids = fields.Many2many(
        "sos.deadline", compute="_compute_open_deadline_ids", string="What is due"
    )
    event_ids = fields.Many2many(
        "sos.case.note", compute="_compute_event_ids", string="Chronology"
    )
    relation_ids = fields.Many2many(
        "sos.relationship", compute="_compute_relation_ids", string="Relationships"
    )
    is_mine = fields.Boolean(
        "My family", compute="_compute_is_mine", search="_search_is_mine"
    )
    may_allocate = fields.Boolean(compute="_compute_may_allocate")
    may_write = fields.Boolean(compute="_compute_may_allocate")

    @api.model
    def _get_mine_domain(self):
        """The families that the user works with: those they are allocated to, and for
        business support, who work for everybody, their teams' families."""
        user = self.env.user
        today = self.env["res.company"]._sos_today()
        current = Domain("until", "=", False) | Domain("until", ">=", today)
        mine = Domain("lead_id", "=", user.id) | Domain(
            "allocation_ids", "any", Domain("user_id", "=", user.id) & current
        )
        if user.has_group("sos_casework.group_business_support"):
            mine |= Domain("team_id", "in", user.sos_team_ids.ids)
        return mine

    @api.depends_context("uid")
    def _compute_is_mine(self):
        mine = self.filtered_domain(self._get_mine_domain())
        for case in self:
            case.is_mine = case in mine

    def _search_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._get_mine_domain()

    @api.depends("child_ids")
    @api.depends_context("uid")
    def _compute_readable_child_ids(self):
        for case in self:
            case.readable_child_ids = case.child_ids._get_readable()

    @api.depends("member_ids.role", "member_ids.until")
    @api.depends_context("uid")
    def _compute_children_text(self):
        # for a whole list at once: rights are asked in the two queries
        members = self.env["sos.case.member"].search_fetch(
            [("case_id", "in", self.ids), ("role", "=", "child")],
            ["case_id", "person_id"],
        )
        children = self.env["sos.person"].search_fetch(
            [("id", "in", members.person_id.ids)],
            ["known_as", "first_name", "name", "birth_date", "expected_on", "death_on"],
        )
        families = members.grouped("case_id")
        for case in self:
            own = families.get(case._origin, members.browse()).person_id
            case.children_text = own._get_short_list(children)

    @api.depends("restricted")
    def _compute_restricted_text(self):
        for case in self:
            case.restricted_text = case.restricted and self.env._("Restricted")

    @api.depends("plan_ids.ended_on")
    def _compute_plan_text(self):
        plans = self.env["sos.plan"]
        kinds = dict(plans._fields["kind"]._description_selection(self.env))
        names = defaultdict(set)
        for case, kind in plans._read_group(
            [("case_id", "in", self.ids), ("ended_on", "=", False)], ["case_id", "kind"]
        ):
            names[case.id].add(kinds[kind])
        for case in self:
            case.plan_text = ", ".join(sorted(names[case._origin.id], reverse=True))

    def _compute_next_due(self):
        """What is next and how much is late, from one look at the open clocks."""
        clocks = self.env["sos.deadline"].search_fetch(
            [("case_id", "in", self.ids), ("state", "=", "open")],
            ["case_id", "step_id", "due_on", "state"],
            order="due_on, id",
        )
        clocks.step_id.fetch(["name"])
        families = clocks.grouped("case_id")
        for case in self:
            running = families.get(case._origin, clocks.browse())
            clock = running[:1]
            case.next_due_on = clock.due_on
            case.next_due_text = clock.step_id.name
            case.next_due_left = clock.time_left
            case.overdue_count = len(running.filtered("overdue"))

    @api.depends("deadline_ids.state", "deadline_ids.due_on")
    def _compute_open_deadline_ids(self):
        for case in self:
            clocks = case.deadline_ids.filtered(lambda d: d.state in ("open", "paused"))
            case.open_deadline_ids = clocks.sorted("due_on")

    def _compute_open_form_count(self):
        drafts = dict(
            self.env["sos.form"]._read_group(
                [("case_id", "in", self.ids), ("state", "=", "draft")],
                ["case_id"],
                ["__count"],
            )
        )
        for case in self:
            case.open_form_count = drafts.get(case._origin, 0)

    @api.depends_context("uid")
    @api.depends("member_ids.person_id.flag_ids.ended_on")
    def _compute_flag_ids(self):
        for case in self:
            # somebody of a restricted file stands in this one by their number alone
            people = case.member_ids.person_id._get_readable()
            flags = people.flag_ids.filtered("is_current")
            case.flag_ids = flags
            case.warning_text = "\n".join(
                f"{flag.person_id.display_name}: {flag.text}" for flag in flags
            )

    @api.depends("note_ids.significant")
    def _compute_event_ids(self):
        for case in self:
            case.event_ids = case.note_ids.filtered("significant").sorted("at")

    @api.depends_context("uid")
    @api.depends("member_ids.person_id.relation_ids")
    def _compute_relation_ids(self):
        for case in self:
            people = case.member_ids.person_id
            case.relation_ids = people._get_readable().relation_ids.filtered(
                lambda r, people=people: r.other_id in people
            )

    @api.depends("merged_into_id")
    @api.depends_context("uid")
    def _compute_may_allocate(self):
        managers = "sos_casework.group_team_manager,sos_casework.group_service_manager"
        allocates = self.env.user.has_groups(managers)
        writable = self._origin._filtered_access("write")
        may_create = self.browse().has_access("create")
        for case in self:
            writes = bool(case._origin) and case._origin in writable
            case.may_allocate = allocates and (writes or not case._origin)
            goes_on = not case.merged_into_id
            case.may_write = goes_on and (writes or (not case._origin and may_create))

    def action_new_form(self):
        """Choose a form and the children it is about."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New form"),
            "res_model": "sos.form.open",
            "view_mode": "form",
            "target": "new",
            "context": {"default_case_id": self.id},
        }

    def action_new_contact(self):
        """Record that somebody got in touch about this family."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New contact"),
            "res_model": "sos.referral",
            "view_mode": "form",
            "context": {"default_case_id": self.id},
        }

    def _open_lines(self, action, name):
        """An action of the family's own lines; new ones are added to this family."""
        self.ensure_one()
        values = self.env["ir.actions.act_window"]._for_xml_id(action)
        values["display_name"] = values["name"] = name
        values["domain"] = [("case_id", "=", self.id)]
        values["context"] = {"default_case_id": self.id, "hide_case": True}
        return values

    def action_open_map(self):
        """The family's map: worries, what is working well, what needs to happen."""
        xmlid = "sos_casework.sos_map_line_action_map"
        return self._open_lines(xmlid, self.env._("Map"))

    def action_open_deadlines(self):
        values = self._open_lines(
            "sos_casework.sos_deadline_action", self.env._("Clocks")
        )
        values["context"]["search_default_running"] = True
        return values
