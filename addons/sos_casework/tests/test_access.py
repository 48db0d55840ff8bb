from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import SosCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-09-07 10:00:00")
class TestSosAccess(SosCommon):
    """Every model that holds something about a family, met by each role: those who
    work with the family read it, nobody else does, and nobody deletes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        self = cls()
        cls._fill_family(self)
        cls.models = cls._family_models()

    @classmethod
    def _family_models(cls):
        """Every stored model that names a family, or a person of one."""
        return sorted(
            name
            for name, model in cls.env.registry.items()
            if name.startswith("sos.")
            and not model._abstract
            and not model._transient
            and (
                name in ("sos.case", "sos.person")
                or {"case_id", "person_id"} & model._fields.keys()
            )
        )

    def _fill_family(self):
        """At least one record of every model."""
        worker = self.env(user=self.worker)
        case, sam, alex = self.case.id, self.sam.id, self.alex.id
        self._protected()
        form = self.case.form_ids.filtered(lambda f: f.type_code == "contact")
        worker["sos.address"].create({"person_id": alex, "text": "1 High Street"})
        worker["sos.person.flag"].create(
            {"person_id": alex, "text": "A dog.", "review_on": "2026-12-01"}
        )
        worker["sos.case.note"].create(
            {
                "case_id": case,
                "kind_id": self._code("note_kind", "phone").id,
                "text": "Alex rang.",
            }
        )
        danger = worker["sos.danger"].create(
            {"case_id": case, "text": "We worry.", "goal": "Sam is safe."}
        )
        worker["sos.rating"].create(
            {"case_id": case, "danger_id": danger.id, "person_id": alex, "score": 4}
        )
        worker["sos.opinion"].create(
            {
                "case_id": case,
                "danger_id": danger.id,
                "person_id": alex,
                "opinion": "agrees",
            }
        )
        worker["sos.map.line"].create(
            {"case_id": case, "kind": "strength", "text": "Up on time every day."}
        )
        worker["sos.bottom.line"].create(
            {"case_id": case, "danger_id": danger.id, "text": "Three people know."}
        )
        worker["sos.network.member"].create({"case_id": case, "person_id": alex})
        plan = worker["sos.safety.plan"].create(
            {
                "case_id": case,
                "rule_ids": [
                    Command.create({"case_id": case, "text": "Nana sleeps over."})
                ],
            }
        )
        worker["sos.journal.entry"].create(
            {"rule_id": plan.rule_ids.id, "written_by_id": alex, "kept": "kept"}
        )
        worker["sos.voice"].create(
            {"case_id": case, "child_id": sam, "tool": "words", "words": "I sing."}
        )
        worker["sos.share.wish"].create(
            {"case_id": case, "child_id": sam, "person_id": alex, "share": True}
        )
        worker["sos.words.pictures"].create(
            {"case_id": case, "panel_ids": [Command.create({"text": "Once…"})]}
        )
        worker["sos.timeline.step"].create({"case_id": case, "step": "Meet."})
        worker["sos.form.addendum"].create({"form_id": form.id, "text": "More."})
        self.env["sos.allocation"].with_user(self.manager).create(
            {"case_id": case, "user_id": self.worker.id}
        )
        with freeze_time("2026-10-07 10:00:00"):
            review = self._open("review_conference", user=self.support)
            review.write({"chair_id": self.chair.id, "held_on": "2026-10-07"})
            self._sign(self._fill(review, self.support, "continue"), self.chair)

    def _records(self, model):
        return self.env[model].search([])

    def test_every_model_has_a_record_to_try(self):
        """Otherwise the other tests would pass by having nothing to refuse."""
        later = {"sos.form.document.picture", "sos.form.given", "sos.output.release"}
        for model in self.models:
            if model not in later:
                self.assertTrue(self._records(model), model)

    def test_those_who_work_with_the_family_read_all_of_it(self):
        for model in self.models:
            for user in (self.worker, self.manager, self.support):
                with self.subTest(f"{model} {user.login}"):
                    records = self._records(model)
                    self.assertEqual(
                        self.env[model].with_user(user).search_count([]), len(records)
                    )
                    records.with_user(user).read()

    def test_nobody_else_reads_by_search_id_name_or_group(self):
        outside = (
            self.outsider,
            self.other_manager,
            self.lead,
            self.analyst,
            self.configurator,
            self.env.ref("base.public_user"),
        )
        tried = 0
        for model in self.models:
            records = self._records(model)
            for user in outside:
                tried += 1
                theirs = self.env[model].with_user(user)
                with self.subTest(f"{model} {user.login}"):
                    if theirs.has_access("read"):
                        self.assertFalse(theirs.search([]))
                        self.assertFalse(theirs.name_search(""))
                        counts = theirs._read_group([], [], ["__count"])
                        self.assertEqual(counts, [(0,)])
                    if records:
                        with self.assertRaises(AccessError):
                            records[:1].with_user(user).read()
                        with self.assertRaises(UserError):
                            records[:1].with_user(user).export_data(["id"])
        self.assertGreater(tried, 150)

    def test_nobody_else_writes_or_adds(self):
        for model in self.models:
            record = self._records(model)[:1]
            if not record:
                continue
            field = next(
                name
                for name, field in record._fields.items()
                if field.store and field.type in ("char", "text", "date", "many2one")
            )
            for user in (self.outsider, self.lead, self.analyst, self.auditor):
                with self.subTest(f"{model} {user.login}"):
                    with self.assertRaises(AccessError):
                        record.with_user(user).check_access("write")
                    self.assertFalse(
                        user.has_group("sos_casework.group_writer")
                        and record.with_user(user).has_access("write"),
                        field,
                    )

    def test_nobody_deletes(self):
        every = self.env["res.users"].search([("login", "!=", "__system__")])
        for model in self.models:
            record = self._records(model)[:1]
            for user in every:
                with self.subTest(f"{model} {user.login}"):
                    self.assertFalse(
                        self.env[model].with_user(user).has_access("unlink")
                    )
                    if record:
                        with self.assertRaises(AccessError):
                            record.with_user(user).unlink()

    def test_public_methods_ask_for_rights(self):
        form = self.case.form_ids.filtered(lambda f: f.type_code == "core_group")
        form = form or self._open("assessment")
        for user in (self.outsider, self.other_manager, self.configurator):
            theirs = form[:1].with_user(user)
            for call in (
                lambda f: f.write_answer("analysis", "x"),
                lambda f: f.action_submit(),
                lambda f: f.action_authorise(),
                lambda f: f.action_cancel("x"),
                lambda f: f.action_release("x"),
                lambda f: f.child_ids.action_confirm(),
                lambda f: f.case_id.open_form("visit"),
                lambda f: f.case_id.deadline_ids.action_pause("x"),
                lambda f: f.action_change_log(),
            ):
                with self.subTest(user.login), self.assertRaises(AccessError):
                    call(theirs)

    def test_administrator_of_odoo_has_no_role(self):
        """Odoo's Settings group is no casework role."""
        admin = self.env.ref("base.user_admin")
        self.assertFalse(admin.has_group("sos_casework.group_reader"))
        with self.assertRaises(AccessError):
            self.case.with_user(admin).read(["name"])

    def test_nobody_brings_in_a_person_they_may_not_read(self):
        """Being in one's own family file would make anybody readable."""
        stranger = self.env["sos.person"].create({"last_name": "Else"})
        self.env["sos.case"].create(
            {
                "name": "Else",
                "team_id": self.other_team.id,
                "member_ids": [Command.create({"person_id": stranger.id})],
            }
        )
        member = {"case_id": self.case.id, "person_id": stranger.id}
        with self.assertRaises(AccessError):
            self.env["sos.case.member"].with_user(self.worker).create(member)
        with self.assertRaisesRegex(UserError, "stays where it is"):
            self.case.member_ids[0].with_user(self.worker).person_id = stranger

    def test_nothing_is_moved_into_another_family(self):
        other = self.env["sos.case"].create(
            {"name": "Else", "team_id": self.other_team.id}
        )
        for line in (self.case.danger_ids, self.case.note_ids, self.case.voice_ids):
            with self.assertRaisesRegex(
                UserError, "stays with its family|stays where it is"
            ):
                line[:1].with_user(self.worker).case_id = other

    def test_links_of_the_pathway_are_not_typed_in(self):
        form = self._open("assessment")
        line = form.child_ids[0]
        values = {"episode_id": self.case.episode_ids[0].id}
        with self.assertRaisesRegex(UserError, "does not change"):
            line.write(values)
        with self.assertRaisesRegex(UserError, "not typed in"):
            form.env["sos.form.child"].create(
                {"form_id": form.id, "child_id": self.sam.id, **values}
            )

    def test_dialogs_are_ones_own(self):
        """Odoo lets whoever may use a dialog read what others typed into it."""
        rules = self.env["ir.rule"].sudo()
        dialogs = [
            name
            for name, model in self.env.registry.items()
            if name.startswith("sos.") and model._transient
        ]
        self.assertIn("sos.referral", dialogs)
        for name in dialogs:
            rule = rules.search([("model_id.model", "=", name), ("groups", "=", False)])
            self.assertIn("create_uid", rule.domain_force or "", name)
        form = self._open("assessment")
        dialog = form.env["sos.form.reason"].create(
            {"form_id": form.id, "operation": "action_cancel", "reason": "Sam said…"}
        )
        with self.assertRaises(AccessError):
            dialog.with_user(self.manager).read(["reason"])
