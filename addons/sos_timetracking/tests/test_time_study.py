from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from odoo.addons.sos_casework.tests.refusals import RefusalsMixin

from ..tools.study import get_saving
from .common_study import AFTER, BEFORE, StudyCommon

DAY = timedelta(days=1)
MISSING = "not measured"
FEW = "too few people to show"


@tagged("post_install", "-at_install")
@freeze_time("2026-10-05 10:00:00")
class TestTimeStudy(RefusalsMixin, StudyCommon):
    # ------------------------------------------------------------------- the table

    def _check_paper(self, study):
        rows = [self._row(study, number=number) for number in range(7)]
        self.assertEqual(
            rows,
            [
                ("4h4m", "2h29m", "1h35m", "38.9%", "19/29"),
                ("7h32m", "3h54m", "3h38m", "48.2%", "113/73"),
                ("3h30m", "24m", "3h6m", "88.6%", "30/24"),
                ("4h17m", "4h1m", "16m", "6.2%", "16/38"),
                ("5h49m", "55m", "4h54m", "84.2%", "19/27"),
                (MISSING, MISSING, "", "", "0/0"),
                (MISSING, MISSING, "", "", "0/0"),
            ],
        )
        totals = study._get_result()["totals"]
        self.assertEqual(
            totals["sums"],
            {"before": 25 * 60 + 12, "after": 11 * 60 + 43, "saved": 809}
            | {"percent": 53.5},
        )
        weighted = totals["weighted"]
        self.assertEqual(weighted["before"], 6 * 60 + 9)
        self.assertEqual(weighted["after"], 2 * 60 + 51)
        self.assertEqual(
            (weighted["cases_before"], weighted["cases_after"]), (197, 191)
        )

    def test_the_papers_table_by_hand(self):
        self._make_paper()
        self._check_paper(self._paper_study())

    def test_the_papers_table_by_screen(self):
        self._make_paper(self._keep_by_screen)
        self.assertEqual(self._get_origins(), {"screen"})
        self._check_paper(self._paper_study())

    def test_the_papers_table_by_timer(self):
        self._make_paper(self._keep_by_timer)
        self.assertEqual(self._get_origins(), {"timer"})
        study = self._paper_study(count_by="lines")
        self._check_paper(study)
        study.action_close()
        self.lines.sudo().search([("sos_origin", "=", "timer")]).unlink()
        self._check_paper(study)

    def test_spread(self):
        forms = self._make_forms("strategy", 5, BEFORE)
        for person, (form, minutes) in enumerate(
            zip(forms, (10, 20, 30, 60, 200), strict=True)
        ):
            self._keep(form, minutes, BEFORE, person)
        cell = self._study("strategy")._get_result()["rows"][0]["cells"][0]
        figures = [cell[name] for name in ("average", "low", "median", "high")]
        self.assertEqual(figures, [64, 20, 30, 60])

    def test_work_that_takes_longer(self):
        self.assertEqual(
            get_saving(100, 125),
            {"before": 100, "after": 125, "saved": -25, "percent": -25.0},
        )
        self._make_cases("strategy", 100, 10, BEFORE)
        self._make_cases("strategy", 125, 10, AFTER)
        row = self._row(self._study("strategy"))
        self.assertEqual(row, ("1h40m", "2h5m", "−25m", "−25.0%", "10/10"))

    def test_few_cases_are_said(self):
        self._make_cases("strategy", 100, 9, BEFORE)
        self._make_cases("strategy", 50, 10, AFTER)
        study = self._study("strategy", "assessment")
        warnings = [row["few"] for row in study._get_result()["rows"]]
        self.assertEqual(warnings, ["Fewer than ten cases before: a first hint.", ""])

    # --------------------------------------------------------------- what is counted

    def _count(self, form, by, **values):
        for person in range(5):
            self._keep(form, 6, BEFORE, person)
        return self._row(self._study(form.type_id.code, count_by=by, **values))

    def test_all_time_of_a_form_counts_where_it_was_handed_in(self):
        form = self._make_forms("strategy", 1, BEFORE + DAY)
        self._keep(form, 10, BEFORE - 30 * DAY)
        self._keep(form, 20, AFTER)
        row = self._count(form, "done")
        self.assertEqual(row[:2], ("1h", MISSING))

    def test_time_counts_where_it_was_kept(self):
        form = self._make_forms("strategy", 1, AFTER, state="draft")
        self._keep(form, 10, BEFORE - DAY)
        for person in range(5):
            self._keep(form, 4, AFTER, person)
        row = self._count(form, "lines")
        self.assertEqual(row[:2] + row[4:], ("30m", "20m", "1/1"))

    def test_forms_that_are_no_case(self):
        for state, by in (
            ("cancelled", "done"),
            ("cancelled", "lines"),
            ("draft", "done"),
        ):
            with self.subTest(state=state, by=by):
                form = self._make_forms("strategy", 1, BEFORE, state=state)
                self.assertEqual(self._count(form, by)[0], MISSING)
        self._make_forms("strategy", 3, BEFORE)
        self.assertEqual(self._row(self._study("strategy"))[4], "0/0", "without time")

    def test_first_and_last_moment_in_england(self):
        last = AFTER + timedelta(days=90)
        for at, cases in (
            (f"{AFTER - DAY} 22:59:59", "0/0"),
            (f"{AFTER - DAY} 23:00:00", "0/1"),
            (f"{last} 22:59:59", "0/1"),
            (f"{last} 23:00:00", "0/0"),
        ):
            with self.subTest(at=at):
                form = self._make_forms("strategy", 1, AFTER)
                form.sudo().submitted_at = at
                self.assertEqual(self._count(form, "done")[4], cases)
                form.sudo().state = "cancelled"

    def test_only_these_people_and_teams(self):
        form = self._make_forms("strategy", 1, BEFORE)
        self._keep(form, 30, BEFORE, 6)
        people = self.staff[:5].user_id
        row = self._count(form, "done", user_ids=[Command.set(people.ids)])
        self.assertEqual(row[0], "30m")
        others = [Command.set(self.other_team.ids)]
        study = self._study("strategy", team_ids=others)
        self.assertEqual(self._row(study)[0], MISSING)

    def test_versions(self):
        old = self.types["strategy"].live_version_id
        new = self.env["sos.form.version"].browse(old.action_new_version()["res_id"])
        new.sudo().state = "retired"
        for version, minutes in ((old, 60), (new, 45)):
            form = self._make_forms("strategy", 1, BEFORE, version=version)
            for person in range(5):
                self._keep(form, minutes / 5, BEFORE, person)
        study = self._study("strategy", start=False, compare="versions")
        study.type_ids.write({"before_version_ids": old.ids})
        with self._refused(ValidationError, "is on both sides"):
            study.type_ids.write({"after_version_ids": old.ids})
        with self._refused(ValidationError, "another form"):
            assessment = self.types["assessment"].live_version_id
            study.type_ids.write({"after_version_ids": assessment.ids})
        study.type_ids.write({"after_version_ids": new.ids})
        study.action_start()
        self.assertEqual(self._row(study)[:4], ("1h", "45m", "15m", "25.0%"))

    def test_progress(self):
        self._make_cases("strategy", 30, 3, BEFORE)
        study = self._study("strategy", "assessment", start=False)
        self.assertEqual(study.type_ids.mapped("cases_before"), [3, 0])
        self._make_cases("strategy", 30, 2, AFTER)
        study.type_ids.invalidate_recordset()
        self.assertEqual(study.type_ids.mapped("cases_after"), [2, 0])

    # -------------------------------------------------------------------- who reads

    def test_of_fewer_than_five_people_nothing_is_shown(self):
        forms = self._make_forms("strategy", 10, BEFORE)
        for number, form in enumerate(forms):
            self._keep(form, 60, BEFORE, number % 4)
        self._make_cases("strategy", 30, 10, AFTER)
        study = self._study("strategy")
        for user in (self.lead, self.analyst, self.configurator, self.other_manager):
            with self.subTest(user=user.login):
                row = self._row(study, user)
                self.assertEqual(row, (FEW, "30m", "", "", "10/10"))
                self.assertFalse(study.with_user(user)._get_result()["totals"])
                self.assertNotIn("1h", study.with_user(user).result_html)
        for user in (self.manager, self.service_manager):
            with self.subTest(user=user.login):
                row = self._row(study, user)
                self.assertEqual(row, ("1h", "30m", "30m", "50.0%", "10/10"))
        study.action_close()
        self.assertEqual(self._row(study, self.analyst)[0], FEW)
        self.assertEqual(self._row(study, self.manager)[0], "1h")
        self._keep(forms[0], 60, BEFORE, 4)
        self.assertEqual(self._row(study, self.analyst)[0], FEW, "as it was kept")

    def test_a_manager_of_one_of_two_teams(self):
        form, other = self._make_forms("strategy", 2, BEFORE)
        self._keep(form, 60, BEFORE)
        self._keep(other, 60, BEFORE).sos_team_id = self.other_team
        study = self._study("strategy")
        self.assertEqual(self._row(study, self.manager)[0], FEW)
        self.assertEqual(self._row(study, self.service_manager)[0], "1h")

    def test_what_is_kept_is_read_by_nobody(self):
        study = self._study("strategy")
        study.action_close()
        for user in (self.lead, self.service_manager, self.env.ref("base.user_admin")):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                study.with_user(user).read(["result"])

    def test_who_reads_and_makes(self):
        study = self._study("strategy")
        readers = self.manager | self.lead | self.analyst | self.configurator
        readers |= self.service_manager
        makers = self.lead | self.service_manager
        users = readers | self.worker | self.support | self.chair | self.auditor
        for user in users:
            with self.subTest(user=user.login):
                theirs = study.with_user(user)
                self.assertEqual(theirs.has_access("read"), user in readers)
                self.assertEqual(theirs.has_access("create"), user in makers)
                self.assertFalse(theirs.has_access("unlink"))
                if user not in makers:
                    for press in (
                        theirs.action_start,
                        theirs.action_plan,
                        theirs.action_close,
                    ):
                        with self._refused(AccessError, "make time studies"):
                            press()
                if user not in readers:
                    for call in (theirs.action_spreadsheet, theirs._get_result):
                        with self.assertRaises(AccessError):
                            call()

    # -------------------------------------------------------------------- bad input

    def test_windows(self):
        with self._refused(ValidationError, "before it begins on 12/01/2026"):
            self._study("strategy", before_until="2026-01-11")
        with self._refused(ValidationError, "“After” ends on 10/05/2026"):
            self._study("strategy", after_until=AFTER - DAY)
        with self._refused(ValidationError, "while “before” lasts until 11/05/2026"):
            self._study("strategy", before_until=AFTER)
        with self._refused(UserError, "both need their first and last day"):
            self._study("strategy", after_until=False)
        self.assertFalse(self.env["sos.time.study"].search([("state", "!=", "draft")]))

    def test_nothing_to_compare(self):
        with self._refused(UserError, "Say which kinds of work"):
            self._study()
        with self._refused(UserError, "Choose versions of “Strategy"):
            self._study("strategy", compare="versions")

    def test_a_kind_of_work_once(self):
        study = self._study("strategy", start=False)
        copy = {"study_id": study.id, "form_type_id": self.types["strategy"].id}
        with self._refused(Exception, "type_unique"):
            self.env["sos.time.study.type"].create(copy)

    def test_a_study_that_runs_stays_as_it_is(self):
        study = self._study("strategy")
        study.name = "Better words"
        for change in (
            lambda: study.write({"before_from": BEFORE + DAY}),
            lambda: study.write({"user_ids": self.worker.ids}),
            lambda: study.type_ids.write({"sequence": 3}),
            lambda: study.type_ids.unlink(),
            lambda: study.write(
                {"type_ids": [Command.create({"form_type_id": self.form_type().id})]}
            ),
            lambda: study.type_ids.create(
                {"study_id": study.id, "form_type_id": self.form_type().id}
            ),
        ):
            with self._refused(UserError, "This study is running"):
                change()
        study.action_plan()
        study.before_from = BEFORE + DAY
        study.action_start()
        study.action_close()
        with self._refused(UserError, "This study is closed"):
            study.before_from = BEFORE
        for press in (study.action_start, study.action_plan, study.action_close):
            with self._refused(UserError, "moved this on"):
                press()
        again = study.copy()
        self.assertEqual(again.state, "draft")
        self.assertEqual(again.type_ids.form_type_id, self.types["strategy"])

    def test_a_kind_of_work_neither_leaves_nor_joins_a_study_that_runs(self):
        running = self._study("strategy")
        planned = self._study("assessment", start=False)
        for line, other in ((running.type_ids, planned), (planned.type_ids, running)):
            with self._refused(UserError, "This study is running"):
                line.study_id = other
        self.assertEqual(running.type_ids.form_type_id, self.types["strategy"])
        self.assertEqual(planned.type_ids.form_type_id, self.types["assessment"])

    def form_type(self):
        return self.types["assessment"]

    def test_state_and_result_by_buttons_only(self):
        words = "by its own buttons"
        study = self._study("strategy")
        for vals in ({"state": "closed"}, {"result": [1]}, {"closed_on": BEFORE}):
            with self._refused(UserError, words):
                study.write(vals)
            name = next(iter(vals))
            with self._refused(UserError, words):
                self._study("strategy", **vals)
            with self._refused(UserError, words):
                studies = self.env["sos.time.study"].with_user(self.lead)
                studies.with_context(**{f"default_{name}": vals[name]}).create(
                    {"name": "A study"}
                )
