import json

from odoo.http import Request
from odoo.tests import HttpCase, tagged

from odoo.addons.sos_casework.tests.client import call

from .common import TimeCommon


@tagged("post_install", "-at_install")
class TestTimeLook(TimeCommon, HttpCase):
    """Time is about families, and leads to them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.form = cls._open(cls, "assessment")
        cls.form.with_user(cls.worker).write_answer(
            cls.form.answer_ids[0].code, "<p>The garden gate.</p>"
        )
        cls.line = cls.form.with_user(cls.worker).log_time(
            60, "recording", note="Rang the school"
        )

    def _begin(self):
        self.last = self.env["sos.access.log"].search([], limit=1).id or 0

    def _lines(self):
        return self.env["sos.access.log"].search([("id", ">", self.last)], order="id")

    def test_export_through_a_time_line(self):
        """Families' answers left with the ordinary export, and no line said so."""
        self.manager.group_ids |= self.env.ref("base.group_allow_export")
        self.authenticate("manager", "manager")
        self._begin()
        fields = ["sos_case_id/name", "sos_case_id/form_ids/answer_ids/body"]
        data = {
            "model": "account.analytic.line",
            "fields": [{"name": n, "label": n, "type": "char"} for n in fields],
            "ids": self.line.ids,
            "domain": [],
            "import_compat": False,
            "groupby": [],
        }
        response = self.url_open(
            "/web/export/csv",
            data={"data": json.dumps(data), "csrf_token": Request.csrf_token(self)},
        )
        self.assertIn("The garden gate", response.text)
        line = self._lines().filtered(lambda line: line.operation == "exported")
        self.assertEqual((line.user_id, line.case_id), (self.manager, self.case))
        self.assertEqual(line.detail, ", ".join(fields))

    def _assert_names_its_family(self, way, *arguments):
        self._begin()
        model, ids = "account.analytic.line", self.line.ids
        rows = call(self.env, self.worker, model, way, ids, *arguments)
        self.assertIn("school", json.dumps(rows, default=str))
        self.assertEqual(self._lines().case_id, self.case)

    def test_a_note_names_its_family(self):
        self._assert_names_its_family("read", ["sos_note"])

    def test_the_values_of_a_copy_name_their_family(self):
        self._assert_names_its_family("copy_data")
