import base64
import io
import json
import zipfile
from collections import Counter

from odoo.http import Request
from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

from .access_world import PASSWORD
from .common_access import AccessMixin

ALL = {"display_name": {}}


@tagged("post_install", "-at_install")
class TestAccessHttp(AccessMixin, HttpCase):
    """The addresses of the web client, called as each role with a session of its own,
    in developer mode, where Odoo says more of what it refuses."""

    title = "Access by web address"

    def _each_role(self):
        for role in self.world.roles:
            user = self.world.users[role]
            # pragma: allowlist nextline secret
            password = "admin" if role == "administrator" else PASSWORD
            login = None if role == "public" else user.login
            self.authenticate(login, login and password, session_extra={"debug": "1"})
            yield role

    def _each_record(self, role, model):
        for record_id in self.world.get_samples(model):
            may = self.world.may(role, "read", model, record_id)
            kind = self.world.get_kind(model, record_id)
            yield record_id, may, f"{role}, {model} of {kind}"

    def _get_family_models(self):
        return [m for m in self.table.models if self.table.is_about_families(m)]

    def _get_family_pairs(self, number, models=None):
        """:param models: some models about families, all of them if left out"""
        models = self._get_family_models() if models is None else models
        return self._get_pairs(
            lambda model, role: model in models and number(model, role)
        )

    def _get_answers(self, model, role, operation="read"):
        """What the table says of one record of each kind of family."""
        return [
            self.world.may(role, operation, model, record_id)
            for record_id in self.world.get_samples(model)
        ]

    def _judge(self, way, role, what, allowed, done, told, of):
        """:param done: whether the server did what it was asked
        :param of: (model, operation of the table)"""
        self._count(way, allowed, of[0], role)
        if allowed and not done:
            self._problem(f"{what}: {way}: refused: {told:.200}", role, *of)
        if done and not allowed:
            self._problem(f"{what}: {way}: allowed: {told:.200}", role, *of)
        self._check_marks(told, role, f"{what}: {way}", of[0])

    def _rpc(self, route, **params):
        """:return: whether it was done, and what was told, the traceback included"""
        try:
            with mute_logger("odoo.http"):
                return True, json.dumps(self.make_jsonrpc_request(route, params))
        except JsonRpcException:
            return False, self._last_told
        except AssertionError as error:
            return False, str(error)

    def make_jsonrpc_request(self, route, params=None, **options):
        # the traceback goes to the caller as well, and is no place for names
        response = self.url_open(
            route,
            data=json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}),
            headers={"Content-Type": "application/json"},
        )
        self._last_told = response.text
        if not response.ok or "error" in response.json():
            raise JsonRpcException(response.status_code, "refused")
        return response.json().get("result")

    def _call(self, model, method, args=(), **kwargs):
        return self._rpc(
            f"/web/dataset/call_kw/{model}/{method}",
            model=model,
            method=method,
            args=list(args),
            kwargs=kwargs,
        )

    @mute_logger("odoo.http")
    def _open(self, address, **options):
        return self.url_open(address, timeout=60, **options)

    # ------------------------------------------------------------------- calls

    def test_calls_of_the_client(self):
        """One family that may be read and one that may not, of every model."""
        for role in self._each_role():
            for model in self.table.models:
                tried, of = set(), (model, "read")
                for record_id, may, what in self._each_record(role, model):
                    if may in tried:
                        continue
                    tried.add(may)
                    for way, args, kwargs in (
                        ("read", [[record_id], ["display_name"]], {}),
                        ("web_read", [[record_id]], {"specification": ALL}),
                    ):
                        done, told = self._call(model, way, args, **kwargs)
                        self._judge(f"call {way}", role, what, may, done, told, of)
                if model.startswith("sos."):
                    done, told = self._call(
                        model, "web_search_read", [[]], specification=ALL
                    )
                    may = bool(self.table.get(model, "read", role))
                    what = f"{role}, {model}"
                    way = "call web_search_read"
                    self._judge(way, role, what, may, done, told, of)
        self._check_tried(
            self._get_pairs(
                lambda model, role: 2 * len(set(self._get_answers(model, role)))
                + model.startswith("sos.")
            )
        )

    # ------------------------------------------------------------------- files

    def test_pictures_and_files(self):
        fields = [
            (model, field.name)
            for model in self._get_family_models()
            for field in self.env[model]._fields.values()
            if model.startswith("sos.") and field.type in ("binary", "image")
        ]
        self.assertGreater(len(fields), 2)
        for role in self._each_role():
            for model, field in fields:
                for record_id, may, what in self._each_record(role, model):
                    kept = self.env[model].browse(record_id)[field]
                    for way in ("content", "image"):
                        self._get_file(
                            way,
                            role,
                            what,
                            may,
                            f"/web/{way}/{model}/{record_id}/{field}",
                            base64.b64decode(kept or b""),
                            model,
                        )
            for attachment_id, may, what in self._each_file(role):
                attachment = self.env["ir.attachment"].browse(attachment_id)
                for address in (
                    f"/web/content/{attachment_id}",
                    f"/web/content/{attachment_id}?download=true",
                    f"/web/image/{attachment_id}",
                    f"/web/content/ir.attachment/{attachment_id}/raw",
                ):
                    way = f"attachment {address.split('/')[2].split('?')[0]}"
                    content, model = attachment.raw, attachment._name
                    self._get_file(way, role, what, may, address, content, model)
        models = [model for model, _field in fields]
        self._check_tried(
            self._get_family_pairs(
                lambda model, role: 4 * len(list(self._each_file(role)))
                if model == "ir.attachment"
                else 2 * models.count(model) * len(self.world.get_samples(model)),
                [*models, "ir.attachment"],
            )
        )

    def test_no_link_opens_a_file(self):
        """Odoo gives who reads a file a token for it, with which anybody opens it."""
        self.authenticate(None, None)
        tried = 0
        for file_id, _may, what in self._each_file("practitioner"):
            file = self.env["ir.attachment"].browse(file_id)
            for field, token in (
                ("raw", file._get_raw_access_token()),
                ("thumbnail", file._get_thumbnail_token()),
            ):
                for way in ("content", "image"):
                    for address in (
                        f"/web/{way}/{file_id}?access_token={token}",
                        f"/web/{way}/ir.attachment/{file_id}/{field}"
                        f"?access_token={token}",
                    ):
                        tried += 1
                        content = self._open(address).content
                        self.assertNotIn(file.raw, content, f"{what}: {address}")
                        if file.thumbnail:
                            small = base64.b64decode(file.thumbnail)
                            self.assertNotIn(small, content, f"{what}: {address}")
        self.assertGreater(tried, 100)

    def _each_file(self, role):
        """A picture and a file that was put to a record, of each family."""
        seen = set()
        for attachment in self.env["ir.attachment"].browse(
            self.world.records["ir.attachment"]
        ):
            keys = self.world.records["ir.attachment"][attachment.id]
            kind = keys, attachment.res_field
            if kind not in seen:
                seen.add(kind)
                may = self.world.may(role, "read", "ir.attachment", attachment.id)
                yield attachment.id, may, f"{role}, file of {'+'.join(keys)} family"

    def _get_file(self, way, role, what, may, address, content, model):
        self.assertTrue(content, what)
        response = self._open(address)
        done = response.content == content
        if may and way.endswith("image"):
            # a file that is no picture has none
            done = response.ok
        what, told = f"{what}: {address}", response.content.decode("latin-1")
        self._judge(way, role, what, may, done, told, (model, "read"))

    def test_nobody_adds_or_takes_away_a_file(self):
        """Trap 6 too: the chatter's route deletes as superuser."""
        files = self.env["ir.attachment"]
        for role in self._each_role():
            for attachment_id, _may, what in self._each_file(role):
                before = files.search_count([])
                for route, params in (
                    ("/mail/attachment/delete", {"attachment_id": attachment_id}),
                    ("/portal/attachment/remove", {"attachment_id": attachment_id}),
                    ("/html_editor/attachment/remove", {"ids": [attachment_id]}),
                ):
                    done, told = self._rpc(route, **params)
                    kept = files.search_count([]) == before
                    of = files._name, "unlink"
                    self._judge(route, role, what, False, not kept, told, of)
                    self.assertTrue(files.browse(attachment_id).exists(), what)
        self._check_tried(
            self._get_family_pairs(
                lambda model, role: 3 * len(list(self._each_file(role))), [files._name]
            )
        )

    def test_files_are_added_by_who_writes(self):
        for role in self._each_role():
            for record_id, _may, what in self._each_record(role, "sos.voice"):
                self._upload(role, what, "sos.voice", record_id)
        self._check_tried(
            self._get_family_pairs(
                lambda model, role: 2 * len(self.world.get_samples(model)),
                ["sos.voice"],
            )
        )

    def _upload(self, role, what, model, record_id):
        token = Request.csrf_token(self)
        domain = [("res_model", "=", model), ("res_id", "=", record_id)]
        files = self.env["ir.attachment"]
        may = self.world.may(role, "write", model, record_id)
        for route, data, allowed in (
            # there is no chatter to put it to
            (
                "/mail/attachment/upload",
                {"thread_model": model, "thread_id": record_id},
                False,
            ),
            ("/web/binary/upload_attachment", {"model": model, "id": record_id}, may),
        ):
            before = files.search_count(domain)
            response = self._open(
                route,
                data={**data, "csrf_token": token},
                files=[("ufile", ("a.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf"))],
            )
            done = files.search_count(domain) > before
            of = model, "write"
            self._judge(route, role, what, allowed, done, response.text, of)

    # ----------------------------------------------------------------- reports

    def test_reports(self):
        reports = self.env["ir.actions.report"].search(
            [("model", "in", self._get_family_models())]
        )
        signed = self._add_signed()
        given, not_signed = [], Counter()
        for role in self._each_role():
            for report in reports:
                for record_id, may, what in self._each_record(role, report.model):
                    for kind in ("html", "pdf"):
                        address = f"/report/{kind}/{report.report_name}/{record_id}"
                        response = self._open(address)
                        done = response.ok and "/web/login" not in response.url
                        if may and record_id not in signed:
                            # not signed yet, so there is nothing to print
                            self.assertNotIn("no access", response.text, what)
                            not_signed[report.model, role] += 1
                            continue
                        way, told = f"report {kind}", response.text
                        of = report.model, "read"
                        self._judge(way, role, what, may, done, told, of)
                        given.append(done)
        self.assertGreater(given.count(True), 8)
        models = reports.mapped("model")
        self._check_tried(
            self._get_family_pairs(
                lambda model, role: 2
                * models.count(model)
                * len(self.world.get_samples(model))
                - not_signed[model, role],
                models,
            )
        )

    def _add_signed(self):
        """The form of each family that is printed: of the own one it is signed."""
        own = self.world.families["own"]
        form = own.new_form(own.user)
        form._freeze()
        form.state = "complete"
        self.world._add_record(form, {"own"})
        self.addCleanup(self.world.records["sos.form"].pop, form.id)
        # the family's example of a form, of which samples are taken
        self.addCleanup(own.made.__setitem__, "sos.form", own.made["sos.form"])
        own.made["sos.form"] = form
        return form.ids

    # ----------------------------------------------------------------- exports

    def test_exports(self):
        for role in self._each_role():
            if role == "public":
                continue
            for model in self._get_family_models():
                tried = set()
                for record_id, _may, what in self._each_record(role, model):
                    may = self.world.may(role, "export", model, record_id)
                    if may not in tried:
                        tried.add(may)
                        self._export("csv", role, what, may, model, [record_id])
                self._export("csv", role, f"{role}, {model}", None, model, False)
            for model in ("sos.case", "sos.person"):
                self._export("xlsx", role, f"{role}, {model}", None, model, False)
        self._check_tried(
            self._get_family_pairs(
                lambda model, role: role != "public"
                and len(set(self._get_answers(model, role, "export")))
                + 1
                + (model in ("sos.case", "sos.person"))
            )
        )

    def _export(self, kind, role, what, may, model, ids):
        response = self._open(
            f"/web/export/{kind}",
            data={
                "data": json.dumps(
                    {
                        "model": model,
                        "fields": [{"name": "display_name", "label": "Name"}],
                        "ids": ids,
                        "domain": [],
                        "groupby": [],
                        "import_compat": False,
                    }
                ),
                "csrf_token": Request.csrf_token(self),
            },
        )
        if may is None:
            # everything that a list shows: nothing of it is of another family
            may = bool(self.world.get_allowed(role, "export", model))
            if kind == "xlsx":
                self._count("export xlsx", may, model, role)
                told = self._read_workbook(response)
                return self._check_marks(told, role, what, model)
            done = may
        else:
            done = response.ok
        of = model, "export"
        return self._judge(f"export {kind}", role, what, may, done, response.text, of)

    def _read_workbook(self, response):
        """What is written in it: it is packed, so its words are not in its bytes."""
        if not response.ok:
            return response.text
        with zipfile.ZipFile(io.BytesIO(response.content)) as book:
            return " ".join(book.read(name).decode() for name in book.namelist())

    # ------------------------------------------------------ chatter, mail, reminders

    def test_chatter_and_mail(self):
        """No record about a family has a chatter: nobody posts to one, follows one or
        is told by one, those who read the family no more than others."""
        messages = self.env["mail.message"].search_count([])
        followers = self.env["mail.followers"].search_count([])
        partner = self.world.users["no_role"].partner_id.id
        for role in self._each_role():
            for model in self._get_family_models():
                if not model.startswith("sos."):
                    continue
                # of the chatter's own models every family, of the others one
                samples = list(self._each_record(role, model))
                for record_id, _may, what in (
                    samples if model in CHATTER else samples[:1]
                ):
                    thread = {"thread_model": model, "thread_id": record_id}
                    ways = [
                        (
                            "/mail/message/post",
                            {**thread, "post_data": {"body": "x", "partner_ids": [1]}},
                        ),
                        (
                            "/mail/thread/subscribe",
                            {
                                "res_model": model,
                                "res_id": record_id,
                                "partner_ids": [partner],
                            },
                        ),
                        ("/mail/thread/messages", thread),
                        (
                            "/mail/data",
                            {
                                "fetch_params": [
                                    [
                                        "mail.thread",
                                        {
                                            **thread,
                                            "request_list": [
                                                "activities",
                                                "attachments",
                                                "display_name",
                                                "followers",
                                            ],
                                        },
                                    ]
                                ]
                            },
                        ),
                        (
                            "/mail/thread/recipients/get_suggested_recipients",
                            thread,
                        ),
                    ]
                    for route, params in ways[: 5 if model in CHATTER else 2]:
                        _done, told = self._rpc(route, **params)
                        self._count(route, False, model, role)
                        self._check_marks(told, role, f"{what}: {route}", model)
        self._check_tried(
            self._get_family_pairs(
                lambda model, role: model.startswith("sos.")
                and (5 * len(self.world.get_samples(model)) if model in CHATTER else 2)
            )
        )
        self.assertEqual(self.env["mail.message"].search_count([]), messages)
        self.assertEqual(self.env["mail.followers"].search_count([]), followers)

    def test_reminders(self):
        """What the clock in the menu bar and the list of activities tell."""
        for role in self._each_role():
            for route, params in (
                ("/mail/data", {"fetch_params": ["systray_get_activities"]}),
                ("/mail/data", {"fetch_params": ["init_messaging"]}),
            ):
                _done, told = self._rpc(route, **params)
                self._count("reminders", True, "mail.activity", role)
                # to nobody: a reminder is a number and a step
                self._check_text(told, self.marks, role, f"{role}: {route} {params}")
            done, told = self._call(
                "mail.activity", "get_activity_data", ["sos.deadline", []]
            )
            self._count("activity view", done, "mail.activity", role)
            self._check_marks(told, role, f"{role}: activity view", "mail.activity")
        self._check_tried({("mail.activity", role): 3 for role in self.world.roles})


#: models of which every address of the chatter is tried, not two alone
CHATTER = {"sos.case", "sos.person", "sos.deadline", "sos.form", "sos.voice"}
