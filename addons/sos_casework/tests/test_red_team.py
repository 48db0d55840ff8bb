import base64
import json
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import Command, api
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.models import LOG_ACCESS_COLUMNS
from odoo.sql_db import db_connect
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import SosCommon

DOT = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
    "awAAAABJRU5ErkJggg=="
)


class RedTeamCommon(SosCommon):
    """The family Hill, and somebody of another team who has a family of their own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        env = cls.env(user=cls.outsider)
        child = env["sos.person"].create({"first_name": "Olly", "last_name": "Own"})
        cls.own = env["sos.case"].create(
            {"name": "Own", "member_ids": [Command.create({"person_id": child.id})]}
        )


@tagged("post_install", "-at_install")
@freeze_time("2026-09-07 10:00:00")
class TestRedTeamReading(RedTeamCommon):
    """What is worked out as superuser must not be had by pointing at a stranger."""

    def _get_relations(self):
        """Every single reference to a person or a family that a user may fill in."""
        theirs = {"sos.person": self.sam.id, "sos.case": self.case.id}
        for name, model in sorted(self.env.registry.items()):
            if not name.startswith("sos.") or model._abstract:
                continue
            if not self.env[name].with_user(self.outsider).has_access("create"):
                continue
            for field in model._fields.values():
                if field.type == "many2one" and field.comodel_name in theirs:
                    yield name, field.name, theirs[field.comodel_name]

    def test_window_does_not_tell_of_somebody_elses_child(self):
        tried = 0
        for model, field, record_id in self._get_relations():
            tried += 1
            lines = self.env[model].with_user(self.outsider)
            spec = {name: {} for name in lines._fields if name != "id"}
            own = {"case_id": self.own.id} if "case_id" in spec else {}
            with self.subTest(f"{model}.{field}, typed in"):
                with self.assertRaises(AccessError):
                    lines.onchange({**own, field: record_id}, [field], spec)
            with self.subTest(f"{model}.{field}, from an address"):
                with self.assertRaises(AccessError):
                    lines.with_context(**{f"default_{field}": record_id}).onchange(
                        {}, [], spec
                    )
        self.assertGreater(tried, 30)

    def test_window_does_not_tell_by_its_lines(self):
        form = self.own.with_user(self.outsider).open_form("strategy")
        line = {"person_id": self.sam.id}
        for command in (Command.create(line), Command.link(self.sam.id)):
            name = "attendance_ids" if command[0] == Command.CREATE else "child_ids"
            values = {name: [command]}
            record = form if name == "attendance_ids" else form.env["sos.danger"]
            with self.subTest(name), self.assertRaises(AccessError):
                record.onchange(values, [name], {name: {"fields": {}}})

    def test_form_names_nobody_from_another_family(self):
        """A form is gathered as superuser: whoever stands in it is named in it."""
        form = self.own.with_user(self.outsider).open_form("strategy")
        with self.assertRaises(AccessError):
            form.write({"attendance_ids": [Command.create({"person_id": self.sam.id})]})
        with self.assertRaises(AccessError):
            form.env["sos.form.attendance"].create(
                {"form_id": form.id, "person_id": self.sam.id}
            )
        note = {
            "case_id": self.own.id,
            "kind_id": self._code("note_kind", "phone").id,
            "text": "Rang.",
            "child_ids": [Command.set(self.sam.ids)],
        }
        with self.assertRaises(AccessError):
            form.env["sos.case.note"].create(note)
        self.assertNotIn("Hill", form.document_html)

    def test_dialog_tells_nothing_of_somebody_elses_child(self):
        birth = self.env["sos.person.birth"].with_user(self.outsider)
        sex = self._code("sex", "F").id
        with self.assertRaises(AccessError):
            birth.create({"person_id": self.sam.id, "sex_id": sex})
        with self.assertRaises(AccessError):
            birth.with_context(default_person_id=self.sam.id).create({"sex_id": sex})

    def test_ones_own_family_works_as_before(self):
        """The refusals above are not the refusal of everything."""
        person = self.own.child_ids
        values = {"case_id": self.own.id, "person_id": person.id}
        spec = {"rater_name": {}, "person_id": {"fields": {"display_name": {}}}}
        rating = self.env["sos.rating"].with_user(self.outsider)
        value = rating.onchange(values, ["person_id"], spec)["value"]
        self.assertIn("Olly", json.dumps(value))


@tagged("post_install", "-at_install")
@freeze_time("2026-09-07 10:00:00")
class TestRedTeamFiles(SosCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.voice = (
            cls.env["sos.voice"]
            .with_user(cls.worker)
            .create(
                {
                    "case_id": cls.case.id,
                    "child_id": cls.sam.id,
                    "tool": "drawing",
                    "image": DOT,
                }
            )
        )
        cls.picture = cls.env["ir.attachment"].search(
            [
                ("res_model", "=", "sos.voice"),
                ("res_id", "=", cls.voice.id),
                ("res_field", "=", "image"),
            ]
        )

    def test_drawing_is_not_opened_to_everybody(self):
        picture = self.picture.with_user(self.worker)
        with self.assertRaises(UserError):
            picture.write({"public": True})
        with self.assertRaises(UserError):
            picture.generate_access_token()
        with self.assertRaisesRegex(ValidationError, "by a link"):
            picture.sudo().generate_access_token()

    def test_drawing_is_not_changed_or_deleted_behind_its_record(self):
        picture = self.picture.with_user(self.worker)
        other = base64.b64decode(DOT) + b"x"
        for change in (
            lambda: picture.unlink(),
            lambda: picture.sudo()._delete_and_notify(),
            lambda: picture.write({"raw": other}),
            lambda: picture.write({"res_model": False, "res_id": 0}),
            lambda: picture.create(
                {
                    "name": "image",
                    "raw": other,
                    "res_model": "sos.voice",
                    "res_id": self.voice.id,
                    "res_field": "image",
                }
            ),
        ):
            with self.assertRaisesRegex(UserError, "stays as it is"):
                change()
        self.assertTrue(self.picture.exists())

    def test_file_is_not_slipped_into_a_family(self):
        mine = self.env["ir.attachment"].with_user(self.worker).create({"name": "a"})
        with self.assertRaisesRegex(UserError, "stays as it is"):
            mine.write({"res_model": "sos.voice", "res_id": self.voice.id})

    def test_drawing_is_changed_in_its_record(self):
        self.voice.image = False
        self.assertFalse(self.picture.exists())


@tagged("post_install", "-at_install")
@freeze_time("2026-09-07 10:00:00")
class TestRedTeamWriting(RedTeamCommon):
    """The client keeps read-only fields read-only; callers of the API do not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        self = cls()
        self._protected()
        cls.form = self._open("visit")

    def _get_forged(self, record, field):
        kind = field.type
        if kind == "selection":
            return field.get_values(self.env)[-1]
        if kind == "many2one":
            found = self.env[field.comodel_name].with_user(self.manager).search([])
            return found[-1:].id
        day = {"date": "2026-01-02", "datetime": "2026-01-02 03:04:05"}
        value = {"boolean": True, "integer": 7, "float": 7.0, **day}
        return value.get(kind, "Forged")

    def test_what_the_system_fills_in_is_not_typed_in(self):
        mixin = self.env.registry["sos.record.mixin"]
        kept = {*LOG_ACCESS_COLUMNS, "id"}
        tried = 0
        for name in sorted(self.env.registry):
            model = self.env[name].with_user(self.manager)
            if not isinstance(model, mixin) or model._abstract:
                continue
            if not model.has_access("read"):
                continue
            record = self.env[name].with_user(self.manager).search([], limit=1)
            if not record or not record.has_access("write"):
                continue
            for field in model._fields.values():
                if not field.store or not field.readonly or field.name in kept:
                    continue
                if field.type in ("one2many", "many2many", "binary"):
                    continue
                tried += 1
                vals = {field.name: self._get_forged(record, field)}
                with self.subTest(field), self.assertRaises(UserError):
                    record.write(vals)
        self.assertGreater(tried, 35)

    def test_nobody_signs_with_somebody_elses_name(self):
        answer = self.form.answer_ids[0]
        for vals in (
            {"written_by_id": self.manager.id},
            {"written_at": "2026-01-01 10:00:00"},
            {"revision": 9},
            {"body": "x", "child_id": self.robin.id},
            {"section_id": self.form.version_id.section_ids[-1].id},
        ):
            with self.subTest(vals), self.assertRaises(UserError):
                answer.with_user(self.worker).write(vals)
        answer.with_user(self.worker).write(
            {"body": "Seen.", "written_by_id": self.manager.id}
        )
        self.assertEqual(answer.written_by_id, self.worker)
        note = (
            self.env["sos.case.note"]
            .with_user(self.worker)
            .create(
                {
                    "case_id": self.case.id,
                    "kind_id": self._code("note_kind", "phone").id,
                    "text": "Rang.",
                    "author_id": self.manager.id,
                }
            )
        )
        self.assertEqual(note.author_id, self.worker)
        with self.assertRaises(UserError):
            note.author_id = self.manager

    def test_default_of_a_call_is_typed_in_as_well(self):
        """Odoo takes ``default_<field>`` from the context of any call."""
        context = {
            "default_state": "authorised",
            "default_authorised_by_id": self.manager.id,
            "default_submitted_by_id": self.worker.id,
            "default_released": True,
            "default_confirmed_on": "2026-09-07",
            "default_confirmed_at": "2026-09-07 10:00:00",
            "default_written_by_id": self.manager.id,
        }
        form = self.case.with_user(self.worker).with_context(**context)
        form = form.open_form("supervision").with_env(self.env(user=self.worker))
        self.assertEqual(form.state, "draft")
        self.assertFalse(form.authorised_by_id or form.submitted_by_id)
        self.assertFalse(form.released)
        self.assertFalse(any(form.child_ids.mapped("confirmed_at")))
        self.assertFalse(form.answer_ids.written_by_id)
        note = (
            self.env["sos.case.note"]
            .with_user(self.worker)
            .with_context(default_completed_at="2026-01-01 10:00:00")
            .create(
                {
                    "case_id": self.case.id,
                    "kind_id": self._code("note_kind", "phone").id,
                    "text": "Rang.",
                }
            )
        )
        self.assertFalse(note.completed_at)

    def test_family_of_a_line_follows_from_its_form(self):
        with self.assertRaisesRegex(UserError, "filled in by the system"):
            self.form.env["sos.form.attendance"].create(
                {
                    "form_id": self.form.id,
                    "user_id": self.worker.id,
                    "case_id": self.own.id,
                }
            )

    def test_new_family_is_not_hidden_from_its_manager(self):
        cases = self.env["sos.case"].with_user(self.worker)
        named = {"named_reader_ids": [Command.set(self.worker.ids)]}
        for vals in ({"restricted": True}, named):
            with self.assertRaisesRegex(UserError, "Only a team manager"):
                cases.create({"name": "New", **vals})
            context = {f"default_{name}": value for name, value in vals.items()}
            with self.assertRaisesRegex(UserError, "Only a team manager"):
                cases.with_context(**context).create({"name": "New"})
        with self.assertRaisesRegex(UserError, "closes when"):
            cases.create({"name": "New", "closed_on": "2026-09-07"})
        managers = self.env["sos.case"].with_user(self.manager)
        self.assertTrue(managers.create({"name": "New", "restricted": True}).restricted)

    def test_naming_somebody_as_chair_is_no_allocation(self):
        """Only managers allocate; whoever writes a form may name anybody in it."""
        form = self._open("strategy")
        form.chair_id = self.outsider
        self.assertNotIn(self.outsider, self.case.reader_ids)
        with self.assertRaises(AccessError):
            self.case.with_user(self.outsider).read(["name"])
        review = self._open("review_conference", user=self.support)
        review.chair_id = self.other_manager
        self.assertNotIn(self.other_manager, self.case.reader_ids)
        form.chair_id = self.other_manager
        self.assertIn(self.other_manager, self.case.reader_ids)
        form.chair_id = False
        self.assertNotIn(self.other_manager, self.case.reader_ids)

    def test_worker_does_not_take_away_the_managers_reminder(self):
        with freeze_time("2026-12-01 10:00:00"):
            self.case.deadline_ids._sync_reminders()
        reminders = self.case.deadline_ids.activity_ids
        overdue = reminders.filtered(lambda a: a.user_id == self.manager)
        theirs = overdue[:1].with_user(self.worker)
        for change in (
            lambda: theirs.unlink(),
            lambda: theirs.action_done(),
            lambda: theirs.write({"user_id": self.worker.id}),
        ):
            with self.assertRaisesRegex(UserError, "somebody else's reminder"):
                change()
        overdue[:1].with_user(self.manager).action_done()


