"""Lists, searches, opening and saving, against the same on Odoo's own records."""

import contextlib
from functools import partial
from unittest.mock import patch

from odoo.addons.mail.tools.discuss import Store

from . import stock
from .boards import Boards
from .client import (
    asked_for,
    get_list_order,
    get_specification,
    list_records,
    open_record,
)
from .measure import Line, compare, count_queries, look

#: what a family has that is opened: children, forms, lines on its map
CHILDREN, FORMS, MAP_LINES = 3, 20, 12
MINE = [("is_mine", "=", True), ("closed_on", "=", False)]


class Screens:
    """All of it in one transaction that is taken back."""

    def __init__(self, env, size):
        self.env, self.size = env, size
        self.form = self._choose_form()
        self.user = self.form.case_id.lead_id
        team = self.user.sos_team_ids
        stock.give_rights(env, team.member_ids)
        count = env["sos.case"].search_count([])
        self.tasks = stock.make_tasks(env, team.member_ids, count)
        stock.make_partners(env)
        self.mine = env(user=self.user)
        self.boards = Boards(env, self.user)

    def _choose_form(self):
        """A form in progress that is much the same at every size: an assessment of
        three children, in a family with as much of a past."""
        forms = self.env["sos.form"].search(
            [
                ("state", "=", "draft"),
                ("type_id.code", "=", "assessment"),
                ("case_id.lead_id", "!=", False),
                ("case_id.restricted", "=", False),
            ],
            order="id",
            limit=2000,
        )
        least = min(abs(len(form.child_ids) - CHILDREN) for form in forms)
        forms = forms.filtered(lambda f: abs(len(f.child_ids) - CHILDREN) == least)
        return forms.sorted(
            lambda form: (
                abs(len(form.case_id.form_ids) - FORMS),
                abs(len(form.case_id.map_line_ids) - MAP_LINES),
                form.id,
            )
        )[0]

    def _name(self, words):
        return f"{words}, {self.size} children"

    # ----------------------------------------------------------------------- lists

    def _get_list_calls(self, ours, stock_domain, rows):
        cases, tasks = self.mine["sos.case"], self.mine["project.task"]
        ours_spec = get_specification(cases, "list")
        stock_spec = get_specification(tasks, "list")
        return (
            lambda: list_records(cases, ours, ours_spec, rows),
            lambda: list_records(tasks, stock_domain, stock_spec, rows),
        )

    def lists(self):
        for words, ours, theirs in (
            (
                "my cases",
                MINE,
                [("user_ids", "in", self.user.ids)],
            ),
            (
                "my team's cases",
                [("team_id.member_ids", "in", self.user.ids)],
                [("project_id.name", "=", "Bench"), ("parent_id", "=", False)],
            ),
        ):
            found = self.mine["sos.case"].search_count(ours, limit=80)
            found = min(found, self.mine["project.task"].search_count(theirs, limit=80))
            calls = self._get_list_calls(ours, theirs, found)
            line = compare(self.env, self._name(words), 1.2, *calls)
            line.raw["rows"] = found
            yield line

    def searches(self):
        people, partners = self.mine["sos.person"], self.mine["res.partner"]
        person = self.form.child_ids.child_id[0]
        ours_spec = get_specification(people, "list")
        stock_spec = get_specification(partners, "list")
        order = get_list_order(people)
        budget = 1.2 if self.size < 10000 else 1.0
        part = person.last_name[:4]
        for words, ours, theirs in (
            ("part of a name", [("name", "ilike", part)], [("name", "ilike", part)]),
            (
                "date of birth",
                [("birth_date", "=", person.birth_date)],
                [("ref", "=", person.reference)],
            ),
            (
                "identifier",
                [("reference", "=", person.reference)],
                [("ref", "=", person.reference)],
            ),
        ):
            yield compare(
                self.env,
                self._name(f"find a person by {words}"),
                budget,
                lambda d=ours: list_records(people, d, ours_spec, order=order),
                lambda d=theirs: list_records(partners, d, stock_spec),
            )

    # --------------------------------------------------------------------- opening

    def _open(self, record):
        record = record.with_env(self.mine)
        specification = get_specification(record, "form")
        return lambda: open_record(record, specification)

    def _open_task(self):
        task = self.tasks[0].with_env(self.mine)
        read = self._open(task)

        def call():
            read()
            # the chatter's two calls
            Store().add(
                task,
                None,
                request_list=[
                    "activities",
                    "attachments",
                    "followers",
                    "suggestedRecipients",
                ],
                as_thread=True,
            ).get_result()
            messages = self.mine["mail.message"]._message_fetch(None, thread=task)
            Store().add(messages["messages"]).get_result()

        return call

    def opening(self):
        task, form = self._open_task(), self._open(self.form)
        yield compare(
            self.env,
            self._name("open a case"),
            1.5,
            self._open(self.form.case_id),
            task,
        )
        line = compare(self.env, self._name("open a form in progress"), 1.5, form, task)
        line.raw |= {
            "sections": len(self.form.version_id.section_ids),
            "children": len(self.form.child_ids),
        }
        yield line

        def unlogged():
            with self._log_off():
                form()

        yield compare(
            self.env,
            self._name("open a form: with the access log, against without"),
            1.5,
            form,
            unlogged,
        )

    @contextlib.contextmanager
    def _log_off(self):
        log = type(self.env["sos.access.log"])
        with patch.object(log, "_write_line", lambda *args, **options: None):
            yield

    def _get_autosave(self):
        form = self.form.with_env(self.mine)
        answer = form.answer_ids[0]
        number = iter(range(10**6))

        def call():
            with asked_for("sos.form", "write_answer"):
                form.write_answer(
                    answer.code,
                    f"<p>Words {next(number)}</p>",
                    answer.child_id.id or None,
                )

        return call

    def autosave(self):
        task = self.tasks[0].with_env(self.mine)
        number = iter(range(10**6))

        def theirs():
            with asked_for("project.task", "web_save"):
                task.web_save(
                    {"description": f"<p>Words {next(number)}</p>"}, {"id": {}}
                )

        yield compare(
            self.env,
            self._name("autosave of one section"),
            1.2,
            self._get_autosave(),
            theirs,
        )

    # --------------------------------------------------------------------- queries

    def queries(self):
        # of those that the user reads
        cases = self.mine["sos.case"].search(
            [
                ("closed_on", "=", False),
                # whom a restricted one is open to changes when a form is opened
                ("restricted", "=", False),
                ("team_id", "in", self.user.sos_team_ids.ids),
            ]
        )
        cases = cases.sorted(lambda case: (-len(case.child_ids), case.id))
        case = cases[0].with_env(self.env)
        children = case.child_ids
        counts = {}
        for sections in (5, 50):
            form_type = self._make_type(sections)
            for some in (children[:1], children):
                form = case.open_form(form_type.code, some.ids)
                name = f"{sections} sections, {len(some)} children"
                counts[name] = count_queries(self.env, self._open(form))
                form.child_ids.active = False
        worst, least = max(counts.values()), min(counts.values())
        name = self._name("queries to open a form, most less least")
        yield Line(name, worst - least, 0, "queries", counts)

    def _make_type(self, sections):
        types = self.env["sos.form.type"]
        form_type = types.create(
            {"code": f"bench{sections}", "name": f"Bench {sections}"}
        )
        version = self.env["sos.form.version"].create({"type_id": form_type.id})
        self.env["sos.form.section"].create(
            [
                {
                    "version_id": version.id,
                    "code": f"bench_{place}",
                    "name": f"Section {place}",
                    "sequence": place,
                    "kind": "narrative",
                    "purpose": "To measure.",
                }
                for place in range(sections)
            ]
        )
        version.action_tested()
        version.action_publish()
        return form_type

    # ---------------------------------------------------------------------- growth

    def count_mine(self):
        return self.mine["sos.case"].search_count(MINE)

    def get_calls(self, rows):
        """What must not grow with the authority: name, budget, call.

        :param rows: of "my cases", as many as the other size has as well
        """
        cases, people = self.mine["sos.case"], self.mine["sos.person"]
        cases_spec = get_specification(cases, "list")
        people_spec = get_specification(people, "list")
        order = get_list_order(people)
        team = [("team_id.member_ids", "in", self.user.ids)]
        yield "my cases", 1.3, lambda: list_records(cases, MINE, cases_spec, rows)
        yield "my team's cases", 1.3, lambda: list_records(cases, team, cases_spec)
        person = self.form.child_ids.child_id[0]
        for words, domain in (
            ("part of a name", [("name", "ilike", person.last_name[:4])]),
            ("date of birth", [("birth_date", "=", person.birth_date)]),
            ("identifier", [("reference", "=", person.reference)]),
        ):
            call = partial(list_records, people, domain, people_spec, order=order)
            yield f"find a person by {words}", 1.3, call
        yield "open a case", 1.3, self._open(self.form.case_id)
        yield "open a form in progress", 1.3, self._open(self.form)
        yield "autosave of one section", 1.3, self._get_autosave()
        yield from self.boards.get_calls()

    def whole_service(self):
        for words, call in self.boards.get_looks():
            yield look(self.env, self._name(words), call)

    def measure(self):
        for part in (
            self.lists,
            self.searches,
            self.opening,
            self.autosave,
            self.queries,
            self.whole_service,
        ):
            yield from part()
