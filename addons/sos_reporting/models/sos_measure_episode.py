from odoo import fields, models
from odoo.tools import SQL


class SosMeasureEpisode(models.Model):
    """One child's period of need: how it came, how far it went, when it was over."""

    _name = "sos.measure.episode"
    _inherit = ["sos.measure.rows"]
    _description = "Referral of a child"
    _auto = False
    _order = "referred_on desc, id desc"
    _rec_name = "referred_on"
    _depends = {
        "sos.case": ["team_id", "lead_id"],
        "sos.episode": [
            "active",
            "case_id",
            "child_id",
            "referred_on",
            "source_id",
            "need_id",
            "state",
            "closed_on",
            "closure_reason_id",
        ],
        "sos.enquiry": ["active", "episode_id", "conference_on"],
        "sos.plan": ["active", "episode_id", "kind"],
        "sos.form.child": ["active", "episode_id", "form_id"],
        "sos.form": ["state", "type_id"],
    }

    referred_on = fields.Date("Referred", readonly=True)
    source_id = fields.Many2one("sos.code", "Who told us", readonly=True)
    need_id = fields.Many2one("sos.code", "Primary need", readonly=True)
    state = fields.Selection(
        [("open", "Open"), ("nfa", "No further action"), ("closed", "Closed")],
        readonly=True,
    )
    closed_on = fields.Date("Closed", readonly=True)
    closure_reason_id = fields.Many2one("sos.code", "Reason for closure", readonly=True)
    days_open = fields.Integer(
        readonly=True,
        aggregator="avg",
        help="From the referral to the closure, or now.",
    )
    re_referral = fields.Boolean(
        "Referred again within 12 months",
        readonly=True,
        help="The same child was referred in the twelve months before.",
    )
    re_referral_share = fields.Float(
        "% referred again", readonly=True, aggregator="avg", digits=(5, 1)
    )
    assessed = fields.Integer("Assessed", readonly=True)
    enquired = fields.Integer("Section 47 enquiry", readonly=True)
    conferenced = fields.Integer("Initial conference", readonly=True)
    protected = fields.Integer("Child protection plan", readonly=True)
    planned = fields.Integer("Child in need plan", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT episode.*, CASE WHEN re_referral THEN 100.0 ELSE 0.0 END
                AS re_referral_share
            FROM (
                SELECT one.id, one.case_id, family.team_id, family.lead_id,
                    one.referred_on, one.source_id, one.need_id, one.state,
                    one.closed_on, one.closure_reason_id,
                    coalesce(one.closed_on, %(today)s) - one.referred_on AS days_open,
                    EXISTS (
                        SELECT FROM sos_episode AS earlier
                        WHERE earlier.child_id = one.child_id
                            AND earlier.active IS TRUE AND earlier.id != one.id
                            AND earlier.referred_on < one.referred_on
                            AND earlier.referred_on
                                >= one.referred_on - interval '12 months'
                    ) AS re_referral,
                    EXISTS (
                        SELECT FROM sos_form_child AS line
                        JOIN sos_form AS form ON form.id = line.form_id
                        JOIN sos_form_type AS kind ON kind.id = form.type_id
                        WHERE line.episode_id = one.id AND line.active IS TRUE
                            AND form.state = 'authorised'
                            AND kind.code = 'assessment'
                    )::int AS assessed,
                    EXISTS (
                        SELECT FROM sos_enquiry AS enquiry
                        WHERE enquiry.episode_id = one.id AND enquiry.active IS TRUE
                    )::int AS enquired,
                    EXISTS (
                        SELECT FROM sos_enquiry AS enquiry
                        WHERE enquiry.episode_id = one.id AND enquiry.active IS TRUE
                            AND enquiry.conference_on IS NOT NULL
                    )::int AS conferenced,
                    EXISTS (
                        SELECT FROM sos_plan AS plan
                        WHERE plan.episode_id = one.id AND plan.active IS TRUE
                            AND plan.kind = 'cp'
                    )::int AS protected,
                    EXISTS (
                        SELECT FROM sos_plan AS plan
                        WHERE plan.episode_id = one.id AND plan.active IS TRUE
                            AND plan.kind = 'cin'
                    )::int AS planned
                FROM sos_episode AS one
                JOIN sos_case AS family ON family.id = one.case_id
                WHERE one.active IS TRUE
            ) AS episode
            """,
            today=self.env["res.company"]._sos_today(),
        )
