import re

from lxml import html
from psycopg2.errors import ForeignKeyViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ..models.form.sos_form_output_limits import plain
from ..tools.words import clean_html, clean_text, keep_words
from .common_output import OutputCommon

#: What might run, fetch, cover or hide something, and the words that stay of it.
HOSTILE = {
    "<p>Seen.<script>alert(1)</script></p>": "Seen.",
    "<p onclick='alert(1)' onmouseover=alert(1)>Seen.</p>": "Seen.",
    "<p>Seen.<img src=x onerror=alert(1)></p>": "Seen.",
    "<a href='javascript:alert(1)'>Seen.</a>": "Seen.",
    "<a href='java&#10;script:alert(1)'>Seen.</a>": "Seen.",
    "<a href=' &#14; JaVaScRiPt:alert(1)'>Seen.</a>": "Seen.",
    "<a href='vbscript:msgbox(1)'>Seen.</a>": "Seen.",
    "<a href='data:text/html;base64,PHNjcmlwdD4='>Seen.</a>": "Seen.",
    "<p>Seen.<img src='data:text/html,<script>alert(1)</script>'></p>": "Seen.",
    "<p>Seen.<img src='data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9'></p>": "Seen.",
    "<p>Seen.<img src='https://evil.example/seen.gif'></p>": "Seen.",
    "<p>Seen.<img src='//evil.example/seen.gif'></p>": "Seen.",
    "<p>Seen.<img src='file:///etc/passwd'></p>": "Seen.",
    "<p>Seen.<img src='/web/image/res.users/2/avatar_128'></p>": "Seen.",
    "<p>Seen.<img srcset='https://evil.example/seen.gif 1x'></p>": "Seen.",
    "<p>Seen.</p><svg onload=alert(1)><script>alert(1)</script></svg>": "Seen.",
    "<p>Seen.</p><svg><animate onbegin=alert(1) attributeName=x dur=1s></svg>": "Seen.",
    "<math href='javascript:alert(1)'>Seen.</math>": "Seen.",
    "<p>Seen.</p><math><mtext><table><mglyph><style><!--</style><img title='--&gt;"
    "&lt;img src=1 onerror=alert(1)&gt;'></table></mtext></math>": "Seen.",
    "<p>Seen.</p><noscript><p title='</noscript><img src=x onerror=alert(1)>'>": (
        "Seen."
    ),
    "<p>Seen.</p><iframe src='javascript:alert(1)'></iframe>": "Seen.",
    "<p>Seen.</p><iframe srcdoc='<script>alert(1)</script>'></iframe>": "Seen.",
    "<p>Seen.</p><form action='https://evil.example'><input name=password></form>": (
        "Seen."
    ),
    "<p>Seen.</p><style>body{display:none}</style>": "Seen.",
    "<p>Seen.</p><link rel=stylesheet href='https://evil.example/x.css'>": "Seen.",
    "<p>Seen.</p><meta http-equiv=refresh content='0;url=https://evil.example'>": (
        "Seen."
    ),
    "<p>Seen.</p><base href='https://evil.example/'>": "Seen.",
    "<p>Seen.</p><object data='data:text/html,x'></object><embed src=x>": "Seen.",
    "<p>Seen.</p><video src=x onerror=alert(1)></video><audio src=x></audio>": "Seen.",
    "<p style='position:fixed;top:0;left:0;width:100%;height:100%'>Seen.</p>": "Seen.",
    "<p style='background:url(https://evil.example/x)'>Seen.</p>": "Seen.",
    "<p style='width:expression(alert(1))'>Seen.</p>": "Seen.",
    "<p style='-moz-binding:url(https://evil.example/x.xml#x)'>Seen.</p>": "Seen.",
    "<p style='color:white;font-size:1px;display:none'>Seen.</p>": "Seen.",
    "<p class='o_main_navbar fixed-top' id='wrapwrap'>Seen.</p>": "Seen.",
    "<p data-oe-model='res.users' data-oe-id='1' data-bs-toggle='x'>Seen.</p>": "Seen.",
    "<details open ontoggle=alert(1)>Seen.</details>": "Seen.",
    "<button onclick='alert(1)' autofocus onfocus=alert(1)>x</button><p>Seen.</p>": (
        "Seen."
    ),
    "<t t-out=\"env['res.users'].sudo()\">Seen.</t>": "Seen.",
    "<!--<script>alert(1)</script>--><p>Seen.</p>": "Seen.",
    "<![CDATA[<script>alert(1)</script>]]><p>Seen.</p>": "Seen.",
    "<p>Se\x00en.\x1b\x08</p>": "Seen.",
    "<p>\u202eSeen.\u200b\ufeff</p>": "Seen.",
}
FORMULAS = ("=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "{=1+1}")
SAFE_ATTRIBUTES = {"href", "src", "alt", "start", "colspan", "rowspan"}


@tagged("post_install", "-at_install")
@freeze_time("2026-11-23 10:00:00")
class TestHostileInput(OutputCommon):
    """What somebody sends to do harm is refused, or harmless wherever it is read."""

    def _check_harmless(self, text, words):
        """By its tags and attributes, as a browser will read it."""
        self.assertNotRegex(text, r"[\x00-\x08\x0b-\x1f\u200b\u202e\ufeff]")
        self.assertIn(words, text)
        root = html.fragment_fromstring(text, create_parent="div")
        for element in root.iterdescendants():
            self.assertIsInstance(element.tag, str)
            self.assertRegex(
                element.tag, r"^(p|br|b|i|u|a|div|span|img|table|tbody|tr|td|ul|ol|li)$"
            )
            self.assertLessEqual(set(element.attrib), SAFE_ATTRIBUTES)
            for name in ("href", "src"):
                value = element.get(name, "https:")
                self.assertRegex(value, r"^(https?:|mailto:|data:image/png;base64,)")

    # ------------------------------------------------------------- written texts

    def test_text_is_stored_harmless_whatever_the_way(self):
        form = self.report.with_user(self.worker)
        answer = form.answer_ids.filtered(lambda a: a.code == "analysis")
        kind = self._code("note_kind", "phone").id
        note = {"case_id": self.case.id, "kind_id": kind}
        for text, words in HOSTILE.items():
            with self.subTest(text):
                form.write_answer("analysis", text)
                self._check_harmless(answer.body, words)
                answer.write({"body": "<p>Other.</p>"})
                answer.web_save({"body": text}, {"body": {}})
                self._check_harmless(answer.body, words)
                stored = form.env["sos.case.note"].create({**note, "text": text})
                self._check_harmless(stored.text, words)

    def test_import_stores_harmless(self):
        answer = self.report.answer_ids.filtered(lambda a: a.code == "analysis")
        # lists are imported by managers
        answers = answer.with_user(self.manager)
        for text, words in list(HOSTILE.items())[:12]:
            result = answers.load([".id", "body"], [[str(answer.id), text]])
            self.assertEqual(result["ids"], answer.ids, result["messages"])
            self._check_harmless(answer.body, words)

    def test_addendum_is_stored_harmless(self):
        self._sign(self.report)
        addenda = self.env["sos.form.addendum"].with_user(self.worker)
        for text, words in HOSTILE.items():
            addendum = addenda.create({"form_id": self.report.id, "text": text})
            self._check_harmless(addendum.text, words)
        page = self.report.with_user(self.worker).document_html
        self.assertNotIn("alert(1)", re.sub(r"alert\(1\)]]", "", page))
        self.assertNotIn("evil.example", page)

    def test_formatting_and_own_pictures_stay(self):
        """The refusals above are not the refusal of everything."""
        picture = "data:image/png;base64,iVBORw0KGgo="
        for text in (
            "<p>One <b>two</b> <i>three</i> <u>four</u><br>five</p>",
            "<ul><li>One</li><li>Two</li></ul>",
            '<ol start="3"><li>Three</li></ol>',
            "<h2>Heading</h2><blockquote>Said</blockquote>",
            '<table><tbody><tr><td colspan="2">One</td></tr></tbody></table>',
            '<p><a href="https://example.org/">A page</a></p>',
            '<p><a href="mailto:a@example.org">Write</a></p>',
            f'<p><img src="{picture}" alt="Dot"></p>',
            "<p>1 &lt; 2 &amp; 3 &gt; 2, “quoted”, ʼn, 😀, Ünïcödé, العربية</p>",
            "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>",
        ):
            with self.subTest(text):
                self.assertEqual(clean_html(text), text)
                self.assertEqual(clean_html(clean_html(text)), text)

    def test_what_is_typed_in_angle_brackets_stays(self):
        form = self.report.with_user(self.worker)
        answer = form.answer_ids.filtered(lambda a: a.code == "analysis")
        for typed, shown in (
            ("<Mum> rang.", "<p>&lt;Mum&gt; rang.</p>"),
            ("<p>a<b and c>d</p>", "<p>a&lt;b and c&gt;d</p>"),
            ("<p>5 < 6 > 4 <3 </Mum></p>", "<p>5 &lt; 6 &gt; 4 &lt;3 &lt;/Mum&gt;</p>"),
            ("<p>One <!-- two <? three</p>", "<p>One &lt;!-- two &lt;? three</p>"),
            ("<p><Mum onclick=x>said</p>", "<p>&lt;Mum onclick=x&gt;said</p>"),
            ("<p title = 'a b' hidden>One</p>", "<p>One</p>"),
            ("<p>Pasted<o:p></o:p></p>", "<p>Pasted</p>"),
        ):
            with self.subTest(typed):
                form.write_answer("analysis", typed)
                self.assertEqual(answer.body, shown)
                form.write_answer("analysis", answer.body)
                self.assertEqual(answer.body, shown)
        words = "a<b and c>d, <Mum>"
        self.danger.with_user(self.worker).goal = words
        self.assertEqual(self.danger.goal, words)
        self.assertEqual(plain(words), words)
        self.assertEqual(plain("<p>One<br>two &lt;Mum&gt;</p>"), "One two <Mum>")

    def test_time_to_clean_grows_with_the_text(self):
        """And not with its square: of ten times the length, each of these took a
        hundred times as long, hours for what a field takes."""
        for shape in (
            "<a",
            "<",
            "a<b ",
            '<a b="',
            "<a b='<a b=\"",
            "<!--",
            "</",
            "<a b=\"' c='",
        ):
            with self.subTest(shape):
                text = shape * (600_000 // len(shape))
                kept = keep_words(text)
                self.assertEqual(kept, text.replace("<", "&lt;"))
                self.assertEqual(plain(text), " ".join(text.split()))
                part = shape * (40_000 // len(shape))
                self.assertIn("&lt;", clean_html(part))

    def test_no_word_is_lost_without_a_word(self):
        """Odoo stores “Unknown error when sanitizing” in place of a text with a
        control character, as word processors put them, and leaves out what is nested
        too deeply."""
        form = self.report.with_user(self.worker)
        answer = form.answer_ids.filtered(lambda a: a.code == "analysis")
        form.write_answer("analysis", "<p>From a\x0bword processor\x1f.</p>")
        self.assertEqual(answer.body, "<p>From a\nword processor.</p>")
        deep = "<div>" * 400 + "deep" + "</div>" * 400 + "<p>And the rest.</p>"
        with self.assertRaisesRegex(UserError, "could not be read.*nothing was saved"):
            form.write_answer("analysis", deep)
        with self.assertRaisesRegex(UserError, "takes 1,000,000 letters at most"):
            form.write_answer("analysis", "word " * 2_000_000)
        self.assertEqual(answer.body, "<p>From a\nword processor.</p>")
        nested = "<ul><li>" * 60 + "deep" + "</li></ul>" * 60
        form.write_answer("analysis", nested)
        self.assertIn("deep", answer.body)

    # ---------------------------------------------------------------- plain texts

    def test_plain_text_loses_what_cannot_be_seen_and_nothing_else(self):
        for text, clean in (
            ("S\x00am", "Sam"),
            ("\u202emaS", "maS"),
            ("Sa\u200bm\ufeff", "Sam"),
            ("half\ud83d", "half"),
            ("one\x0btwo", "one\ntwo"),
            ("line\nline\tend", "line\nline\tend"),
            ("می\u200cخواهم", "می\u200cخواهم"),
            ("👩\u200d👧", "👩\u200d👧"),
        ):
            with self.subTest(text):
                self.assertEqual(clean_text(text), clean)
        person = self.env["sos.person"].with_user(self.worker)
        child = person.create({"first_name": "S\x00am\u202e", "last_name": "Own\u200b"})
        self.assertEqual((child.first_name, child.last_name), ("Sam", "Own"))
        child.last_name = "Hi\x07ll"
        self.assertEqual(child.name, "Sam Hill")

    def test_too_long_a_text_is_refused(self):
        person = self.env["sos.person"].with_user(self.worker)
        with self.assertRaisesRegex(UserError, "“First name” takes 1,000 letters"):
            person.create({"first_name": "S" * 1_001, "last_name": "Own"})
        with self.assertRaisesRegex(UserError, "“Safety goal” takes 100,000 letters"):
            self.danger.with_user(self.worker).goal = "G" * 10_000_000

    def test_tags_in_plain_text_are_words(self):
        """Names and lines are shown as they were typed, and run nowhere."""
        attack = "<img src=x onerror=alert(1)><script>alert(1)</script>"
        self.sam.with_user(self.worker).write({"last_name": attack})
        self.danger.with_user(self.worker).write({"text": attack, "goal": attack})
        self.harm.with_user(self.worker).text = attack
        self.voice.with_user(self.worker).words = attack
        self.case.with_user(self.manager).name = attack
        form = self.report.with_user(self.worker)
        pages = [form.document_html, form.todo_html or ""]
        for audience, reader in (
            ("professionals", None),
            ("family", self.alex),
            ("child", self.sam),
        ):
            output, pictures = form._prepare_output(audience, reader)
            pages.append(form._render_output_page(output, pictures))
        for page in pages:
            self.assertNotRegex(str(page), r"<script|<img[^>]*onerror")
        self.assertIn("&lt;script&gt;", str(pages[0]))
        logs = self.env["sos.change.log"].with_user(self.worker)
        log = logs.search([("field", "=", "goal")], limit=1)
        # text, not HTML: the client escapes it
        self.assertEqual(log.new, attack)
        self.assertEqual(log._fields["new"].type, "text")

    def test_page_for_paper_fetches_nothing(self):
        """A document from before, or from another hand, is cleaned when it is shown."""
        form = self.report.with_user(self.worker)
        output, pictures = form._prepare_output("professionals")
        piece = next(
            piece
            for section in output["sections"]
            for piece in section["pieces"]
            if piece.get("html")
        )
        for text in HOSTILE:
            piece["html"] = text
            page = str(form._render_output_page(output, pictures))
            with self.subTest(text):
                self.assertNotRegex(
                    page, r"<script|<iframe|<link|<object|<form|onerror"
                )
                sources = re.findall(r"(?:src|url\()\s*=?\s*[\"']?([^\"')>\s]+)", page)
                for source in sources:
                    self.assertRegex(source, r"^data:image/(png|jpeg);base64,")

    # -------------------------------------------------------------------- searches

    def test_search_is_no_way_to_the_database(self):
        """SQL in values is a value; elsewhere it is refused."""
        people = self.env["sos.person"].with_user(self.worker)
        sql = "x'; DELETE FROM sos_person; --"
        count = self.env["sos.person"].search_count([])
        self.assertFalse(people.search([("name", "ilike", sql)]))
        self.assertFalse(people.search([("name", "=", sql)]))
        self.assertFalse(people.name_search(sql))
        spec = {"name": {}}
        for search in (
            lambda: people.search([("name", sql, "a")]),
            lambda: people.search([(sql, "=", "a")]),
            lambda: people.search([("name", "=", "a"), sql]),
            lambda: people.search([], order=sql),
            lambda: people.search([], order="name; DELETE FROM sos_person"),
            lambda: people.search([], order="(SELECT password FROM res_users)"),
            lambda: people.web_search_read([], spec, order=f"name {sql}"),
            lambda: people.formatted_read_group([], [sql], ["__count"]),
            lambda: people.formatted_read_group([], ["name"], [sql]),
            lambda: people.formatted_read_group([], ["name"], [f"id:{sql}"]),
            lambda: people.formatted_read_group([], [f"birth_date:{sql}"], ["__count"]),
            lambda: people.formatted_read_group([], ["name"], [], order=sql),
            lambda: people.formatted_read_group(
                [], ["name"], [], having=[(sql, ">", 1)]
            ),
            lambda: people.read([sql]),
            lambda: people.search_read([], [sql]),
            lambda: people.with_context(lang=sql).search([("sex_id.name", "=", "x")]),
        ):
            error = self._get_refusal(search)
            self.assertNotIn("syntax error", str(error))
        self.assertEqual(self.env["sos.person"].search_count([]), count)

    def _get_refusal(self, call):
        """How a call was refused. What names a record that there is not, the database
        refuses; Odoo tells it in a sentence."""
        try:
            with self.env.cr.savepoint():
                result = call()
                self.env.flush_all()
        except (ValueError, UserError, TypeError, KeyError) as error:
            return error
        except ForeignKeyViolation as error:
            return error.pgcode
        return self.fail(f"This was not refused: {result}")

    def test_search_is_no_way_to_private_fields(self):
        """A search by a field one letter at a time reads it; so does grouping by it."""
        people = self.env["sos.person"].with_user(self.worker)
        for path in (
            "create_uid.password",
            "create_uid.api_key_ids.key",
            "create_uid.totp_secret",
            "entered_by_id.password",
            "create_uid.partner_id.signup_type",
        ):
            for search in (
                lambda p=path: people.search([(p, "like", "a")]),
                lambda p=path: people.search([("id", "any", [(p, "like", "a")])]),
                lambda p=path: people.search([], order=p),
                lambda p=path: people.formatted_read_group([], [p], ["__count"]),
                lambda p=path: people.formatted_read_group([], [], [f"{p}:max"]),
                lambda p=path: people.read([p]),
                lambda p=path: people.export_data([p.replace(".", "/")]),
            ):
                with self.subTest(path):
                    self._get_refusal(search)

    def test_search_through_relations_finds_no_stranger(self):
        """Rules hold on the way too: by a path nothing of another family is found."""
        people = self.env["sos.person"].with_user(self.outsider)
        cases = self.env["sos.case"].with_user(self.outsider)
        for model, domain in (
            (people, [("member_ids.case_id.name", "=", "Hill")]),
            (people, [("member_ids", "any", [("case_id.name", "=", "Hill")])]),
            (cases, [("member_ids.person_id.last_name", "=", "Hill")]),
            (cases, [("form_ids.answer_ids.body", "ilike", "a")]),
            (cases, ["|", ("id", "=", self.case.id), ("name", "=", "Hill")]),
            (people, ["!", ("last_name", "=", "none")]),
        ):
            found = model.search(domain)
            self.assertFalse(found)

    def test_codes_are_looked_up_and_nothing_else(self):
        codes = self.env["sos.code"].with_user(self.worker)
        for value in ("' OR 1=1 --", "%", "_", "sex%", "\\", "*"):
            self.assertFalse(codes._get("sex", value))
            self.assertFalse(codes._get(value, "F"))

    # ------------------------------------------------------------------------- RPC

    def _get_public_methods(self):
        """Every public method of ours on records: model, name."""
        for name in sorted(self.env.registry):
            model = self.env[name]
            if not name.startswith("sos.") or model._abstract:
                continue
            for method in sorted(dir(type(model))):
                function = getattr(type(model), method, None)
                ours = getattr(function, "__module__", "") or ""
                if method.startswith("_") or not callable(function):
                    continue
                if ours.startswith("odoo.addons.sos_") and not getattr(
                    function, "_api_private", False
                ):
                    yield name, method

    def test_wrong_arguments_change_nothing(self):
        """Every public method, with nonsense, for somebody who reads no family."""
        nonsense = (
            (),
            (None,),
            ("' OR 1=1 --",),
            (-1,),
            ([[[]]],),
            ({"id": {"id": {}}},),
            ("\x00", "\ud800", 10**30),
        )
        allowed = (UserError, TypeError, ValueError, KeyError, AttributeError)
        users = {"analyst": self.analyst, "outsider": self.outsider}
        tried = 0
        # what every model has anyway is Odoo's; ours goes around it and hands on
        theirs = dir(type(self.env["res.country"]))
        before = self._count_rows()
        for name, method in self._get_public_methods():
            if method in theirs:
                continue
            record = self.env[name].search([], limit=1)
            for login, user in users.items():
                for arguments in nonsense:
                    tried += 1
                    target = record.with_user(user)
                    with self.subTest(f"{name}.{method}{arguments!r}", user=login):
                        with self.env.cr.savepoint():
                            try:
                                getattr(target, method)(*arguments)
                                self.env.flush_all()
                            except allowed as error:
                                self.assertNotIn("Hill", str(error))
                            self.env.invalidate_all()
        self.assertGreater(tried, 500)
        self.assertEqual(self._count_rows(), before)

    def _count_rows(self):
        """How many rows each of our tables has; dialogs and logs of reading apart."""
        self.env.flush_all()
        counts = {}
        for name in sorted(self.env.registry):
            model = self.env[name]
            if name.startswith("sos.") and model._auto and not model._transient:
                if name == "sos.access.log" or model._abstract:
                    continue
                self.env.cr.execute(f"SELECT COUNT(*) FROM {model._table}")
                counts[name] = self.env.cr.fetchone()[0]
        return counts

    def test_wrong_types_in_values_are_refused(self):
        form = self.report.with_user(self.worker)
        before = form.read()
        for vals in (
            {"held_on": "not a day"},
            {"held_on": [1]},
            {"child_ids": "all"},
            {"quorate": "perhaps"},
            {"received_at": "2026-99-99"},
            {"need_id": -5},
            {"no_such_field": 1},
            {"__class__": 1},
        ):
            with self.subTest(vals):
                error = self._get_refusal(lambda v=vals: form.write(v))
                self.assertNotIn("Hill", str(error))
            self.env.invalidate_all()
        self.assertEqual(form.read(), before)

    def test_line_of_another_model_is_not_smuggled_in(self):
        """Commands of a relation name records of its own model only, and those that
        the user may read."""
        form = self.own_form()
        for vals in (
            {"attendance_ids": [Command.link(self.report.attendance_ids[:1].id or 1)]},
            {"answer_ids": [Command.link(self.report.answer_ids[0].id)]},
            {"child_ids": [Command.link(self.report.child_ids[0].id)]},
            {"danger_ids": [Command.update(self.danger.id, {"goal": "x"})]},
            {
                "child_ids": [
                    Command.update(self.report.child_ids[0].id, {"seen": "no"})
                ]
            },
        ):
            with self.subTest(vals), self.assertRaises(AccessError):
                form.write(vals)
                self.env.flush_all()

    def own_form(self):
        env = self.env(user=self.outsider)
        child = env["sos.person"].create({"first_name": "Olly", "last_name": "Own"})
        own = env["sos.case"].create(
            {"name": "Own", "member_ids": [Command.create({"person_id": child.id})]}
        )
        return own.open_form("strategy")
