from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .seen import Seen

REPORT = "conference_report"
CONFERENCES = ("initial_conference", "review_conference")


class SosForm(models.Model):
    _inherit = "sos.form"

    # -------------------------------------------------------------- submission

    def _check_submission(self):
        """:raise UserError: everything that keeps the form from being submitted"""
        self.ensure_one()
        problems = self._get_submission_problems()
        if problems:
            raise UserError(
                self.env._("Not ready to submit yet:\n%s", self._as_list(problems))
            )

    @staticmethod
    def _as_list(sentences):
        return "\n".join(f"– {sentence}" for sentence in sentences)

    def _get_submission_problems(self):
        """What is missing, one sentence each; empty when the form may be submitted."""
        self.ensure_one()
        problems = []
        sections = self.version_id.sudo().section_ids
        for section in sections.filtered("required"):
            problems += self._get_section_problems(section)
        problems += filter(None, (x._get_decision_problem() for x in self.child_ids))
        problems += self._get_fact_problems()
        problems += self._get_day_problems()
        problems += Seen(self.child_ids).get_problems()
        problems += self._get_recommendation_problems()
        problems += self._get_reason_problems()
        return problems

    def _get_reason_problems(self):
        """What was unusual at a meeting, as long as nobody has said why."""
        if self.query_reason:
            return []
        return [
            self.env._(
                "%(query)s Put it right, or say why under “%(field)s”.",
                query=query,
                field=self._get_field_label("query_reason"),
            )
            for query in self._get_meeting_queries()
        ]

    def _get_meeting_queries(self):
        """Who had no part in a meeting and should have had one: the services that its
        type names, and the social worker who reports to it. One sentence each."""
        # sudo: whom a meeting needs is no secret
        form_type = self.type_id.sudo()
        queries = []
        asked = self.version_id.sudo().section_ids.filtered(
            lambda section: section.kind == "attendance"
        )
        # while nobody is entered at all, that is what is missing
        if asked and (self.attendance_ids or not any(asked.mapped("required"))):
            took_part = self.attendance_ids.filtered(
                lambda line: not line.apologies or line.report
            )
            here = took_part.partner_id.sudo().sos_agency_kind_id
            queries += [
                self.env._(
                    "Nobody came from “%s”, and they sent no report.", service.name
                )
                for service in form_type.service_ids - here
            ]
        if form_type.needs_report:
            reports = self._get_reports()
            queries += [
                self.env._(
                    "The social worker's report about %s is not signed.",
                    child._get_called(),
                )
                for child in self.child_ids.child_id
                if child._origin not in reports
            ]
        return queries

    def _get_day_problems(self):
        """Days of the form on which it cannot have been, one sentence each."""
        days = {name: self[name] for name in ("started_on", "held_on") if self[name]}
        of_plan = days and self.type_id._is_of_protection_plan()
        problems = []
        for name, day in days.items():
            label = self._get_field_label(name)
            for line in self.child_ids:
                if wrong := line._get_day_problem(day, of_plan):
                    problems.append(
                        self.env._(
                            "“%(field)s” %(day)s cannot be right: %(wrong)s",
                            field=label,
                            day=format_date(self.env, day),
                            wrong=wrong,
                        )
                    )
        return problems

    def _get_section_problems(self, section):
        if section.kind == "attendance":
            if not self.attendance_ids:
                return [self.env._("“%s” is empty.", section.name)]
        elif section.kind == "decision":
            return [
                self.env._("%s has no decision yet.", line.child_id.display_name)
                for line in self.child_ids
                if not line.decision_id
            ]
        elif section.kind in ("narrative", "narrative_child", "question"):
            answers = self.answer_ids.filtered(lambda a: a.section_id == section)
            return [
                (
                    self.env._(
                        "“%(section)s” is empty for %(child)s.",
                        section=section.name,
                        child=answer.child_id.display_name,
                    )
                    if answer.child_id
                    else self.env._("“%s” is empty.", section.name)
                )
                for answer in answers
                if answer.is_empty
            ]
        return []

    def _get_fact_problems(self):
        codes = (self.fact_codes or "").split(",")
        problems = []
        names = ["received_at", "source_id", "started_on"]
        if self._refers():
            names.append("need_id")
        for name in names:
            if name in codes and not self[name]:
                label = self._fields[name]._description_string(self.env)
                problems.append(self.env._("“%s” is not filled in.", label))
        if "held_on" in codes and not self.held_on:
            problems.append(
                self.env._("The day on which it was held is not filled in.")
            )
        today = self.env["res.company"]._sos_today()
        if self.started_on and self.started_on > today:
            problems.append(self.env._("It starts in the future."))
        if self.received_at and self.received_at > fields.Datetime.now():
            problems.append(self.env._("It was received in the future."))
        return problems

    def _refers(self):
        """Whether the referral goes on for a child; without it nobody's need is known
        yet, and the census asks for none (rule 8610)."""
        return "refer" in self.child_ids.decision_id.effect_ids.mapped("code")

    def _get_plan_changes(self):
        """What becomes of the child protection plans that children have already, where
        the decision is not about that plan alone: one sentence each."""
        plans = {
            plan.child_id.id: plan
            for plan in self.env["sos.plan"].search(
                [
                    ("child_id", "in", self.child_ids.child_id.ids),
                    ("kind", "=", "cp"),
                    ("ended_on", "=", False),
                ]
            )
        }
        changes = []
        for line in self.child_ids:
            plan = plans.get(line.child_id._origin.id)
            if plan and line.decision_id and not line.confirmed_at:
                if text := line._get_plan_change(plan):
                    changes.append(
                        self.env._(
                            "%(child)s has a child protection plan since %(day)s. "
                            "%(change)s",
                            child=line.child_id._get_called(),
                            day=format_date(self.env, plan.started_on),
                            change=text,
                        )
                    )
        return changes

    def _get_recommendation_problems(self):
        """A conference that decides against the social worker's recommendation says
        why."""
        problems = []
        if self.type_code not in CONFERENCES:
            return problems
        reports = self._get_reports()
        for line in self.child_ids.filtered("decision_id"):
            report = reports.get(line.child_id._origin)
            recommended = report and report.decision_id
            effects = set(line.decision_id.effect_ids.mapped("code"))
            keeps_plan = "start_cp_plan" in effects or (
                "record_review" in effects and "end_cp_plan" not in effects
            )
            if recommended and not line.against_reason:
                if keeps_plan != (recommended.code == "recommend_plan"):
                    problems.append(
                        self.env._(
                            "The decision for %s is not what the report recommended: "
                            "give the reason.",
                            line.child_id.display_name,
                        )
                    )
        return problems

    def _get_reports(self):
        """The newest signed report about each child since their last conference.

        :return: {child: the child's line in the report}, without children of whom there
            is none
        """
        lines = self.env["sos.form.child"].search(
            [
                ("child_id", "in", self.child_ids.child_id.ids),
                ("form_id.type_id.code", "in", (REPORT, *CONFERENCES)),
                ("form_id.state", "=", "authorised"),
                ("form_id", "!=", self._origin.id),
            ]
        )
        reports = {}
        for line in lines.sorted(
            lambda line: (
                line.form_id.authorised_at,
                line.form_id.type_code == REPORT,
                line.id,
            )
        ):
            if line.form_id.type_code in CONFERENCES:
                reports.pop(line.child_id, None)
            elif line.case_id.id == self.case_id.id:
                reports[line.child_id] = line
        return reports

    # ----------------------------------------------------------- authorisation

    def _check_authorisation(self):
        """:raise UserError: everything that keeps the form from being authorised"""
        self.ensure_one()
        errors = self._get_census_errors()
        if not self.override_reason:
            errors += self._get_overridable_problems()
        if errors:
            raise UserError(
                self.env._("Not ready to authorise yet:\n%s", self._as_list(errors))
            )
        queries = self._get_queries()
        if queries and not self.query_reason:
            raise UserError(
                self.env._(
                    "Please check, and if it is right as it is, say why in “Reason for "
                    "what looks unusual”:\n%s",
                    self._as_list(queries),
                )
            )

    def _get_overridable_problems(self):
        """What keeps the form from being authorised unless a reason is given."""
        return self._get_danger_problems() + self._get_overlap_problems()

    def _get_overlap_problems(self):
        """Periods of need that the contact would begin within another one."""
        if self.type_code != "contact":
            return []
        problems = (line._get_overlap_problem() for line in self.child_ids)
        return [problem for problem in problems if problem]

    def _get_danger_problems(self):
        """No danger statement stands without its goal and at least one rating."""
        if "danger_goals" not in self.version_id.sudo().section_ids.mapped("code"):
            return []
        children = self.child_ids.child_id
        problems = []
        for danger in self.case_id.danger_ids.filtered(lambda d: not d.ended_on):
            if danger.child_ids and not danger.child_ids & children:
                continue
            start = danger.text[:60]
            if not danger.goal:
                problems.append(
                    self.env._("The danger statement “%s…” has no safety goal.", start)
                )
            if not danger.rating_ids:
                problems.append(
                    self.env._(
                        "Nobody has rated the danger statement “%s…” yet.", start
                    )
                )
        return problems

    def _get_census_errors(self):
        """The census rules of kind error that this form's own facts can break."""
        errors = []
        for line in self.child_ids:
            child, episode = line.child_id.display_name, line.episode_id
            factors = line.factor_ids.mapped("code")
            if "21" in factors and len(factors) > 1:
                errors.append(
                    self.env._(
                        "%s: “No factors identified” stands alone (rule 8869).", child
                    )
                )
            if not episode:
                continue
            for day, words in (
                (
                    self.type_code == "assessment" and self.started_on,
                    self.env._("the assessment starts before the referral (rule 1103)"),
                ),
                (
                    self.type_code == "strategy" and self.held_on,
                    self.env._("the discussion is before the referral (rule 2889)"),
                ),
                (
                    self.type_code == "initial_conference" and self.held_on,
                    self.env._("the conference is before the referral (rule 1104)"),
                ),
            ):
                if day and day < episode.referred_on:
                    errors.append(f"{child}: {words}.")
        return errors

    def _get_queries(self):
        """What is asked for a reason, if it is right as it is."""
        return self._get_meeting_queries() + self._get_census_queries()

    def _get_census_queries(self):
        """The census queries that this form's own facts raise."""
        queries = []
        if self.type_code == "assessment":
            for line in self.child_ids.filtered(lambda c: not c.factor_ids):
                queries.append(
                    self.env._(
                        "%s: no factors are chosen (rule 8897Q).",
                        line.child_id.display_name,
                    )
                )
        return queries
