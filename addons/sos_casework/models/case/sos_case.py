from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.readers import ReadersMany2many


class SosCase(models.Model):
    """The family file. Worries, network and plan belong to the family; dates,
    categories and decisions to each child's episode."""

    _name = "sos.case"
    _inherit = ["sos.merged.mixin", "sos.authority.mixin", "sos.found.mixin"]
    _description = "Family file"
    _order = "name, id"
    _rec_names_search = ["name", "reference", "also_known"]
    _found_by = ("name", "reference", "also_known")
    _stamp_fields = ("reference",)
    # follows from team, allocations and restriction, whose changes are kept
    _unlogged_fields = ("reader_ids", "blocked_user_ids")

    reference = fields.Char(readonly=True, copy=False, index=True)
    name = fields.Char("Family", required=True, index="trigram")
    team_id = fields.Many2one(
        "sos.team",
        "Team",
        required=True,
        index=True,
        default=lambda self: self.env.user.sos_team_ids[:1],
    )
    restricted = fields.Boolean(
        help="Only the named readers see this file; without named readers: who is "
        "allocated, the team's managers and its business support."
    )
    restricted_reason = fields.Text(
        "Why it is restricted",
        help="Service managers and quality audit are told at once, with this reason.",
    )
    named_reader_ids = fields.Many2many(
        "res.users", "sos_case_named_reader_rel", "case_id", "user_id", "Named readers"
    )
    reader_ids = ReadersMany2many(
        "res.users",
        "sos_case_reader_rel",
        "case_id",
        "user_id",
        "May read",
        readonly=True,
        copy=False,
        help="Worked out from team, allocations and restriction.",
    )
    member_ids = fields.One2many("sos.case.member", "case_id", "People")
    # as superuser, and without Odoo asking each child whether they are archived:
    # whoever reads the file need not read every child in it
    child_ids = fields.Many2many(
        "sos.person",
        compute="_compute_child_ids",
        compute_sudo=True,
        string="Children",
        context={"active_test": False},
    )
    allocation_ids = fields.One2many("sos.allocation", "case_id", "Allocations")
    lead_id = fields.Many2one(
        "res.users", "Lead worker", compute="_compute_lead_id", store=True, index=True
    )
    episode_ids = fields.One2many("sos.episode", "case_id", "Periods of need")
    plan_ids = fields.One2many("sos.plan", "case_id", "Plans")
    form_ids = fields.One2many("sos.form", "case_id", "Forms")
    deadline_ids = fields.One2many("sos.deadline", "case_id", "Clocks")
    note_ids = fields.One2many("sos.case.note", "case_id", "Notes")
    map_line_ids = fields.One2many("sos.map.line", "case_id", "Map")
    danger_ids = fields.One2many("sos.danger", "case_id", "Danger statements")
    bottom_line_ids = fields.One2many("sos.bottom.line", "case_id", "Bottom lines")
    network_ids = fields.One2many("sos.network.member", "case_id", "Safety network")
    safety_plan_ids = fields.One2many("sos.safety.plan", "case_id", "Safety plans")
    voice_ids = fields.One2many("sos.voice", "case_id", "The children's own words")
    words_pictures_ids = fields.One2many(
        "sos.words.pictures", "case_id", "Words and pictures"
    )
    timeline_ids = fields.One2many("sos.timeline.step", "case_id", "Timeline")
    rating_ids = fields.One2many("sos.rating", "case_id", "Ratings")
    closed_on = fields.Date("Closed")
    form_count = fields.Integer(compute="_compute_form_count")

    _reference_unique = models.Constraint(
        "UNIQUE(reference)", "Another family file has this number."
    )
    # the order of the lists: whoever reads nearly every file reads along it
    _order_idx = models.Index("(name, id)")

    @api.depends(
        "member_ids.role",
        "member_ids.until",
        "member_ids.active",
        "member_ids.person_id.active",
    )
    @api.depends_context("active_test")
    def _compute_child_ids(self):
        archived = self.env.context.get("active_test") is False
        # read at once for all files
        self.member_ids.person_id.mapped("active")
        for case in self:
            members = case.member_ids.filtered(lambda m: m.active and m.role == "child")
            case.child_ids = members.person_id.filtered(lambda p: archived or p.active)

    @api.depends(
        "allocation_ids.role",
        "allocation_ids.user_id.active",
        "allocation_ids.since",
        "allocation_ids.until",
    )
    def _compute_lead_id(self):
        for case in self:
            current = case.allocation_ids.filtered(
                lambda a: a.role == "lead" and a.user_id.active and a._is_current()
            )
            case.lead_id = current.sorted("since, id")[-1:].user_id

    def _compute_form_count(self):
        counts = dict(
            self.env["sos.form"]._read_group(
                [("case_id", "in", self.ids)], ["case_id"], ["__count"]
            )
        )
        for case in self:
            case.form_count = counts.get(case, 0)

    @api.model_create_multi
    def create(self, vals_list):
        sequence = self.env["ir.sequence"].sudo()
        lines_list = []
        for vals in vals_list:
            self._check_new(vals)
            vals["reference"] = sequence.next_by_code("sos.case")
            # people and other lines come after the readers are known: before, nobody
            # may add a line to the file
            names = [n for n in vals if self._fields[n].type == "one2many"]
            lines_list.append({name: vals.pop(name) for name in names})
        cases = super().create(vals_list)
        cases._check_own_team()
        cases._refresh_readers()
        cases._tell_restricted({})
        for case, lines in zip(cases, lines_list, strict=True):
            if lines:
                case.write(lines)
        return cases

    @api.model
    def _check_new(self, vals):
        """Whoever opens a file does not hide it from their manager by doing so, and
        has a team that holds it."""
        team = vals.get("team_id", self.env.context.get("default_team_id"))
        if not team and not self.env.user.sos_team_ids:
            raise UserError(
                self.env._(
                    "You are in no team, and a family's file belongs to one. Ask your "
                    "administrator to put you into your team."
                )
            )
        for name in ("restricted", "named_reader_ids"):
            if vals.get(name, self.env.context.get(f"default_{name}")):
                self._check_may_allocate()
        if vals.get("closed_on", self.env.context.get("default_closed_on")):
            if not self.env.su:
                raise UserError(
                    self.env._("A file closes when its children's needs have ended.")
                )

    def _check_own_team(self):
        """A new family goes to a team of the person who opens its file."""
        own = self.env.user.sos_team_ids
        if not self.env.su and self.team_id - own:
            raise UserError(
                self.env._(
                    "A new family file belongs to your own team. Its manager can "
                    "allocate it to another team afterwards."
                )
            )

    def write(self, vals):
        if {"reader_ids", "closed_on", "reference"} & vals.keys() and not self.env.su:
            raise UserError(
                self.env._(
                    "Who may read a file follows from team and allocations, and when "
                    "it is closed from its children's forms."
                )
            )
        if {"restricted", "named_reader_ids", "team_id"} & vals.keys():
            self._check_may_allocate()
        before = self._get_limits()
        moved = self.browse()
        if "team_id" in vals:
            moved = self.filtered(lambda case: case.team_id.id != vals["team_id"])
        result = super().write(vals)
        # sudo: follows from the move, after which the manager may read no more of it
        moved.sudo().allocation_ids._end_leads_elsewhere()
        if {"restricted", "named_reader_ids", "team_id"} & vals.keys():
            self._refresh_readers()
            # sudo: the manager may have taken themself out
            self.sudo().filtered("named_reader_ids")._check_has_reader()
            self._tell_restricted(before)
            # who may not read the file any more is not reminded of it
            self.sudo().deadline_ids._sync_reminders()
        return result

    def _check_may_allocate(self):
        """Only managers decide who works with and reads a family."""
        managers = "sos_casework.group_team_manager,sos_casework.group_service_manager"
        if not self.env.su and not self.env.user.has_groups(managers):
            raise UserError(
                self.env._("Only a team manager decides who has access to a family.")
            )
        self._check_not_emergency()

    def _get_display_label(self):
        return self.env._(
            "%(name)s (%(reference)s)", name=self.name, reference=self.reference
        )

    def _get_log_owner(self):
        return {"case_id": self.id}

    def _get_log_domain(self):
        return [("case_id", "in", self._get_log_ids())]

    def _get_children_for(self, form_type):
        """Whom a new form is about, unless somebody says it: of the children who may be
        read those who live, and of who has died where the type is for after a death."""
        children = self.child_ids._get_readable()
        if form_type.sudo().after_death:
            return children
        return children.filtered(lambda child: not child.death_on) or children

    def open_form(self, type_code, child_ids=None, **facts):
        """Open a form of a type for children of this family (all if left out).

        Takes up the draft that a decision has already opened for them instead of
        making a second one. ``facts`` are typed facts of the form (started_on …).

        :raise UserError: for a type that does not exist or has no live version
        """
        self.ensure_one()
        self.check_access("read")
        form_type = self.env["sos.form.type"]._get(type_code)
        # without saying so, nobody writes about somebody whom they may not read
        if child_ids:
            children = self.child_ids.browse(child_ids)
        else:
            children = self._get_children_for(form_type)
        if not children or children - self.child_ids:
            raise UserError(
                self.env._("Choose the children of this family that the form is about.")
            )
        # two who open the same form at once go on with one
        self._queue()
        form = self.env["sos.form"]._find_draft(self, form_type, children)
        # each contact is one of its own, however soon the next one comes
        if form and "received_at" not in form.fact_codes:
            form._add_children(children)
            if facts:
                form.write(facts)
            return form
        return self.env["sos.form"].create(
            {
                "case_id": self.id,
                "type_id": form_type.id,
                "child_ids": [
                    fields.Command.create({"child_id": child.id}) for child in children
                ],
                **facts,
            }
        )

    def _close_if_finished(self, day):
        """A family file closes when the last child's period of need is closed, unless
        a contact waits for its decision. What was going on ends with it."""
        for case in self:
            open_episodes = case.episode_ids.filtered(lambda e: e.state == "open")
            if open_episodes or case.closed_on or case._get_undecided():
                continue
            case.closed_on = day
            case.deadline_ids._end(day)
            case.allocation_ids._end_with_file(day)
            for form in case._get_unfinished():
                if not form._is_begun():
                    form._cancel(self.env._("The family's file was closed."))

    def _get_unfinished(self):
        """Forms that are still being written, or wait for who signs them."""
        return self.form_ids.filtered(lambda f: f.state in ("draft", "submitted"))

    def _get_undecided(self):
        """Contacts that wait for their decision: the file stays open for them."""
        return self._get_unfinished().filtered("received_at")

    def _close_if_nothing_began(self, day, contact):
        """A contact that led to nothing leaves no open file behind, unless there is a
        period of need, or another form is being written."""
        for case in self:
            if not case._get_unfinished() - contact:
                case._close_if_finished(day)

    def _open_for_work(self):
        """Something begins in a closed file: it is open again, for whoever looks after
        families."""
        closed = self.filtered("closed_on")
        closed.closed_on = False
        for allocation in closed.allocation_ids:
            if allocation.role == "lead" and allocation._is_current():
                self.env["sos.deadline"]._start_supervision(allocation)

    def _open_again(self):
        """A closure was corrected: a child's need goes on, and so does the file with
        what ends with it."""
        for case in self.filtered("closed_on"):
            ended = case.deadline_ids.filtered(
                lambda d, case=case: d.step_id.ends_with == "case"
                and d.ended_on == case.closed_on
            )
            ended.write({"ended_on": False})
            case.closed_on = False

    def action_open_forms(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sos_casework.sos_form_action"
        )
        action["domain"] = [("case_id", "=", self.id)]
        action["context"] = {"default_case_id": self.id}
        return action
