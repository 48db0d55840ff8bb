from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.sos_casework.models.keeping.held import NOT_ROWS

from ..tools.duration import DAY_MINUTES, format_minutes

#: A client says what it counted about every 45 seconds, so a longer stretch is no work
#: at the screen: a lost connection, a closed lid, or an invention.
MOST_SECONDS = 120
#: How often a client says so, in seconds.
BEAT_SECONDS = 45
#: What nobody has looked at for so long is forgotten.
KEPT_DAYS = 90
#: What a person says of their own time; all else is measured.
SAID_FIELDS = {"corrected_minutes", "duration"}
# A proposal is its person's alone: who handles a subject access request is told of time
# that was kept, and of nothing that was measured.
NOT_ROWS["sos.screen.time"] = "what was measured of somebody's work, until they keep it"
NOT_ROWS["sos.timer"] = "somebody's work at this moment, until they keep it"


class SosScreenTime(models.Model):
    """How long a person really worked on a form at the screen on a day: a proposal, of
    which they make time by accepting it. Until then it is nobody's but theirs.

    One row for each person, day and form is proposed at a time. Who goes on working on
    a form after accepting gets a new proposal.
    """

    _name = "sos.screen.time"
    _description = "Time at the screen"
    _order = "day desc, id desc"
    _rec_name = "form_id"

    user_id = fields.Many2one(
        "res.users",
        "Person",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
        ondelete="cascade",
    )
    day = fields.Date(
        required=True,
        readonly=True,
        default=lambda self: self.env["res.company"]._sos_today(),
    )
    form_id = fields.Many2one(
        "sos.form",
        "Form",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    case_id = fields.Many2one(related="form_id.case_id", store=True, index=True)
    seconds = fields.Integer("Measured (seconds)", required=True, readonly=True)
    corrected_minutes = fields.Integer(
        "Corrected (minutes)",
        aggregator=None,
        help="What the person says it was. 0: as measured.",
    )
    minutes = fields.Integer(compute="_compute_minutes")
    duration = fields.Char(
        "Time",
        compute="_compute_duration",
        inverse="_inverse_duration",
        help="Put it right here if it is wrong: 1h20, 1:20, 80m or 1.5 (hours).",
    )
    kept_text = fields.Char(
        "Kept already",
        compute="_compute_kept_text",
        help="Your time on this form and day that is kept already, by hand or timer.",
    )
    state = fields.Selection(
        [
            ("proposed", "Proposed"),
            ("accepted", "Accepted"),
            ("declined", "Declined"),
        ],
        required=True,
        readonly=True,
        default="proposed",
    )
    line_id = fields.Many2one(
        "account.analytic.line",
        "Time kept",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )

    _one_proposal = models.UniqueIndex(
        "(user_id, day, form_id) WHERE state = 'proposed'",
        "This time is proposed already.",
    )

    @api.depends("seconds", "corrected_minutes")
    def _compute_minutes(self):
        for row in self:
            row.minutes = row.corrected_minutes or max(1, -(-row.seconds // 60))

    @api.depends("minutes")
    def _compute_duration(self):
        for row in self:
            row.duration = format_minutes(row.minutes)

    def _inverse_duration(self):
        for row in self:
            mixin = self.env["sos.time.mixin"]
            row.corrected_minutes = mixin._parse_duration(row.duration)

    @api.depends("form_id", "day")
    def _compute_kept_text(self):
        kept = {}
        lines = self.env["account.analytic.line"]
        if lines.has_access("read"):
            groups = lines._read_group(
                [
                    ("user_id", "=", self.env.uid),
                    ("sos_form_id", "in", self.form_id.ids),
                    ("date", "in", self.mapped("day")),
                ],
                ["sos_form_id", "date:day"],
                ["unit_amount:sum"],
            )
            kept = {(form, day): hours for form, day, hours in groups}
        for row in self:
            hours = kept.get((row.form_id._origin, row.day))
            row.kept_text = format_minutes(round(hours * 60)) if hours else False

    def write(self, vals):
        if not self.env.su and vals.keys() - SAID_FIELDS:
            raise UserError(
                self.env._(
                    "This is measured and cannot be changed. Put the time right, or "
                    "decline it."
                )
            )
        if not 0 <= (vals.get("corrected_minutes") or 0) <= DAY_MINUTES:
            raise UserError(self.env._("Time is at least a minute and at most a day."))
        return super().write(vals)

    @api.autovacuum
    def _gc_screen_time(self):
        today = self.env["res.company"]._sos_today()
        self.search([("day", "<", today - timedelta(days=KEPT_DAYS))]).unlink()

    # ------------------------------------------------------------------ measuring

    @api.model
    def _is_measured(self):
        """Whether the time of the user at the screen is measured: of who keeps time,
        where the authority has not switched it off."""
        # sudo: who keeps time needs no right to the company's settings
        authority = self.env["res.company"].sudo()._sos_get_authority()
        on = authority.sos_screen_measured
        return on and self.env["account.analytic.line"].has_access("create")

    @api.model
    def _get_measuring(self):
        """What the client needs to measure, lengths in seconds; none: it does not."""
        if not self._is_measured():
            return None
        authority = self.env["res.company"].sudo()._sos_get_authority()
        idle = authority.sos_screen_idle_minutes * 60
        return {"idle": idle, "beat": BEAT_SECONDS}

    @api.model
    def beat(self, form_id, seconds):
        """The user worked on a form for some seconds until now.

        What is credited is never longer than the time since the last beat of the same
        person, so that two tabs or two devices count once.

        :return: the seconds that were credited
        :raise AccessError: for a form that the user may not read
        """
        numbers = [n for n in (form_id, seconds) if type(n) is int and n > 0]
        if len(numbers) < 2:
            raise UserError(
                self.env._("Give the number of a form, and a number of seconds.")
            )
        form = self.env["sos.form"].browse(form_id)
        form._sos_check_readable([form_id])
        if not self._is_measured():
            return 0
        credit = min(seconds, MOST_SECONDS, self._pass_time())
        if credit <= 0 or self.env["sos.timer"]._is_running_on(form):
            return 0
        self._add_seconds(form, credit)
        return credit

    @api.model
    def _get_now(self):
        return fields.Datetime.now()

    @api.model
    def _pass_time(self):
        """Put the user's clock forward to now.

        Two beats at the same moment meet in this row: Odoo starts the second one again.

        :return: the seconds that have passed
        """
        # the inner SELECT reads what was there before
        [(before, now)] = self.env.execute_query(
            SQL(
                """INSERT INTO sos_screen_clock (user_id, beat_at)
                VALUES (%(user)s, %(now)s)
                ON CONFLICT (user_id) DO UPDATE
                SET beat_at = GREATEST(EXCLUDED.beat_at, sos_screen_clock.beat_at)
                RETURNING (
                    SELECT beat_at FROM sos_screen_clock WHERE user_id = %(user)s
                ), beat_at""",
                user=self.env.uid,
                now=self._get_now(),
            )
        )
        return (now - before).total_seconds() // 1 if before else MOST_SECONDS

    @api.model
    def _add_seconds(self, form, seconds):
        """By one statement, which touches no row of the form that is being written."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO sos_screen_time AS t
                    (user_id, day, form_id, case_id, seconds, state,
                     create_uid, create_date, write_uid, write_date)
                SELECT %(user)s, %(day)s, id, case_id, %(seconds)s, 'proposed',
                    %(user)s, %(now)s, %(user)s, %(now)s
                FROM sos_form WHERE id = %(form)s
                ON CONFLICT (user_id, day, form_id) WHERE state = 'proposed'
                DO UPDATE SET seconds = t.seconds + EXCLUDED.seconds,
                    write_date = EXCLUDED.write_date
                RETURNING id""",
                user=self.env.uid,
                day=self.env["res.company"]._sos_today(),
                form=form.id,
                seconds=int(seconds),
                now=fields.Datetime.now(),
            )
        )
        self.browse([row[0] for row in rows]).invalidate_recordset()

    # ------------------------------------------------------------------- proposals

    @api.model
    def _get_proposed_domain(self):
        return [("user_id", "=", self.env.uid), ("state", "=", "proposed")]

    def action_accept(self, minutes=None, kind_code="recording"):
        """Make time of what was measured, or put right the time that was made of it.

        :param minutes: what the person says it was, as measured or corrected if left
            out
        :return: the timesheet lines
        """
        self.check_access("read")
        lines = self.env["account.analytic.line"]
        for row in self:
            time = minutes if minutes is not None else row.minutes
            if line := row.line_id:
                mixin = self.env["sos.time.mixin"]
                line.write(
                    {
                        "unit_amount": mixin._check_minutes(time) / 60,
                        "sos_work_kind_id": mixin._get_work_kind(kind_code).id,
                    }
                )
            else:
                line = row.form_id.log_time(
                    time, kind_code, date=row.day, origin="screen"
                )
            # sudo: what was measured and what became of it is no field to write in
            row.sudo().write(
                {"state": "accepted", "line_id": line.id, "corrected_minutes": time}
            )
            lines |= line
        return lines

    def action_accept_all(self):
        """Accept whatever is proposed to the user, whichever lines are marked."""
        return self.search(self._get_proposed_domain()).action_accept()

    def action_open(self):
        """The small window in which the time is put right, for a phone."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Time at the screen"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_decline(self):
        """Not work, or kept otherwise: no time is made of it."""
        self.check_access("read")
        if any(row.state == "accepted" and row.line_id for row in self):
            raise UserError(
                self.env._("This is accepted already. Propose it again first.")
            )
        # sudo: the state is no field to write in
        self.sudo().write({"state": "declined"})

    def action_propose_again(self):
        """The way back: the time that was made of it is taken out again."""
        self.check_access("read")
        for row in self.filtered(lambda r: r.state != "proposed"):
            row.line_id.unlink()
            other = self.search(
                [
                    *self._get_proposed_domain(),
                    ("day", "=", row.day),
                    ("form_id", "=", row.form_id.id),
                ]
            )
            seconds = row.seconds + sum(other.mapped("seconds"))
            # sudo: rows come and go by measuring only
            other.sudo().unlink()
            row.sudo().write(
                {"state": "proposed", "seconds": seconds, "corrected_minutes": 0}
            )
