import io
import json

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools.pdf import PdfFileReader

from .common_output import (
    KIT_ADDRESS,
    ROBIN_VIEW,
    SAM_HARM,
    SAM_HOUSES,
    SAM_VIEW,
    OutputCommon,
)
from .refusals import RefusalsMixin


class SignedCommon(OutputCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.report.with_user(cls.worker).action_submit()
        cls.report.with_user(cls.manager).action_authorise()
        cls.form = cls.report.with_user(cls.worker)

    def _family(self, reader, form=None):
        return (form or self.form)._get_output("family", reader)

    def _release(self, child, reader, user=None, **values):
        return (
            self.env["sos.output.release"]
            .with_user(user or self.manager)
            .create(
                {
                    "case_id": self.case.id,
                    "child_id": child.id,
                    "person_id": reader.id,
                    "reason": "They asked, and the court agrees.",
                    **values,
                }
            )
        )

    def _new_report(self, **answers):
        """Another signed report, with these answers."""
        report = self._open_report().with_user(self.worker)
        for code, body in answers.items():
            report.write_answer(code, body)
        return self._sign(report).with_user(self.worker)

    def _reasons(self, output):
        return " ".join(entry["reason"] for entry in output["left_out"])


@freeze_time("2026-11-23 10:00:00")
@tagged("post_install", "-at_install")
class TestOutput(RefusalsMixin, SignedCommon):
    # ------------------------------------------------------- which children

    def test_parent_of_all_children_gets_all(self):
        output = self._family(self.alex)
        texts = self._texts(output)
        for words in (SAM_VIEW, ROBIN_VIEW, SAM_HARM, SAM_HOUSES):
            self.assertIn(words, texts)
        self.assertNotIn(KIT_ADDRESS, self.env["sos.form.document"]._canonical(output))
        names = [child["name"] for child in output["children"]]
        self.assertEqual(names, ["Sam Hill", "Robin Hill"])
        self.assertEqual(len(output["pictures"]), 1)

    def test_father_of_one_child_gets_that_child_only(self):
        output = self._family(self.kit)
        copy = self.env["sos.form.document"]._canonical(
            self.form._get_given_content(output)
        )
        self.assertIn(ROBIN_VIEW, copy)
        for words in ("Sam", SAM_VIEW, SAM_HARM, SAM_HOUSES, "red", "weekends"):
            self.assertNotIn(words, copy)
        self.assertEqual([c["id"] for c in output["children"]], self.robin.ids)
        self.assertFalse(output["pictures"])

    def test_giver_is_told_what_is_left_out_and_why(self):
        output = self._family(self.kit)
        left_out = {entry["section"]: entry for entry in output["left_out"]}
        analysis = left_out["What it adds up to"]
        self.assertEqual(analysis["count"], 1)
        self.assertIn("about Sam", analysis["reason"])
        self.assertIn("Kit Moor", analysis["reason"])
        self.assertIn("no release is recorded", analysis["reason"])

    def test_responsibility_that_has_ended_gives_nothing(self):
        relation = self.kit.relation_ids
        relation.until = "2026-11-01"
        with self.assertRaisesRegex(UserError, "neither parental responsibility"):
            self._family(self.kit)
        relation.until = "2027-01-01"
        self.assertIn(ROBIN_VIEW, self._texts(self._family(self.kit)))

    def test_responsibility_that_has_not_begun_gives_nothing(self):
        relation, today = self.kit.relation_ids, self._today()
        relation.since = fields.Date.add(today, days=1)
        with self.assertRaisesRegex(UserError, "neither parental responsibility"):
            self._family(self.kit)
        relation.since = today
        self.assertIn(ROBIN_VIEW, self._texts(self._family(self.kit)))
        relation.until = today
        self.assertIn(ROBIN_VIEW, self._texts(self._family(self.kit)))
        relation.write({"since": False, "until": fields.Date.add(today, days=-1)})
        with self.assertRaisesRegex(UserError, "neither parental responsibility"):
            self._family(self.kit)

    def test_carer_without_responsibility_gets_the_child(self):
        self.nana.relation_ids.carer = True
        output = self._family(self.nana)
        self.assertIn(SAM_VIEW, self._texts(output))
        self.assertNotIn(ROBIN_VIEW, self._texts(output))

    def test_nobody_allowed_says_why_and_what_to_do(self):
        with self.assertRaisesRegex(UserError, "a manager can record a release"):
            self._family(self.shaz)
        with self.assertRaisesRegex(UserError, "made for one person"):
            self._family(None)
        stranger = self.env["sos.person"].create({"kind": "adult", "last_name": "Else"})
        with self.assertRaisesRegex(UserError, "not in this family's file"):
            self._family(stranger)

    def test_text_that_names_another_child_is_for_the_giver_to_read(self):
        report = self._open_report()
        report.with_user(self.worker).write_answer(
            "child_views", "He pointed at Sam.", self.robin.id
        )
        output = self._family(self.kit, self._sign(report).with_user(self.worker))
        self.assertEqual(
            output["look_at"], [{"section": "What the child says", "name": "Sam"}]
        )
        self.assertFalse(self._family(self.kit)["look_at"])

    # --------------------------------------------------------------- releases

    def test_release_gives_the_child_too(self):
        self.wish.share = True
        release = self._release(self.sam, self.kit)
        self.assertIn(SAM_VIEW, self._texts(self._family(self.kit)))
        release.with_user(self.manager).action_withdraw()
        self.assertNotIn(SAM_VIEW, self._texts(self._family(self.kit)))

    def test_release_may_be_for_one_form(self):
        self.wish.share = True
        other = self._open("core_group")
        self._release(self.sam, self.kit, form_id=other.id)
        self.assertNotIn(SAM_VIEW, self._texts(self._family(self.kit)))

    def test_release_is_for_managers(self):
        for user in (self.worker, self.support, self.auditor, self.other_manager):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._release(self.sam, self.kit, user=user)
        with self.assertRaisesRegex(UserError, "reason"):
            self._release(self.sam, self.kit, reason=" ")
        release = self._release(self.sam, self.kit)
        self.assertEqual(release.released_by_id, self.manager)
        with self.assertRaises(AccessError):
            release.with_user(self.worker).action_withdraw()
        with self.assertRaisesRegex(UserError, "stays as it was recorded"):
            release.with_user(self.manager).child_id = self.robin
        with self.assertRaises(AccessError):
            release.with_user(self.outsider).read(["reason"])
        people = self.env["sos.person"].with_user(self.manager)
        stranger = people.create({"kind": "adult", "last_name": "Else"})
        elsewhere = self.env["sos.case"].create(
            {"name": "Else", "team_id": self.team.id}
        )
        for words, values in (
            ("Choose a reader from", {"person_id": stranger.id}),
            ("Choose a child from", {"child_id": self.alex.id}),
            (
                "about another family",
                {"case_id": elsewhere.id, "form_id": self.form.id},
            ),
        ):
            with self.subTest(words), self._refused(ValidationError, words):
                self._release(self.sam, self.kit, **values)
        ours = self.env["sos.output.release"].search([("case_id", "=", self.case.id)])
        self.assertEqual(ours, release)

    # ------------------------------------------------------------ child's wish

    def test_wish_holds_back_all_of_the_childs_words(self):
        self._release(self.sam, self.kit)
        output = self._family(self.kit)
        texts = self._texts(output)
        self.assertIn("The plan is holding at weekends.", texts)
        for words in (SAM_VIEW, SAM_HOUSES, SAM_HARM, "face goes red", "Red face."):
            self.assertNotIn(words, texts)
        self.assertFalse(output["pictures"], "a drawing is the child's word too")
        (danger,) = self._section(output, "danger_goals")
        self.assertNotIn("Sam", [rating["who"] for rating in danger["ratings"]])
        self.assertIn("Sam does not want Kit Moor to see", self._reasons(output))

    def test_wish_after_the_signature_counts(self):
        self.assertIn(SAM_VIEW, self._texts(self._family(self.alex)))
        self.wish.with_user(self.worker).copy({"person_id": self.alex.id})
        self.assertNotIn(SAM_VIEW, self._texts(self._family(self.alex)))

    def test_words_of_a_child_named_after_the_signature_are_held_back(self):
        self._release(self.sam, self.kit)
        strength = self.lines.filtered(lambda line: line.kind == "strength")
        self.assertIn(strength.text, self._texts(self._family(self.kit)))
        strength.with_user(self.worker).words_of_id = self.sam
        self.assertNotIn(strength.text, self._texts(self._family(self.kit)))

    def test_line_that_is_about_another_child_today_is_left_out(self):
        line = self.lines.filtered(lambda line: line.child_ids == self.robin)[0]
        self.assertIn(line.text, self._texts(self._family(self.kit)))
        line.with_user(self.worker).child_ids = self.sam | self.robin
        self.assertNotIn(line.text, self._texts(self._family(self.kit)))

    def test_childs_words_are_not_given_in_somebody_elses_text(self):
        report = self._new_report(analysis=f"<p>Sam said: “{SAM_VIEW}” We agree.</p>")
        self._release(self.sam, self.kit)
        output = self._family(self.kit, report)
        self.assertNotIn("We agree.", self._texts(output))
        self.assertIn("It repeats words", self._reasons(output))
        self.assertIn("We agree.", self._texts(self._family(self.alex, report)))

    # --------------------------------------------------------------- addresses

    def test_own_address_is_given_and_nobody_elses(self):
        pieces = self._section(self._family(self.alex), "family_network")
        addresses = [p["address"] for p in pieces if p["type"] == "address"]
        self.assertEqual(addresses, ["9 Mill Road"])
        pieces = self._section(self._family(self.kit), "family_network")
        self.assertFalse([p for p in pieces if p["type"] == "address"])

    def test_address_made_confidential_after_the_signature_is_left_out(self):
        self.alex.address_ids.with_user(self.worker).confidential = True
        self.assertNotIn("9 Mill Road", self._texts(self._family(self.alex)))

    def test_text_with_a_confidential_address_is_left_out(self):
        for text in (
            f"Kit lives at {KIT_ADDRESS}.",
            "Kit lives at 4  harbour lane now.",
            "<p>4 <b>Harbour</b>&nbsp;Lane</p>",
            "Post to NE99 4ZZ.",
        ):
            with self.subTest(text):
                report = self._new_report(analysis=text, plan_outline="Fine.")
                output = self._family(self.alex, report)
                self.assertFalse(self._section(output, "analysis"))
                self.assertIn("Fine.", self._texts(output))
                self.assertIn("confidential address", self._reasons(output))

    def test_house_number_alone_hides_nothing(self):
        self.kit.address_ids.with_user(self.worker).text = "4, Harbour Lane"
        report = self._new_report(
            analysis="4 of us met.", plan_outline="4 Harbour Lane"
        )
        output = self._family(self.alex, report)
        self.assertTrue(self._section(output, "analysis"))
        self.assertFalse(self._section(output, "plan_outline"))

    def test_professionals_copy_says_that_an_address_is_confidential(self):
        output = self.form._get_output("professionals")
        self.assertNotIn(KIT_ADDRESS, self._texts(output))
        self.assertIn("9 Mill Road", self._texts(output))
        html = self.form.document_html
        self.assertIn("confidential address", html)

    # ---------------------------------------------------------------- sections

    def test_sections_follow_their_audience(self):
        family = {s["code"] for s in self._family(self.alex)["sections"]}
        child = {
            s["code"] for s in self.form._get_output("child", self.sam)["sections"]
        }
        everybody = {
            s["code"] for s in self.form._get_output("professionals")["sections"]
        }
        self.assertIn("analysis", family)
        self.assertNotIn("analysis", child)
        self.assertIn("child_views", child)
        self.assertLessEqual(family, everybody)
        # empty ones are never printed
        self.assertNotIn("network_views", everybody)
        self.assertNotIn("management_decision", everybody)

    def test_family_copy_has_no_codes_and_no_service_facts(self):
        form = self._open(
            "initial_conference", held_on="2026-11-23", chair_id=self.chair.id
        )
        self._fill(form)
        self._decide(form, "cp_plan", category="PHY")
        form.child_ids.write({"against_reason": "The report came first."})
        self._sign(form, by=self.chair)
        output = self._family(self.alex, form.with_user(self.worker))
        copy = self.env["sos.form.document"]._canonical(output)
        self.assertNotIn("PHY", copy)
        self.assertNotIn("cp_plan", copy)
        self.assertIn("Physical abuse", copy)
        self.assertNotIn("attendance", {s["code"] for s in output["sections"]})
        facts = [fact["code"] for fact in output["header"]["facts"]]
        self.assertEqual(facts, ["held_on", "chair_id"])

    def test_what_an_event_means_is_for_professionals(self):
        self.assertIn(
            "not stopped", self._texts(self.form._get_output("professionals"))
        )
        self.assertNotIn("not stopped", self._texts(self._family(self.alex)))

    def test_disagreement_is_shown(self):
        (danger,) = self._section(self._family(self.alex), "danger_goals")
        views = {view["who"]: view["opinion"] for view in danger["opinions"]}
        self.assertEqual(views, {"Alex": "agrees", "Kit": "disagrees"})

    def test_first_page_says_why_worries_well_next_and_whom_to_call(self):
        output = self._family(self.alex)
        first = output["first_page"]
        self.assertIn("before the conference", first["why"][0])
        self.assertEqual(first["worries"], [self.danger.text])
        self.assertEqual(len(first["well"]), 2)
        self.assertEqual(first["next"], [self.danger.goal])
        self.assertEqual(output["contact"]["worker"], self.worker.name)
        kit = self._family(self.kit)["first_page"]
        self.assertEqual(len(kit["worries"]), 1)
        self.assertFalse(kit["well"] or kit["next"])

    def test_child_copy_is_for_the_child(self):
        output = self.form._get_output("child", self.sam)
        self.assertIn(SAM_VIEW, self._texts(output))
        self.assertNotIn(ROBIN_VIEW, self._texts(output))
        html = self.form._render_output_html(
            *self.form._prepare_output("child", self.sam)
        )
        self.assertIn("What do you say?", html)
        self.assertEqual(output["contact"]["can_tell"], ["Jo Hill"])
        with self.assertRaisesRegex(UserError, "neither parental responsibility"):
            self._family(self.sam)

    def test_only_what_a_child_said_is_quoted(self):
        """What a worker wrote about a child has the quotation marks that they wrote."""
        for audience, reader in (
            ("family", self.alex),
            ("child", self.robin),
            ("professionals", self.env["sos.person"]),
        ):
            with self.subTest(audience):
                html = self.form._render_output_html(
                    *self.form._prepare_output(audience, reader)
                )
                before, _view, after = html.partition(ROBIN_VIEW)
                self.assertTrue(after)
                self.assertNotIn("quote", before[before.rindex("<h2") :])
        html = self.form._render_output_html(
            *self.form._prepare_output("family", self.alex)
        )
        self.assertIn(f"“{SAM_HOUSES} I sing", html)

    def test_addendum_is_for_professionals(self):
        self.form.addendum_ids.create(
            {"form_id": self.form.id, "text": "<p>Later.</p>"}
        )
        self.assertIn("Later.", self.form.document_html)
        output, pictures = self.form._prepare_output("family", self.alex)
        self.assertNotIn("Later.", self.form._render_output_html(output, pictures))

    # ---------------------------------------------------------------- released

    def test_strategy_discussion_waits_for_its_release(self):
        form = self._open("strategy", held_on="2026-11-23")
        self.wenv["sos.rating"].create(
            [
                {
                    "danger_id": self.danger.id,
                    "form_id": form.id,
                    "score": 1,
                    "reason": "The police have found the belt.",
                    **who,
                }
                for who in ({"user_id": self.manager.id}, {"person_id": self.alex.id})
            ]
        )
        self._sign(self._fill(form, decision="assess"))
        for audience, reader in (("family", self.alex), ("child", self.sam)):
            with self.assertRaisesRegex(UserError, "until it is released"):
                form._get_output(audience, reader)
        self.assertTrue(form._get_output("professionals")["sections"])
        later = self._new_report()
        output = self._family(self.alex, later)
        self.assertNotIn("Strategy", self._texts(output))
        self.assertNotIn("found the belt", self._texts(output))
        self.assertIn("not released to the family", self._reasons(output))
        (danger,) = self._section(output, "danger_goals")
        scores = {rating["who"]: rating["score"] for rating in danger["ratings"]}
        self.assertEqual(scores["Alex"], 5, "the one before, outside that form")
        self.assertNotIn(self.manager.name, scores)
        form.with_user(self.manager).action_release("The police agree.")
        self.assertTrue(form._get_output("family", self.alex)["sections"])
        self.assertIn("Strategy", self._texts(self._family(self.alex, later)))
        self.assertIn("found the belt", self._texts(self._family(self.alex, later)))

    # ------------------------------------------------------------------ rights

    def test_who_may_not_read_the_form_gets_no_copy(self):
        for user in (self.outsider, self.analyst, self.configurator):
            form = self.form.with_user(user)
            with self.subTest(user.login):
                for act in (
                    lambda form=form: form._get_output("professionals"),
                    lambda form=form: form._get_output("family", self.alex),
                    lambda form=form: form.read(["document_html"]),
                    lambda form=form: form.give("family", "by_hand", self.alex.id),
                ):
                    with self.assertRaises(AccessError):
                        act()
        # who reads the family and writes nothing may look, and gives nothing
        auditor = self.form.with_user(self.auditor)
        self.assertIn(SAM_VIEW, auditor.document_html)
        with self.assertRaises(AccessError):
            auditor.give("family", "by_hand", self.alex)


@freeze_time("2026-11-23 10:00:00")
@tagged("post_install", "-at_install")
class TestOutputGiven(SignedCommon):
    def test_giving_keeps_what_the_copy_held(self):
        given = self.form.give(
            "family", "by_hand", person=self.alex.id, talked_through=True
        )
        self.assertEqual(given.given_by_id, self.worker)
        self.assertEqual(given.document_id, self.form.document_id)
        self.assertEqual(given.recipient, "Alex Hill")
        held = json.loads(given.content)
        self.assertEqual(held["reader"]["id"], self.alex.id)
        self.assertNotIn("left_out", held)
        self.assertEqual(
            given.sha256, self.env["sos.form.document"]._fingerprint(given.content)
        )
        self.wish.with_user(self.worker).copy({"person_id": self.alex.id})
        self.assertIn(SAM_VIEW, given.content_html, "as it was given")
        self.assertFalse(
            self.env["mail.message"].search_count([("model", "=", "sos.form.given")])
        )

    def test_giving_refuses_what_the_rules_refuse(self):
        draft = self._open_report().with_user(self.worker)
        for message, act in (
            ("Submit", lambda: draft.give("family", "by_hand", self.alex)),
            ("how", lambda: self.form.give("family", "by_owl", self.alex)),
            ("agency", lambda: self.form.give("professionals", "post")),
            ("neither", lambda: self.form.give("family", "by_hand", self.shaz)),
            ("made for one", lambda: self.form.give("family", "by_hand")),
            ("for the family", lambda: self.form.give("public", "by_hand", self.alex)),
        ):
            with self.subTest(message), self.assertRaisesRegex(UserError, message):
                act()
        self.assertFalse(self.form.given_ids)

    def test_copy_for_an_agency_has_no_family_reader(self):
        agency = self.env["res.partner"].create({"name": "Harbour Primary School"})
        given = self.form.give(
            "professionals", "secure_email", person=self.alex, partner=agency
        )
        self.assertEqual(given.recipient, "Harbour Primary School")
        self.assertFalse(given.person_id)

    def test_given_is_fixed_but_for_the_feedback(self):
        given = self.form.give("family", "by_hand", self.alex)
        given.write({"feedback": "helpful", "feedback_text": "It says what I said."})
        self.assertEqual(given.feedback, "helpful")
        for vals in (
            {"person_id": self.kit.id},
            {"content": "{}"},
            {"talked_through": True},
            {"given_at": "2020-01-01"},
        ):
            with self.subTest(vals), self.assertRaises(UserError):
                given.write(vals)
        with self.assertRaises(UserError):
            given.sudo().write({"audience": "professionals"})
        with self.assertRaises(AccessError):
            given.unlink()
        with self.assertRaises(AccessError):
            given.create({"form_id": self.form.id, "audience": "family"})

    def test_log_is_for_readers_of_the_family(self):
        given = self.form.give("family", "by_hand", self.alex)
        self.assertEqual(given.with_user(self.manager).audience, "family")
        self.assertEqual(given.with_user(self.auditor).audience, "family")
        for user in (self.outsider, self.other_manager, self.analyst):
            with self.subTest(user.login), self.assertRaises(AccessError):
                given.with_user(user).read(["content"])
        own = self.env["sos.form.given"].with_user(self.outsider).search([])
        self.assertNotIn(given, own)

    def test_changed_record_of_what_was_given_is_told(self):
        given = self.form.give("family", "by_hand", self.alex)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sos_form_given SET content = replace(content, 'Nana', 'Nobody') "
            "WHERE id = %s",
            (given.id,),
        )
        self.env.invalidate_all()
        self.assertIn("fingerprint does not fit", given.content_html)
        self.assertNotIn("Nobody there", given.content_html)


