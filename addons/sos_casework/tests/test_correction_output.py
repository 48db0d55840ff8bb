from odoo.tests import freeze_time, tagged

from .common_correction import CorrectionCommon
from .common_output import KIT_ADDRESS
from .test_output import SignedCommon


@freeze_time("2026-11-23 10:00:00")
@tagged("post_install", "-at_install")
class TestSosCorrectionOutput(SignedCommon, CorrectionCommon):
    """A correction stands after the signature, for who may have that part."""

    def _put_right(self, values=None, child=None, kind="fact", form=None):
        form = form or self.form
        correction = form.with_user(self.worker).ask_correction(
            "The wrong line was chosen.", values, child and child.id, kind
        )
        correction.with_user(self.manager).action_authorise()
        return correction

    def _texts_of(self, output):
        return [entry["text"] for entry in output["corrections"]]

    def test_on_the_screen_and_for_professionals(self):
        no_plan = self._decided(self.form, "recommend_no_plan")
        self._put_right(no_plan, self.sam)
        [entry] = self.form._get_output("professionals")["corrections"]
        self.assertEqual(entry["on"], "2026-11-23")
        self.assertEqual(
            entry["text"],
            "Sam: Decision was We suggest a child protection plan, is We do not "
            "suggest a child protection plan.",
        )
        self.assertEqual(entry["reason"], "The wrong line was chosen.")
        self.form.invalidate_recordset()
        page = self.form.document_html
        self.assertIn("Corrected on", page)
        self.assertIn("23 November 2026", page)
        self.assertIn("The wrong line was chosen.", page)

    def test_what_waits_or_was_refused_is_no_correction(self):
        self._ask(self.form, self._decided(self.form, "recommend_no_plan"), self.sam)
        self.assertEqual(self.form._get_output("professionals")["corrections"], [])
        self.assertNotIn("corrected", self.form.document_html)

    def test_family_gets_its_own_children_and_no_reason(self):
        self._put_right(self._decided(self.form, "recommend_no_plan"), self.sam)
        output = self._family(self.alex)
        self.assertEqual(len(self._texts_of(output)), 1)
        self.assertEqual(output["corrections"][0].keys(), {"on", "text"})
        page = self.form._render_output_page(output, {})
        self.assertIn("Sam: Decision was", page)
        self.assertNotIn("The wrong line", page)
        # Kit has parental responsibility for Robin only
        output = self._family(self.kit)
        self.assertEqual(self._texts_of(output), [])
        self.assertIn("Corrections", [e["section"] for e in output["left_out"]])
        self.assertNotIn("Sam", self.form._render_output_page(output, {}))
        self._put_right(self._decided(self.form, "recommend_no_plan"), self.robin)
        self.assertEqual(len(self._texts_of(self._family(self.kit))), 1)

    def test_whole_form_is_told_to_everybody(self):
        self._put_right({"started_on": "2026-11-20"})
        text = "Started on was 23 November 2026, is 20 November 2026."
        for reader in (self.alex, self.kit):
            self.assertEqual(self._texts_of(self._family(reader)), [text])
        self.assertEqual(
            self._texts_of(self.form._get_output("child", self.sam)), [text]
        )

    def test_facts_of_the_service_are_not_the_familys(self):
        visit = self._open("visit", held_on="2026-11-23")
        visit.child_ids.write({"seen": "yes"})
        self._fill(visit).action_submit()
        self._put_right({"bedroom_seen": "yes"}, self.sam, form=visit)
        self._put_right({"announced": True}, form=visit)
        self.assertEqual(self._texts_of(self._family(self.alex, visit)), [])
        told = self._texts_of(visit._get_output("professionals"))
        self.assertEqual(
            told,
            [
                "Sam: Bedroom seen was not filled in, is Yes.",
                "The family knew we were coming was No, is Yes.",
            ],
        )

    def test_child_who_was_not_part(self):
        self._put_right(child=self.sam, kind="not_part")
        self.assertEqual(
            self._texts_of(self._family(self.alex)), ["Sam was not part of this."]
        )
        self.assertEqual(self._texts_of(self._family(self.kit)), [])

    def test_confidential_address_in_a_corrected_reason(self):
        form = self.case.form_ids.filtered(lambda f: f.type_code == "contact")
        self.env["sos.correction"].create(
            {
                "form_id": form.id,
                "kind": "fact",
                "child_id": self.robin.id,
                "fact": "against_reason",
                "what": "Why",
                "new_text": f"He lives at {KIT_ADDRESS}.",
                "reason": "x",
                "asked_by_id": self.worker.id,
                "asked_at": "2026-11-23",
                "decided_at": "2026-11-23",
                "state": "done",
            }
        )
        output = self._family(self.alex, form)
        self.assertEqual(self._texts_of(output), [])
        self.assertIn("confidential address", self._reasons(output))

    def test_copy_that_was_given_stays(self):
        given = self.form.give("family", "by_hand", person=self.alex)
        before = given.content
        correction = self._put_right({"started_on": "2026-11-20"})
        self.assertIn("give them again", correction.follows)
        self.assertEqual(given.content, before)
        self.assertIn("sos_doc", given.content_html)
        again = self.form.give("family", "by_hand", person=self.alex)
        self.assertIn("20 November 2026", again.content)
        self.assertIn("20 November 2026", again.content_html)
