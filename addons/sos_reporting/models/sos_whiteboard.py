from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.numbers import MaybeFloat, MaybeInteger
from .sos_whiteboard_query import DEPENDS, get_query


class SosWhiteboard(models.Model):
    """The team's whiteboard: one row for each open family, with the practice in it and
    not only the dates. The row has the number of its family and is read by who reads
    the family's file; every column is worked out from the record when it is shown."""

    _name = "sos.whiteboard"
    _inherit = ["sos.measure.rows"]
    _description = "Whiteboard"
    _auto = False
    _order = "name, id"
    _rec_name = "name"
    _depends = DEPENDS

    name = fields.Char("Family", readonly=True)
    reference = fields.Char(readonly=True)
    missing_text = fields.Text(
        "Look at",
        compute="_compute_missing_text",
        help="What is not there yet, in the order in which the practice builds on it.",
    )
    pressing = fields.Boolean(
        compute="_compute_missing_text",
        help="A map, a danger with goal and scale, a child's own words or a network is "
        "missing: what the family's safety is built on.",
    )
    restricted_text = fields.Char("Who may see it", compute="_compute_texts")
    children_text = fields.Text("Children", compute="_compute_texts")
    plan_text = fields.Char("Plan now", compute="_compute_texts")
    opened_on = fields.Date("Open since", readonly=True)
    days_open = MaybeInteger(readonly=True, aggregator="avg")
    child_count = fields.Integer("Number of children", readonly=True)
    protected_count = fields.Integer("Children with a protection plan", readonly=True)
    planned_count = fields.Integer("Children with a child in need plan", readonly=True)
    map_on = fields.Date(
        "Map", readonly=True, help="When somebody last changed the map."
    )
    danger_count = fields.Integer("Danger statements", readonly=True)
    paired_count = fields.Integer(
        "With goal and scale",
        readonly=True,
        help="Danger statements that have their safety goal, and that somebody rated.",
    )
    unpaired_count = fields.Integer("Without goal or scale", readonly=True)
    danger_text = fields.Char(
        "Dangers",
        compute="_compute_numbers",
        help="Danger statements with goal and scale, of how many.",
    )
    score = MaybeInteger(
        "Scale", readonly=True, aggregator="avg", help="The newest rating, 0 to 10."
    )
    scored_on = fields.Date("Rated", readonly=True)
    scale_text = fields.Char("Scale now", compute="_compute_scale_text")
    movement = MaybeFloat(
        "Change",
        readonly=True,
        aggregator="avg",
        digits=(4, 1),
        help="How far the raters of the last day have moved since they rated before.",
    )
    spread = MaybeInteger(
        "Apart",
        readonly=True,
        aggregator="avg",
        help="How far the lowest and the highest of everybody's latest ratings on that "
        "scale are apart. Big differences are the conversation to have.",
    )
    heard_count = fields.Integer(
        "Children heard", readonly=True, help="Children with a tool or words of theirs."
    )
    unheard_count = fields.Integer(
        "Children not heard", readonly=True, help="Of those who are born."
    )
    voice_text = fields.Text(
        "Each child's own words",
        compute="_compute_voice_text",
        help="The tool used last with each child, and when.",
    )
    story_on = fields.Date("Words and pictures", readonly=True)
    network_count = fields.Integer("Network", readonly=True)
    told_count = fields.Integer("Network told", readonly=True)
    untold_count = fields.Integer("Network not told", readonly=True)
    network_text = fields.Char(
        "Network knows",
        compute="_compute_numbers",
        help="How many in the safety network know the worries, of how many.",
    )
    line_count = fields.Integer("Bottom lines", readonly=True)
    met_count = fields.Integer("Bottom lines in place", readonly=True)
    line_text = fields.Char(
        "In place", compute="_compute_numbers", help="Bottom lines, of how many."
    )
    safety_plan = fields.Selection(
        [("interim", "Interim"), ("long_term", "Long-term")],
        "Safety plan",
        readonly=True,
    )
    safety_plan_on = fields.Date("Safety plan of", readonly=True)
    journal_on = fields.Date("Journal", readonly=True, help="The newest entry.")
    given_on = fields.Date(
        "Given to the family",
        readonly=True,
        help="When the family or a child was last given a copy.",
    )
    supervised_on = fields.Date("Supervision", readonly=True)
    next_step_id = fields.Many2one("sos.step", "What is next", readonly=True)
    next_due_on = fields.Date("Due", readonly=True)
    late_count = fields.Integer("Late", readonly=True)

    def _compute_texts(self):
        self._prefetch_readers()
        for row in self:
            case = row.case_id
            row.restricted_text = case.restricted_text
            row.children_text = case.children_text
            row.plan_text = case.plan_text

    @api.depends(
        "danger_count",
        "paired_count",
        "network_count",
        "told_count",
        "line_count",
        "met_count",
    )
    def _compute_numbers(self):
        for row in self:
            row.danger_text = self._get_share(row.paired_count, row.danger_count)
            row.network_text = self._get_share(row.told_count, row.network_count)
            row.line_text = self._get_share(row.met_count, row.line_count)

    @api.depends("score", "scored_on", "movement")
    def _compute_scale_text(self):
        for row in self:
            if not row.scored_on:
                row.scale_text = self.env._("not rated")
            elif not row.movement:
                row.scale_text = str(row.score)
            else:
                moved = f"{row.movement:+.1f}".removesuffix(".0").replace("-", "−")
                row.scale_text = f"{row.score} ({moved})"

    @api.depends(
        "map_on",
        "danger_count",
        "paired_count",
        "unheard_count",
        "network_count",
        "told_count",
        "given_on",
    )
    def _compute_missing_text(self):
        for row in self:
            missing = []
            if not row.map_on:
                missing.append(self.env._("no map"))
            if not row.danger_count:
                missing.append(self.env._("no danger statement"))
            elif row.paired_count < row.danger_count:
                missing.append(self.env._("a danger without goal or scale"))
            if row.unheard_count:
                missing.append(self.env._("a child not heard"))
            if not row.network_count:
                missing.append(self.env._("no network"))
            row.pressing = bool(missing)
            if 0 < row.network_count > row.told_count:
                missing.append(self.env._("network not told"))
            if not row.given_on:
                missing.append(self.env._("nothing given to the family"))
            row.missing_text = ", ".join(missing)

    @api.model
    def _get_share(self, part, whole):
        if not whole:
            return self.env._("none")
        return self.env._("%(part)s of %(whole)s", part=part, whole=whole)

    def _prefetch_readers(self):
        """Whether the user may read a child is asked child by child; the answers are
        fetched at once."""
        self.case_id.member_ids.person_id.mapped("reader_ids")

    def _compute_voice_text(self):
        self._prefetch_readers()
        voices = self.env["sos.voice"].search(
            [("case_id", "in", self.case_id.ids)], order="on_date, id"
        )
        newest = {(voice.case_id, voice.child_id): voice for voice in voices}
        tools = dict(voices._fields["tool"]._description_selection(self.env))
        # asked once for all rows
        readable = self.case_id.child_ids._get_readable()
        for row in self:
            texts = []
            children = row.case_id.child_ids
            own = (children & readable).sorted(lambda c: (-c.age, c.id))
            for child in own | children:
                voice = newest.get((row.case_id, child))
                name = child._get_called()
                if voice:
                    what = f"{tools[voice.tool]} {voice.on_date.strftime('%d/%m/%Y')}"
                elif child in own and child.is_unborn:
                    what = self.env._("not born yet")
                else:
                    what = self.env._("nothing yet")
                texts.append(f"{name}: {what}")
            row.voice_text = ", ".join(texts)

    def action_print_teams(self):
        """The wall sheets of the user's own teams, whichever rows are marked: a page
        or more for each team."""
        teams = self.env.user.sos_team_ids
        rows = self.search([("team_id", "in", teams.ids)])
        if not rows:
            raise UserError(
                self.env._(
                    "Your teams have no open family. To print the sheet of another "
                    "team, mark its rows and choose Print."
                )
            )
        return self.env.ref("sos_reporting.sos_whiteboard_report").report_action(rows)

    @property
    def _table_query(self):
        return get_query(self.env["res.company"]._sos_today())
