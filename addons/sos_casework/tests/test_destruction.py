import base64
import io
import os
from unittest.mock import patch

from PIL import Image

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.service.model import get_public_method
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import SQL, mute_logger

from ..models.keeping.held import get_stored_models
from ..models.keeping.removal import Removal
from .common_family import FullFamilyCommon
from .refusals import RefusalsMixin

#: A word that is written in the file alone, to be looked for everywhere.
MARK = "Quixotania"


@tagged("post_install", "-at_install")
class TestDestruction(RefusalsMixin, FullFamilyCommon):
    """The family Hill, whose file was full and closed in 2026; Robin, the youngest, is
    40 in 2061. The family Own beside it, with Kit in both."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        self = cls()
        # here the years go by the youngest child's birth
        cls.env.ref("sos_casework.retention_rule_cp_closed").active = False
        cls.second = new_test_user(
            cls.env,
            login="second",
            groups="base.group_user,sos_casework.group_service_manager",
        )
        with freeze_time("2026-09-07 10:00:00"):
            self._fill_family()
            child = cls.env["sos.person"].create(
                {
                    "first_name": "Olly",
                    "last_name": "Own",
                    "birth_date": "2026-01-01",
                }
            )
            cls.own = cls.env["sos.case"].create(
                {
                    "name": "Own",
                    "team_id": cls.other_team.id,
                    "member_ids": [
                        Command.create({"person_id": person.id})
                        for person in (child, cls.kit)
                    ],
                }
            )
            cls.env["sos.case.note"].create(
                {
                    "case_id": cls.own.id,
                    "kind_id": cls._code("note_kind", "phone").id,
                    "text": "Kit rang.",
                }
            )
            cls._fill_more(self)
        with freeze_time("2027-09-07 10:00:00"):
            cls.case.episode_ids.filtered(lambda e: e.state == "open")._close(
                self._today(), "RC7"
            )
        cls.env.flush_all()

    def _fill_more(self):
        self.env["sos.case.note"].with_user(self.worker).create(
            {
                "case_id": self.case.id,
                "kind_id": self._code("note_kind", "phone").id,
                "text": f"{MARK} rang.",
            }
        )
        self.voice = self.env["sos.voice"].create(
            {
                "case_id": self.case.id,
                "child_id": self.sam.id,
                "tool": "drawing",
                "words": MARK,
                "image": self._new_drawing(),
            }
        )
        type(self).voice = self.voice
        form = self._open("assessment")
        form.write_answer("analysis", f"{MARK} in a draft.")
        form.write({"started_on": "2026-09-01"})
        self.sam.with_user(self.worker).known_as = MARK
        self.env["sos.access.log"]._record("searched", self.case, MARK)
        self.env["sos.access.log"]._record("opened", self.own, "Own")

    @staticmethod
    def _new_drawing():
        """A drawing that no other attachment shares a file with."""
        drawing = io.BytesIO()
        Image.frombytes("RGB", (20, 20), os.urandom(1200)).save(drawing, "PNG")
        return base64.b64encode(drawing.getvalue())

    def _list(self):
        self.env["sos.destruction"]._list_due()
        return self.env["sos.destruction"].search([("case_id", "=", self.case.id)])

    def _propose(self, line=None, user=None):
        line = (line or self._list()).with_user(user or self.service_manager)
        line.note = "Read; nobody needs it."
        line.action_propose()
        return line

    def _agreed(self):
        line = self._propose()
        line.with_user(self.second).action_authorise()
        return line

    def _night(self):
        for line in self.env["sos.destruction"]._get_to_destroy():
            line._destroy()
        self.env.flush_all()

    def _destroyed(self):
        with freeze_time("2061-02-11 10:00:00"):
            line = self._agreed()
        with freeze_time("2061-03-14 10:00:00"):
            self._night()
        return line

    # ------------------------------------------------------------------ listing

    def test_job_lists_and_destroys_nothing(self):
        with freeze_time("2061-02-09 10:00:00"):
            self.assertFalse(self._list())
        with freeze_time("2061-02-10 10:00:00"):
            line = self._list()
            self.assertEqual(line.state, "listed")
            self.assertEqual(line.reference, self.case.reference)
            self.assertEqual(str(line.due_on), "2061-02-10")
            self.assertIn("40 years", line.rule_text)
            # run again: nothing twice
            self.assertEqual(self._list(), line)
            self._night()
        with freeze_time("2071-02-10 10:00:00"):
            self._night()
        self.assertTrue(self.case.exists())

    def test_open_file_hold_and_rule_of_nought_are_not_listed(self):
        with freeze_time("2061-02-10 10:00:00"):
            self.case.closed_on = False
            self.assertFalse(self._list())
            self.case.closed_on = "2027-09-07"
            hold = self.env["sos.legal.hold"].create(
                {"scope": "person", "person_id": self.alex.id, "reason": "Inquiry"}
            )
            self.assertFalse(self._list())
            hold.lifted_on = "2061-02-10"
            rule = self.env["sos.retention.rule"].search([("code", "=", "cp")])
            rule.years = 0
            self.assertFalse(self._list())
            rule.years = 40
            self.assertTrue(self._list())

    def test_what_is_not_due_any_more_leaves_the_list(self):
        with freeze_time("2061-02-10 10:00:00"):
            line = self._list()
            self.case.closed_on = False
            self._list()
            self.assertEqual(line.state, "stopped")
            self.assertIn("is open", line.stop_reason)

    # -------------------------------------------------------------- two people

    @freeze_time("2061-02-11 10:00:00")
    def test_same_person_twice_is_refused(self):
        line = self._propose()
        with self._refused(UserError, "somebody else agrees"):
            line.action_authorise()
        line.with_user(self.auditor).action_authorise()
        self.assertEqual(line.state, "authorised")
        self.assertEqual(str(line.destroy_on), "2061-03-13")

    @freeze_time("2061-02-11 10:00:00")
    def test_nobody_else_decides(self):
        line = self._list()
        for user in (self.worker, self.manager, self.support, self.configurator):
            for call in ("action_propose", "action_authorise", "action_stop"):
                with self.subTest(f"{user.login} {call}"):
                    with self.assertRaises(AccessError):
                        getattr(line.with_user(user), call)()

    @freeze_time("2061-02-11 10:00:00")
    def test_who_decides_reads_the_file(self):
        line = self._list()
        self.case.with_user(self.manager).restricted = True
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self._propose(line)

    @freeze_time("2061-02-11 10:00:00")
    def test_proposal_says_what_was_looked_at(self):
        line = self._list().with_user(self.service_manager)
        with self._refused(UserError, "Say what you looked at"):
            line.action_propose()
        with self._refused(UserError, "not at a step"):
            line.action_authorise()

    @freeze_time("2061-02-11 10:00:00")
    def test_states_are_not_typed_in(self):
        line = self._list().with_user(self.service_manager)
        for vals in (
            {"state": "authorised"},
            {"proposed_by_id": self.second.id},
            {"destroy_on": "2020-01-01"},
            {"case_id": self.own.id},
        ):
            with self._refused(UserError, "by its buttons only"):
                line.write(vals)
        with self.assertRaises(AccessError):
            line.create({"reference": "x"})

    @freeze_time("2061-02-11 10:00:00")
    def test_hold_placed_since_it_was_proposed(self):
        line = self._propose()
        self.env["sos.legal.hold"].create({"scope": "all", "reason": "Inquiry"})
        with self._refused(UserError, "legal hold"):
            line.with_user(self.second).action_authorise()
        self.assertEqual(line.state, "proposed")

    def test_days_to_stop_it(self):
        with freeze_time("2061-02-11 10:00:00"):
            line = self._agreed()
        with freeze_time("2061-03-12 10:00:00"):
            self._night()
            self.assertTrue(self.case.exists())
            with self._refused(UserError, "Say why it is stopped"):
                line.action_stop()
            line.stop_reason = "A letter came in."
            line.action_stop()
            with self._refused(UserError, "not at a step"):
                line.action_stop()
            with self._refused(UserError, "stays as it is recorded"):
                line.stop_reason = "Another letter."
        with freeze_time("2061-05-12 10:00:00"):
            self._night()
            self.assertTrue(self.case.exists())
            # looked at and kept: not again tomorrow, but after a year
            self.assertEqual(self._list(), line)
        with freeze_time("2062-05-12 10:00:00"):
            self.assertEqual(len(self._list()), 2)

    def test_hold_placed_in_the_last_days_stops_it(self):
        with freeze_time("2061-02-11 10:00:00"):
            line = self._agreed()
        self.env["sos.legal.hold"].create({"scope": "all", "reason": "Inquiry"})
        with freeze_time("2061-03-14 10:00:00"):
            self._night()
        self.assertTrue(self.case.exists())
        self.assertEqual(line.state, "stopped")
        self.assertIn("legal hold", line.stop_reason)

    @freeze_time("2061-02-11 10:00:00")
    def test_what_somebody_asks_for_is_not_destroyed(self):
        line = self._list()
        self.env["sos.subject.request"].create({"person_id": self.sam.id})
        with self._refused(UserError, "has asked for what is held"):
            self._propose(line)

    def test_forged_row_destroys_nothing(self):
        """What stands in the database is asked again, two people and all."""
        with freeze_time("2061-02-11 10:00:00"):
            line = self._list()
            line.write({"state": "authorised", "destroy_on": "2061-01-01"})
            self._night()
        self.assertTrue(self.case.exists())
        self.assertEqual(line.state, "stopped")

    # --------------------------------------------------------------- no way in

    def test_no_call_or_context_deletes(self):
        contexts = (
            {},
            {"sos_destroy": True, "force_delete": True, "_force_unlink": True},
            {"module": "sos_casework", "install_mode": True, "active_test": False},
        )
        for context in contexts:
            for user in (self.service_manager, self.env.ref("base.user_root")):
                log = self.env["sos.change.log"].search([], limit=1)
                document = self.case.form_ids.document_ids[:1]
                for record in (
                    self.case,
                    self.sam,
                    self.case.note_ids[:1],
                    log,
                    document,
                ):
                    theirs = record.with_user(user).with_context(**context)
                    # an AccessError is a UserError
                    with self.subTest(record._name), self.assertRaises(UserError):
                        theirs.unlink()
        destruction = self.env["sos.destruction"].with_user(self.service_manager)
        for name in ("_destroy", "_remove", "_cron_nightly", "_list_due", "_stop"):
            with self.subTest(name), self.assertRaises(AccessError):
                get_public_method(destruction, name)

    # ------------------------------------------------------------- destruction

    def _find_mark(self, word):
        """Names of the tables in which any row holds a word."""
        tables = self.env.execute_query(
            SQL(
                "SELECT table_name FROM information_schema.tables"
                " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
                " AND (table_name LIKE 'sos\\_%%' OR table_name IN"
                " ('ir_attachment', 'mail_activity', 'mail_message',"
                " 'account_analytic_line'))"
            )
        )
        found = []
        for (table,) in tables:
            if table == "sos_access_log":
                # sealed, and gone after its own years, long before a family's
                continue
            rows = self.env.execute_query(
                SQL(
                    "SELECT 1 FROM %s t WHERE t::text LIKE %s LIMIT 1",
                    SQL.identifier(table),
                    f"%{word}%",
                )
            )
            if rows:
                found.append(table)
        return found

    def _get_rows_of(self, case_id, person_ids):
        """Tables with rows that still point at the file or its people."""
        found = []
        for model in get_stored_models(self.env):
            for name, field in self.env[model]._fields.items():
                gone = {"sos.case": [case_id], "sos.person": person_ids}
                if not field.store or field.comodel_name not in gone:
                    continue
                if model == "sos.access.log":
                    continue
                if field.type in ("many2one", "many2many"):
                    records = self.env[model].with_context(active_test=False)
                    if records.search([(name, "in", gone[field.comodel_name])]):
                        found.append(f"{model}.{name}")
        return found

    def test_nothing_of_the_family_remains_but_the_tombstone(self):
        self.assertIn("sos_case_note", self._find_mark(MARK))
        self.assertIn("sos_change_log", self._find_mark(MARK))
        case_id, reference = self.case.id, self.case.reference
        leaving = (self.sam | self.robin | self.alex).ids
        references = self.case.form_ids.mapped("reference")
        attachments = self.env["ir.attachment"].search(
            [("res_model", "=", "sos.voice"), ("res_field", "=", "image")]
        )
        self.assertTrue(attachments)
        store = attachments[0].store_fname
        line = self._destroyed()
        self.assertEqual(line.state, "destroyed", line.stop_reason)
        self.assertFalse(self.env["sos.case"].browse(case_id).exists())
        self.assertFalse(self.env["sos.person"].browse(leaving).exists())
        self.assertEqual(self._find_mark(MARK), [])
        for form in references:
            self.assertEqual(self._find_mark(form), [])
        self.assertEqual(self._get_rows_of(case_id, leaving), [])
        self.assertFalse(attachments.exists())
        # what nothing names goes from the disk with Odoo's nightly clean-up
        names = SQL("SELECT id FROM ir_attachment WHERE store_fname = %s", store)
        self.assertFalse(self.env.execute_query(names))
        # the tombstone says what went, and who decided
        self.assertEqual(line.reference, reference)
        self.assertFalse(line.case_id)
        with self._refused(UserError, "not there any more"):
            line.action_open_what()
        self.assertEqual(line.people_count, 3)
        self.assertIn("Note: 2", line.counts)
        self.assertIn("Frozen document: ", line.counts)
        self.assertEqual(line.proposed_by_id, self.service_manager)
        self.assertEqual(line.authorised_by_id, self.second)
        self.assertEqual(str(line.destroyed_at), "2061-03-14 10:00:00")
        self.assertEqual(self._find_mark(reference), ["sos_destruction"])
        with self._refused(UserError, "Nothing that was recorded"):
            line.sudo().unlink()

    def test_access_log_stays_as_it_was_sealed(self):
        log = self.env["sos.access.log"].search([("detail", "=", MARK)])
        other = self.env["sos.access.log"].search([("detail", "=", "Own")])
        case_id = self.case.id
        self._destroyed()
        self.env.invalidate_all()
        self.assertEqual(log.detail, MARK)
        self.assertEqual(log.res_ids, [case_id])
        self.assertEqual(other.detail, "Own")

    def test_another_family_is_untouched(self):
        def snapshot():
            rows = {}
            for model in get_stored_models(self.env):
                if "case_id" in self.env[model]._fields:
                    found = self.env[model].search([("case_id", "=", self.own.id)])
                    rows[model] = [sorted(r.items()) for r in found.read(load=None)]
            rows["case"] = self.own.read(load=None)
            return str(rows)

        before = snapshot()
        self._destroyed()
        self.env.invalidate_all()
        self.assertEqual(snapshot(), before)

    def test_shared_person_stays_with_what_is_theirs(self):
        address = self.env["sos.address"].create(
            {"person_id": self.kit.id, "text": "2 Low Road"}
        )
        relation = self.env["sos.relationship"].search(
            [("person_id", "=", self.kit.id), ("other_id", "=", self.robin.id)]
        )
        self.assertTrue(relation)
        self._destroyed()
        self.assertEqual(self.kit.exists().name, "Kit Moor")
        self.assertTrue(address.exists())
        self.assertFalse(relation.exists(), "it names somebody who is gone")
        self.assertEqual(self.own.member_ids.person_id & self.kit, self.kit)

    def test_person_whom_another_file_names_stays(self):
        """A member of no other family, but of its network."""
        self.env["sos.network.member"].create(
            {"case_id": self.own.id, "person_id": self.alex.id}
        )
        self._destroyed()
        self.assertTrue(self.alex.exists())
        self.assertFalse(self.sam.exists())

    def test_relative_of_another_family_stays(self):
        olly = self.own.child_ids
        self.env["sos.relationship"].create(
            {
                "person_id": self.sam.id,
                "type_id": self._code("relationship", "half_sibling").id,
                "other_id": olly.id,
            }
        )
        relations = self.own.child_ids.inverse_relation_ids
        self._destroyed()
        self.assertTrue(self.sam.exists())
        self.assertTrue(relations.exists())
        self.assertFalse(self.robin.exists())

    def test_bundles_of_the_file_go_with_it(self):
        request = self.env["sos.subject.request"].create({"person_id": self.kit.id})
        with patch.object(type(request), "_print_bundle", lambda *args: b"%PDF"):
            request.action_gather()
            request.piece_ids.filtered(lambda p: p.decision == "waiting").action_give()
            request.action_make_bundle()
        request.close_reason = "Withdrawn."
        request.action_close()
        line = self._destroyed()
        self.assertEqual(line.state, "destroyed", line.stop_reason)
        self.assertFalse(request.exists())
        self.assertEqual(self._find_mark(MARK), [])
        self.assertTrue(self.kit.exists())

    def test_whole_or_not_at_all(self):
        with freeze_time("2061-02-11 10:00:00"):
            line = self._agreed()

        def fail(removal, own):
            raise UserError(removal.env._("Kinds of record hang on each other."))

        notes = self.case.note_ids
        with (
            freeze_time("2061-03-14 10:00:00"),
            patch.object(Removal, "_get_order", fail),
            mute_logger("odoo.addons.sos_casework.models.keeping.sos_destruction_job"),
        ):
            self._night()
        self.assertTrue(notes.exists())
        self.assertTrue(self.voice.image)
        self.assertEqual(line.state, "stopped")

    def test_row_of_another_family_is_never_taken_along(self):
        """Whatever hangs on what: a file more than the one that was agreed to is an
        error, and nothing goes."""
        plan = self.case.plan_ids[:1]
        self.env.cr.execute(
            SQL("UPDATE sos_plan SET case_id = %s WHERE id = %s", self.own.id, plan.id)
        )
        self.env.invalidate_all()
        with self._refused(UserError, "another family"):
            Removal(self.env, {"sos.case": {self.case.id}}).find()

    def test_file_that_hangs_on_another_one_is_never_taken_along(self):
        """Nor a person: whatever field somebody adds one day."""
        self.own.split_from_id = self.case
        field = self.own._fields["split_from_id"]
        with patch.object(field, "ondelete", "cascade"):
            with self._refused(UserError, "A file or person more would go"):
                Removal(self.env, {"sos.case": {self.case.id}}).find()

    def test_kinds_that_need_each_other_do_not_go(self):
        forms = {"sos.form": {1}, "sos.form.document": {1}}
        removal = Removal(self.env, {})
        self.assertEqual(set(removal._get_order(forms)), set(forms))
        field = self.env["sos.form"]._fields["document_id"]
        with patch.object(field, "required", True):
            with self._refused(UserError, "hang on each other"):
                removal._get_order(forms)

    # ------------------------------------------------------- the other records

    def test_finished_request_goes_after_its_years(self):
        with freeze_time("2026-09-07 10:00:00"):
            request = self.env["sos.subject.request"].create({"person_id": self.kit.id})
            request.action_gather()
            request.close_reason = "Withdrawn."
            request.action_close()
        lines = self.env["sos.destruction"]
        with freeze_time("2029-09-06 10:00:00"):
            lines._list_due()
            self.assertFalse(lines.search([("request_id", "=", request.id)]))
        with freeze_time("2029-09-07 10:00:00"):
            lines._list_due()
            line = lines.search([("request_id", "=", request.id)])
            self.assertEqual(line.reference, request.reference)
            request.case_ids.restricted = True
            self.env.invalidate_all()
            with self.assertRaises(AccessError):
                self._propose(line)
            self.assertEqual(line.state, "listed")
            request.case_ids.restricted = False
            self._propose(line)
            line.with_user(self.auditor).action_authorise()
        with freeze_time("2029-10-08 10:00:00"):
            self._night()
        self.assertEqual(line.state, "destroyed", line.stop_reason)
        self.assertFalse(request.exists())
        self.assertTrue(self.kit.exists())
        self.assertTrue(self.case.exists())

    def test_access_log_is_cut_by_its_own_method(self):
        calls = []

        def remove_before(seals, moment):
            calls.append(str(moment))
            return [4, 5]

        lines = self.env["sos.destruction"]
        with freeze_time("2038-10-01 10:00:00"):
            lines._list_due()
            line = lines.search([("kind", "=", "access_log")])
            self.assertEqual(str(line.before), "2026-10-01")
            lines._list_due()
            self.assertEqual(lines.search([("kind", "=", "access_log")]), line)
            self._propose(line)
            line.with_user(self.second).action_authorise()
        seals = type(self.env["sos.access.seal"])
        with (
            freeze_time("2038-11-02 10:00:00"),
            patch.object(seals, "_remove_before", remove_before),
        ):
            self._night()
        self.assertEqual(calls, ["2026-10-01 00:00:00"])
        self.assertEqual(line.state, "destroyed")
        self.assertIn("Access log: 2", line.counts)
        self.assertEqual(line.removed_rows, {"sos.access.log": "4-5"})

    def test_nightly_job(self):
        with freeze_time("2061-02-11 10:00:00"):
            line = self._agreed()
        progress = []

        def commit(cron, processed=0, **kwargs):
            progress.append(processed)
            return 1.0

        cron = type(self.env["ir.cron"])
        with (
            freeze_time("2061-03-14 10:00:00"),
            patch.object(cron, "_commit_progress", commit),
        ):
            self.env["sos.destruction"]._cron_nightly()
        self.assertEqual(line.state, "destroyed")
        self.assertEqual(progress, [0, 1])
