import base64
import json
from importlib.util import module_from_spec, spec_from_file_location
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, JsonRpcException, freeze_time, tagged
from odoo.tools import file_path, mute_logger
from odoo.tools.misc import limited_field_access_token

from ..models.access import sos_access_log
from .client import call
from .refusals import RefusalsMixin
from .test_access_log import PNG, AccessLogCommon
from .test_files import make_report

SCRIPT = "sos_casework/migrations/19.0.1.2.0/post-files.py"
#: a name that was seen a moment ago is another look
NO_FOLD = ("FOLD_NAMES", "0 seconds")
PDF = b"%PDF-1.4\n% the letter of the school\n%%EOF\n"
#: where somebody would take a file: to nobody, to a person of their own, out of sight
ELSEWHERE = (
    {},
    {"res_model": False, "res_id": False},
    {"res_model": False, "res_id": False, "res_field": False},
    {"res_model": "ir.ui.view", "res_id": 0, "public": True},
    {"raw": b"other", "res_model": "res.partner", "res_id": 1},
)


class FamilyFilesCommon(AccessLogCommon, RefusalsMixin):
    def setUp(self):
        super().setUp()
        self.voice = self._voice()
        files = self.env["ir.attachment"]
        self.picture = files.search(
            [
                ("res_model", "=", "sos.voice"),
                ("res_id", "=", self.voice.id),
                ("res_field", "=", "image"),
            ]
        )
        self.letter = files.with_user(self.worker).create(
            {
                "name": "letter.pdf",
                "raw": PDF,
                "res_model": "sos.voice",
                "res_id": self.voice.id,
            }
        )
        self.files = self.picture | self.letter.with_env(self.env)
        self.files.invalidate_recordset()
        self._begin()


