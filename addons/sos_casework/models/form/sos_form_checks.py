from odoo import fields, models
from odoo.exceptions import UserError


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
        problems += self._get_fact_problems()
        problems += self._get_recommendation_problems()
        return problems

    def _get_section_problems(self, section):
        if section.kind == "attendance":
            if not self.attendance_ids:
                return [self.env._("“%s” is empty.", section.name)]
        elif section.kind == "decision":
            return [
                self.env._("%s has no decision yet.", line.child_id.name)
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
                        child=answer.child_id.name,
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
        for name in ("received_at", "source_id", "need_id", "started_on"):
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

    def _get_recommendation_problems(self):
        """A conference that decides against the social worker's recommendation says
        why."""
        problems = []
        if self.type_code not in ("initial_conference", "review_conference"):
            return problems
        for line in self.child_ids.filtered("decision_id"):
            recommended = self._get_recommendation(line.child_id)
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
                            line.child_id.name,
                        )
                    )
        return problems

    def _get_recommendation(self, child):
        """The decision in the newest signed report about the child since the last
        conference, if any."""
        report = self.env["sos.form.child"].search(
            [
                ("child_id", "=", child.id),
                ("form_id.type_id.code", "=", "conference_report"),
                ("form_id.state", "=", "authorised"),
                ("form_id.case_id", "=", self.case_id.id),
            ],
            order="id desc",
            limit=1,
        )
        held = self.search_count(
            [
                ("child_ids.child_id", "=", child.id),
                (
                    "type_id.code",
                    "in",
                    ("initial_conference", "review_conference"),
                ),
                ("state", "=", "authorised"),
                ("authorised_at", ">", report.form_id.authorised_at),
            ]
        )
        return report.decision_id if not held else self.env["sos.decision"]

    # ----------------------------------------------------------- authorisation

    def _check_authorisation(self):
        """:raise UserError: everything that keeps the form from being authorised"""
        self.ensure_one()
        errors = self._get_census_errors()
        if not self.override_reason:
            errors += self._get_danger_problems()
        if errors:
            raise UserError(
                self.env._("Not ready to authorise yet:\n%s", self._as_list(errors))
            )
        queries = self._get_census_queries()
        if queries and not self.query_reason:
            raise UserError(
                self.env._(
                    "Please check, and if it is right as it is, say why in “Reason for "
                    "what looks unusual”:\n%s",
                    self._as_list(queries),
                )
            )

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
            child, episode = line.child_id.name, line.episode_id
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

    def _get_census_queries(self):
        """The census queries that this form's own facts raise."""
        queries = []
        if self.type_code == "assessment":
            for line in self.child_ids.filtered(lambda c: not c.factor_ids):
                queries.append(
                    self.env._(
                        "%s: no factors are chosen (rule 8897Q).", line.child_id.name
                    )
                )
        return queries
