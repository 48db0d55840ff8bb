from datetime import timedelta

from odoo import api, models
from odoo.exceptions import UserError

from ..tools.duration import format_minutes, format_short
from .sos_time_week import MOST_ID


class SosTimeWeek(models.AbstractModel):
    """How the cells of a week change. Whatever is refused is refused with a sentence,
    and nothing is stored."""

    _inherit = "sos.time.week"

    @api.model
    def set_cell(self, key, day, text, known, note=None, origin="hand"):
        """Say how long the user worked on something on a day. Nothing typed is none.

        Time that is proposed there is accepted, as it was corrected.

        :param known: the minutes that the user saw in the cell; others may have been
            kept there since, in another window or by the timer
        :param note: of a line that is made anew, as is its origin (to undo)
        :return: ``{minutes, undo}``, the cell's minutes, and the values that set it
            back: ``{text, note, origin, proposal}``
        :raise UserError: what is wrong and what to do
        """
        mixin = self.env["sos.time.mixin"]
        mixin._check_keeps_time()
        if not isinstance(text or "", str) or not isinstance(note or "", str):
            raise UserError(self.env._("Type a length of time: 1h20, 80m or 1.5."))
        minutes = mixin._parse_duration(text) if (text or "").strip() else 0
        record, code = self._get_work(key)
        day = self._get_cell_day(day)
        lines = self._get_cell_lines(record, code, day)
        before = round(sum(lines.mapped("unit_amount")) * 60)
        undo = {
            "text": format_short(before),
            "note": lines[:1].sos_note or None,
            "origin": lines[:1].sos_origin or "hand",
            "proposal": None,
        }
        if minutes == before:
            return {"minutes": before, "undo": None}
        if before != known:
            raise UserError(
                self.env._(
                    "This was changed elsewhere in the meantime, and is %s now. Press "
                    "Escape to see it, or Enter to keep what you typed.",
                    format_minutes(before) if before else self.env._("empty"),
                )
            )
        if len(lines) > 1:
            raise UserError(
                self.env._(
                    "There are %s entries here. Open them, and put the one right that "
                    "is wrong.",
                    len(lines),
                )
            )
        if lines and minutes:
            lines.unit_amount = minutes / 60
        elif lines:
            lines.unlink()
        else:
            undo["proposal"] = self._keep(record, code, day, minutes, note, origin)
        return {"minutes": minutes, "undo": undo}

    @api.model
    def _keep(self, record, code, day, minutes, note=None, origin="hand"):
        """:return: the id of the proposal that the time was kept by, if any"""
        self._check_open(record)
        proposals = self.env["sos.screen.time"]
        if record._name == "sos.form" and code == "recording":
            proposals = proposals.search(
                [
                    *proposals._get_proposed_domain(),
                    ("form_id", "=", record.id),
                    ("day", "=", day),
                ]
            )
        if proposals and not note:
            proposals.action_accept(minutes, code)
            return proposals.id
        if origin not in ("hand", "timer", "screen"):
            raise UserError(self.env._("“%s” is no way to keep time.", origin))
        record.log_time(minutes, code, date=day, note=note, origin=origin)
        return None

    @api.model
    def accept_proposals(self, proposal_ids, text=None):
        """Keep what was measured at the screen.

        :param proposal_ids: of the user's own ``sos.screen.time``
        :param text: how long it really was, of a single one
        """
        self.env["sos.time.mixin"]._check_keeps_time()
        rows = self._get_proposals(proposal_ids)
        minutes = None
        if text is not None:
            if len(rows) != 1:
                raise UserError(self.env._("Put one time right at a time."))
            minutes = self.env["sos.time.mixin"]._parse_duration(text)
        rows.action_accept(minutes)
        return True

    @api.model
    def _get_proposals(self, numbers):
        numbers = numbers if isinstance(numbers, (list, tuple)) else ()
        if not numbers or not all(type(i) is int and i <= MOST_ID for i in numbers):
            raise UserError(self.env._("Say which of the proposals you mean."))
        rows = self.env["sos.screen.time"]
        rows = rows.search([*rows._get_proposed_domain(), ("id", "in", list(numbers))])
        if len(rows) != len(set(numbers)):
            raise UserError(
                self.env._("This is not proposed to you any more. Load the week again.")
            )
        return rows

    @api.model
    def copy_last_week(self, day, with_time=False):
        """The work of the week before the one of a day, as rows of this one.

        :param with_time: its time as well, up to today, in cells in which nothing is
            kept or proposed
        :return: ``{works, lines, left}``: keys of the rows, ids of the lines that were
            made (to undo), and how many cells were left as they are
        """
        self.env["sos.time.mixin"]._check_keeps_time()
        days = self._get_days(self._get_cell_day(day))
        week = timedelta(days=7)
        cells = {}
        for line in self._get_lines([d - week for d in days]):
            cell = (self._get_line_key(line), line.date + week)
            cells[cell] = cells.get(cell, 0) + line.unit_amount
        labels = self._get_labels({key for key, _day in cells})
        works = [key for key, label in labels.items() if label["open"]]
        made, left = self.env["account.analytic.line"], 0
        if with_time:
            today = self.env["res.company"]._sos_today()
            # sudo: who keeps time needs no right to the company's settings
            authority = self.env["res.company"].sudo()._sos_get_authority()
            locked = authority.sos_time_locked_until
            filled = {
                (self._get_line_key(line), line.date) for line in self._get_lines(days)
            } | {
                # what is measured is better than what was
                (self._get_proposal_key(row), row.day)
                for row in self._get_week_proposals(days)
            }
            for (key, cell_day), hours in cells.items():
                late = cell_day > today or (locked and cell_day <= locked)
                if late or key not in works or (key, cell_day) in filled:
                    left += 1
                    continue
                record, code = self._get_work(key)
                made |= record.log_time(round(hours * 60), code, date=cell_day)
        return {"works": works, "lines": made.ids, "left": left}

    @api.model
    def action_open_cell(self, key, day):
        """The lines of a cell, to look at and to put right."""
        self.env["sos.time.mixin"]._check_keeps_time()
        record, code = self._get_work(key)
        day = self._get_cell_day(day)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sos_timetracking.account_analytic_line_action_sos_record"
        )
        name = self.env._("My time on %s", day.strftime("%d/%m/%Y"))
        action["name"] = action["display_name"] = name
        action["domain"] = self._get_cell_domain(record, code, day)
        action["context"] = {"create": False}
        return action

    # -------------------------------------------------------------------- cells

    @api.model
    def _get_work(self, key):
        """The record of a row's key and the code of its kind of work. Whether the user
        may read it is asked where time is added: their own time there is theirs."""
        parts = self._split_key(key)
        if not parts:
            raise UserError(
                self.env._("“%s” is no row of this week. Load the week again.", key)
            )
        model, res_id, code = parts
        self.env["sos.time.mixin"]._get_work_kind(code)
        return self.env[model].browse(res_id), code

    @api.model
    def _check_open(self, record):
        # one sentence for both: whether there is such a record is nothing to learn
        if not record.exists()._filtered_access("read"):
            raise UserError(
                self.env._(
                    "You do not read this family or form (any more), so no time can be "
                    "added to it."
                )
            )

    @api.model
    def _get_cell_day(self, day):
        if not day:
            raise UserError(self.env._("Say which day it was."))
        return self._get_day(day)

    @api.model
    def _get_cell_domain(self, record, code, day):
        kind = self.env["sos.time.mixin"]._get_work_kind(code)
        domain = [
            *self._get_own_domain(),
            (record._time_field, "=", record.id),
            ("sos_work_kind_id", "=", kind.id),
            ("date", "=", day),
        ]
        if record._name != "sos.form":
            domain.append(("sos_form_id", "=", False))
        if record._name == "sos.team":
            domain.append(("sos_case_id", "=", False))
        return domain

    @api.model
    def _get_cell_lines(self, record, code, day):
        return self.env["account.analytic.line"].search(
            self._get_cell_domain(record, code, day)
        )