@tagged("post_install", "-at_install")
@freeze_time("2026-09-07 10:00:00")
class TestFamilyFiles(FamilyFilesCommon):
    """A family's file stays the family's, whatever rights somebody has, and whoever is
    given its content is in the log."""

    def _each(self):
        for file in self.files:
            for user in (self.worker, self.env.ref("base.user_admin"), None):
                mine = file.with_user(user) if user else file.sudo()
                with self.subTest(file.res_field, user=user and user.login):
                    yield mine

    # --------------------------------------------------------------------- copies

    def test_nobody_copies_it(self):
        before = self.env["ir.attachment"].search_count([])
        for file in self._each():
            for values in ELSEWHERE:
                for copy in (file.copy, file.copy_data):
                    with self._refused(UserError, "is not copied"):
                        copy(values)
        self.assertEqual(self.env["ir.attachment"].search_count([]), before)

    def test_small_picture_of_it_is_its_familys_too(self):
        """However many stand between."""
        small = self.letter
        for name in ("small", "smaller"):
            small = small.create(
                {
                    "name": name,
                    "raw": base64.b64decode(PNG),
                    "res_model": "ir.attachment",
                    "res_id": small.id,
                }
            )
        for way in (small.copy, small.unlink, small.generate_access_token):
            with self.assertRaises(UserError):
                way()
        self.assertTrue(small.exists())

    def test_record_that_is_copied_leaves_its_picture(self):
        copy = self.voice.copy({"tool": "words", "words": "Again."})
        self.assertTrue(self.voice.image)
        self.assertFalse(copy.image)

    def test_superuser_takes_it_nowhere(self):
        """Code of other apps takes files along as superuser."""
        partner = self.env["res.partner"].create({"name": "School"})
        for values in (
            {"res_model": "res.partner", "res_id": partner.id},
            {"res_model": False},
            {"res_id": 0},
            {"res_field": False},
            {"res_field": "words"},
        ):
            for file in self._each():
                with self._refused(UserError, "stays as it is"):
                    file.write(dict(values))

    def test_default_takes_nobody_elses_file(self):
        """What the store calls a file is no way to it."""
        for file in self.files.sudo():
            stored = {
                name: file[name] for name in ("store_fname", "checksum", "file_size")
            }
            mine = self.env["ir.attachment"].with_user(self.outsider)
            mine = mine.with_context(
                **{f"default_{name}": value for name, value in stored.items()}
            )
            for values in ({}, stored, {"db_datas": False, "type": "binary"}):
                copy = mine.create({"name": "mine", **values})
                self.assertFalse(copy.raw)
                self.assertFalse(copy.sudo().store_fname)

    def test_same_content_tells_of_no_family(self):
        """Odoo answers with the number of whoever's file has the same content."""
        files = self.env["ir.attachment"].with_user(self.outsider)
        values = {
            "name": "mine.pdf",
            "datas": base64.b64encode(PDF).decode(),
            "mimetype": "application/pdf",
        }
        first = files.create_unique([dict(values)])
        self.assertNotIn(self.letter.id, first)
        self.assertEqual(files.browse(first).create_uid, self.outsider)
        self.assertEqual(files.create_unique([dict(values)]), first)

    def test_its_name_is_told_to_its_readers(self):
        """A relation is read as superuser: somebody's own file that points at another
        one said what that is called."""
        files = self.env["ir.attachment"]
        for user, told in ((self.outsider, False), (self.worker, True)):
            mine = files.with_user(user).create(
                {"name": "mine", "original_id": self.letter.id}
            )
            names = {"original_id": {"fields": {"display_name": {}}}}
            for method, args in (
                ("read", [mine.ids, ["original_id"]]),
                ("web_read", [mine.ids, names]),
                ("web_search_read", [[("id", "=", mine.id)], names]),
                (
                    "formatted_read_group",
                    [[("id", "=", mine.id)], ["original_id"], ["__count"]],
                ),
            ):
                with self.subTest(user=user.login, method=method):
                    answer = call(self.env, user, files._name, method, *args)
                    self.assertEqual("letter" in str(answer), told)

    def test_who_is_told_its_name_is_in_the_log(self):
        for method, args in (
            ("name_search", ["letter"]),
            ("web_name_search", ["letter", {"display_name": {}}]),
        ):
            with self.subTest(method), patch.object(sos_access_log, *NO_FOLD):
                self._begin()
                answer = call(self.env, self.worker, "ir.attachment", method, *args)
                self.assertIn("letter", str(answer))
                self.assertEqual(self._lines().case_id, self.case)

    def test_it_does_not_go_with_a_message(self):
        """A message is mailed with its files."""
        partner = self.env["res.partner"].create({"name": "School", "email": "a@b.c"})
        values = {"model": "res.partner", "res_id": partner.id, "body": "x"}
        for file in self.files:
            with self._refused(ValidationError, "does not go with a message"):
                partner.with_user(self.worker).sudo().message_post(
                    body="x", attachment_ids=file.ids, partner_ids=partner.ids
                )
            for model in ("mail.message", "mail.mail"):
                with self._refused(ValidationError, "does not go with a message"):
                    self.env[model].create({**values, "attachment_ids": file.ids})

    # ---------------------------------------------------------------------- tokens

    def test_no_token_opens_it(self):
        nobody = self.env["ir.binary"].with_user(self.env.ref("base.public_user"))
        for file in self.files:
            mine = file.with_user(self.worker)
            for token in (
                mine._get_raw_access_token(),
                mine._get_thumbnail_token(),
                mine._get_ownership_token(),
            ):
                self.assertFalse(token)
            # given out before, or by other code
            for name in ("raw", "thumbnail", "id"):
                for scope in ("binary", "attachment_ownership"):
                    token = limited_field_access_token(file, name, scope=scope)
                    with self.assertRaises(AccessError):
                        nobody._find_record(
                            res_id=file.id, access_token=token, field=name
                        )
                    self.assertFalse(
                        file.with_user(self.outsider)._has_attachments_ownership(
                            [token]
                        )
                    )
        token = limited_field_access_token(self.voice, "image", scope="binary")
        with self.assertRaises(AccessError):
            nobody._find_record(
                res_model="sos.voice",
                res_id=self.voice.id,
                access_token=token,
                field="image",
            )

    def test_external_name_opens_it_with_no_token(self):
        self.env["ir.model.data"].create(
            {
                "module": "sos",
                "name": "letter",
                "model": "ir.attachment",
                "res_id": self.letter.id,
            }
        )
        token = limited_field_access_token(self.letter, "raw", scope="binary")
        nobody = self.env["ir.binary"].with_user(self.env.ref("base.public_user"))
        with self.assertRaises(AccessError):
            nobody._find_record(xmlid="sos.letter", access_token=token, field="raw")

    def test_links_of_before_are_closed(self):
        files = self.env["ir.attachment"]
        values = {"name": "copy", "access_token": "made-before"}
        edited = files.create(
            {**values, "raw": b"smaller", "original_id": self.picture.id}
        )
        same = files.create({**values, "raw": PDF, "public": True})
        other = files.create({**values, "raw": b"nobody's", "public": True})
        self.env.flush_all()
        spec = spec_from_file_location("upgrade", file_path(SCRIPT))
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        with self.assertLogs("upgrade", "WARNING") as log:
            module.migrate(self.env.cr, "19.0.1.1.0")
        self.env.invalidate_all()
        self.assertIn(f"{edited.id}, {same.id}.", log.output[0])
        for file in (edited, same):
            self.assertFalse(file.access_token or file.public)
        self.assertTrue(other.access_token and other.public)

    # ------------------------------------------------------------------------- log

    def test_content_is_logged_whichever_way_it_is_read(self):
        self.worker.group_ids |= self.env.ref("base.group_allow_export")
        own = self.env["ir.attachment"].with_user(self.worker).create({"name": "own"})
        for file in self.files:
            own.sudo().original_id = file
            # by itself: what is fetched together is read together
            file = file.browse(file.id)
            mine = file.with_user(self.worker)
            for words, read in {
                "raw": lambda m: m.read(["raw"]),
                "datas": lambda m: m.read(["datas"]),
                "web_read": lambda m: m.web_read({"datas": {}}),
                "search_read": lambda m: m.search_read([("id", "=", m.id)], ["datas"]),
                "exported": lambda m: m.export_data(["datas"]),
                "through another": lambda _m: own.export_data(["original_id/datas"]),
                "in Python": lambda m: m.raw,
            }.items():
                with (
                    self.subTest(words, field=file.res_field),
                    self.env.cr.savepoint() as savepoint,
                ):
                    self._begin()
                    self.env.flush_all()
                    self.env.invalidate_all()
                    # what the system itself has read is in nobody else's cache
                    self.assertTrue(file.sudo().raw)
                    self.assertFalse(self._lines())
                    read(mine)
                    line = self._lines()
                    self.assertEqual(line.operation, "downloaded")
                    self.assertEqual(
                        (line.res_model, line.case_id), ("sos.voice", self.case)
                    )
                    savepoint.rollback()


