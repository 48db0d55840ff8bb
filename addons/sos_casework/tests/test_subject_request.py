import base64
import hashlib
import io
import json
import zipfile
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools.pdf import PdfFileWriter

from ..models.keeping.held import NOT_ROWS, get_stored_models, get_walked
from .common_family import FullFamilyCommon
from .refusals import RefusalsMixin

#: Models of casework that hold nothing about anybody, and what they hold.
NOBODY = {
    "sos.code": "lists of codes",
    "sos.day.off": "bank holidays",
    "sos.team": "teams of staff",
    "sos.step": "which clocks there are",
    "sos.effect": "what a decision can do",
    "sos.decision": "which decisions a form offers",
    "sos.form.fact": "which facts a form asks",
    "sos.form.type": "kinds of form",
    "sos.form.version": "what a form asks",
    "sos.form.section": "what a form asks",
    "sos.form.idea": "what staff think of a form",
    "sos.retention.rule": "how long things are kept",
    "sos.oversight": "what overseers were told of a file, by number",
    "sos.access.seal": "seals of logs and signed documents, by number",
    "sos.hardening.setting": "what is switched off for the whole database",
    "sos.document.check": "which signed documents were checked when",
    "sos.measure": "what a number means",
    "sos.screen.clock": "until when somebody's time at the screen is counted",
    "sos.time.study": "which studies were made of time",
    "sos.time.study.type": "which work a study compares",
    "sos.return": "which returns were made",
    "sos.return.row": "copies, by number, of what the record holds",
    "sos.return.issue": "a rule and a number; what is wrong is in the record",
}
LETTER = b"%PDF-1.4\n1 0 obj\n<< /Title (Dear Sam) >>\nendobj\n%%EOF\n"
DOT = base64.b64encode(
    base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQ"
        "AAAABJRU5ErkJggg=="
    )
)


