import base64

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common_output import OutputCommon

#: Tables of what a form is made of, and how their rows belong to it.
TABLES = {
    "sos_form": "id = %(form)s",
    "sos_form_child": "form_id = %(form)s",
    "sos_form_child_factor_rel": "sos_form_child_id IN "
    "(SELECT id FROM sos_form_child WHERE form_id = %(form)s)",
    "sos_form_answer": "form_id = %(form)s",
    "sos_form_attendance": "form_id = %(form)s",
    "sos_form_addendum": "form_id = %(form)s",
    "sos_form_document": "form_id = %(form)s",
    "sos_form_document_picture": "document_id IN "
    "(SELECT id FROM sos_form_document WHERE form_id = %(form)s)",
    "sos_form_given": "form_id = %(form)s",
    "sos_case_note": "id = %(note)s",
    "sos_case_note_sos_person_rel": "sos_case_note_id = %(note)s",
}


@tagged("post_install", "-at_install")
@freeze_time("2026-11-23 10:00:00")
class TestEvidence(OutputCommon):
    """A signed form and a completed note stay as they are, whoever tries, by whatever
    way Odoo has."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        self = cls()
        cls.allocation = cls.env["sos.allocation"].with_user(cls.manager)
        cls.allocation.create(
            {"case_id": cls.case.id, "user_id": cls.chair.id, "role": "chair"}
        )
        cls.form = cls.report
        cls.form.with_user(cls.worker).write(
            {"attendance_ids": [Command.create({"person_id": cls.alex.id})]}
        )
        self._sign(cls.form)
        cls.given = cls.form.with_user(cls.worker).give("family", "by_hand", cls.alex)
        cls.addendum = (
            cls.env["sos.form.addendum"]
            .with_user(cls.worker)
            .create({"form_id": cls.form.id, "text": "<p>The school rang.</p>"})
        )
        cls.note = (
            cls.env["sos.case.note"]
            .with_user(cls.worker)
            .create(
                {
                    "case_id": cls.case.id,
                    "kind_id": cls._code("note_kind", "phone").id,
                    "child_ids": [Command.set(cls.sam.ids)],
                    "text": "<p>Rang Alex.</p>",
                }
            )
        )
        cls.note.action_complete()
        cls.draft = self._open("visit", cls.sam)
        cls.answer = cls.form.answer_ids.filtered(lambda a: a.code == "analysis")
        cls.writers = (
            cls.worker | cls.manager | cls.support | cls.chair | cls.service_manager
        )

    def _take_stock(self):
        """Every row of the form and the note, and every file on them."""
        self.env.flush_all()
        ids = {"form": self.form.id, "note": self.note.id}
        stock = {}
        for table, where in TABLES.items():
            self.env.cr.execute(f"SELECT * FROM {table} WHERE {where} ORDER BY 1", ids)
            stock[table] = self.env.cr.dictfetchall()
        self.env.cr.execute(
            "SELECT id, name, checksum, res_model, res_id, res_field FROM ir_attachment"
            " WHERE (res_model LIKE 'sos.form%%' AND res_id IN %s)"
            " OR (res_model = 'sos.case.note' AND res_id = %s) ORDER BY id",
            (tuple([*self._ids(), 0]), self.note.id),
        )
        stock["files"] = self.env.cr.fetchall()
        return stock

    def _ids(self):
        return {
            self.form.id,
            *self.form.document_ids.ids,
            *self.form.document_ids.picture_ids.ids,
            *self.given.ids,
        }

    def _check_refused(self, attempts, users=None, exception=UserError):
        """Each attempt is refused for each user, and nothing has changed.

        :param attempts: ``{words: function of an environment}``
        """
        before = self._take_stock()
        self.assertTrue(before["sos_form_answer"] and before["sos_form_document"])
        for user in users or self.writers:
            env = self.env(user=user)
            for words, attempt in attempts.items():
                with self.subTest(words, user=user.login):
                    with self.assertRaises(exception):
                        attempt(env)
                        env.flush_all()
        self.assertEqual(self._take_stock(), before)

    def _mine(self, record):
        return lambda env: record.with_env(env)

    # -------------------------------------------------------------- the form itself

    def test_stock_is_of_everything_that_a_form_is_made_of(self):
        lines = {
            self.env[field.comodel_name]._table
            for field in self.form._fields.values()
            if field.type == "one2many" and field.inverse_name == "form_id"
        }
        # clocks and ratings are the family's and go on; corrections come afterwards
        self.assertEqual(
            lines - TABLES.keys(), {"sos_correction", "sos_deadline", "sos_rating"}
        )

    def test_form_is_not_written(self):
        form = self.form.id
        spec = {"id": {}}
        facts = {
            "started_on": "2026-01-01",
            "chair_id": self.worker.id,
            "query_reason": "Other.",
            "override_reason": "Other.",
            "announced": True,
        }
        attempts = {
            f"write {name}": lambda env, n=name, v=value: env["sos.form"]
            .browse(form)
            .write({n: v})
            for name, value in facts.items()
        }
        attempts |= {
            "saved by the client": lambda env: env["sos.form"]
            .browse(form)
            .web_save({"started_on": "2026-01-01"}, spec),
            "mass edit with a draft": lambda env: (
                env["sos.form"]
                .browse([self.draft.id, form])
                .write({"started_on": "2026-01-01"})
            ),
            "through its family": lambda env: (
                env["sos.case"]
                .browse(self.case.id)
                .write(
                    {"form_ids": [Command.update(form, {"started_on": "2026-01-01"})]}
                )
            ),
            "line of the family through the form": lambda env: (
                env["sos.form"]
                .browse(form)
                .write({"danger_ids": [Command.update(self.danger.id, {"goal": "x"})]})
            ),
            "deleted": lambda env: env["sos.form"].browse(form).unlink(),
            "moved": lambda env: (
                env["sos.form"].browse(form).write({"type_id": self.draft.type_id.id})
            ),
            "taken out of its family": lambda env: (
                env["sos.case"]
                .browse(self.case.id)
                .write({"form_ids": [Command.unlink(form)]})
            ),
            "family without forms": lambda env: (
                env["sos.case"]
                .browse(self.case.id)
                .write({"form_ids": [Command.clear()]})
            ),
            "back to its writers": lambda env: (
                env["sos.form"].browse(form).action_send_back("Once more.")
            ),
            "submitted again": lambda env: env["sos.form"].browse(form).action_submit(),
            "signed again": lambda env: env["sos.form"].browse(form).action_authorise(),
            "cancelled": lambda env: env["sos.form"].browse(form).action_cancel("No."),
            "another child": lambda env: (
                env["sos.form"].browse(form)._add_children(self.sam | self.alex)
            ),
        }
        self._check_refused(attempts)

    def test_import_changes_nothing(self):
        """``load`` says what it refused instead of raising it."""
        before = self._take_stock()
        for user in self.writers:
            env = self.env(user=user)
            for model, names, row in (
                ("sos.form", [".id", "started_on"], [self.form.id, "2026-01-01"]),
                (
                    "sos.form.answer",
                    [".id", "body"],
                    [self.answer.id, "<p>Imported.</p>"],
                ),
                (
                    "sos.form",
                    [".id", "answer_ids/.id", "answer_ids/body"],
                    [self.form.id, self.answer.id, "<p>Imported.</p>"],
                ),
                (
                    "sos.form.addendum",
                    [".id", "text"],
                    [self.addendum.id, "<p>Imported.</p>"],
                ),
                ("sos.case.note", [".id", "text"], [self.note.id, "<p>Other.</p>"]),
            ):
                with self.subTest(model, names=names, user=user.login):
                    result = env[model].load(names, [[str(v) for v in row]])
                    self.assertFalse(result["ids"])
                    self.assertTrue(result["messages"])
                    self.assertEqual(self._take_stock(), before)

    def test_what_does_not_write_changes_nothing(self):
        """A window that is opened, a search, a copy."""
        before = self._take_stock()
        for user in self.writers:
            form = self.form.with_user(user)
            form.onchange({"started_on": "2026-01-01"}, ["started_on"], {"state": {}})
            form.name_search("F")
            form.read(["state", "document_html"])
            # a form is opened anew, and not copied from another one
            with self.assertRaisesRegex(UserError, "form's own buttons"):
                form.copy({"child_ids": [Command.create({"child_id": self.sam.id})]})
        self.assertEqual(self._take_stock(), before)

    # ------------------------------------------------------------------ its lines

    def test_lines_are_not_written_added_or_removed(self):
        child, attendance = self.form.child_ids[0], self.form.attendance_ids[0]
        decision = self._decision(self.form, "recommend_no_plan")
        lines = {
            "answer_ids": (self.answer, {"body": "<p>Other.</p>"}),
            "child_ids": (child, {"seen": "no"}),
            "attendance_ids": (attendance, {"view": "Other."}),
        }
        attempts = {}
        for name, (line, vals) in lines.items():
            model = line._name
            for words, command in (
                ("update", Command.update(line.id, vals)),
                ("delete", Command.delete(line.id)),
                ("unlink", Command.unlink(line.id)),
                ("clear", Command.clear()),
                ("set", Command.set([])),
            ):
                attempts[f"{name} {words}"] = lambda env, n=name, c=command: (
                    env["sos.form"].browse(self.form.id).write({n: [c]})
                )
            attempts[f"{model} write"] = lambda env, m=model, i=line.id, v=vals: (
                env[m].browse(i).write(v)
            )
            attempts[f"{model} web_save"] = lambda env, m=model, i=line.id, v=vals: (
                env[m].browse(i).web_save(v, {"id": {}})
            )
            attempts[f"{model} unlink"] = lambda env, m=model, i=line.id: (
                env[m].browse(i).unlink()
            )
            attempts[f"{model} moved"] = lambda env, m=model, i=line.id: (
                env[m].browse(i).write({"form_id": self.draft.id})
            )
        attempts |= {
            "answer by its code": lambda env: (
                env["sos.form"].browse(self.form.id).write_answer("analysis", "Other.")
            ),
            "manager's decision": lambda env: (
                env["sos.form"]
                .browse(self.form.id)
                .write_answer("management_decision", "Other.")
            ),
            "answer with a revision": lambda env: (
                env["sos.form.answer"]
                .browse(self.answer.id)
                .write({"body": "Other.", "revision": self.answer.revision})
            ),
            "decision": lambda env: (
                env["sos.form.child"]
                .browse(child.id)
                .write({"decision_id": decision.id})
            ),
            "decision through the family": lambda env: (
                env["sos.case"]
                .browse(self.case.id)
                .write(
                    {
                        "form_ids": [
                            Command.update(
                                self.form.id,
                                {
                                    "child_ids": [
                                        Command.update(
                                            child.id, {"decision_id": decision.id}
                                        )
                                    ]
                                },
                            )
                        ]
                    }
                )
            ),
            "factor": lambda env: (
                env["sos.form.child"]
                .browse(child.id)
                .write(
                    {"factor_ids": [Command.set(env["sos.code"].search([])[:1].ids)]}
                )
            ),
            "line of a draft moved into it": lambda env: (
                env["sos.form.answer"]
                .browse(self.draft.answer_ids[0].id)
                .write({"form_id": self.form.id})
            ),
            "attendance added": lambda env: (
                env["sos.form.attendance"].create(
                    {"form_id": self.form.id, "user_id": self.worker.id}
                )
            ),
            "attendance copied": lambda env: (
                env["sos.form.attendance"].browse(attendance.id).copy()
            ),
            "attendance in another order": lambda env: (
                env["sos.form.attendance"]
                .browse(attendance.id)
                .web_resequence({"id": {}}, offset=50)
            ),
            "child added": lambda env: (
                env["sos.form.child"].create(
                    {"form_id": self.form.id, "child_id": self.sam.id}
                )
            ),
            "lines of two forms at once": lambda env: (
                (self.draft.answer_ids | self.answer)
                .with_env(env)
                .write({"body": "<p>Other.</p>"})
            ),
        }
        self._check_refused(attempts)
        self.assertNotIn("Other.", str(self.draft.answer_ids.mapped("body")))

    # -------------------------------------------------- documents, addenda, copies

    def test_documents_addenda_and_copies_are_not_written(self):
        document = self.form.document_id
        picture = document.picture_ids[0]
        attempts = {}
        for record, vals in (
            (document, {"content": "{}"}),
            (document, {"sha256": "0" * 64}),
            (document, {"number": 9}),
            (picture, {"image": self._draw(30, 30)}),
            (picture, {"key": "voice-0"}),
            (self.addendum, {"text": "<p>Other.</p>"}),
            (self.addendum, {"added_at": "2026-01-01 10:00:00"}),
            (self.given, {"content": "{}"}),
            (self.given, {"talked_through": True}),
            (self.given, {"person_id": self.kit.id}),
        ):
            mine = self._mine(record)
            name = next(iter(vals))
            attempts |= {
                f"{record._name} {name}": lambda env, m=mine, v=vals: m(env).write(v),
                f"{record._name} {name} web_save": lambda env, m=mine, v=vals: (
                    m(env).web_save(v, {"id": {}})
                ),
                f"{record._name} unlink": lambda env, m=mine: m(env).unlink(),
            }
        for name, record in (
            ("document_ids", document),
            ("addendum_ids", self.addendum),
            ("given_ids", self.given),
        ):
            for words, command in (
                ("delete", Command.delete(record.id)),
                ("unlink", Command.unlink(record.id)),
                ("clear", Command.clear()),
            ):
                attempts[f"{name} {words}"] = lambda env, n=name, c=command: (
                    env["sos.form"].browse(self.form.id).write({n: [c]})
                )
        values = {
            "form_id": self.form.id,
            "number": 9,
            "frozen_at": "2026-01-01 10:00:00",
            "frozen_by_id": self.worker.id,
            "content": "{}",
            "sha256": "0" * 64,
        }
        attempts |= {
            "document created": lambda env: env["sos.form.document"].create(values),
            "document copied": lambda env: document.with_env(env).copy({"number": 9}),
            "another document chosen": lambda env: (
                env["sos.form"]
                .browse(self.form.id)
                .write({"document_id": self.form.document_ids[0].id})
            ),
            "copy invented": lambda env: env["sos.form.given"].create(
                {
                    "form_id": self.form.id,
                    "document_id": document.id,
                    "audience": "family",
                    "how_id": self._code("given_how", "by_hand").id,
                    "given_at": "2026-01-01 10:00:00",
                    "given_by_id": self.worker.id,
                }
            ),
            "copy copied": lambda env: self.given.with_env(env).copy(),
        }
        self._check_refused(attempts)

    def test_what_is_added_is_an_addendum(self):
        """The refusals above are not the refusal of everything."""
        document = self.form.document_id.content
        addenda = self.env["sos.form.addendum"].with_user(self.worker)
        addenda.create({"form_id": self.form.id, "text": "<p>Sam is well.</p>"})
        self.assertIn("Sam is well.", self.form.with_user(self.worker).document_html)
        self.given.with_user(self.worker).feedback = "helpful"
        self.danger.with_user(self.worker).goal = "A goal that goes on."
        self.assertEqual(self.form.document_id.content, document)
        self.form.document_id._check_fits()
        self.given._check_fits()

    # ------------------------------------------------------------------------ notes

    def test_completed_note_is_not_written(self):
        note = self.note.id
        values = {
            "text": "<p>Other.</p>",
            "at": "2026-01-01 10:00:00",
            "kind_id": self._code("note_kind", "contact").id,
            "child_ids": [Command.clear()],
            "adds_to_id": self.case.note_ids[-1:].id,
            "completed_at": False,
            "author_id": self.manager.id,
            "case_id": False,
        }
        attempts = {
            f"write {name}": lambda env, n=name, v=value: (
                env["sos.case.note"].browse(note).write({n: v})
            )
            for name, value in values.items()
        }
        attempts |= {
            "with what may change": lambda env: (
                env["sos.case.note"]
                .browse(note)
                .write({"significant": True, "text": "<p>Other.</p>"})
            ),
            "saved by the client": lambda env: (
                env["sos.case.note"]
                .browse(note)
                .web_save({"text": "<p>Other.</p>"}, {"id": {}})
            ),
            "through its family": lambda env: (
                env["sos.case"]
                .browse(self.case.id)
                .write({"note_ids": [Command.update(note, {"text": "<p>Other.</p>"})]})
            ),
            "taken out of its family": lambda env: (
                env["sos.case"]
                .browse(self.case.id)
                .write({"note_ids": [Command.unlink(note)]})
            ),
            "deleted": lambda env: env["sos.case.note"].browse(note).unlink(),
            "with others": lambda env: (
                env["sos.case.note"]
                .search([("case_id", "=", self.case.id)])
                .write({"text": "<p>Other.</p>"})
            ),
        }
        self._check_refused(attempts)
        self.assertFalse(self.note.significant)

    def test_meaning_of_a_note_is_added_later_and_logged(self):
        self.note.with_user(self.worker).write({"significant": True, "analysis": "So."})
        logs = self.env["sos.change.log"].search([("res_id", "=", self.note.id)])
        logs = logs.filtered(lambda log: log.res_model == "sos.case.note")
        self.assertLessEqual(
            {("significant", "no", "yes"), ("analysis", "", "So.")},
            {(log.field, log.old or "", log.new) for log in logs},
        )

    # ------------------------------------------------------------------------ files

    def test_nothing_is_put_beside_what_is_signed(self):
        dot = self._draw(20, 20)
        attempts = {}
        for record in (
            self.form,
            self.answer,
            self.form.child_ids[0],
            self.addendum,
            self.given,
            self.form.document_id,
            self.note,
        ):
            target = {"res_model": record._name, "res_id": record.id}
            attempts |= {
                f"uploaded to {record._name}": lambda env, t=target: (
                    env["ir.attachment"].create({"name": "dot.png", "datas": dot, **t})
                ),
                f"moved to {record._name}": lambda env, t=target: (
                    env["ir.attachment"]
                    .create({"name": "dot.png", "datas": dot})
                    .write(t)
                ),
            }
        self._check_refused(attempts)

    def test_pictures_of_a_document_stay(self):
        copies = self.form.document_ids.picture_ids
        files = self.env["ir.attachment"].search(
            [
                ("res_model", "=", copies._name),
                ("res_id", "in", copies.ids),
                ("res_field", "!=", False),
            ]
        )
        self.assertTrue(files)
        attempts = {
            "replaced": lambda env: files.with_env(env).write({"raw": b"other"}),
            "renamed": lambda env: files.with_env(env).write({"name": "other"}),
            "deleted": lambda env: files.with_env(env).unlink(),
            "deleted by mail": lambda env: (
                files.with_env(env).sudo()._delete_and_notify()
            ),
            "opened to all": lambda env: (
                files.with_env(env).sudo().write({"public": True})
            ),
        }
        self._check_refused(attempts)

    def test_draft_takes_files(self):
        """The refusals above are not the refusal of everything."""
        file = (
            self.env["ir.attachment"]
            .with_user(self.worker)
            .create(
                {
                    "name": "dot.png",
                    "raw": base64.b64decode(self._draw(20, 20)),
                    "res_model": "sos.form",
                    "res_id": self.draft.id,
                }
            )
        )
        self.assertTrue(file.exists())

    # ------------------------------------------------------------------ who may not

    def test_readers_write_nothing_at_all(self):
        users = self.auditor | self.analyst | self.configurator | self.outsider
        attempts = {
            "answer": lambda env: (
                env["sos.form"].browse(self.form.id).write_answer("analysis", "Other.")
            ),
            "addendum": lambda env: env["sos.form.addendum"].create(
                {"form_id": self.form.id, "text": "<p>Mine.</p>"}
            ),
            "note": lambda env: (
                env["sos.case.note"].browse(self.note.id).write({"analysis": "Mine."})
            ),
            "copy": lambda env: (
                env["sos.form"].browse(self.form.id).give("professionals", "by_hand")
            ),
        }
        self._check_refused(attempts, users, AccessError)
