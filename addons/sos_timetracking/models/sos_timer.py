from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.sos_casework.models.common.res_company import LONDON

from ..tools.duration import DAY_MINUTES, format_minutes

#: on what a timer runs: the model, and the field that names it
TIMED = {"sos.form": "form_id", "sos.case": "case_id", "sos.team": "team_id"}


class SosTimer(models.Model):
    """What a person's time goes into at this moment: a form, a family file or work for
    a team. A row for who has a timer running; it goes when the timer is stopped.

    It is a record, so that it goes on when the browser is closed and is found again on
    another device. It is read and changed by these methods only, and always one's own.
    """

    _name = "sos.timer"
    _description = "Running timer"
    _rec_name = "user_id"

    user_id = fields.Many2one(
        "res.users", "Person", required=True, readonly=True, ondelete="cascade"
    )
    form_id = fields.Many2one(
        "sos.form", "Form", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    case_id = fields.Many2one(
        "sos.case",
        "Family file",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        help="Only where there is no form.",
    )
    team_id = fields.Many2one(
        "sos.team",
        "Team",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        help="Only for work that is about no family.",
    )
    kind_id = fields.Many2one(
        "sos.code",
        "Kind of work",
        required=True,
        readonly=True,
        domain=[("code_set", "=", "work_kind")],
        ondelete="restrict",
    )
    started_at = fields.Datetime("Started", required=True, readonly=True)

    _user_unique = models.Constraint(
        "UNIQUE(user_id)",
        "You have a timer running already. Stop it before you start another one.",
    )
    _one_record = models.Constraint(
        "CHECK(num_nonnulls(form_id, case_id, team_id) = 1)",
        "A timer runs on one form, one family file, or for one team.",
    )

    # --------------------------------------------------------------- what runs

    @api.model
    def _get_running(self):
        """The user's own timer; empty when none runs."""
        # sudo: it comes and goes by these methods only, and who cannot read the family
        # file any more still has to stop it or throw it away
        return self.sudo().search([("user_id", "=", self.env.uid)], limit=1)

    @api.model
    def _is_running_on(self, form):
        """Whether the user's timer counts this form now. A forgotten one counts
        nothing: the person says how long it was."""
        timer = self._get_running()
        return timer.form_id == form and not timer._is_forgotten()

    def _get_record(self):
        """What it runs on, as the user may read it."""
        return (self.form_id or self.case_id or self.team_id).sudo(False)

    def _get_label(self):
        """What it runs on: kind and number, never a family's name."""
        form, team = self.form_id, self.team_id
        case = self.case_id or form.case_id
        return self.env["account.analytic.line"]._get_sos_name(team, case, form)

    def _get_local_start(self):
        return pytz.utc.localize(self.started_at).astimezone(LONDON)

    def _get_seconds(self):
        return int((fields.Datetime.now() - self.started_at).total_seconds())

    def _is_forgotten(self):
        """Whether it has run for so long, or since another day, that the person is
        asked how long it was."""
        # sudo: who keeps time needs no right to the company's settings
        company = self.env["res.company"].sudo()
        hours = company._sos_get_authority().sos_timer_hours
        return (
            fields.Datetime.now() - self.started_at > timedelta(hours=hours)
            or company._sos_local_date(self.started_at) != company._sos_today()
        )

    def _get_question(self):
        start, today = self._get_local_start(), self.env["res.company"]._sos_today()
        day = start.strftime("%d/%m/%Y")
        if start.date() == today:
            day = self.env._("today")
        elif start.date() == today - timedelta(days=1):
            day = self.env._("yesterday")
        return self.env._(
            "You started “%(label)s” %(day)s at %(time)s. How long was it?",
            label=self._get_label(),
            day=day,
            time=start.strftime("%H:%M"),
        )

    @api.model
    def get_mine(self):
        """What the top bar shows: the user's timer, kinds of work, teams of theirs, how
        much time at the screen is proposed, and how it is measured."""
        self.check_access("read")
        timer = self._get_running()
        screen = self.env["sos.screen.time"]
        kinds = self.env["sos.code"].search([("code_set", "=", "work_kind")])
        return {
            "timer": timer._get_values() if timer else None,
            "kinds": [{"code": kind.code, "name": kind.name} for kind in kinds],
            "teams": [
                {"id": team.id, "name": team.name}
                for team in self.env.user.sos_team_ids
            ],
            "proposals": screen.search_count(screen._get_proposed_domain()),
            "measuring": screen._get_measuring(),
        }

    def _get_values(self):
        record, forgotten = self._get_record(), self._is_forgotten()
        return {
            "label": self._get_label(),
            "res_model": record._name,
            "res_id": record.id,
            "kind": self.kind_id.code,
            "seconds": self._get_seconds(),
            "question": self._get_question() if forgotten else None,
        }

    # ------------------------------------------------------------ start and stop

    @api.model
    def start(self, res_model, res_id, kind_code="recording", stop_running=False):
        """Start the user's timer on a form, on a family file, or for a team of theirs.

        :param stop_running: stop the one that runs, and keep its time
        :return: ``get_mine()``, and in ``message`` what became of the other one
        :raise UserError: when one runs already, or none can be started here
        """
        if res_model not in TIMED or type(res_id) is not int:
            raise UserError(
                self.env._("A timer runs on a form, on a family file or for a team.")
            )
        record = self.env[res_model].browse(res_id).exists()
        if not record:
            raise UserError(self.env._("What the timer was to run on is not there."))
        record.check_access("read")
        record._check_keeps_time()
        if res_model == "sos.team" and record not in self.env.user.sos_team_ids:
            raise UserError(
                self.env._(
                    "You are not in the team %s. Keep time for a team of yours.",
                    record.name,
                )
            )
        record._get_time_employee(record._get_time_company())
        kind = record._get_work_kind(kind_code)
        message = None
        if running := self._get_running():
            if not stop_running:
                raise UserError(
                    self.env._(
                        "A timer runs already: %(label)s, since %(time)s. Stop it "
                        "before you start another one.",
                        label=running._get_label(),
                        time=running._get_local_start().strftime("%H:%M"),
                    )
                )
            message = running._stop()
        # sudo: timers come and go by these methods only
        self.sudo().create(
            {
                "user_id": self.env.uid,
                TIMED[res_model]: record.id,
                "kind_id": kind.id,
                "started_at": fields.Datetime.now(),
            }
        )
        return {**self.get_mine(), "message": message}

    @api.model
    def stop(self):
        """Stop the user's timer and keep its time.

        :return: ``get_mine()``, and in ``message`` what was kept
        :raise UserError: when none runs, it was forgotten, or its time cannot be kept;
            the timer then goes on
        """
        message = self._get_running()._stop()
        return {**self.get_mine(), "message": message}

    @api.model
    def answer(self, duration):
        """How long it was, of a timer that was forgotten: kept as the person says.

        :param duration: as people type it: 1h20, 1:20, 80m or 1.5 (hours)
        """
        timer = self._get_running()
        timer._check_running()
        minutes = self.env["sos.time.mixin"]._parse_duration(duration)
        if minutes * 60 > timer._get_seconds() + 60:
            raise UserError(
                self.env._(
                    "The timer has not run for %s yet. Say how long it was.",
                    format_minutes(minutes),
                )
            )
        message = timer._keep(minutes)
        return {**self.get_mine(), "message": message}

    @api.model
    def discard(self):
        """Throw the user's timer away: nothing is kept."""
        timer = self._get_running()
        timer._check_running()
        timer.unlink()
        return {**self.get_mine(), "message": self.env._("The timer is thrown away.")}

    @api.model
    def set_kind(self, kind_code):
        """Say what kind of work it is that the user's timer counts."""
        timer = self._get_running()
        timer._check_running()
        timer.kind_id = self.env["sos.time.mixin"]._get_work_kind(kind_code)
        return self.get_mine()

    def _check_running(self):
        if not self:
            raise UserError(
                self.env._(
                    "No timer runs. It was stopped already, perhaps on another device."
                )
            )

    def _stop(self):
        self._check_running()
        if self._is_forgotten():
            raise UserError(self._get_question())
        seconds = self._get_seconds()
        if seconds < 0:
            raise UserError(
                self.env._(
                    "The timer ends before it starts: the clock of the server was "
                    "changed. Throw it away, and add the time by hand."
                )
            )
        if seconds < 30:
            label = self._get_label()
            self.unlink()
            return self.env._(
                "%s: under half a minute, so nothing was kept. Add the time by hand if "
                "it was more.",
                label,
            )
        return self._keep(self._round(max(1, round(seconds / 60))))

    @api.model
    def _round(self, minutes):
        # sudo: who keeps time needs no right to the company's settings
        authority = self.env["res.company"].sudo()._sos_get_authority()
        step = authority.sos_timer_round_minutes or 1
        return min(-(-minutes // step) * step, DAY_MINUTES)

    def _keep(self, minutes):
        """:return: what was kept, as a sentence"""
        label, record = self._get_label(), self._get_record()
        day = self.env["res.company"]._sos_local_date(self.started_at)
        record.log_time(minutes, self.kind_id.code, date=day, origin="timer")
        self.unlink()
        return self.env._(
            "%(label)s: %(time)s kept.", label=label, time=format_minutes(minutes)
        )
