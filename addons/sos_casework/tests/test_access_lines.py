from odoo.tests import TransactionCase, tagged

from .access_lines import LinesMixin
from .test_access_ways import LOGGED, NOTHING

#: of these every way of Odoo's is tried too; of all others what they add
SAMPLE = ("sos.case", "sos.person", "sos.form", "sos.form.answer", "sos.danger")


@tagged("post_install", "-at_install")
class TestAccessLines(LinesMixin, TransactionCase):
    """A family's words in an answer mean a line that names this family. All models
    and roles: tests/long/test_access_lines.py."""

    def test_whose_words_are_answered_is_in_a_line(self):
        everywhere = LOGGED.keys() | NOTHING.keys()
        for model in self.world.table.models:
            own = {way for way, _method in self._get_ways(model)} - everywhere
            ways = None if model in SAMPLE else own | {"read", "onchange", "web_read"}
            self._check_ways(model, "team_manager", ways)
        self._check_lines(words=100, answers=500)
