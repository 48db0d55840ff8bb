from odoo import api, fields, models, tools
from odoo.exceptions import UserError


class SosAccessBlock(models.Model):
    """A user who may not know of a family or a person: their own family, a neighbour,
    a conflict of interest. Stronger than any role, allocation, name on a list or
    emergency.

    Who is blocked does not read this either: not why, and not who else.
    """

    _name = "sos.access.block"
    _inherit = ["sos.record.mixin"]
    _description = "Blocked user"
    _order = "ended_at desc, since desc, id desc"
    _rec_name = "user_id"
    _log_fields = ("user_id", "confirmed_at", "ended_at")
    _stamp_fields = ("since", "set_by_id", "needs_second")

    user_id = fields.Many2one("res.users", "Who", required=True, index=True)
    case_id = fields.Many2one(
        "sos.case",
        "Family file",
        index="btree_not_null",
        help="The user sees neither this file nor any person in it.",
    )
    person_id = fields.Many2one(
        "sos.person",
        "Person",
        index="btree_not_null",
        help="The user sees neither this person nor any family file they are in.",
    )
    reason = fields.Text("Why", required=True)
    since = fields.Datetime(
        readonly=True, required=True, default=lambda self: fields.Datetime.now()
    )
    set_by_id = fields.Many2one(
        "res.users",
        "Set by",
        readonly=True,
        required=True,
        default=lambda self: self.env.user,
    )
    needs_second = fields.Boolean(
        readonly=True,
        help="Who oversees the work is blocked by two people, so that nobody takes a "
        "family out of all sight.",
    )
    confirmed_at = fields.Datetime("Confirmed", readonly=True)
    confirmed_by_id = fields.Many2one("res.users", "Confirmed by", readonly=True)
    state = fields.Selection(
        [
            ("waiting", "Waits for a second person"),
            ("acting", "In force"),
            ("lifted", "Lifted"),
        ],
        compute="_compute_state",
    )
    may_confirm = fields.Boolean(compute="_compute_may_confirm")
    ended_at = fields.Datetime("Lifted", readonly=True)
    ended_by_id = fields.Many2one("res.users", "Lifted by", readonly=True)

    _something = models.Constraint(
        "CHECK(num_nonnulls(case_id, person_id) = 1)",
        "A user is blocked from a family or from a person.",
    )
    _once_case = models.UniqueIndex(
        "(case_id, user_id) WHERE ended_at IS NULL",
        "This user is blocked from this family already.",
    )
    _once_person = models.UniqueIndex(
        "(person_id, user_id) WHERE ended_at IS NULL",
        "This user is blocked from this person already.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals["since"] = fields.Datetime.now()
            # as superuser it is the user who blocks themself
            vals["set_by_id"] = self.env.uid
            vals["needs_second"] = self._is_second_needed(vals["user_id"])
        blocks = super().create(vals_list)
        blocks._get_files()._check_may_allocate()
        for block in blocks:
            block._check_overseer_left()
            block._tell_overseers()
        # Odoo asks the rules of a new record: here, of somebody who reads the family.
        # They may be blocked from it by what they have just done.
        blocks._log_creation()
        blocks._apply()
        return blocks

    @api.depends("needs_second", "confirmed_at", "ended_at")
    def _compute_state(self):
        for block in self:
            waits = block.needs_second and not block.confirmed_at
            block.state = (
                "lifted" if block.ended_at else "waiting" if waits else "acting"
            )

    @api.depends("state", "set_by_id", "user_id")
    @api.depends_context("uid")
    def _compute_may_confirm(self):
        for block in self:
            others = self.env.user not in block.set_by_id | block.user_id
            block.may_confirm = block.state == "waiting" and others

    @api.model
    def _is_second_needed(self, user_id):
        """An overseer is blocked by two people; anybody blocks themself at once."""
        overseers = self.env["sos.oversight"]._get_overseers()
        return not self.env.su and user_id in (overseers - self.env.user).ids

    def _get_acting(self):
        """Those in force."""
        return self.filtered(lambda block: block.state == "acting")

    def _get_files(self):
        """The family files that these are about, in the user's sight or not."""
        # sudo: which files a person is in
        cases = self.sudo().case_id | self.sudo().person_id.member_ids.case_id
        return cases.with_env(self.env)

    def _check_overseer_left(self):
        """:raise UserError: if nobody would be left who oversees one of the files"""
        overseers = self.env["sos.oversight"]._get_overseers()
        if self.env.su or self.user_id not in overseers:
            return
        for case in self._get_files():
            # sudo: who else is blocked
            if not overseers - case.sudo().blocked_user_ids - self.user_id:
                raise UserError(
                    self.env._(
                        "%(who)s is the last service manager or quality auditor who "
                        "may see %(reference)s. Somebody who oversees the work must be "
                        "left.",
                        who=self.user_id.name,
                        reference=case.sudo().reference,
                    )
                )

    def _tell_overseers(self):
        """That one of them is blocked, or is to be, is no secret from the others."""
        oversight = self.env["sos.oversight"]
        if self.user_id not in oversight._get_overseers():
            return
        words = {"who": self.user_id.name, "by": self.env.user.name}
        for record in self._get_files() or self.person_id:
            words["number"] = record.sudo().reference
            if self.user_id == self.env.user:
                name = self.env._("%(who)s blocked themself from %(number)s", **words)
            elif self.state == "waiting":
                name = self.env._(
                    "%(by)s wants to block %(who)s from %(number)s; a second person "
                    "must confirm it",
                    **words,
                )
            else:
                name = self.env._("%(by)s blocked %(who)s from %(number)s", **words)
            oversight._tell("block", name, record, self.sudo().reason)

    def action_confirm(self):
        """A second manager agrees that an overseer is blocked; it counts from now."""
        self.check_access("read")
        # who may block may confirm and lift: one who only audits the file may not
        self.check_access("create")
        for block in self.filtered(lambda block: block.state == "waiting"):
            block._queue()
            block._get_files()._check_may_allocate()
            if not block.may_confirm:
                raise UserError(
                    self.env._(
                        "Somebody else confirms it: another manager who reads the "
                        "family, or a service manager."
                    )
                )
            block._check_overseer_left()
            # sudo: confirmed by this method only
            block.sudo().write(
                {
                    "confirmed_at": fields.Datetime.now(),
                    "confirmed_by_id": self.env.uid,
                }
            )
            block._tell_overseers()
        self._apply()
        return True

    def action_lift(self):
        """The user may know of the family again, as far as their role goes. Nobody
        lifts a block on themselves: they do not read it."""
        self.check_access("read")
        # who may block may confirm and lift: one who only audits the file may not
        self.check_access("create")
        for block in self.filtered(lambda b: not b.ended_at):
            block._get_files()._check_may_allocate()
            # sudo: lifted by this method only
            block.sudo().write(
                {"ended_at": fields.Datetime.now(), "ended_by_id": self.env.uid}
            )
        self._apply()
        return True

    def _apply(self):
        """Who is blocked follows for every file and person it is about."""
        # sudo: whoever blocks themself reads none of it any more
        people = self.sudo().person_id
        people._refresh_blocked()
        cases = self.sudo().case_id | people.member_ids.case_id
        cases._refresh_blocked()

    @api.model
    @tools.ormcache("self.env.uid")
    def _get_blocked_from(self):
        """What the user is blocked from, for the record rules: few, and mostly none,
        so that a rule is a short list of numbers and costs nothing however many
        families there are. ``clear_cache`` goes with every change.

        :return: the ids of families, and those of people
        """
        # sudo: the rules ask for it before they let anybody read
        asked = self.sudo().with_context(active_test=False)
        domain = [("blocked_user_ids", "in", [self.env.uid])]
        return tuple(
            asked.env[model]._search(domain).get_result_ids()
            for model in ("sos.case", "sos.person")
        )

    @api.model
    @tools.ormcache("self.env.uid")
    def _get_blocked_numbers(self):
        """:return: the numbers of the people whom the user is blocked from"""
        _cases, people = self._get_blocked_from()
        # sudo: as for those
        return tuple(self.env["sos.person"].sudo().browse(people).mapped("reference"))

    def _get_log_owner(self):
        return {"case_id": self.case_id.id, "person_id": self.person_id.id}
