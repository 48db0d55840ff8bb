from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .test_practice import PracticeCommon

MODELS = (
    "sos.danger",
    "sos.rating",
    "sos.map.line",
    "sos.opinion",
    "sos.bottom.line",
    "sos.network.member",
    "sos.safety.plan",
    "sos.safety.rule",
    "sos.journal.entry",
    "sos.voice",
    "sos.share.wish",
    "sos.words.pictures",
    "sos.words.pictures.panel",
    "sos.timeline.step",
)


@tagged("post_install", "-at_install")
class TestPracticeAccess(PracticeCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        plan = cls._line(
            "sos.safety.plan",
            rule_ids=[Command.create({"text": "Nana sleeps here on Fridays."})],
        )
        story = cls._line(
            "sos.words.pictures",
            title="Sam's story",
            panel_ids=[Command.create({"text": "Sam laughs."})],
        )
        #: model → the values of one record of the family
        cls.values = {
            "sos.danger": {"text": "Kit might hit Sam."},
            "sos.rating": {"score": 3, "person_id": cls.alex.id},
            "sos.map.line": {"kind": "strength", "text": "Sam sings."},
            "sos.opinion": {
                "danger_id": cls.danger.id,
                "person_id": cls.alex.id,
                "opinion": "agrees",
            },
            "sos.bottom.line": {"danger_id": cls.danger.id, "text": "Sam has a key."},
            "sos.network.member": {"person_id": cls.alex.id, "role": "Sam's mum"},
            "sos.safety.plan": {"safety_object": "Sam's bear"},
            "sos.safety.rule": {"plan_id": plan.id, "text": "Sam rings Nana."},
            "sos.journal.entry": {
                "rule_id": plan.rule_ids.id,
                "written_by_id": cls.alex.id,
                "kept": "kept",
                "text": "Sam rang.",
            },
            "sos.voice": {"child_id": cls.sam.id, "tool": "words", "words": "I sing."},
            "sos.share.wish": {"child_id": cls.sam.id, "person_id": cls.alex.id},
            "sos.words.pictures": {"title": "Sam's story"},
            "sos.words.pictures.panel": {"story_id": story.id, "text": "Sam runs."},
            "sos.timeline.step": {"step": "Sam meets the network"},
        }
        cls.records = {
            model: cls._line(model, **vals) for model, vals in cls.values.items()
        }

    def test_every_model_is_covered(self):
        """A new model of the practice record joins this table."""
        mixins = ("sos.family.line.mixin", "sos.practice.mixin")
        models = {
            name
            for name, model in self.env.registry.items()
            if model._module == "sos_casework"
            and not model._abstract
            and any(self.env.registry[mixin] in model.mro() for mixin in mixins)
        }
        self.assertEqual(set(MODELS), models)
        self.assertEqual(set(MODELS), set(self.records))

    def test_outsiders_learn_nothing_by_guessing(self):
        """Whether a person is of a family shows in no error message."""
        line = {"kind": "strength", "text": "x"}
        messages = []
        for person in (self.sam, self.other_child):
            with self.assertRaises(AccessError) as caught:
                self._line(
                    "sos.map.line", user=self.outsider, words_of_id=person.id, **line
                )
            messages.append(str(caught.exception))
        self.assertEqual(messages[0], messages[1])

    def test_lines_of_another_family_cannot_be_pointed_to(self):
        plan = self.env["sos.safety.plan"].create(
            {
                "case_id": self.other_case.id,
                "rule_ids": [Command.create({"text": "Theirs."})],
            }
        )
        opinion = {"person_id": self.alex.id, "opinion": "agrees"}
        entry = {"written_by_id": self.alex.id, "kept": "kept"}
        for case_id in (self.case.id, False):
            for model, vals in (
                ("sos.opinion", {"danger_id": self.other_danger.id, **opinion}),
                ("sos.journal.entry", {"rule_id": plan.rule_ids.id, **entry}),
                ("sos.safety.rule", {"plan_id": plan.id, "text": "x"}),
            ):
                with self.subTest(model=model, case=case_id):
                    with self.assertRaises(AccessError):
                        self._line(model, **{**vals, "case_id": case_id})

    def test_a_network_cannot_draw_in_people_of_another_family(self):
        """Who may not see a person cannot make them visible by a network line."""
        stranger = self.other_child.id
        with self.assertRaises(AccessError):
            self._line("sos.network.member", person_id=stranger)
        self.assertNotIn(self.other_child, self.case.member_ids.person_id)

    def test_restricted_family_is_closed_to_the_service(self):
        self.case.with_user(self.manager).write(
            {"restricted": True, "named_reader_ids": [Command.set(self.worker.ids)]}
        )
        for model, record in self.records.items():
            for user in (self.service_manager, self.auditor, self.support):
                with self.subTest(model=model, user=user.login):
                    self.assertFalse(record.with_user(user).has_access("read"))
            self.assertTrue(record.with_user(self.worker).has_access("read"))

    def test_nobody_deletes(self):
        for user in (
            self.worker,
            self.manager,
            self.service_manager,
            self.configurator,
        ):
            for model, record in self.records.items():
                with self.subTest(user=user.login, model=model):
                    with self.assertRaises(AccessError):
                        record.with_user(user).unlink()
        for model, record in self.records.items():
            with self.subTest(model=model):
                with self._refused("Nothing that was recorded", UserError):
                    record.sudo().unlink()

    def test_changes_are_in_the_change_log(self):
        changes = {
            "sos.danger": ("goal", "Kit will sing.", "", "Kit will sing."),
            "sos.map.line": ("kind", "complicating", "Strength", "Makes it harder"),
            "sos.opinion": ("opinion", "partly", "Agrees", "Agrees in part"),
            "sos.bottom.line": ("text", "New", "Sam has a key.", "New"),
            "sos.network.member": ("role", "Nana's neighbour", None, None),
            "sos.safety.plan": ("signs_of_danger", "Shouting", "", "Shouting"),
            "sos.safety.rule": ("status", "kept", "Proposed", "Kept"),
            "sos.share.wish": ("share", True, "no", "yes"),
            "sos.words.pictures": ("title", "Us", "Sam's story", "Us"),
            "sos.words.pictures.panel": ("text", "Runs.", "Sam runs.", "Runs."),
            "sos.timeline.step": ("due_on", "2027-01-05", "", "2027-01-05"),
            "sos.voice": ("words", "I run.", "I sing.", "I run."),
        }
        fixed = {"sos.rating", "sos.journal.entry"}
        self.assertEqual(set(changes) | fixed, set(MODELS))
        for model, (name, value, old, new) in changes.items():
            with self.subTest(model=model):
                record = self.records[model]
                record.write({name: value})
                log = (
                    self.env["sos.change.log"]
                    .with_user(self.worker)
                    .search([("res_model", "=", model), ("res_id", "=", record.id)])
                )
                self.assertEqual(log.field, name)
                self.assertEqual(log.case_id, self.case)
                self.assertEqual(log.user_id, self.worker)
                if old is not None:
                    self.assertEqual((log.old or "", log.new), (old, new))
                self.assertFalse(
                    self.env["sos.change.log"]
                    .with_user(self.outsider)
                    .search([("id", "=", log.id)])
                )


@tagged("post_install", "-at_install")
class TestPracticeScreens(PracticeCommon):
    def test_names_are_words_and_not_codes(self):
        plan = self._plan()
        self.assertRegex(plan.display_name, r"^Interim safety plan, \d\d/\d\d/\d{4}$")
        voice = self._line(
            "sos.voice", child_id=self.sam.id, tool="safety_house", on_date="2026-03-04"
        )
        self.assertEqual(voice.display_name, "Safety house, Sam, 04/03/2026")
        wish = self._line("sos.share.wish", child_id=self.sam.id, person_id=self.kit.id)
        self.assertEqual(wish.display_name, "Kit Moor may not see Sam's words")
        member = self._line("sos.network.member", person_id=self.kit.id)
        self.assertEqual(member.display_name, "Kit Moor")
        self.danger.text = "Sam " * 60
        self.assertLessEqual(len(self.danger.display_name), 80)

    def test_every_form_opens_and_saves_for_a_worker(self):
        plan = self._plan()
        fill = {
            "sos.danger": {"text": "Kit might hit Sam."},
            "sos.rating": {"person_id": self.alex, "score": 3},
            "sos.map.line": {"kind": "strength", "text": "Sam sings."},
            "sos.bottom.line": {"danger_id": self.danger, "text": "Sam has a key."},
            "sos.network.member": {"person_id": self.alex},
            "sos.safety.plan": {"kind": "long_term"},
            "sos.safety.rule": {"plan_id": plan, "text": "Sam rings Nana."},
            "sos.journal.entry": {
                "rule_id": plan.rule_ids,
                "written_by_id": self.alex,
                "kept": "kept",
            },
            "sos.voice": {"child_id": self.sam, "tool": "three_houses"},
            "sos.share.wish": {"child_id": self.sam, "person_id": self.alex},
            "sos.words.pictures": {"title": "Sam's story"},
            "sos.timeline.step": {"step": "The network meets"},
        }
        for model, vals in fill.items():
            with self.subTest(model=model):
                context = {"default_case_id": self.case.id, "hide_case": True}
                form = Form(self.env_worker[model].with_context(**context))
                for name, value in vals.items():
                    form[name] = value
                self.assertEqual(form.save().case_id, self.case)

    def test_the_map_of_a_family_has_its_three_columns(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sos_casework.sos_map_line_action_map"
        )
        self.assertIn("active_id", action["domain"])
        self._line("sos.map.line", kind="next_step", text="Ring Nana.")
        lines = self.env_worker["sos.map.line"].with_context(read_group_expand=True)
        groups = lines.web_read_group(
            [("case_id", "=", self.case.id)], ["column"], ["__count"]
        )["groups"]
        self.assertEqual(
            [(group["column"], group["__count"]) for group in groups],
            [("worries", 0), ("working_well", 0), ("needs", 1)],
        )

    def test_lists_hide_the_family_inside_a_family_file(self):
        for model in ("sos.danger", "sos.map.line", "sos.voice", "sos.safety.plan"):
            arch = self.env_worker[model].get_view(view_type="list")["arch"]
            self.assertIn("column_invisible=\"context.get('hide_case')\"", arch)