@freeze_time("2026-11-23 10:00:00")
@tagged("post_install", "-at_install")
class TestOutputGive(SignedCommon):
    def _wizard(self, reader=None, audience="family", user=None):
        wizards = self.env["sos.form.give"].with_user(user or self.worker)
        wizard = Form(wizards.with_context(default_form_id=self.form.id))
        wizard.audience = audience
        if reader:
            wizard.person_id = reader
        return wizard

    def test_wizard_tells_what_the_reader_does_not_get(self):
        wizard = self._wizard(self.kit)
        self.assertFalse(wizard.refusal)
        self.assertIn("What it adds up to", wizard.left_out_html)
        self.assertEqual(wizard.about, "Robin Hill")
        wizard.person_id = self.alex
        self.assertNotIn("What it adds up to", wizard.left_out_html)

    def test_wizard_says_why_it_cannot_be_given(self):
        wizard = self._wizard(self.shaz)
        self.assertIn("neither parental responsibility", wizard.refusal)
        record = wizard.save()
        with self.assertRaisesRegex(UserError, "neither parental responsibility"):
            record.action_give()
        self.assertFalse(self.form.given_ids)

    def test_wizard_offers_people_of_the_family(self):
        wizard = self._wizard()
        offered = wizard.available_person_ids
        self.assertIn(self.kit, offered)
        wizard.person_id = self.kit
        wizard.audience = "child"
        self.assertEqual(
            self.env["sos.person"].union(*wizard.available_person_ids),
            self.sam | self.robin,
        )
        self.assertFalse(wizard.person_id, "an adult does not read a child's copy")

    def test_give_and_record(self):
        record = self._wizard(self.alex).save()
        with self.assertRaisesRegex(UserError, "Give and record"):
            record._render_report_pdf()
        action = record.action_give()
        self.assertEqual(action["type"], "ir.actions.report")
        self.assertEqual(self.form.given_ids, record.given_id)
        record.action_give()
        self.assertEqual(len(self.form.given_ids), 1, "pressed twice, given once")

    def test_long_copy_is_a_hint_and_no_block(self):
        form_type = self.report.type_id
        form_type.max_pages = 1
        record = self._wizard(self.alex).save()
        self.assertIn("about", record.warning)
        with self.allow_pdf_render():
            record.action_look()
        self.assertIn("pages, where 1 are the most", record.warning)
        self.assertNotIn("about", record.warning)
        self.assertIn(SAM_VIEW, record.preview_html)
        self.assertIn("has not been given to anybody yet", record.preview_html)
        record.person_id = self.kit
        self.assertFalse(record.preview_html, "another copy: look again")
        self.assertIn("about", record.warning, "estimated again")
        record.person_id = self.alex
        record.action_give()
        html = self.form._render_output_html(*record._get_copy())
        self.assertNotIn("has not been given", html)
        self.assertTrue(self.form.given_ids)

    def test_wizard_of_somebody_else_prints_nothing(self):
        record = self._wizard(self.alex).save()
        record.action_give()
        reports = self.env["ir.actions.report"].with_user(self.outsider)
        for render in (reports._render_qweb_html, reports._render_qweb_pdf):
            with self.assertRaises(AccessError):
                render("sos_casework.report_form_give", record.ids)


