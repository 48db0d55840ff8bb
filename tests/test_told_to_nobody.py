"""What Odoo tells people by itself (mails, chatter, reminders, notices on the screen)
names nobody: two families are worked with from the first contact to the plan, and
nothing of them is found there."""

import re
from pathlib import Path

import player

from odoo.tests import TransactionCase, tagged

CASES = Path(__file__).parent / "cases"
#: where Odoo keeps what it tells, and the words in it
TOLD = {
    "mail.activity": ["summary", "note", "res_name", "feedback"],
    "mail.mail": ["email_to"],
    "mail.message": ["subject", "body", "preview"],
    "mail.push": ["payload"],
    "mail.scheduled.message": ["subject", "body"],
    "mail.tracking.value": ["old_value_char", "new_value_char", "new_value_text"],
}


@tagged("post_install", "-at_install")
class TestToldToNobody(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        known = cls.env["sos.person"].search([])
        cls.told_before = cls._get_told()
        for name in ("ashdown", "brook"):
            player.play(cls.env, CASES / f"{name}.yaml")
        cls.env.flush_all()
        cls.cases = cls.env["sos.case"].search([])
        cls.people = cls.env["sos.person"].search([]) - known

    @classmethod
    def _get_told(cls):
        """``{(model, id): words}``"""
        told = {}
        for model, names in TOLD.items():
            fields = [name for name in names if name in cls.env[model]._fields]
            records = cls.env[model].sudo().with_context(active_test=False).search([])
            for record in records:
                words = [str(record[name] or "") for name in fields]
                told[model, record.id] = " ".join(words)
        return told

    def _get_new(self):
        told = self._get_told()
        return {key: text for key, text in told.items() if key not in self.told_before}

    def _get_names(self):
        """Every word by which somebody could tell who it is."""
        names = " ".join(
            self.people.mapped("name")
            + self.people.filtered("known_as").mapped("known_as")
            + self.cases.mapped("name")
            + self.people.address_ids.mapped("display_name")
        )
        return set(re.findall(r"[^\W\d_]{3,}", names))

    def _find_names(self, text):
        return self._get_names() & set(re.findall(r"[^\W\d_]{3,}", text))

    def test_names_are_known(self):
        """So that they would be found."""
        names = self._get_names()
        self.assertLessEqual({"Ashdown", "Mia", "Tyler"}, names)
        self.assertEqual(self._find_names("Plan of Mia: late"), {"Mia"})

    def test_messages_mails_and_reminders(self):
        new = self._get_new()
        self.assertIn("mail.activity", {model for model, _id in new})
        for key, text in new.items():
            self.assertFalse(self._find_names(text), (key, text))

    def test_messages_are_not_about_a_family(self):
        told = (("mail.message", "model"), ("mail.followers", "res_model"))
        for model, field in told:
            about = set(self.env[model].sudo().search([]).mapped(field))
            self.assertFalse([n for n in about if (n or "").startswith("sos.")], model)

    def test_notices_on_the_screen(self):
        self.env.cr.precommit.run()
        sent = [
            values["message"]
            for values in self.env.cr.precommit.data.get("bus.bus.values", [])
        ] + self.env["bus.bus"].sudo().search([]).mapped("message")
        self.assertTrue(any("mail.activity" in text for text in sent))
        for text in sent:
            self.assertFalse(self._find_names(text), text)
