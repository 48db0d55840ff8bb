from lxml import etree

from odoo import Command
from odoo.tests import tagged

from .common import SosCommon


@tagged("post_install", "-at_install")
class TestQueryCounts(SosCommon):
    """What is opened and listed asks the database as often for many as for one."""

    def _count(self, call):
        """Queries with an empty cache of records; warm, as the second time."""
        for _turn in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            call()
            self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _get_specification(self, records, view_type):
        """What the client asks for: the view's fields, and of embedded lists theirs."""
        arch = records.get_view(view_type=view_type)["arch"]
        return self._read_fields(records, etree.fromstring(arch))

    def _read_fields(self, records, arch):
        specification = {}
        # "field" inside a field belongs to an embedded view
        for node in arch.xpath(".//field[not(ancestor::field)]"):
            field = records._fields[node.get("name")]
            specification[field.name] = {}
            if field.relational:
                inner = {}
                lines = records.env[field.comodel_name]
                for view in node.xpath("./list | ./kanban"):
                    view = etree.fromstring(etree.tostring(view))
                    inner.update(self._read_fields(lines, view))
                inner = inner or {"display_name": {}}
                specification[field.name] = {"fields": inner}
        return specification

    def _add_children(self, number):
        people = self.env["sos.person"].create(
            [
                {
                    "kind": "child",
                    "first_name": f"Child {place}",
                    "last_name": "Hill",
                    "birth_date": f"20{place + 10}-01-01",
                }
                for place in range(number)
            ]
        )
        self.case.member_ids = [
            Command.create({"person_id": person.id, "role": "child"})
            for person in people
        ]

    def _make_type(self, sections, children):
        code = f"count_{sections}_{children}"
        form_type = self.env["sos.form.type"].create({"code": code, "name": code})
        version = self.env["sos.form.version"].create({"type_id": form_type.id})
        self.env["sos.form.section"].create(
            [
                {
                    "version_id": version.id,
                    "code": f"part_{place}",
                    "name": f"Part {place}",
                    "sequence": place,
                    "kind": "narrative",
                    "purpose": "To count.",
                }
                for place in range(sections)
            ]
        )
        version.action_tested()
        version.action_publish()
        return form_type

    def test_opening_a_form_whatever_its_sections_and_children(self):
        self._add_children(4)
        children = self.case.child_ids
        self.assertEqual(len(children), 6)
        forms = {
            (sections, len(some)): self.case.open_form(
                self._make_type(sections, len(some)).code, some.ids
            ).with_user(self.worker)
            for sections in (5, 50)
            for some in (children[:1], children)
        }
        counts = {}
        for what, form in forms.items():
            specification = self._get_specification(form, "form")
            counts[what] = self._count(
                lambda form=form, spec=specification: form.web_read(spec)
            )
        self.assertEqual(len(set(counts.values())), 1, counts)

    def test_document_whatever_the_children_said(self):
        form = self._open("assessment").with_user(self.worker)
        self._say(self.sam)
        few = self._count(form._gather)
        for child in (self.sam, self.robin):
            for _number in range(3):
                self._say(child)
        self.assertEqual(self._count(form._gather), few)

    def _say(self, child):
        self.env["sos.voice"].create(
            {
                "case_id": self.case.id,
                "child_id": child.id,
                "tool": "words",
                "words": "I like the garden.",
                "present_ids": self.alex.ids,
            }
        )

    def test_list_of_families_whatever_their_number(self):
        self._refer()
        cases = self.env["sos.case"].with_user(self.worker)
        domain = [("team_id", "=", self.team.id)]
        specification = self._get_specification(cases, "list")

        def read():
            return cases.web_search_read(domain, specification)

        few = self._count(read)
        first = self.case
        for _number in range(4):
            self.case = self._new_family()
            self._refer()
        self.assertEqual(len(read()["records"]), 5)
        self.assertEqual(self._count(read), few)
        texts = {row["id"]: row for row in read()["records"]}
        self.assertRegex(texts[first.id]["children_text"], r"Sam \(\d+\), Robin")
        self.assertEqual(texts[first.id]["overdue_count"], 0)
