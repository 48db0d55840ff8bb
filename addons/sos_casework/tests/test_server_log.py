import logging
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import BaseCase
from odoo.tools import translate

from ..tools import log
from ..tools.refused import refused

LOGGER = "odoo.addons.sos_casework.tests.loud"


class LoudError(Exception):
    """Asked what it says, it logs that it was asked."""

    asked = 0

    def __str__(self):
        self.asked += 1
        if self.asked < 5:
            logging.getLogger(LOGGER).warning("Somebody asked")
        return "Nobody hears this"


class TestServerLog(BaseCase):
    """Taking the words out of the log asks an error what it says. What is logged for
    that is a line as well: the log wrote on without end, and the worker hung."""

    def setUp(self):
        super().setUp()
        # as on a server, and not as in tests
        self.startPatcher(patch.object(log, "keeps_words", lambda: False))

    def _log(self, error):
        """:return: what is logged of an error that was caught"""
        with self.assertLogs(LOGGER) as caught:
            try:
                raise error
            except type(error) as found:
                logging.getLogger(LOGGER).warning("Refused: %s", found)
        return caught.output

    def test_an_error_that_logs(self):
        error = LoudError()
        output = self._log(error)
        self.assertEqual(len(output), error.asked + 1, output)
        self.assertLess(error.asked, 3)
        self.assertNotIn("hears", str(output))

    def test_a_sentence_that_is_translated_when_it_is_shown(self):
        """The sentences of files that are refused: nobody's language is looked for."""
        with patch.object(translate, "_get_lang", side_effect=LookupError) as asked:
            (line,) = self._log(refused("kind"))
        asked.assert_not_called()
        self.assertIn("odoo.exceptions.UserError", line)
        self.assertNotIn("cannot be kept", line)

    def test_words_beside_such_a_sentence_are_taken_out(self):
        error = UserError(refused("kind").args[0])
        error.__cause__ = ValueError("Zqtypedqz")
        with self.assertLogs(LOGGER) as caught:
            try:
                raise error
            except UserError:
                logging.getLogger(LOGGER).warning("It said Zqtypedqz")
        self.assertNotIn("Zqtypedqz", str(caught.output))
