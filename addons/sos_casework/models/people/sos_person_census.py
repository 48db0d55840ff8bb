from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

#: Census rule 8606: a referral at most 40 weeks before the (expected) birth.
LONGEST_PREGNANCY = timedelta(days=280)


class SosPerson(models.Model):
    """What the children in need census will ask about a child: said while there is
    time to find out, and never in the way of the work."""

    _inherit = "sos.person"

    census_hints = fields.Text(
        "Still open for the census",
        compute="_compute_census_hints",
        help="What the children in need census will ask about. Nothing here stops "
        "the work.",
    )

    @api.depends(
        "kind",
        "birth_date",
        "expected_on",
        "death_on",
        "sex_id",
        "ethnicity_id",
        "disability_ids",
        "upn",
        "former_upn",
        "upn_unknown_id",
        "episode_ids.referred_on",
        "episode_ids.nfa",
        "episode_ids.closure_reason_id",
    )
    def _compute_census_hints(self):
        today = self.env["res.company"]._sos_today()
        for person in self:
            hints = person._get_census_hints(today) if person.kind == "child" else []
            person.census_hints = "\n".join(hints)

    def _get_census_hints(self, day):
        """Words for each census rule that this child would meet as of a day."""
        self.ensure_one()
        hints = []
        if not self.birth_date and not self.expected_on:
            hints.append(
                self.env._(
                    "There is neither a birth date nor an expected date (8525Q)."
                )
            )
        if not self.sex_id:
            hints.append(self.env._("The sex is missing (4180)."))
        elif self.sex_id.code == "U" and self.birth_date:
            hints.append(
                self.env._(
                    "The sex is Unknown, though the child is born. The census takes "
                    "it; find out whether it is right (8750)."
                )
            )
        if not self.ethnicity_id:
            hints.append(self.env._("The ethnicity is missing (4220)."))
        if self.is_unborn:
            hints += self._get_unborn_hints(day)
        elif self.birth_date:
            hints += self._get_born_hints(day)
        return hints + self._get_referral_hints()

    def _get_unborn_hints(self, day):
        hints = []
        if self.disability_ids:
            hints.append(
                self.env._("Before the birth, a disability is left out (8540).")
            )
        if self.death_on:
            return hints
        if self.expected_on < day:
            hints.append(
                self.env._(
                    "The expected date has passed. Record the birth, or what happened "
                    "(8530Q)."
                )
            )
        elif self.expected_on > day + relativedelta(months=9):
            hints.append(
                self.env._("The expected date is more than nine months away (8530Q).")
            )
        return hints

    def _get_born_hints(self, day):
        hints = []
        counted = self.episode_ids.filtered(lambda e: not e.nfa)
        if counted and not self.disability_ids:
            hints.append(
                self.env._(
                    "Disability is missing. Choose “No disability” if there is none "
                    "(8540)."
                )
            )
        year = self.env["sos.code"]._get_census_year(day)
        if self.birth_date <= date(year - 6, 8, 31) and not self.upn:
            if not self.upn_unknown_id:
                hints.append(
                    self.env._(
                        "The child is of school age: the UPN is missing, or the reason "
                        "for having none (8770Q)."
                    )
                )
            elif self.upn_unknown_id.code == "UN1":
                hints.append(
                    self.env._(
                        "The child is of school age: “under 6” is no longer a reason "
                        "for having no UPN (8770Q)."
                    )
                )
        return hints

    def _get_referral_hints(self):
        hints = []
        born = self.birth_date or self.expected_on
        referred = self.episode_ids.filtered("referred_on").mapped("referred_on")
        if born and any(day < born - LONGEST_PREGNANCY for day in referred):
            hints.append(
                self.env._(
                    "A referral is more than 40 weeks before the birth (8606). One of "
                    "the two dates is wrong."
                )
            )
        if self.death_on and any(day > self.death_on for day in referred):
            hints.append(self.env._("A referral is after the date of death (8555Q)."))
        reasons = self.episode_ids.closure_reason_id.mapped("code")
        if "RC2" in reasons and not self.death_on:
            hints.append(
                self.env._(
                    "A period of need closed because the child died, and there is no "
                    "date of death (8585Q)."
                )
            )
        return hints
