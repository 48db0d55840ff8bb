import base64
import io
import json

from PIL import Image

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common_output import ROBIN_VIEW, SAM_HARM, SAM_VIEW, OutputCommon


def walk(value, path=""):
    """Every plain value of a document, with where it stands."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from walk(inner, f"{path}/{key}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from walk(inner, f"{path}/{number}")
    else:
        yield path, value


@freeze_time("2026-11-23 10:00:00")
@tagged("post_install", "-at_install")
class TestDocument(OutputCommon):
    def _canonical(self, content):
        return self.env["sos.form.document"]._canonical(content)

    def _gather(self, form=None, user=None):
        form = (form or self.report).with_user(user or self.worker)
        return form._gather()[0]

    def _pieces(self, content, code):
        return next(s["pieces"] for s in content["sections"] if s["code"] == code)

    def _tamper(self, model, record, **values):
        """A change made in the database, past Odoo."""
        self.env.flush_all()
        table = self.env[model]._table
        # as who owns the tables does: the database itself refuses a change
        self.env.cr.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for name, value in values.items():
            self.env.cr.execute(
                f"UPDATE {table} SET {name} = %s WHERE id = %s", (value, record.id)
            )
        self.env.cr.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        self.env.invalidate_all()

    # ------------------------------------------------------------------ gather

    def test_gather_is_the_same_twice_and_for_every_reader(self):
        first = self._canonical(self._gather())
        self.env.invalidate_all()
        self.assertEqual(self._canonical(self._gather()), first)
        self.assertEqual(self._canonical(self._gather(user=self.manager)), first)
        self.assertEqual(self._canonical(self._gather(user=self.support)), first)

    def test_document_is_plain_data_without_floats(self):
        content = self._gather()
        self.assertEqual(json.loads(self._canonical(content)), content)
        kinds = {type(value) for _path, value in walk(content)}
        self.assertLessEqual(kinds, {str, int, bool, type(None)})

    def test_sections_stand_in_the_order_of_the_version(self):
        codes = [section["code"] for section in self._gather()["sections"]]
        version = self.report.version_id
        self.assertEqual(codes, version.section_ids.mapped("code"))
        self.assertIn("danger_goals", codes)

    def test_every_piece_says_who_may_see_it(self):
        for section in self._gather()["sections"]:
            for piece in section["pieces"]:
                with self.subTest(section=section["code"], kind=piece["type"]):
                    self.assertTrue(piece["children"])
                    for name in ("speaker", "persons", "line", "confidential"):
                        self.assertIn(name, piece)

    def test_answers_of_a_child_are_in_that_childs_words(self):
        pieces = self._pieces(self._gather(), "child_views")
        found = {piece["speaker"]: piece["html"] for piece in pieces}
        self.assertIn(SAM_VIEW, found[self.sam.id])
        self.assertIn(ROBIN_VIEW, found[self.robin.id])
        by_child = {tuple(piece["children"]) for piece in pieces}
        self.assertEqual(by_child, {(self.sam.id,), (self.robin.id,)})

    def test_danger_has_goal_ratings_and_disagreement(self):
        (danger,) = self._pieces(self._gather(), "danger_goals")
        self.assertEqual(danger["goal"], self.danger.goal)
        scores = {rating["who"]: rating["score"] for rating in danger["ratings"]}
        self.assertEqual(scores["Alex"], 5)
        self.assertEqual(scores["Sam"], 2)
        alex = next(r for r in danger["ratings"] if r["who"] == "Alex")
        self.assertEqual([step["score"] for step in alex["trend"]], [4, 5])
        views = {view["who"]: view["opinion"] for view in danger["opinions"]}
        self.assertEqual(views, {"Alex": "agrees", "Kit": "disagrees"})
        self.assertEqual(danger["bottom_lines"], 1)

    def test_only_open_lines_about_the_forms_children_are_gathered(self):
        strength = self.lines.filtered(lambda line: line.kind == "strength")
        strength.with_user(self.worker).ended_on = "2026-11-01"
        form = self._open("review_conference", self.robin)
        content = self._gather(form)
        harm = [p["text"] for p in self._pieces(content, "worries")]
        self.assertEqual(len(harm), 2, "Robin's harm, and the line about everybody")
        self.assertNotIn(SAM_HARM, self._canonical(content))
        well = [p["kind"] for p in self._pieces(content, "working_well")]
        self.assertEqual(well, ["existing_safety"], "the strength has ended")
        voices = self._pieces(content, "child_voice")
        self.assertEqual(voices, [], "Sam's houses are not Robin's")

    def test_line_without_children_is_about_all_children_of_the_family(self):
        form = self._open("review_conference", self.robin)
        worries = self._pieces(self._gather(form), "worries")
        line = next(p for p in worries if p["kind"] == "complicating")
        self.assertEqual(line["children"], sorted((self.sam | self.robin).ids))

    def test_rule_is_about_the_children_of_its_danger(self):
        rule = next(
            piece
            for piece in self._pieces(self._gather(), "safety_plan")
            if piece["type"] == "rule" and piece["journal"]
        )
        self.assertEqual(rule["children"], sorted((self.sam | self.robin).ids))
        self.assertEqual(rule["kept"][0]["count"], 1)
        self.assertEqual(rule["journal"][0]["speaker"], self.nana.id)

    def test_visits_say_who_was_seen_alone(self):
        visit = self._open("visit", self.sam, held_on="2026-11-23")
        visit.child_ids.write({"seen": "yes", "seen_alone": "yes"})
        self._sign(self._fill(visit))
        (piece,) = self._pieces(self._gather(self._open("assessment")), "visits")
        self.assertEqual(piece["on"], "2026-11-23")
        self.assertEqual(piece["who"], self.worker.name)
        self.assertEqual(
            [(row["name"], row["alone"]) for row in piece["seen"]], [("Sam", "yes")]
        )

    def test_visits_since_the_newest_of_two_earlier_forms(self):
        for visited, signed in (
            ("2026-11-23", "2026-11-24"),
            ("2026-11-25", "2026-11-26"),
            ("2026-11-27", None),
        ):
            with freeze_time(f"{visited} 10:00:00"):
                visit = self._open("visit", self.sam, held_on=visited)
                visit.child_ids.write({"seen": "yes"})
                self._sign(self._fill(visit))
            if signed:
                with freeze_time(f"{signed} 10:00:00"):
                    form = self._fill(self._open("assessment", started_on=signed))
                    form.write({"query_reason": "None."})
                    self._decide(form, "continue_cp")
                    self._sign(form)
        with freeze_time("2026-11-30 10:00:00"):
            pieces = self._pieces(self._gather(self._open("assessment")), "visits")
        self.assertEqual([piece["on"] for piece in pieces], ["2026-11-27"])

    def test_key_events_are_in_the_order_of_their_days(self):
        events = self._pieces(self._gather(), "key_events")
        days = [event["on"] for event in events]
        self.assertEqual(days, sorted(days))
        self.assertIn("2026-08-21", days)
        self.assertIn("The harm has not stopped.", self._canonical(events))

    def test_picture_is_small_enough_to_print_and_white_where_it_was_clear(self):
        clear = Image.new("RGBA", (1800, 900), (0, 0, 0, 0))
        stream = io.BytesIO()
        clear.save(stream, "PNG")
        self.voice.with_user(self.worker).image = base64.b64encode(stream.getvalue())
        _content, pictures = self.report.with_user(self.worker)._gather()
        (data,) = pictures.values()
        image = Image.open(io.BytesIO(base64.b64decode(data)))
        self.assertEqual(image.size, (1200, 600))
        self.assertEqual(image.convert("RGB").getpixel((600, 300)), (255, 255, 255))

    def test_number_of_queries_does_not_grow_with_the_record(self):
        form = self.report.with_user(self.worker)
        form._gather()

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            form._gather()
            return self.env.cr.sql_log_count - before

        small = count()
        for line in self.lines | self.lines:
            for number in range(6):
                line.with_user(self.worker).copy(
                    {"text": f"{line.text} {number}", "case_id": self.case.id}
                )
        for number in range(5):
            danger = self.danger.with_user(self.worker).copy({"text": f"D {number}"})
            self.rules[0].with_user(self.worker).copy({"danger_id": danger.id})
        self.assertLessEqual(count(), small)
        self.assertLess(small, 90)

    # ------------------------------------------------------------------ frozen

    def test_what_was_submitted_stays_though_the_record_goes_on(self):
        gathered = self._gather()
        self.report.with_user(self.worker).action_submit()
        frozen = self.report.document_id._load()
        for name in ("children", "sections"):
            self.assertEqual(frozen[name], gathered[name])
        self.harm.with_user(self.worker).text = "Something else."
        self.sam.with_user(self.worker).last_name = "Moor"
        self.assertEqual(self.report.document_id._load(), frozen)
        output = self.report.with_user(self.worker)._get_output("professionals")
        self.assertIn(SAM_HARM, self._texts(output))
        self.assertNotIn("Something else.", self._texts(output))

    def test_signature_adds_the_decisions_and_nothing_else(self):
        self.report.with_user(self.worker).action_submit()
        submitted = self.report.document_id
        manager = self.report.with_user(self.manager)
        line = manager.child_ids.filtered(lambda c: c.child_id == self.sam)
        self._decide(manager, "recommend_no_plan", lines=line)
        manager.write_answer("management_decision", "I decide otherwise for Sam.")
        self.harm.with_user(self.worker).text = "Something else."
        self.sam.with_user(self.worker).first_name = "Samantha"
        manager.action_authorise()
        signed = self.report.document_id
        self.assertEqual(signed.number, submitted.number + 1)
        before = dict(walk(submitted._load()))
        after = dict(walk(signed._load()))
        changed = {
            path
            for path in before.keys() | after.keys()
            if before.get(path) != after.get(path)
        }
        numbers = {
            section["code"]: number
            for number, section in enumerate(signed._load()["sections"])
        }
        allowed = (
            "/header/state",
            "/header/authorised_",
            "/children/0/decision",
            "/children/0/confirmed_on",
            "/children/1/confirmed_on",
            f"/sections/{numbers['decision']}/pieces",
            f"/sections/{numbers['management_decision']}/pieces",
        )
        strange = {path for path in changed if not path.startswith(allowed)}
        self.assertEqual(strange, set())
        self.assertIn("I decide otherwise for Sam.", signed.content)
        self.assertNotIn("Samantha", signed.content)
        self.assertEqual(
            signed.picture_ids.mapped("sha256"), submitted.picture_ids.mapped("sha256")
        )

    def test_sent_back_form_is_frozen_anew(self):
        self.report.with_user(self.worker).action_submit()
        first = self.report.document_id
        self.report.with_user(self.manager).action_send_back("Say more.")
        output = self.report.with_user(self.worker)._get_output("professionals")
        self.assertTrue(output["draft"])
        self.report.with_user(self.worker).write_answer("analysis", "More.")
        self.report.with_user(self.worker).action_submit()
        self.assertNotEqual(self.report.document_id, first)
        self.assertIn("More.", self.report.document_id.content)
        self.assertNotIn("More.", first.content)

    def test_document_is_never_changed_or_deleted(self):
        self.report.with_user(self.worker).action_submit()
        document = self.report.document_id.sudo()
        for record in (document, document.picture_ids):
            with self.assertRaises(UserError):
                record.write({"sha256": "0" * 64})
            with self.assertRaises(UserError):
                record.unlink()

    # --------------------------------------------------------------- tampering

    def test_changed_document_is_not_shown_given_or_signed(self):
        self.report.with_user(self.worker).action_submit()
        document = self.report.document_id
        text = document.content.replace(SAM_VIEW, "I want Kit there.")
        self.assertNotEqual(text, document.content)
        self._tamper("sos.form.document", document, content=text)
        worker = self.report.with_user(self.worker)
        for what, act in (
            ("printing", lambda: worker._render_output_pdf("professionals")),
            ("giving", lambda: worker.give("family", "by_hand", self.alex)),
            ("signing", self.report.with_user(self.manager).action_authorise),
        ):
            with self.subTest(what), self.assertRaisesRegex(UserError, "fingerprint"):
                act()
        self.assertEqual(self.report.state, "submitted")
        self.assertIn("fingerprint does not fit", worker.document_html)
        self.assertNotIn("I want Kit there.", worker.document_html)

    def test_changed_picture_is_not_shown(self):
        self.report.with_user(self.worker).action_submit()
        picture = self.report.document_id.picture_ids
        attachment = self.env["ir.attachment"].search(
            [("res_model", "=", picture._name), ("res_field", "=", "image")]
        )
        attachment.filtered(lambda a: a.res_id == picture.id).datas = self._draw(32, 32)
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "fingerprint"):
            self.report.with_user(self.worker)._get_output("professionals")

    def test_missing_document_is_not_replaced_by_todays_record(self):
        self.report.with_user(self.worker).action_submit()
        self._tamper("sos.form", self.report, document_id=None)
        with self.assertRaisesRegex(UserError, "missing"):
            self.report.with_user(self.worker)._get_output("professionals")
        with mute_logger("odoo.sql_db"), self.assertRaisesRegex(UserError, "missing"):
            self.report.with_user(self.manager).action_authorise()

    # ------------------------------------------------------------------ screen

    def test_screen_escapes_what_was_typed(self):
        self.harm.with_user(self.worker).text = "<script>alert(1)</script>"
        self.report.with_user(self.worker).write_answer(
            "analysis", "<p onclick='x()'>Fine<script>alert(2)</script></p>"
        )
        html = self.report.with_user(self.worker).document_html
        self.assertIn("Draft.", html)
        self.assertIn("&lt;script&gt;alert(1)", html)
        self.assertNotIn("<script", html)
        self.assertNotIn("onclick", html)
        # and once more when the page is made, whatever a document holds
        output, pictures = self.report._prepare_output("professionals")
        output["sections"][0]["pieces"][0]["html"] = "<p>Hi<script>x()</script></p>"
        html = self.report._render_output_html(output, pictures)
        self.assertIn("Hi", html)
        self.assertNotIn("<script", html)

    def test_question_of_the_agencys_own_is_in_the_document(self):
        version = self.report.version_id
        draft = version.browse(version.action_new_version()["res_id"])
        draft.write(
            {
                "section_ids": [
                    Command.create(
                        {
                            "code": "interpreter",
                            "name": "Was an interpreter there?",
                            "kind": "question",
                            "question_type": "yes_no",
                            "for_family": True,
                        }
                    )
                ]
            }
        )
        draft.action_publish()
        form = (
            self.env["sos.form"]
            .with_user(self.worker)
            .create(
                {
                    "case_id": self.case.id,
                    "type_id": self.report.type_id.id,
                    "child_ids": [Command.create({"child_id": self.sam.id})],
                }
            )
        )
        form.write_answer("interpreter", "Yes")
        (piece,) = self._pieces(self._gather(form), "interpreter")
        self.assertEqual(
            (piece["type"], piece["question_type"]), ("question", "yes_no")
        )
        self.assertIn("Yes", form.document_html)