@tagged("post_install", "-at_install")
@freeze_time("2026-09-07 10:00:00")
class TestSubjectRequest(RefusalsMixin, FullFamilyCommon):
    def _request(self, person=None, user=None, **vals):
        return (
            self.env["sos.subject.request"]
            .with_user(user or self.service_manager)
            .create({"person_id": (person or self.sam).id, **vals})
        )

    def _gathered(self, person=None, **vals):
        request = self._request(person, **vals)
        request.action_gather()
        return request

    def _note(self, text, children=None, **vals):
        return (
            self.env["sos.case.note"]
            .with_user(self.worker)
            .create(
                {
                    "case_id": self.case.id,
                    "kind_id": self._code("note_kind", "phone").id,
                    "child_ids": children and children.ids,
                    "text": text,
                    **vals,
                }
            )
        )

    def _piece(self, request, record):
        return request.piece_ids.filtered(
            lambda p: p.key == f"{record._name},{record.id}"
        )

    def _bundled(self, request):
        request.piece_ids.filtered(lambda p: p.decision == "waiting").action_give()
        with self._printed():
            request.action_make_bundle()
        data = base64.b64decode(request.with_context(bin_size=False).bundle)
        return zipfile.ZipFile(io.BytesIO(data)), data

    def _printed(self):
        """Printing takes seconds; what is printed is in ``self.pages``."""
        self.pages = []
        writer, empty = PdfFileWriter(), io.BytesIO()
        writer.addBlankPage(9, 9)
        writer.write(empty)

        def print_page(report, bodies, **kwargs):
            self.pages += bodies
            return empty.getvalue()

        return patch.object(
            type(self.env["ir.actions.report"]), "_run_wkhtmltopdf", print_page
        )

    # ------------------------------------------------------------- the request

    def test_nothing_is_decided_where_nothing_was_gathered(self):
        request = self._request()
        self.assertFalse(request.piece_ids)
        self.assertFalse(request.progress)

    def test_due_in_a_month_on_a_working_day(self):
        for received, identity, extended, due in (
            ("2026-09-01", False, False, "2026-10-01"),
            # 31 October is a Saturday; a month after 31 August is 30 September
            ("2026-08-31", False, False, "2026-09-30"),
            ("2026-07-31", False, False, "2026-09-01"),
            ("2026-08-03", "2026-09-01", False, "2026-10-01"),
            ("2026-09-01", False, True, "2026-12-01"),
        ):
            with self.subTest(received, identity=identity, extended=extended):
                request = self._request(
                    received_on=received,
                    identity_on=identity,
                    extended=extended,
                    extension_reason=extended and "Four files on paper.",
                )
                self.assertEqual(str(request.due_on), due)
        with self._refused(ValidationError, "Say why it takes two months more"):
            self._request(extended=True)
        with self._refused(ValidationError, "a day to come"):
            self._request(received_on="2026-09-08")

    def test_identity_was_not_checked_tomorrow(self):
        request = self._request()
        with self._refused(ValidationError, "Identity cannot have been checked"):
            request.identity_on = "2026-09-08"

    def test_request_stays_with_its_person(self):
        request = self._request()
        with self._refused(UserError, "stays where it is"):
            request.person_id = self.robin
        self.assertEqual(request.person_id, self.sam)

    def test_late_ones_are_found(self):
        late = self._request(received_on="2026-07-01")
        self._request()
        found = late.search([("late", "=", True)])
        self.assertEqual(found, late)
        self.assertTrue(late.late)

    def test_service_manager_handles_and_quality_audit_reads(self):
        request = self._gathered()
        theirs = request.with_user(self.auditor)
        self.assertEqual(theirs.person_id, self.sam)
        self.assertTrue(theirs.piece_ids[0].text)
        with self.assertRaises(AccessError):
            theirs.action_gather()
        with self.assertRaises(AccessError):
            theirs.action_make_bundle()
        with self.assertRaises(AccessError):
            theirs.piece_ids[:1].action_give()
        for user in (self.worker, self.manager, self.support, self.configurator):
            with self.subTest(user.login), self.assertRaises(AccessError):
                request.with_user(user).read(["reference"])
            with self.subTest(user.login), self.assertRaises(AccessError):
                request.piece_ids[:1].with_user(user).read(["text"])
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._request(user=user)

    def test_who_handles_it_reads_every_file(self):
        """Half of what is held is no answer, and the other half is not theirs."""
        hidden, other = self.env["sos.case"].create(
            [
                {
                    "name": name,
                    "team_id": self.other_team.id,
                    "restricted": True,
                    "member_ids": [Command.create({"person_id": self.sam.id})],
                }
                for name in ("Hidden", "Other")
            ]
        )
        # nobody reads the child by the open file any more
        with self._refused(AccessError, "no access"):
            self._request()
        hidden.named_reader_ids = self.service_manager
        with self._refused(AccessError, f"may not read \\({other.reference}\\)"):
            self._request()
        other.named_reader_ids = self.service_manager
        request = self._gathered()
        self.assertEqual(request.case_ids, self.case | hidden | other)
        with self.assertRaises(AccessError):
            request.with_user(self.auditor).read(["reference"])
        self.assertFalse(
            self.env["sos.subject.piece"].with_user(self.auditor).search([])
        )
        # limited after it was gathered: what was copied is not read either
        hidden.named_reader_ids = self.other_manager
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            request.read(["reference"])
        with self.assertRaises(AccessError):
            request.piece_ids[:1].read(["text"])

    # --------------------------------------------------------------- gathering

    def test_every_model_is_walked_or_has_a_reason(self):
        """A new model is in without new code, or somebody says why not."""
        walked = get_walked(self.env)
        for model in get_stored_models(self.env):
            if model.startswith("sos."):
                with self.subTest(model):
                    self.assertEqual(model in walked, model not in NOBODY)
        self.assertGreater(len(walked), 35)
        self.assertFalse(NOT_ROWS.keys() - set(self.env.registry))

    def test_everything_about_the_person_is_found(self):
        """Each row that names Sam, of whatever model, becomes a piece."""
        self._fill_family()
        request = self._gathered()
        keys = set(request.piece_ids.mapped("key"))
        missing, tried = [], 0
        for model in get_walked(self.env):
            if model in NOT_ROWS or model == request._name:
                continue
            for name, field in self.env[model]._fields.items():
                if not field.store or field.comodel_name != "sos.person":
                    continue
                if field.type not in ("many2one", "many2many"):
                    continue
                for record in self.env[model].search([(name, "in", self.sam.ids)]):
                    tried += 1
                    in_document = "form_id" in record and record.form_id.document_id
                    key = f"{model},{record.id}"
                    if key not in keys and not in_document:
                        missing.append(key)
        self.assertFalse(missing)
        self.assertGreater(tried, 25)
        kinds = set(request.piece_ids.mapped("kind"))
        self.assertLessEqual(
            {"Forms as they were submitted and signed", "What was changed"}, kinds
        )

    def test_signed_form_is_given_as_it_was_signed(self):
        form = self._refer()
        request = self._gathered()
        pieces = request.piece_ids.filtered(lambda p: form.reference in (p.title or ""))
        reason = pieces.filtered(lambda p: "Written." in (p.text or ""))
        self.assertTrue(reason)
        self.assertEqual(str(reason[0].on_date), str(form.date))
        answers = request.piece_ids.filtered(
            lambda p: p.key.startswith("sos.form.answer,")
            and int(p.key.partition(",")[2]) in form.answer_ids.ids
        )
        self.assertFalse(answers, "the document holds them already")

    def test_draft_is_given_as_it_stands(self):
        form = self._open("assessment")
        form.write_answer("analysis", "We wonder about school.")
        request = self._gathered()
        texts = "\n".join(filter(None, request.piece_ids.mapped("text")))
        self.assertIn("We wonder about school.", texts)

    def test_other_people_wait_for_a_decision(self):
        plain = self._note("The weather was fine.")
        named = self._note("<p>Kit rang: KIT is angry.</p>")
        about_robin = self._note("Has a new bike.", self.robin)
        about_both = self._note("Were at the park.", self.sam | self.robin)
        names_sam = self._note("Took the bike from Sam.", self.robin)
        other_word = self._note("A kitten came in.")
        request = self._gathered()
        for note, decision, third in (
            (plain, "give", self.env["sos.person"]),
            (named, "waiting", self.kit),
            (about_robin, "other", self.robin),
            (about_both, "waiting", self.robin),
            (names_sam, "waiting", self.robin),
            (other_word, "give", self.env["sos.person"]),
        ):
            piece = self._piece(request, note)
            with self.subTest(note.text):
                self.assertEqual(piece.decision, decision)
                self.assertEqual(piece.third_ids, third)
        self.assertIn("Kit Moor", self._piece(request, named).look_at)

    def test_adult_gets_what_is_about_the_family_and_about_them(self):
        general = self._note("The flat is warm.")
        about_child = self._note("Lost a tooth.", self.robin)
        request = self._gathered(self.alex)
        self.assertEqual(self._piece(request, general).decision, "give")
        self.assertEqual(self._piece(request, about_child).decision, "other")
        stranger = self.env["sos.person"].create(
            {"kind": "adult", "first_name": "Una", "last_name": "Vane"}
        )
        self.env["sos.network.member"].create(
            {"case_id": self.case.id, "person_id": stranger.id}
        )
        request = self._gathered(stranger)
        self.assertEqual(self._piece(request, general).decision, "other")

    def test_confidential_address_and_childs_wish_wait(self):
        address = self.env["sos.address"].create(
            {"person_id": self.sam.id, "text": "9 Hidden Lane", "confidential": True}
        )
        note = self._note("Moved to 9 Hidden Lane.")
        voice = self.env["sos.voice"].create(
            {
                "case_id": self.case.id,
                "child_id": self.sam.id,
                "tool": "words",
                "words": "I sing.",
            }
        )
        self.env["sos.share.wish"].create(
            {
                "case_id": self.case.id,
                "child_id": self.sam.id,
                "person_id": self.kit.id,
                "share": False,
            }
        )
        own = self._gathered()
        self.assertEqual(self._piece(own, voice).decision, "give")
        self.assertEqual(self._piece(own, address).decision, "waiting")
        self.assertEqual(self._piece(own, note).decision, "waiting")
        parent = self._gathered(
            asked_by="parent", asker="Kit Moor", asker_id=self.kit.id
        )
        piece = self._piece(parent, voice)
        self.assertEqual(piece.decision, "waiting")
        self.assertIn("does not want", piece.look_at)

    def test_drawing_and_file_are_pieces_of_their_own(self):
        voice = self.env["sos.voice"].create(
            {
                "case_id": self.case.id,
                "child_id": self.sam.id,
                "tool": "drawing",
                "image": DOT,
            }
        )
        self.env["ir.attachment"].create(
            {
                "name": "letter.pdf",
                "raw": LETTER,
                "res_model": "sos.voice",
                "res_id": voice.id,
            }
        )
        request = self._gathered()
        files = request.piece_ids.filtered("file_name")
        self.assertEqual(len(files), 2)
        self.assertEqual(files.mapped("is_picture"), [True, False])
        archive, _data = self._bundled(request)
        names = [n for n in archive.namelist() if n.startswith("files/")]
        self.assertEqual(len(names), 2)
        letter = next(n for n in names if n.endswith(".pdf"))
        self.assertEqual(archive.read(letter), LETTER)

    def test_gathering_again_keeps_what_was_decided(self):
        note = self._note("Kit rang.")
        request = self._gathered()
        piece = self._piece(request, note)
        piece.write({"blackout": "Kit"})
        late = self._note("The weather was fine.")
        known = set(request.piece_ids.mapped("key"))
        request.action_gather()
        self.assertEqual(piece.decision, "black")
        self.assertEqual(self._piece(request, late).decision, "give")
        # the new note, and that somebody has looked by now
        new = set(request.piece_ids.mapped("key")) - known
        self.assertEqual(new, {f"sos.case.note,{late.id}", "looks"})
        # other words wait again
        note.text = "Kit rang twice."
        request.action_gather()
        self.assertEqual(piece.decision, "waiting")
        self.assertFalse(piece.blackout)

    # ----------------------------------------------------------------- review

    def test_words_are_blacked_out_in_the_copy_only(self):
        note = self._note("<p>Kit Moor rang. He said: come home.</p>")
        request = self._gathered()
        piece = self._piece(request, note)
        piece.write({"blackout": "kit moor\ncome   home"})
        self.assertEqual(piece.decision, "black")
        self.assertEqual(piece.decided_by_id, self.service_manager)
        self.assertIn("██████ rang. He said: ██████.", piece.given_text)
        self.assertIn("Kit Moor rang", piece.text)
        self.assertIn("Kit Moor rang", note.text)
        with self._refused(ValidationError, "does not stand in"):
            piece.write({"blackout": "Leanne"})
        with self._refused(ValidationError, "Say which words"):
            piece.write({"decision": "black", "blackout": " "})
        self.assertEqual(piece.blackout, "kit moor\ncome   home")
        with self._refused(UserError, "filled in by the system"):
            piece.write({"text": "Nothing."})
        piece.action_give()
        self.assertFalse(piece.blackout)

    def test_names_of_others_are_blacked_out_at_once(self):
        notes = [self._note("Kit rang Alex, then KIT came."), self._note("Alex left.")]
        request = self._gathered()
        pieces = self._piece(request, notes[0]) | self._piece(request, notes[1])
        pieces.action_black_names()
        self.assertEqual(pieces.mapped("decision"), ["black", "black"])
        for piece in pieces:
            self.assertNotRegex(piece.given_text, "(?i)kit|alex")

    def test_no_name_to_black_out(self):
        note = self._note("A good day.")
        piece = self._piece(self._gathered(), note)
        decision = piece.decision
        with self._refused(UserError, "no name to black out"):
            piece.action_black_names()
        self.assertEqual(piece.decision, decision)

    def test_withholding_needs_a_reason(self):
        note = self._note("Kit rang.")
        request = self._gathered()
        piece = self._piece(request, note)
        with self._refused(ValidationError, "Choose why"):
            piece.decision = "withhold"
        piece.exemption_id = self._code("exemption", "serious_harm")
        self.assertEqual(piece.decision, "withhold")
        self.assertFalse(piece.given_text)
        picture = self.env["sos.voice"].create(
            {
                "case_id": self.case.id,
                "child_id": self.sam.id,
                "tool": "drawing",
                "image": DOT,
            }
        )
        request.action_gather()
        file = request.piece_ids.filtered("is_picture")
        self.assertTrue(picture and file)
        with self._refused(ValidationError, "cannot be blacked out in a file"):
            file.decision = "black"

    # ----------------------------------------------------------------- bundle

    def test_bundle_holds_what_is_given_and_nothing_else(self):
        given = self._note("A good day.")
        blacked = self._note("Kit Moor shouted.")
        withheld = self._note("Kit told us a secret.")
        self._note("Robin's own business.", self.robin)
        request = self._gathered()
        self._piece(request, blacked).write({"blackout": "Kit Moor"})
        self._piece(request, withheld).write(
            {"exemption_id": self._code("exemption", "third_party").id}
        )
        archive, data = self._bundled(request)
        self.assertEqual(request.state, "reviewed")
        self.assertEqual(request.bundle_sha256, hashlib.sha256(data).hexdigest())
        content = archive.read(f"{request.reference}.json").decode()
        page = "\n".join(self.pages)
        for text in (content, page):
            self.assertIn("A good day.", text)
            self.assertIn("██████ shouted.", text)
            self.assertNotIn("secret", text)
            self.assertNotIn("own business", text)
        self.assertIn("Information\n", page)
        self.assertIn("paragraph 16", page)
        self.assertEqual(json.loads(content)["withheld"], 1)
        self.assertEqual(archive.read(f"{request.reference}.pdf")[:4], b"%PDF")
        self.assertTrue(given)
        log = self.env["sos.access.log"].search(
            [("operation", "=", "exported"), ("res_model", "=", request._name)]
        )
        self.assertEqual(log.res_ids, request.ids)
        self.assertEqual(log.user_id, self.service_manager)

    def test_bundle_waits_for_every_decision(self):
        self._note("Kit rang.")
        request = self._gathered()
        with self._refused(UserError, "no bundle yet"):
            request.action_download_bundle()
        with self._refused(UserError, "still wait for a decision"):
            request.action_make_bundle()
        self._bundled(request)
        # decided anew: what was bundled before is not what is given
        request.piece_ids.filtered(lambda p: p.decision == "give")[
            :1
        ].action_not_about()
        self.assertFalse(request.bundle_sha256)
        self.assertEqual(request.state, "gathered")

    def test_bundle_of_nothing_is_not_made(self):
        request = self._gathered()
        request.piece_ids.action_not_about()
        with self._refused(UserError, "Nothing is given"):
            request.action_make_bundle()
        self.assertEqual(request.state, "gathered")

    def test_changed_bundle_is_not_given_out(self):
        request = self._gathered()
        self._bundled(request)
        request.sudo().bundle = base64.b64encode(b"Something else")
        with self._refused(UserError, "fingerprint does not fit"):
            request.action_download_bundle()

    def test_bundle_is_downloaded_by_who_may_read_the_request(self):
        request = self._gathered()
        self._bundled(request)
        action = request.action_download_bundle()
        self.assertIn(f"/{request.id}/bundle/", action["url"])
        attachment = self.env["ir.attachment"].search(
            [
                ("res_model", "=", request._name),
                ("res_id", "=", request.id),
                ("res_field", "=", "bundle"),
            ]
        )
        self.assertTrue(attachment.with_user(self.auditor).raw)
        for user in (self.worker, self.support, self.configurator):
            with self.subTest(user.login), self.assertRaises(AccessError):
                attachment.with_user(user).read(["raw"])
            with self.subTest(user.login), self.assertRaises(AccessError):
                request.with_user(user).action_download_bundle()

    def test_sent_and_finished(self):
        request = self._gathered()
        with self._refused(UserError, "so that cannot be done now"):
            request.action_send()
        self._bundled(request)
        with self._refused(UserError, "how it is sent, and to whom"):
            request.action_send()
        how = self._code("given_how", "by_hand")
        request.write({"sent_how_id": how.id, "sent_to": "Sam, at the office"})
        with self._refused(UserError, "how identity was checked"):
            request.action_send()
        request.identity = "Passport"
        request.action_send()
        self.assertEqual(request.state, "sent")
        self.assertEqual(str(request.sent_on), "2026-09-07")
        self.assertEqual(request.sent_by_id, self.service_manager)
        for call in (
            lambda: request.write({"note": "x"}),
            lambda: request.action_gather(),
            lambda: request.piece_ids[:1].action_not_about(),
        ):
            with self.assertRaises(UserError):
                call()

    def test_closed_with_a_reason(self):
        request = self._request()
        with self._refused(UserError, "Say why the request is closed"):
            request.action_close()
        request.close_reason = "Withdrawn by telephone."
        request.action_close()
        self.assertEqual(request.state, "closed")
        with self._refused(UserError, "cannot be done now"):
            request.action_close()
        with self._refused(UserError, "filled in by the system"):
            self._request().state = "sent"

    def test_nothing_of_it_is_deleted(self):
        request = self._gathered()
        with self._refused(UserError, "Nothing that was recorded"):
            request.sudo().unlink()
        with self._refused(UserError, "Nothing that was recorded"):
            request.sudo().piece_ids[:1].unlink()


@tagged("post_install", "-at_install")
class TestSubjectRequestPrinted(FullFamilyCommon):
    def test_bundle_is_printed(self):
        request = (
            self.env["sos.subject.request"]
            .with_user(self.service_manager)
            .create({"person_id": self.sam.id})
        )
        request.action_gather()
        request.piece_ids.filtered(lambda p: p.decision == "waiting").action_give()
        request.with_context(force_report_rendering=True).action_make_bundle()
        data = base64.b64decode(request.with_context(bin_size=False).bundle)
        archive = zipfile.ZipFile(io.BytesIO(data))
        pdf = archive.read(f"{request.reference}.pdf")
        self.assertEqual(pdf[:4], b"%PDF")