@tagged("post_install", "-at_install")
@freeze_time("2026-09-07 10:00:00")
class TestRedTeamTwice(SosCommon):
    """Two people, or two clicks, at the same moment."""

    def test_second_starts_again(self):
        """With a lock alone the second would go on with what was there before."""
        connection = db_connect(self.env.cr.dbname)
        first, second, clean = (connection.cursor() for _n in range(3))
        for cursor in (first, second, clean):
            self.addCleanup(cursor.close)
        clean.execute(
            "INSERT INTO sos_team (name, company_id) VALUES ('Race', %s) RETURNING id",
            [self.env.company.id],
        )
        team_id = clean.fetchone()[0]
        clean.execute(
            "INSERT INTO sos_case (name, team_id, company_id) VALUES ('Race', %s, %s)"
            " RETURNING id",
            [team_id, self.env.company.id],
        )
        case_id = clean.fetchone()[0]
        clean.commit()
        try:
            mine, theirs = (
                api.Environment(cursor, self.env.uid, {})["sos.case"].browse(case_id)
                for cursor in (first, second)
            )
            self.assertTrue(mine.exists() and theirs.exists())
            mine._queue()
            first.commit()
            with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
                theirs._queue()
            second.rollback()
            theirs._queue()
            second.rollback()
        finally:
            clean.execute("DELETE FROM sos_case WHERE id = %s", [case_id])
            clean.execute("DELETE FROM sos_team WHERE id = %s", [team_id])
            clean.commit()

    def test_all_that_sets_something_off_queues(self):
        queued = []
        original = type(self.env["sos.case"])._queue

        def queue(records):
            queued.append(records)
            return original(records)

        with patch.object(type(self.env["sos.case"]), "_queue", queue):
            form = self._open("strategy")
            self.assertIn(self.case, queued)
            self._fill(form, decision="assess")
            queued.clear()
            form.held_on = self._today()
            self.assertIn(self.case, queued)
            queued.clear()
            form.with_user(self.worker).action_submit()
            self.assertIn(self.case, queued)
            queued.clear()
            form.with_user(self.manager).child_ids.action_confirm()
            self.assertIn(self.case, queued)
            queued.clear()
            form.with_user(self.manager).action_authorise()
            self.assertIn(self.case, queued)
