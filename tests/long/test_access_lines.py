"""Every public method of every model as each role: whose words are answered is in a
line of the access log. A sample is in the addon's own tests."""

from odoo.tests import TransactionCase, tagged

from odoo.addons.sos_casework.tests.access_lines import LEFT_OUT, LinesMixin

ROLES = (
    "practitioner",
    "team_manager",
    "business_support",
    "conference_chair",
    "quality_auditor",
    "service_manager",
    "performance_analyst",
    "configurator",
    "no_role",
)


@tagged("post_install", "-at_install")
class TestAllAccessLines(LinesMixin, TransactionCase):
    def test_whose_words_are_answered_is_in_a_line(self):
        for model in sorted(self.env.registry):
            if model.startswith(LEFT_OUT):
                continue
            for role in ROLES:
                self._check_ways(model, role)
        self._check_lines(words=1000, answers=10000)
