from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.study import (
    FEW_CASES,
    format_as_paper,
    format_percent,
    get_saving,
    get_totals,
)
from .sos_time_figures import DONE

SIDES = ("before", "after")


class SosTimeStudyResult(models.Model):
    """What comes of a time study: counted now, or as it was kept when it was closed."""

    _inherit = "sos.time.study"

    result_html = fields.Html(
        "Table of the result", compute="_compute_result_html", sanitize=False
    )

    @api.depends_context("uid", "lang")
    @api.depends("state")
    def _compute_result_html(self):
        for study in self:
            study.result_html = study.state != "draft" and self.env["ir.qweb"]._render(
                "sos_timetracking.sos_time_study_result",
                {"study": study, "result": study._get_result()},
            )

    # ------------------------------------------------------------------- counting

    def _get_cells(self):
        """``{(form type's id, "before" or "after"): figures}``, without a look at who
        asks: for this model only."""
        self.ensure_one()
        if self.state == "closed":
            # sudo: nobody reads what is kept but through _get_result
            kept = self.sudo().result or []
            return {(cell["type"], cell["side"]): cell for cell in kept}
        return self._count_cells()

    def _get_cells_to_keep(self):
        return [
            {"type": type_id, "side": side, **cell}
            for (type_id, side), cell in self._count_cells().items()
        ]

    def _count_cells(self):
        """Count now, by one aggregate over the lines of all kinds of work.

        A case is one form that was not cancelled and on which time was kept. Where a
        case counts when its form was handed in, the day in England on which that was
        done (the last time, if it was sent back) says in which window, and all time on
        the form counts: of days before the window too, and what was kept after it was
        handed in. Where a case counts when time was kept, only lines of the window's
        days count, and one form may be a case in both. Of the teams and the people, it
        is always their lines only that make the case and its minutes.
        """
        types = self.type_ids.form_type_id.ids
        windows = {side: self._get_window(side) for side in SIDES}
        if not types or not all(windows.values()):
            return {}
        conditions = [
            SQL("line.company_id = %s", self.company_id.id),
            SQL("form.type_id IN %s", tuple(types)),
        ]
        if self.count_by == "done":
            conditions.append(SQL("form.state IN %s", DONE))
        if self.team_ids:
            conditions.append(SQL("line.sos_team_id IN %s", tuple(self.team_ids.ids)))
        if self.user_ids:
            conditions.append(SQL("line.user_id IN %s", tuple(self.user_ids.ids)))
        conditions.append(SQL("(%s OR %s)", *windows.values()))
        side = SQL(
            "CASE WHEN %s THEN 'before' WHEN %s THEN 'after' END", *windows.values()
        )
        return self.env["sos.time.figures"]._count(
            SQL("form.type_id"), side, SQL(" AND ").join(conditions)
        )

    def _get_window(self, side):
        """Which lines are in a window: SQL, or nothing while that is not said."""
        if self.compare == "versions":
            versions = self.type_ids[f"{side}_version_ids"].ids
            return SQL("form.version_id IN %s", tuple(versions or [0]))
        begins, ends = self[f"{side}_from"], self[f"{side}_until"]
        if not (begins and ends):
            return None
        if self.count_by == "lines":
            return SQL("line.date BETWEEN %s AND %s", begins, ends)
        start = self.env["res.company"]._sos_day_start
        return SQL(
            "(form.submitted_at >= %s AND form.submitted_at < %s)",
            start(begins),
            start(ends + timedelta(days=1)),
        )

    # ------------------------------------------------------------------ the table

    def _get_result(self):
        """The table as the user may see it.

        :return: ``{"rows": […], "totals": {"sums": …, "weighted": …} or None,
            "measured": number of rows in the totals, "largest": minutes}``. A row has
            the ``name`` of the work and for each side a cell: ``words`` where there is
            no number, else the figures. ``saving`` is there where both are measured.
        """
        self.ensure_one()
        self.check_access("read")
        cells = self._get_cells()
        rows = [self._get_row(line.form_type_id, cells) for line in self.type_ids]
        both = [row for row in rows if row["saving"]]
        shown = [c["average"] for row in rows for c in row["cells"] if c["shown"]]
        return {
            "rows": rows,
            "totals": get_totals(
                [
                    (
                        *(cell["average"] for cell in row["cells"]),
                        *(cell["cases"] for cell in row["cells"]),
                    )
                    for row in both
                ]
            ),
            "measured": len(both),
            "largest": max(shown, default=0),
            "time": format_as_paper,
            "percent": format_percent,
        }

    def _get_row(self, form_type, cells):
        shown = [self._get_cell(cells.get((form_type.id, side))) for side in SIDES]
        both = all(cell["shown"] for cell in shown)
        return {
            "name": form_type.name,
            "cells": shown,
            "saving": get_saving(*(c["average"] for c in shown)) if both else None,
            "few": self._get_warning(shown),
        }

    def _get_cell(self, figures):
        if not figures:
            words = self.env._("not measured")
            return {"shown": False, "cases": 0, "words": words}
        if not self.env["sos.time.figures"]._is_shown(figures):
            words = self.env._("too few people to show")
            return {"shown": False, "cases": figures["cases"], "words": words}
        return {
            "shown": True,
            "words": "",
            **{
                name: figures[name]
                for name in ("cases", "average", "low", "median", "high")
            },
        }

    def _get_warning(self, cells):
        """A plain sentence where a number stands on few cases."""
        few = [0 < cell["cases"] < FEW_CASES for cell in cells]
        if all(few):
            return self.env._("Fewer than ten cases before and after: a first hint.")
        if few[0]:
            return self.env._("Fewer than ten cases before: a first hint.")
        if few[1]:
            return self.env._("Fewer than ten cases after: a first hint.")
        return ""
