from odoo import api, fields, models

from ..tools.study import format_as_paper


class SosTimeTakenMixin(models.AbstractModel):
    """A kind of form, or a version of one, that says how long it takes: of the forms
    that were handed in, and on which time was kept."""

    _name = "sos.time.taken.mixin"
    _description = "Says what time it takes"

    time_taken_text = fields.Char(
        "Time it takes",
        compute="_compute_time_taken",
        help="Forms that were handed in, with all the time kept on them. Of fewer than "
        "five people it is shown to their managers only.",
    )
    time_taken_average = fields.Integer(
        "Minutes on average", compute="_compute_time_taken"
    )
    time_taken_median = fields.Integer("Minutes, median", compute="_compute_time_taken")
    time_taken_forms = fields.Integer(
        "Forms with time on them", compute="_compute_time_taken"
    )

    @api.depends_context("uid")
    def _compute_time_taken(self):
        figures = self.env["sos.time.figures"]
        found = {}
        if self.ids:
            found = figures._count_done(self._get_time_key(), self.ids)
        for record in self:
            taken = found.get(record._origin.id)
            shown = taken and figures._is_shown(taken)
            record.time_taken_forms = taken["cases"] if taken else 0
            record.time_taken_average = taken["average"] if shown else 0
            record.time_taken_median = taken["median"] if shown else 0
            record.time_taken_text = self._get_time_taken_text(taken, shown)

    @api.model
    def _get_time_taken_text(self, taken, shown):
        if not taken:
            return self.env._("not measured")
        if not shown:
            return self.env._("too few people to show")
        return self.env._(
            "%(average)s on average, median %(median)s, forms: %(count)s",
            average=format_as_paper(taken["average"]),
            median=format_as_paper(taken["median"]),
            count=taken["cases"],
        )

    def _get_time_key(self):
        """SQL: the column of the line that names this record."""
        raise NotImplementedError
