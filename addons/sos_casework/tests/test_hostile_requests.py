import io
import json
from datetime import timedelta

import openpyxl

from odoo import Command, fields, http
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import SosCommon

FORMULAS = (
    "=1+1",
    "+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "{=1+1}",
    "=HYPERLINK(0)",
    "https://evil.example/",
    "internal:A1",
)
#: Sets a mark in the page that it runs in.
ATTACK = "<img src=x onerror='window.sosRun=1'><script>window.sosRun=1</script>"


@tagged("post_install", "-at_install")
class TestHostileRequests(SosCommon, HttpCase):
    """What a browser, or a program in its place, may send."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.worker.group_ids += cls.env.ref("base.group_allow_export")
        cls.people = (
            cls.env["sos.person"]
            .with_user(cls.worker)
            .create([{"first_name": text, "last_name": "Own"} for text in FORMULAS])
        )
        cls.case.with_user(cls.worker).write(
            {"member_ids": [Command.create({"person_id": p.id}) for p in cls.people]}
        )

    # -------------------------------------------------------------------- exports

    def _export(self, kind, groupby=(), domain=None):
        self.authenticate("worker", "worker" + "x" * 2)
        data = {
            "model": "sos.person",
            "fields": [{"name": "first_name", "label": "First name", "type": "char"}],
            "ids": False if domain else self.people.ids,
            "domain": domain or [],
            "groupby": list(groupby),
            "import_compat": False,
        }
        return self._download(f"/web/export/{kind}", data)

    def _download(self, route, data):
        answer = self.url_open(
            route,
            {"data": json.dumps(data), "csrf_token": http.Request.csrf_token(self)},
        )
        answer.raise_for_status()
        return answer.content

    def _read_cells(self, content):
        book = openpyxl.load_workbook(io.BytesIO(content))
        return [cell for row in book.active.iter_rows() for cell in row if cell.value]

    def _check_text(self, cells):
        self.assertTrue(cells)
        for cell in cells:
            self.assertNotEqual(cell.data_type, "f", cell.value)
            self.assertIsNone(cell.hyperlink, cell.value)

    def test_workbook_runs_no_text(self):
        cells = self._read_cells(self._export("xlsx"))
        self._check_text(cells)
        self.assertLessEqual(
            {text.strip() for text in FORMULAS}, {str(c.value).strip() for c in cells}
        )
        self.assertEqual({cell.data_type for cell in cells}, {"s"})

    def test_workbook_of_groups_runs_no_text(self):
        domain = [("id", "in", self.people.ids)]
        for text in FORMULAS:
            self.people.entered_by_id.name = text
            content = self._export("xlsx", ["entered_by_id"], domain)
            self._check_text(self._read_cells(content))

    def test_pivot_runs_no_text(self):
        self.authenticate("worker", "worker" + "x" * 2)
        header = {"title": "=1+1", "width": 1, "height": 1}
        data = {
            "title": "People",
            "model": "sos.person",
            "measure_count": 1,
            "origin_count": 1,
            "col_group_headers": [[header]],
            "measure_headers": [{**header, "is_bold": False}],
            "origin_headers": [],
            "rows": [
                {"title": text, "indent": 0, "values": [{"value": 3}]}
                for text in FORMULAS
            ],
        }
        cells = self._read_cells(self._download("/web/pivot/export_xlsx", data))
        self._check_text(cells)
        self.assertIn(3, [cell.value for cell in cells], "numbers stay numbers")

    def test_list_for_a_spreadsheet_runs_no_text(self):
        lines = self._export("csv").decode().splitlines()[1:]
        self.assertEqual(len(lines), len(FORMULAS))
        for line in lines:
            # quoted, and then neither a formula nor what a formula is hidden behind
            self.assertRegex(line, r"^\"[^=+\-@\t]")

    # ------------------------------------------------------------------- requests

    def _call(self, model, method, *args, **kwargs):
        """What the server answers to a call of the web client."""
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        answer = self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            data=json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}),
            headers={"Content-Type": "application/json"},
        )
        self.assertEqual(answer.status_code, 200)
        return answer.json()

    def test_request_that_is_not_one_is_refused(self):
        self.authenticate("worker", "worker" + "x" * 2)
        for body in (
            b"",
            b"{",
            b"\xff\xfe\x00",
            b"[1, 2]",
            b'"text"',
            b"null",
            b'{"params": []}',
            b'{"params": "all"}',
            b"[" * 100_000,
            b'{"a":' * 100_000,
        ):
            with self.subTest(body[:20]), mute_logger("odoo.http"):
                answer = self.url_open(
                    "/web/dataset/call_kw/sos.form/read",
                    data=body,
                    headers={"Content-Type": "application/json"},
                )
                refused = answer.status_code >= 400 or "error" in answer.json()
                self.assertTrue(refused)
                self.assertNotIn("Hill", answer.text)

    def test_large_request_is_refused_or_told(self):
        self.authenticate("worker", "worker" + "x" * 2)
        form = self._open("visit")
        answer_id = form.answer_ids[0].id
        large = "word " * 4_000_000
        with mute_logger("odoo.http"):
            answer = self._call(
                "sos.form.answer", "web_save", [answer_id], {"body": large}, {"id": {}}
            )
        self.assertIn("letters at most", answer["error"]["data"]["message"])
        self.assertNotIn("word word", json.dumps(answer))
        self.assertFalse(form.answer_ids[0].body)

    def test_private_methods_are_not_called(self):
        self.authenticate("worker", "worker" + "x" * 2)
        form = self._open("visit")
        for method in ("_set_state", "_freeze", "_gather", "__class__", "sudo", "env"):
            with self.subTest(method), mute_logger("odoo.http"):
                answer = self._call("sos.form", method, form.ids)
                self.assertIn("error", answer)
        self.assertEqual(form.state, "draft")

    def test_wrong_arguments_over_the_second_api(self):
        # where sos_hardening is installed it closes them
        self.env["ir.config_parameter"].set_param(
            "sos_hardening.open_routes", "/json/2"
        )
        key = (
            self.env["res.users.apikeys"]
            .with_user(self.worker)
            ._generate("rpc", "test", fields.Datetime.now() + timedelta(days=1))
        )
        form = self._open("visit")
        headers = {
            "Authorization": f"Bearer {key}",
            "Content-Type": "application/json",
        }
        for path, body in (
            ("sos.form/action_submit", {"ids": form.ids, "force": True}),
            ("sos.form/action_submit", {"ids": form.ids, "self": 1}),
            ("sos.form/action_cancel", {"ids": form.ids, "sudo": True}),
            ("sos.form/_set_state", {"ids": form.ids, "values": {"state": "complete"}}),
            ("sos.form/no_such_method", {"ids": form.ids}),
            ("sos.no.such.model/read", {"ids": [1]}),
            ("sos.form/write", {"ids": form.ids, "vals": "all"}),
            ("sos.form/write", {"ids": "all", "vals": {}, "context": []}),
            ("sos.form/write", {"ids": form.ids, "vals": {"state": "authorised"}}),
            (
                "sos.form/create",
                {
                    "vals_list": [
                        {
                            "case_id": self.case.id,
                            "type_id": form.type_id.id,
                            "state": "authorised",
                            "authorised_by_id": self.manager.id,
                        }
                    ]
                },
            ),
        ):
            with self.subTest(path, body=body), mute_logger("odoo.http"):
                answer = self.url_open(
                    f"/json/2/{path}", data=json.dumps(body), headers=headers
                )
                self.assertGreaterEqual(answer.status_code, 400)
                self.assertLess(answer.status_code, 600)
                self.assertNotIn("Hill", answer.text)
        self.env.invalidate_all()
        self.assertEqual(form.state, "draft")
        self.assertEqual(self.case.form_ids.mapped("state"), ["draft"])

    # -------------------------------------------------------------------- browser

    def test_nothing_runs_in_a_browser(self):
        """The form with its documents and lines, the family, the list: in Chromium."""
        worker = self.env(user=self.worker)
        self.sam.with_user(self.worker).write({"last_name": ATTACK})
        self.case.with_user(self.manager).name = ATTACK
        line = {"case_id": self.case.id, "kind": "past_harm", "text": ATTACK}
        worker["sos.map.line"].create(line)
        form = self._open("strategy")
        form.write_answer("reason", f"<p>Seen.</p>{ATTACK}")
        form.write({"query_reason": ATTACK})
        worker["sos.danger"].create({"case_id": self.case.id, "text": ATTACK})
        check = (
            "await new Promise((r) => setTimeout(r, 1500));"
            "if (window.sosRun) { throw new Error('It ran.'); }"
            "if (!document.title) { throw new Error('No title.'); }"
            "console.log('test successful');"
        )
        for page, ready in (
            (f"/odoo/m-sos.form/{form.id}", ".o_form_view .o_field_widget"),
            (f"/odoo/m-sos.case/{self.case.id}", ".o_form_view .o_field_widget"),
            ("/odoo/changes", ".o_list_view .o_data_row"),
        ):
            with self.subTest(page):
                self.browser_js(
                    page,
                    f"(async () => {{ {check} }})()",
                    f"!!document.querySelector('{ready}')",
                    login="worker",
                )