@freeze_time("2026-11-23 10:00:00")
@tagged("post_install", "-at_install")
class TestOutputPrint(SignedCommon):
    def _text(self, pdf):
        pages = PdfFileReader(io.BytesIO(pdf)).pages
        return " ".join(" ".join(page.extract_text() for page in pages).split())

    def test_print_for_the_family(self):
        with self.allow_pdf_render():
            pdf = self.form._render_output_pdf("family", self.alex)
        text = self._text(pdf)
        self.assertIn("What are we worried about?", text)
        self.assertIn(SAM_VIEW, text)
        self.assertIn("Is something wrong", text)
        self.assertIn(f"version {self.form.version_id.number}", text)
        self.assertIn(self.form.reference, text)
        self.assertNotIn(KIT_ADDRESS, text)
        self.assertNotIn("DOCTYPE", text)
        pages, size = self.form._measure_pdf(pdf)
        self.assertLessEqual(pages, self.form.type_id.max_pages)
        self.assertLess(size, self.form.type_id.max_mb)

    def test_print_menu_makes_the_professionals_copy(self):
        reports = self.env["ir.actions.report"].with_user(self.worker)
        reports = reports.with_context(force_report_rendering=True)
        name = "sos_casework.report_form_professionals"
        with self.allow_pdf_render():
            pdf, kind = reports._render_qweb_pdf(name, self.form.ids)
        self.assertEqual(kind, "pdf")
        text = self._text(pdf)
        self.assertIn("Danger statement", text)
        self.assertIn("fingerprint", text)
        with self.assertRaises(AccessError):
            reports.with_user(self.outsider)._render_qweb_pdf(name, self.form.ids)
        with self.assertRaises(AccessError):
            reports.with_user(self.outsider)._render_qweb_html(name, self.form.ids)

    def test_no_report_of_the_menu_prints_a_family_copy(self):
        bound = self.env["ir.actions.report"].search([("model", "=", "sos.form")])
        self.assertEqual(
            bound, self.env.ref("sos_casework.sos_form_report_professionals")
        )

    def test_many_pictures_stay_within_the_budget(self):
        panels = [
            Command.create(
                {"text": f"Picture {number}", "image": self._draw(2400, 1800)}
            )
            for number in range(8)
        ]
        self.wenv["sos.words.pictures"].create(
            {"case_id": self.case.id, "panel_ids": panels}
        )
        report = self._new_report()
        with self.allow_pdf_render():
            pdf = report._render_output_pdf("family", self.alex)
        _pages, size = report._measure_pdf(pdf)
        self.assertLess(size, report.type_id.max_mb)

    def test_agency_changes_the_words_around_a_familys_copy(self):
        self.report.type_id.write(
            {"family_opening": "Hello from all of us.", "family_wrong": "Ring 01234."}
        )
        html = self.form._render_output_html(
            *self.form._prepare_output("family", self.alex)
        )
        self.assertIn("Hello from all of us.", html)
        self.assertIn("Ring 01234.", html)
