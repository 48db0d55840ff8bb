from odoo.tests import TransactionCase, new_test_user, tagged

from .domain_watch import DomainWatch, get_ways_to_families


@tagged("post_install", "-at_install")
class TestDomainWatch(TransactionCase):
    """What a client sends as a domain, an order or a grouping is never worked out as
    superuser: it would read, letter by letter, what no rule shows. A sample;
    ``tests/long/test_domain_watch.py`` asks as every role, in every way."""

    def test_no_domain_is_worked_out_as_superuser(self):
        watch = DomainWatch(self.env)
        for login, group in (
            ("stranger", "base.group_user"),
            ("outside", "base.group_portal"),
        ):
            user = new_test_user(self.env, login=login, groups=group)
            watch.ask(user, operators=("any",))
        self.assertGreater(watch.worked_out, 1500, str(watch))
        self.assertFalse(watch.get_unreasoned(), str(watch))

    def test_nothing_leads_from_everybodys_records_to_a_family(self):
        for login, group in (
            ("stranger", "base.group_user"),
            ("outside", "base.group_portal"),
        ):
            user = new_test_user(self.env, login=login, groups=group)
            self.assertFalse(get_ways_to_families(self.env, user))
