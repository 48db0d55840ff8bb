from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time, tagged

from .common_correction import CorrectionCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-09-07 10:00:00")
class TestOverlaps(CorrectionCommon):
    """A contact that is recorded late begins no period of need within another one
    without a word (census rule 8820)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.need = cls.env["sos.episode"].create(
            {
                "case_id": cls.case.id,
                "child_id": cls.sam.id,
                "referred_on": "2026-04-01",
                "closed_on": "2026-07-01",
                "closure_reason_id": cls._code("closure_reason", "RC7").id,
            }
        )

    def _contact(self, day, decision="assess"):
        form = self._open(
            "contact",
            self.sam,
            source_id=self._code("referral_source", "2A").id,
            need_id=self._code("primary_need", "N1").id,
        )
        return self._fill(form, decision=decision, received_at=f"{day} 09:00:00")

    def test_said_while_writing(self):
        form = self._contact("2026-05-04", None)
        with Form(form) as screen:
            self.assertIn("rule 8820", screen.sign_html)
            self.assertIn("Sam", screen.sign_html)
            self.assertTrue(screen.asks_override_reason)
            screen.received_at = "2026-08-03 09:00:00"
            self.assertFalse(screen.sign_html)
            self.assertFalse(screen.asks_override_reason)
        # a contact that was for information begins nothing
        self.assertFalse(self._contact("2026-05-04", "information").sign_html)
        self.assertIn("8820", self._contact("2026-05-04", "nfa").sign_html)

    def test_blocks_authorising_unless_a_reason_is_given(self):
        for decision in ("assess", "nfa"):
            form = self._contact("2026-05-04", decision)
            form.action_submit()
            signed = form.with_user(self.manager)
            self.assertIn("8820", signed.sign_html)
            with self._refused(UserError, "rule 8820"):
                signed.action_authorise()
            form.with_user(self.manager).action_send_back("Look at the day.")
            form.action_cancel("Entered twice.")
        form = self._contact("2026-05-04")
        form.action_submit()
        signed = form.with_user(self.manager)
        signed.override_reason = "Agreed with the department."
        self.assertFalse(signed.sign_html)
        signed.action_authorise()
        self.assertEqual(len(self.sam.episode_ids), 2)

    def test_what_begins_before_a_later_one(self):
        """Recorded after the one that came later: it would go on through it."""
        form = self._contact("2026-03-02")
        form.action_submit()
        with self._refused(UserError, "rule 8820"):
            form.with_user(self.manager).action_authorise()
        # what ends with its contact does not
        self._sign(self._contact("2026-03-03", "nfa"))

    def test_days_that_are_right(self):
        for day in ("2026-07-01", "2026-08-03"):
            with self.subTest(day):
                self.assertFalse(self._contact(day).sign_html)
        self._sign(self._contact("2026-07-01"))
        # which another one joins, whatever its day
        form = self._contact("2026-05-04")
        self.assertFalse(form.sign_html)
        self._sign(form)
        self.assertEqual(len(self.sam.episode_ids), 2)

    def test_other_team_s_days_are_not_told(self):
        other = self.env["sos.case"].create(
            {"name": "Low", "team_id": self.other_team.id}
        )
        self.need.case_id = other
        said = self._contact("2026-05-04").with_user(self.worker).sign_html
        self.assertIn("8820", said)
        self.assertNotIn(
            "2026", said.replace("05/04/2026", "").replace("04/05/2026", "")
        )

    def test_correction_makes_no_overlap(self):
        """The day of a contact that began a period of need is put right into another
        one."""
        form = self._sign(self._contact("2026-08-03"))
        with self._refused(UserError, "rule 8820"):
            self._correct(form, {"received_at": "2026-06-01 09:00:00"})
        self._correct(form, {"received_at": "2026-07-02 09:00:00"})
        self.assertEqual(str(form.child_ids.episode_id.referred_on), "2026-07-02")
