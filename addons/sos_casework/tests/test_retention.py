from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .common import SosCommon
from .refusals import RefusalsMixin


@tagged("post_install", "-at_install")
@freeze_time("2026-09-07 10:00:00")
class TestRetention(RefusalsMixin, SosCommon):
    """How long a closed family file is kept. Robin, the youngest, is born on 10
    February 2021."""

    def _rule(self, code):
        return self.env["sos.retention.rule"].search([("code", "=", code)])

    def _until(self, case=None):
        case = case or self.case
        case.invalidate_recordset(["kept_until", "kept_why"])
        return case.kept_why, str(case.kept_until or "")

    def _close(self, day="2026-09-07"):
        self.case.closed_on = day

    def test_open_file_has_no_end(self):
        self.assertEqual(self._until(), (False, ""))

    def test_longest_rule_counts(self):
        self._close()
        contact = "Contact or assessment without a plan"
        self.assertEqual(self._until(), (contact, "2046-02-10"))
        self._protected()
        enquiry = "Section 47 enquiry or child protection plan"
        # by the youngest child's birth, or by the closure, whichever is longer
        self._close("2022-09-07")
        self.assertEqual(self._until(), (enquiry, "2061-02-10"))
        self._close()
        self.assertEqual(self._until(), (f"{enquiry}, after closure", "2061-09-07"))
        self.case.plan_ids[:1].latest_category_id = self._code("abuse_category", "SAB")
        self.assertEqual(self._until(), ("Sexual abuse of a child", "2096-02-10"))
        self.case.retention_code = "adopted"
        self.assertEqual(self._until(), ("Adopted child", "2126-09-07"))
        # nought years: kept for good, whatever else fits
        self.case.retention_code = "keep"
        self.assertEqual(self._until(), (False, ""))

    def test_unborn_child_counts_and_unknown_age_keeps(self):
        self._close()
        baby = self.env["sos.person"].create(
            {"last_name": "Hill", "expected_on": "2026-12-01"}
        )
        member = {"case_id": self.case.id, "person_id": baby.id}
        self.env["sos.case.member"].create(member)
        self.assertEqual(self._until()[1], "2051-12-01")
        baby.expected_on = False
        self.assertEqual(self._until(), (False, ""))

    def test_configurator_changes_years_and_no_case_content(self):
        rule = self._rule("contact").with_user(self.configurator)
        rule.years = 30
        self._close()
        self.assertEqual(self._until()[1], "2051-02-10")
        with self._refused(ValidationError, "not one of family files"):
            rule.domain = "[('no_such_field', '=', 1)]"
        with self._refused(ValidationError, "not one of family files"):
            rule.domain = "__import__('os')"
        with self._refused(ValidationError, "cannot be counted from there"):
            rule.counted_from = "entry"
        for user in (self.service_manager, self.auditor, self.worker):
            with self.subTest(user.login), self.assertRaises(AccessError):
                rule.with_user(user).years = 1
        with self.assertRaises(AccessError):
            rule.unlink()

    def test_every_rule_says_where_it_comes_from(self):
        rules = self.env["sos.retention.rule"].search([])
        self.assertGreater(len(rules), 7)
        for rule in rules:
            self.assertTrue(rule.source)
            self.assertTrue(rule.years >= 3 or rule.code == "keep", rule.name)

    def test_service_manager_says_what_keeps_a_file_longer(self):
        self.case.with_user(self.service_manager).retention_code = "looked_after"
        self._close()
        self.assertEqual(self._until()[1], "2096-02-10")
        for user in (self.worker, self.manager):
            with self.subTest(user.login):
                with self._refused(ValidationError, "A service manager decides"):
                    self.case.with_user(user).retention_code = False


@tagged("post_install", "-at_install")
@freeze_time("2026-09-07 10:00:00")
class TestLegalHold(RefusalsMixin, SosCommon):
    def _hold(self, user=None, **vals):
        vals = vals or {"case_id": self.case.id}
        holds = self.env["sos.legal.hold"].with_user(user or self.service_manager)
        return holds.create({"reason": "Inquiry 7", **vals})

    def test_lifted_by_somebody_else_with_a_reason(self):
        hold = self._hold()
        self.assertEqual(hold.placed_by_id, self.service_manager)
        hold.lift_reason = "It has ended."
        with self._refused(UserError, "somebody else lifts it"):
            hold.action_lift()
        theirs = hold.with_user(self.auditor)
        theirs.lift_reason = False
        with self._refused(UserError, "Say why the hold is lifted"):
            theirs.action_lift()
        theirs.lift_reason = "The inquiry has ended."
        theirs.action_lift()
        self.assertEqual(hold.lifted_by_id, self.auditor)
        for change in (theirs.action_lift, lambda: theirs.write({"lift_reason": "x"})):
            with self._refused(UserError, "lifted already"):
                change()

    def test_file_shows_it(self):
        self.assertFalse(self.case.on_hold)
        hold = self._hold(scope="person", person_id=self.alex.id)
        self.env.invalidate_all()
        self.assertTrue(self.case.on_hold)
        self.assertEqual(self.env["sos.legal.hold"]._find(None, self.alex), hold)
        self.assertFalse(self.env["sos.legal.hold"]._find(None, self.kit))
        self._hold(scope="all")
        self.assertTrue(self.env["sos.legal.hold"]._find())

    def test_stays_as_it_was_placed(self):
        hold = self._hold()
        with self._refused(UserError, "stays as it was placed"):
            hold.reason = "Another"
        with self._refused(UserError, "filled in by the system|stays as it was"):
            hold.lifted_on = "2026-09-07"
        with self._refused(UserError, "Choose what the hold is on"):
            self._hold(scope="case")
        with self._refused(UserError, "one family file, one person, or all"):
            self._hold(scope="all", case_id=self.case.id)
        with self._refused(UserError, "Nothing that was recorded"):
            hold.sudo().unlink()

    def test_roles(self):
        hold = self._hold()
        for user in (self.worker, self.manager, self.support, self.configurator):
            with self.subTest(user.login), self.assertRaises(AccessError):
                hold.with_user(user).read(["reason"])
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._hold(user)
        self.case.with_user(self.manager).restricted = True
        self.env.invalidate_all()
        for user in (self.service_manager, self.auditor):
            with self.subTest(user.login), self.assertRaises(AccessError):
                hold.with_user(user).read(["reason"])
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._hold(user)
        everything = self._hold(scope="all")
        self.assertEqual(everything.with_user(self.auditor).reason, "Inquiry 7")

    def test_person_in_a_file(self):
        hold = self._hold(scope="person", person_id=self.sam.id)
        self.assertEqual(hold.with_user(self.auditor).person_id, self.sam)
