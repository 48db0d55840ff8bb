import json
import re

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import HttpCase, freeze_time, tagged

from .client import as_client, call
from .common import SosCommon
from .test_access_log import PNG

GROUP_BY = re.compile(r"['\"]group_by['\"]: ['\"]([\w:.]+)['\"]")


class LookCommon(SosCommon):
    def _begin(self):
        self.last = self.env["sos.access.log"].search([], limit=1).id or 0

    def _lines(self, *operations):
        domain = [("id", ">", self.last)]
        if operations:
            domain.append(("operation", "in", operations))
        return self.env["sos.access.log"].search(domain, order="id")

    def _call(self, user, model, method, *args, **kwargs):
        self._begin()
        return call(self.env, user, model, method, *args, **kwargs)

    def _assert_names(self, case):
        """Some line since the call began says that this family was shown."""
        shown = [("shown_case_id", "=", case.id), ("id", ">", self.last)]
        self.assertTrue(
            self.env["sos.access.log"].search(shown),
            f"no line of {self._lines().mapped('shown')} names {case.id}",
        )


@tagged("post_install", "-at_install")
@freeze_time("2026-09-07 10:00:00")
class TestAccessLook(LookCommon):
    """What leaves by another record's way is logged where it leaves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.form = cls._open(
            cls,
            "contact",
            source_id=cls._code("referral_source", "2A").id,
            need_id=cls._code("primary_need", "N1").id,
        )

    def test_what_changes_while_typing_is_read(self):
        """A whole document came back from an onchange that asked for it."""
        form = self.form.with_user(self.worker)
        form.write_answer(form.answer_ids[0].code, "<p>The garden gate.</p>")
        result = self._call(
            self.worker,
            "sos.form",
            "onchange",
            self.form.ids,
            {},
            [],
            {"document_html": {}},
        )
        self.assertIn("The garden gate", json.dumps(result))
        line = self._lines("opened")
        self.assertEqual((line.res_model, line.case_id), ("sos.form", self.case))

    def test_an_outsider_who_reads_while_typing_is_told_of(self):
        self._call(
            self.service_manager,
            "sos.form",
            "onchange",
            self.form.ids,
            {},
            [],
            {"document_html": {}},
        )
        notice = self.env["sos.access.notice"].search([])
        self.assertEqual(notice.viewer_id, self.service_manager)

    def test_a_window_shows_whom_it_is_about(self):
        self._call(
            self.worker,
            "sos.referral.person",
            "onchange",
            [],
            {"person_id": self.sam.id},
            ["person_id"],
            {"person_id": {"fields": {"display_name": {}}}, "birth_date": {}},
        )
        self.assertEqual(self._lines().mapped("person_id"), self.sam)

    def test_going_on_is_the_same_look_until_more_is_seen(self):
        """Who saved again and asked for another family with it was folded away."""
        other = self.env["sos.case"].create({"name": "Moor", "team_id": self.team.id})
        other.member_ids = [Command.create({"person_id": self.sam.id})]
        families = {"fields": {"case_id": {"fields": {"name": {}}}}}
        for asked, expected in (
            ({"known_as": {}}, 1),
            ({"known_as": {}}, 0),
            ({"known_as": {}, "member_ids": families}, 1),
        ):
            save = self.sam.ids, {"known_as": "Sammy"}, asked
            self._call(self.worker, "sos.person", "web_save", *save)
            self.assertEqual(len(self._lines("opened")), expected)
        self._assert_names(other)

    def test_names_are_a_line_an_hour(self):
        for minute, expected in ((0, 1), (30, 1), (59, 1)):
            with freeze_time(f"2026-09-07 11:{minute:02}:00"):
                if not minute:
                    self._begin()
                with as_client(self.env, self.worker) as env:
                    env["sos.case"].browse(self.case.ids).display_name  # noqa: B018
                self.assertEqual(len(self._lines("named")), expected)
        line = self._lines("named")
        self.assertRecordValues(
            line,
            [{"user_id": self.worker.id, "case_id": self.case.id, "person_id": False}],
        )
        with (
            freeze_time("2026-09-07 12:01:00"),
            as_client(self.env, self.worker) as env,
        ):
            env["sos.case"].browse(self.case.ids).display_name  # noqa: B018
        self.assertEqual(len(self._lines("named")), 2)

    def test_only_new_names_are_said(self):
        other = self._new_family()
        self._begin()
        with as_client(self.env, self.worker) as env:
            env["sos.case"].browse(self.case.ids).display_name  # noqa: B018
        with as_client(self.env, self.worker) as env:
            (self.case | other).with_env(env).mapped("display_name")
        self.assertEqual(self._lines("named").mapped("case_id"), self.case | other)

    def test_a_name_that_is_not_shown_is_no_line(self):
        self._begin()
        with as_client(self.env, self.outsider) as env:
            name = env["sos.case"].browse(self.case.ids).display_name
        self.assertNotIn("Hill", name)
        self.assertFalse(self._lines())

    def test_nobody_is_told_of_a_name(self):
        with as_client(self.env, self.auditor) as env:
            env["sos.case"].browse(self.case.ids).display_name  # noqa: B018
        self.assertFalse(self.env["sos.access.notice"].search([]))

    def test_reminders_and_names_of_files_name_the_family(self):
        voice = self.env["sos.voice"].create(
            {
                "case_id": self.case.id,
                "child_id": self.sam.id,
                "tool": "words",
                "words": "-",
            }
        )
        file = self.env["ir.attachment"].create(
            {
                "name": "Sam Hill.png",
                "datas": PNG,
                "res_model": voice._name,
                "res_id": voice.id,
            }
        )
        self._refer()
        reminder = self.env["mail.activity"].search(
            [
                ("res_model", "=", "sos.deadline"),
                ("res_id", "in", self.case.deadline_ids.ids),
                ("user_id", "=", self.manager.id),
            ],
            limit=1,
        )
        for record, names, hour in (
            (file, ["name"], 12),
            (reminder, ["res_name", "summary"], 14),
        ):
            self.assertTrue(record)
            with self.subTest(record._name), freeze_time(f"2026-09-07 {hour}:00:00"):
                self._call(self.manager, record._name, "read", record.ids, names)
                self._assert_names(self.case)

    def test_a_template_shows_whom_it_is_filled_in_with(self):
        self._begin()
        with as_client(self.env, self.worker) as env:
            texts = env["mail.render.mixin"]._render_template(
                "{{ object.name }}", "sos.case", self.case.ids, engine="inline_template"
            )
        self.assertEqual(texts, {self.case.id: "Hill"})
        self.assertEqual(self._lines().case_id, self.case)

    def test_a_window_with_a_family_in_it(self):
        """Each window that is about families is filled with whatever it is about."""
        wizard = self.env["sos.form.open"].with_user(self.worker)
        wizard = wizard.create(
            {"case_id": self.case.id, "type_id": self.form.type_id.id}
        )
        self._call(self.worker, wizard._name, "read", wizard.ids, ["case_id"])
        self._assert_names(self.case)

    # ------------------------------------------------------------------ groups

    def test_groups_count_and_hand_out_no_texts(self):
        domain = [("case_id", "=", self.case.id)]
        for model, groups, sums in (
            ("sos.form.answer", [], ["body:array_agg"]),
            ("sos.form.answer", ["body"], ["__count"]),
            ("sos.form.answer", [], ["body:max"]),
            ("sos.danger", [], ["text:array_agg_distinct"]),
            ("sos.danger", ["text"], []),
            ("sos.danger", ["case_id.name"], []),
            ("sos.case.member", ["person_id.last_name"], []),
        ):
            for user in (self.worker, self.auditor):
                with self.subTest(f"{user.login} {model} {groups} {sums}"):
                    with self.assertRaisesRegex(UserError, "grouped by|only numbers"):
                        self._call(
                            user, model, "formatted_read_group", domain, groups, sums
                        )
                    with self.assertRaises(UserError):
                        self._call(
                            user,
                            model,
                            "formatted_read_grouping_sets",
                            domain,
                            [groups],
                            sums,
                        )
        for kwargs in (
            {"having": [("text:max", ">", "A")]},
            {"order": "text:min"},
        ):
            with self.subTest(kwargs), self.assertRaises(UserError):
                self._call(
                    self.worker,
                    "sos.danger",
                    "formatted_read_group",
                    domain,
                    ["case_id"],
                    ["__count"],
                    **kwargs,
                )
        for method, args in (
            ("web_read_group", (["text"], ["__count"])),
            ("read_progress_bar", ("text", {"field": "state", "colors": {}})),
            ("read_group", (["words:max(text)"], ["case_id"])),
        ):
            with self.subTest(method), self.assertRaises(UserError):
                self._call(self.worker, "sos.danger", method, domain, *args)

    def test_groups_say_of_which_families_they_tell(self):
        other = self._new_family()
        for groups, sums in (
            (["role"], ["__count"]),
            ([], ["__count"]),
            (["case_id.team_id"], ["since:max"]),
        ):
            with self.subTest(f"{groups} {sums}"):
                self._call(
                    self.worker,
                    "sos.case.member",
                    "formatted_read_group",
                    [("person_id", "in", (self.sam | other.child_ids[0]).ids)],
                    groups,
                    sums,
                )
                line = self._lines()
                self.assertEqual(line.operation, "listed")
                self.assertCountEqual(line.shown["sos.case"], (self.case | other).ids)

    def test_every_group_of_a_view_is_allowed(self):
        """What the lists themselves group by is no text about a family."""
        filters = self.env["ir.ui.view"].search([("type", "=", "search")])
        tried = 0
        for view in filters.filtered(lambda v: v.model in self.env):
            model = self.env[view.model].with_user(self.worker)
            for group in set(GROUP_BY.findall(view.arch)):
                if group.partition(":")[0] in model._fields:
                    tried += 1
                    with self.subTest(f"{view.model} {group}"):
                        model._sos_check_groups([group])
        self.assertGreater(tried, 50)


@tagged("post_install", "-at_install")
class TestAccessLookRoutes(LookCommon, HttpCase):
    """The same over the wire, through what only a route hands out."""

    def _post(self, path, **params):
        self._begin()
        response = self.url_open(
            path,
            data=json.dumps({"params": params}),
            headers={"Content-Type": "application/json"},
        )
        return response.json()["result"]

    def test_breadcrumbs(self):
        self.authenticate("worker", "worker")
        path = [{"model": "sos.case", "resId": self.case.id}]
        result = self._post("/web/action/load_breadcrumbs", actions=path)
        self.assertIn("Hill", json.dumps(result))
        line = self._lines()
        self.assertEqual((line.operation, line.case_id), ("named", self.case))
        self.assertEqual(line.route, "/web/action/load_breadcrumbs")
