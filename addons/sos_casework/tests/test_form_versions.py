import copy
import json

from odoo import Command, tools
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.modules.migration import load_script
from odoo.tests import tagged

from .common import SosCommon


@tagged("post_install", "-at_install")
class TestSosFormVersions(SosCommon):
    """Forms are records that an administrator changes, and a file that is read."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with tools.file_open("sos_casework/data/forms.json") as file:
            cls.shipped = json.load(file)
        cls.types = cls.env["sos.form.type"]
        cls.assessment = cls.types._get("assessment")

    def _new_version(self):
        """A draft of the assessment, made as a configurator does in the browser."""
        live = self.assessment.live_version_id.with_user(self.configurator)
        return live.browse(live.action_new_version()["res_id"])

    def test_shipped_specification_is_all_there(self):
        for entry in self.shipped["types"]:
            version = self.types._get(entry["code"]).live_version_id
            self.assertEqual(
                [(s.code, s.required) for s in version.section_ids],
                [(s["code"], s["required"]) for s in entry["sections"]],
            )
            self.assertEqual(
                version.decision_ids.mapped("code"),
                [d["code"] for d in entry["decisions"]],
            )
            self.assertFalse(version.section_ids.filtered("lacks_purpose"))
        known = {
            name[len("_effect_") :]
            for name in dir(self.env["sos.form.child"])
            if name.startswith("_effect_")
        }
        self.assertEqual(set(self.env["sos.effect"].search([]).mapped("code")), known)
        for fact in self.env["sos.form.fact"].search([]):
            model = "sos.form" if fact.scope == "form" else "sos.form.child"
            self.assertIn(fact.code, self.env[model]._fields)

    def test_whom_a_meeting_needs_comes_with_its_type(self):
        for entry in self.shipped["types"]:
            form_type = self.types._get(entry["code"])
            services = set(form_type.service_ids.mapped("code"))
            self.assertEqual(services, set(entry["services"]))
            self.assertEqual(form_type.needs_report, entry["needs_report"])
        older = copy.deepcopy(self.shipped)
        for entry in older["types"]:
            del entry["services"], entry["needs_report"]
        older["types"][0]["code"] = "front_door"
        self.types._import_specification(older)
        self.assertFalse(self.types._get("front_door").service_ids)

    def test_an_upgrade_says_it_of_the_types_that_are_there(self):
        types = self.types.search([])
        types.write({"service_ids": [Command.clear()], "needs_report": False})
        path = "sos_casework/migrations/19.0.1.3.0/post-meetings.py"
        script = load_script(tools.file_path(path), "post_meetings")
        script.migrate(self.env.cr, "19.0.1.2.0")
        self.env.invalidate_all()
        services = self.types._get("strategy").service_ids.mapped("code")
        self.assertEqual(set(services), {"police", "health"})
        needing = types.filtered("needs_report").mapped("code")
        self.assertEqual(needing, ["initial_conference"])

    def test_reading_it_again_changes_nothing(self):
        versions = self.env["sos.form.version"].search([])
        self.assertEqual(self.types._import_shipped(), [])
        self.assertEqual(self.env["sos.form.version"].search([]), versions)

    def test_reading_it_on_a_changed_database_makes_a_draft(self):
        version = self._new_version()
        version.section_ids[0].name = "Why we are here"
        version.action_publish()
        self.assessment.name = "Our assessment"
        self.env["sos.step"].search([("code", "=", "assessment")]).due_number = 35
        for _time in range(2):
            report = self.types._import_shipped()
        self.assertEqual(report, [])
        versions = self.assessment.version_ids.sorted("number")
        self.assertEqual(versions.mapped("state"), ["retired", "live", "draft"])
        self.assertEqual(versions[1].section_ids[0].name, "Why we are here")
        self.assertEqual(self.assessment.name, "Our assessment")
        step = self.env["sos.step"].search([("code", "=", "assessment")])
        self.assertEqual(step.due_number, 35)

    def test_specification_that_names_what_it_lacks(self):
        broken = copy.deepcopy(self.shipped)
        broken["types"][0]["sections"].append({"code": "nowhere", "required": False})
        before = self.env["sos.form.version"].search_count([])
        with self.assertRaisesRegex(UserError, "“contact” names 'nowhere'"):
            self.types._import_specification(broken)
        self.assertEqual(self.env["sos.form.version"].search_count([]), before)
        with self.assertRaisesRegex(UserError, "not of format 1"):
            self.types._import_specification({"format": 2})

    def test_live_version_stays_as_it_is(self):
        live = self.assessment.live_version_id.with_user(self.configurator)
        for change in (
            lambda: live.section_ids[0].write({"name": "x"}),
            lambda: live.section_ids[0].unlink(),
            lambda: live.decision_ids[0].write({"name": "x"}),
            lambda: live.decision_ids.create(
                {"version_id": live.id, "code": "x", "name": "x"}
            ),
            lambda: live.write({"fact_ids": [Command.clear()]}),
            lambda: live.unlink(),
            lambda: live.action_tested(),
            lambda: live.action_publish(),
            lambda: live.section_ids.create(
                {"version_id": live.id, "code": "more", "name": "More"}
            ),
        ):
            with self.assertRaisesRegex(UserError, "Make a new version"):
                change()
        with self.assertRaisesRegex(UserError, "buttons"):
            self._new_version().write({"state": "live"})

    def test_form_keeps_the_version_it_was_opened_with(self):
        old = self._open("assessment", self.sam)
        version = self._new_version()
        version.section_ids.filtered(lambda s: s.code == "network_views").unlink()
        version.write(
            {
                "section_ids": [
                    Command.create(
                        {
                            "code": "own_question",
                            "name": "Does the child have a pet?",
                            "kind": "question",
                            "required": True,
                        }
                    )
                ]
            }
        )
        version.action_tested()
        version.action_publish()
        new = self._open("assessment", self.robin)
        self.assertNotEqual(old.version_id, new.version_id)
        self.assertIn("network_views", old.answer_ids.mapped("code"))
        self.assertNotIn("network_views", new.answer_ids.mapped("code"))
        self.assertIn("own_question", new.answer_ids.mapped("code"))
        with self.assertRaisesRegex(UserError, "Does the child have a pet"):
            new.action_submit()

    def test_own_question_keeps_to_its_kind(self):
        version = self._new_version()
        kinds = {
            "number": (("3", "2.5"), ("three", "1e999")),
            "date": (("31/01/2026",), ("31/02/2026", "soon")),
            "yes_no": (("Yes", "no"), ("perhaps",)),
            "text": (("anything",), ()),
        }
        for kind in kinds:
            version.write(
                {
                    "section_ids": [
                        Command.create(
                            {
                                "code": f"own_{kind}",
                                "name": kind,
                                "kind": "question",
                                "question_type": kind,
                            }
                        )
                    ]
                }
            )
        version.action_publish()
        form = self._open("assessment")
        for kind, (good, bad) in kinds.items():
            for words in good:
                form.write_answer(f"own_{kind}", words)
            for words in bad:
                with self.assertRaisesRegex(ValidationError, f"“{kind}” wants"):
                    form.write_answer(f"own_{kind}", words)
            form.write_answer(f"own_{kind}", "")

    def test_version_that_asks_nothing_is_not_published(self):
        draft = self._new_version()
        draft.section_ids.unlink()
        with self.assertRaisesRegex(UserError, "without sections asks nothing"):
            draft.action_publish()
        self.assertEqual(draft.state, "draft")

    def test_only_configurators_configure(self):
        live = self.assessment.live_version_id
        for user in (self.worker, self.manager, self.auditor, self.analyst):
            with self.subTest(user.login), self.assertRaises(AccessError):
                live.with_user(user).action_new_version()
            draft = self._new_version()
            with self.subTest(user.login), self.assertRaises(AccessError):
                draft.with_user(user).action_publish()
            with self.subTest(user.login), self.assertRaises(AccessError):
                draft.with_user(user).action_tested()
            self.assertEqual(draft.state, "draft")

    def test_a_pathway_of_ones_own_is_data_alone(self):
        """A new form type with its decision and next step, without code."""
        admin = self.env(user=self.configurator)
        visit = self.types._get("visit")
        own = admin["sos.form.type"].create(
            {"code": "early_help", "name": "Early help"}
        )
        version = admin["sos.form.version"].create(
            {
                "type_id": own.id,
                "section_ids": [
                    Command.create({"code": "reason", "name": "Why", "required": True}),
                    Command.create(
                        {"code": "decision", "name": "So", "kind": "decision"}
                    ),
                ],
                "decision_ids": [
                    Command.create(
                        {"code": "go", "name": "Go", "opens_type_ids": visit.ids}
                    )
                ],
            }
        )
        version.action_publish()
        form = self._open("early_help", self.sam)
        form.write_answer("reason", "They asked.")
        self._decide(form, "go")
        form.action_submit()
        self.assertEqual(form.state, "complete")
        opened = self.case.form_ids.filtered(lambda f: f.type_code == "visit")
        self.assertEqual(opened.child_ids.child_id, self.sam)

    def test_last_answer_is_shown_where_the_policy_says_so(self):
        self._refer()
        first = self._fill(self._open("assessment"), decision="continue_cp")
        first.write_answer("analysis", "The nights are the gap.")
        first.write_answer("reason", "Fresh each time.")
        first.write({"query_reason": "None."})
        self._sign(first)
        second = self._open("section47")
        answers = {a.code: a for a in second.answer_ids}
        self.assertIn("The nights are the gap.", answers["analysis"].previous)
        self.assertFalse(answers["medical"].previous)
        third = self._open("conference_report")
        self.assertFalse(
            third.answer_ids.filtered(lambda a: a.code == "reason").previous
        )