@tagged("post_install", "-at_install")
class TestFamilyFilesHttp(FamilyFilesCommon, HttpCase):
    """The same by the addresses of the client, and without logging in."""

    def _rpc(self, route, **params):
        return self.make_jsonrpc_request(route, params)

    def _check_refused(self, route, **params):
        with mute_logger("odoo.http"), self.assertRaises(JsonRpcException):
            self._rpc(route, **params)

    def test_editor_and_rpc_hand_out_nothing(self):
        before = self.env["ir.attachment"].search_count([])
        self.authenticate("worker", "worker")
        for file in self.files:
            for options in (
                {},
                {"res_model": "res.partner", "res_id": self.worker.partner_id.id},
                {"data": PNG.decode(), "mimetype": "image/png", "name": "a.png"},
                {"alt_data": {"256": {"image/jpeg": PNG.decode()}}},
            ):
                for editor in ("html_editor", "web_editor"):
                    self._check_refused(f"/{editor}/modify_image/{file.id}", **options)
            for method, args in (
                ("copy", [file.ids, {"res_model": False, "res_id": False}]),
                ("copy_data", [file.ids]),
                ("generate_access_token", [file.ids]),
                ("write", [file.ids, {"public": True}]),
                ("write", [file.ids, {"res_field": False}]),
            ):
                self._check_refused(
                    f"/web/dataset/call_kw/ir.attachment/{method}",
                    model="ir.attachment",
                    method=method,
                    args=args,
                    kwargs={},
                )
        self.assertEqual(self.env["ir.attachment"].search_count([]), before)

    def test_what_a_browser_does_not_show_is_saved(self):
        """As what it is, whatever the address says."""
        report = self.letter.create(
            {
                "name": "report",
                "raw": make_report(),
                "res_model": "sos.voice",
                "res_id": self.voice.id,
            }
        )
        self.authenticate("worker", "worker")
        for file, how in (
            (self.letter, "inline"),
            (self.picture, "inline"),
            (report, "attachment"),
        ):
            for way in ("content", "image"):
                if way == "image" and file == self.letter:
                    continue
                answer = self.url_open(
                    f"/web/{way}/{file.id}?mimetype=text/html&download=false"
                )
                disposition = answer.headers["Content-Disposition"]
                self.assertTrue(disposition.startswith(how), disposition)
                if way == "content":
                    kind = answer.headers["Content-Type"].partition(";")[0]
                    self.assertEqual(kind, file.mimetype)

    @mute_logger("odoo.http")
    def test_first_page_and_link_show_nothing(self):
        tokens = [
            limited_field_access_token(self.letter, name, scope=scope)
            for name, scope in (("id", "attachment_ownership"), ("raw", "binary"))
        ]
        first = f"/mail/attachment/pdf_first_page/{self.letter.id}"
        self.authenticate("worker", "worker")
        self.assertEqual(self.url_open(first).status_code, 404)
        whole = self.url_open(f"/web/content/{self.letter.id}")
        self.assertEqual(whole.content, PDF)
        self.authenticate(None, None)
        for token in tokens:
            for address in (
                f"{first}?access_token={token}",
                f"/web/content/{self.letter.id}?access_token={token}",
                f"/web/image/{self.letter.id}?access_token={token}",
            ):
                self.assertNotIn(PDF, self.url_open(address).content, address)
        told = self.url_open(
            "/mail/attachment/delete",
            data=json.dumps(
                {"params": {"attachment_id": self.letter.id, "access_token": tokens[0]}}
            ),
            headers={"Content-Type": "application/json"},
        ).json()
        self.assertIn("error", told)
        self.assertTrue(self.letter.exists())
