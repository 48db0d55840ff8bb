from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import TimeCommon

#: paths from somebody's company to the time of the service, and on to a family
TO_LINES = "company_id.sos_timesheet_project_id.timesheet_ids"
TO_CASE = f"{TO_LINES}.sos_case_id"
TO_FORM = f"{TO_LINES}.sos_form_id"


@tagged("post_install", "-at_install")
class TestTimePaths(TimeCommon):
    """Time is the one thing that leads from records that everybody reads to a family.
    Odoo works out some domains of clients as superuser; the way through time is always
    under the rules of who asks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.form = cls.case.with_user(cls.worker).open_form("assessment")
        cls.form.log_time(60, "recording")
        cls.danger = cls.env["sos.danger"].create(
            {"case_id": cls.case.id, "text": "We worry that Sam will be hurt."}
        )
        cls.case.write({"restricted": True, "named_reader_ids": cls.manager.ids})
        cls.stranger = new_test_user(
            cls.env, login="stranger", groups="base.group_user"
        )
        cls.env.flush_all()

    def _ask(self, user, model, domain):
        """What is answered: how many, or that it is refused."""
        try:
            return self.env[model].with_user(user).search_count(domain)
        except AccessError:
            return "refused"

    def _check_tells_nothing(self, user, model, own, path):
        """The right words and wrong ones get the same answer, in every form."""
        domains = (
            lambda to, name, words: [(f"{path}{to}.{name}", "=like", words)],
            lambda to, name, words: [(f"{path}{to}", "any", [(name, "=like", words)])],
            lambda to, name, words: [
                (f"{path}{to}", "not any", [(name, "=like", words)])
            ],
        )
        asked = 0
        for to, name, right in (
            (TO_CASE, "danger_ids.text", "We worry%"),
            (TO_CASE, "name", "Hill"),
            (TO_CASE, "member_ids.person_id.first_name", "Sam"),
            (TO_FORM, "case_id.name", "Hill"),
            (TO_FORM, "child_ids.child_id.last_name", "Hill"),
        ):
            for get_domain in domains:
                with self.subTest(f"{user.login}: {model} {path}{to}.{name}"):
                    # there is something to find, for who may
                    every = [("id", "in", own.ids)]
                    answers = {
                        str(self._ask(user, model, every + get_domain(to, name, words)))
                        for words in (right, "Zq%")
                    }
                    self.assertEqual(len(answers), 1, answers)
                    asked += 1
        return asked

    def test_paths_find_for_who_may_read(self):
        """So that the refusals below are not those of a path that finds nothing."""
        self.manager.group_ids |= self.env.ref("project.group_project_manager")
        file = (
            self.env["ir.attachment"]
            .with_user(self.manager)
            .create({"name": "My file", "company_id": self.env.company.id})
        )
        for words, found in (("We worry%", 1), ("Zq%", 0)):
            domain = [
                ("id", "in", file.ids),
                (f"{TO_CASE}.danger_ids.text", "=like", words),
            ]
            self.assertEqual(self._ask(self.manager, "ir.attachment", domain), found)

    def test_by_a_file_of_ones_own(self):
        file = (
            self.env["ir.attachment"]
            .with_user(self.stranger)
            .create({"name": "My file"})
        )
        for path in ("", "create_uid."):
            self._check_tells_nothing(self.stranger, "ir.attachment", file, path)

    def test_by_following_oneself(self):
        partner = self.stranger.partner_id
        partner.message_subscribe(partner.ids)
        for path in ("user_ids.", "create_uid."):
            path = f"message_partner_ids.{path}"
            self._check_tells_nothing(self.stranger, "res.partner", partner, path)

    def test_by_ones_bank_account(self):
        employee = self.env["hr.employee"].create(
            {"name": "E", "user_id": self.stranger.id}
        )
        bank = self.env["res.partner.bank"].create(
            {"acc_number": "1", "partner_id": employee.work_contact_id.id}
        )
        employee.bank_account_ids = bank
        self._check_tells_nothing(
            self.stranger, "res.partner.bank", bank, "employee_id."
        )
        self._check_tells_nothing(
            self.stranger, "res.users", self.stranger, "bank_account_ids.create_uid."
        )

    def test_who_is_blocked(self):
        self.case.write({"restricted": False, "named_reader_ids": False})
        self.env["sos.access.block"].create(
            {"user_id": self.worker.id, "case_id": self.case.id, "reason": "Cousin."}
        )
        file = (
            self.env["ir.attachment"].with_user(self.worker).create({"name": "My file"})
        )
        self._check_tells_nothing(self.worker, "ir.attachment", file, "")
        for name in ("sos_blocked_case_ids", "sos_blocked_person_ids"):
            with self.assertRaisesRegex(ValueError, "Invalid field"):
                file.search([(f"create_uid.{name}.name", "=like", "Hill")])

    def test_code_that_works_as_superuser_asks_the_users_rules(self):
        """A domain, a grouping and a filter of records, worked out as superuser."""
        lines = self.env["account.analytic.line"].search(
            [("sos_case_id", "=", self.case.id)]
        )
        self.assertTrue(lines)
        hill = [("sos_case_id.name", "=", "Hill")]
        nested = [("sos_case_id.member_ids.person_id.last_name", "=", "Hill")]
        for user, found in ((self.outsider, False), (self.manager, True)):
            asked = lines.with_user(user).sudo()
            with self.subTest(user.login):
                for domain in (hill, nested):
                    self.assertEqual(bool(asked.search(domain)), found)
                    self.assertEqual(bool(asked.filtered_domain(domain)), found)
                    self.assertEqual(lines in asked.search(["!", *domain]), not found)
                ((name, _count),) = asked._read_group(
                    [("id", "in", lines.ids)], ["sos_case_id.name"], ["__count"]
                )
                self.assertEqual(name == "Hill", found)

    def test_code_of_the_system_finds_them(self):
        for env in (self.env, self.env(su=True)):
            lines = env["account.analytic.line"]
            self.assertTrue(lines.search([("sos_case_id.name", "=", "Hill")]))
