"""Every rule of the census, on children who keep it and who break it."""

from collections import Counter
from datetime import date

from odoo.tests import BaseCase, tagged

from odoo.addons.sos_reporting.tools import census
from odoo.addons.sos_reporting.tools.cin import registry, rows
from odoo.addons.sos_reporting.tools.cin.read import read_xml
from odoo.addons.sos_reporting.tools.cin.run import (
    Rule,
    check_child,
    get_all_rules,
    get_differences,
    get_rules,
    get_year,
    run,
)

from .cin_edges import DIFFERENT, KEPT
from .cin_examples import BROKEN
from .cin_generator import Maker, get_header, get_upn

YEARS = (2025, 2026)
#: tested with more than one child
WHOLE = {"1520", "2883", "2886Q", "2887Q", "2888Q", "8510"}
#: listed as different, and nothing that one child could show
NOT_SHOWN = {"*", "100", "2887Q", "2888Q", "8730", "8772"}


def find(children, year, codes=None):
    """The findings of a census, written as XML and read again."""
    message = census.Message(header=get_header(year), children=children)
    return list(run(read_xml(census.to_xml(message)), year, codes))


def get_codes(findings):
    return {finding.code for finding in findings}


def make_changed(example, year, seed):
    """(a child who keeps a rule, the same child as an example changes it)"""
    maker = Maker(year, seed)
    changed = maker.make(example.kind)
    example.change(changed, maker)
    return Maker(year, seed).make(example.kind), changed


class CinCase(BaseCase):
    def each(self, examples, check):
        """Calls ``check`` with each example, a child who keeps the rule, the child as
        changed, and the year."""
        for year in YEARS:
            for index, example in enumerate(examples):
                with self.subTest(code=example.code, index=index, year=year):
                    kept, changed = make_changed(example, year, seed=index)
                    check(example, kept, changed, year)


@tagged("post_install", "-at_install")
class TestRules(CinCase):
    def test_every_rule_of_the_list_is_there(self):
        registered = set(registry.CHILD) | set(registry.HEADER) | set(registry.WHOLE)
        rules = get_all_rules()
        self.assertEqual(registered, set(rules))
        kinds = Counter(rule.kind for rule in rules.values())
        self.assertEqual(kinds, {"error": 83, "query": 26})
        for rule in rules.values():
            self.assertEqual(rule.kind == "query", rule.code.endswith("Q"), rule.code)
            self.assertTrue(rule.message and rule.elements, rule.code)

    def test_every_rule_has_an_example(self):
        examples = Counter(example.code for example in BROKEN)
        examples.update(different.example.code for different in DIFFERENT)
        self.assertEqual(set(get_all_rules()), set(examples) | WHOLE | {"100"})

    def test_elements_are_of_the_census(self):
        known = set()

        def collect(layout):
            known.update(layout.values, layout.lists)
            for group in layout.groups.values():
                collect(rows.get_layout(group))
            for wrapper in layout.wrappers.values():
                collect(wrapper)

        collect(rows.get_layout(census.Message))
        for rule in get_all_rules().values():
            self.assertLessEqual(set(rule.elements), known, rule.code)

    def test_good_children_break_no_rule(self):
        for year in YEARS:
            children = Maker(year).make_many(120)
            self.assertEqual(find(children, year), [])

    def test_broken(self):
        self.each(BROKEN, self.check_broken)

    def check_broken(self, example, kept, changed, year):
        self.assertEqual(find([kept], year, {example.code}), [])
        findings = find([changed], year, {example.code})
        self.assertTrue(findings)
        for finding in findings:
            self.check_finding(finding, changed)

    def check_finding(self, finding, child):
        self.assertEqual(finding.child, child.identifiers.la_child_id)
        self.assertTrue(finding.parts)
        for row, element, value in finding.parts:
            self.assertEqual((row.child, row.position), (finding.child, 1))
            self.assertEqual(value, row.texts.get(element))
            self.assertTrue(row.line)

    def test_just_kept(self):
        self.each(KEPT, self.check_kept)

    def check_kept(self, example, _kept, changed, year):
        self.assertEqual(find([changed], year, {example.code}), [])

    def test_days_before_the_end_of_the_year(self):
        """Counted with the last day as the first: of 31 March in 2025, a Monday, and in
        2026, a Tuesday, the 15th working day back is 11 March and the 45th 28 January;
        there is no day off between them."""
        for year in YEARS:
            for day, late in ((date(year, 3, 11), False), (date(year, 3, 10), True)):
                with self.subTest(day):
                    child = Maker(year).make("no_conference")
                    (enquiry,) = child.details[0].enquiries
                    enquiry.started, enquiry.not_required = day, False
                    self.assertEqual(bool(find([child], year, {"8675Q"})), late)
            for day, late in ((date(year, 1, 28), False), (date(year, 1, 27), True)):
                with self.subTest(day):
                    child = Maker(year).make("assessed")
                    assessment = child.details[0].assessments[0]
                    assessment.started, assessment.authorised = day, None
                    assessment.factors = []
                    self.assertEqual(bool(find([child], year, {"8670Q"})), late)

    def test_different_on_purpose(self):
        for ours, check in ((True, self.check_broken), (False, self.check_kept)):
            self.each([d.example for d in DIFFERENT if d.ours is ours], check)

    def test_differences_are_listed(self):
        listed = Counter(code for code, _what, _why in get_differences())
        self.assertTrue(all(all(line) for line in get_differences()))
        self.assertLessEqual(set(listed), {*get_all_rules(), "*"})
        shown = {different.example.code for different in DIFFERENT}
        self.assertEqual(shown - set(listed), set())
        self.assertEqual(set(listed) - shown, NOT_SHOWN)

    def test_one_finding_names_all_that_is_wrong(self):
        child = Maker(2026).make("need_plan")
        details = child.details[0]
        details.assessments[0].authorised = date(2026, 1, 5)
        details.need_plans[0].ended = date(2026, 1, 6)
        (finding,) = find([child], 2026, {"8565"})
        self.assertEqual(
            [(part.row.element, part.element, part.value) for part in finding.parts],
            [
                ("CINdetails", "CINclosureDate", "2025-12-01"),
                ("Assessments", "AssessmentAuthorisationDate", "2026-01-05"),
                ("CINPlanDates", "CINPlanEndDate", "2026-01-06"),
            ],
        )

    def test_child_by_child(self):
        child = rows.number_rows(
            rows.get_rows(Maker(2026).make("assessed"), "Child"), position=7
        )
        child.below("ChildIdentifiers")[0].values["Sex"] = "X"
        found = list(check_child(child, get_year(2026), get_rules(2026)))
        self.assertEqual([finding.code for finding in found], ["4180"])
        self.assertEqual(found[0].parts[0].row.position, 7)


@tagged("post_install", "-at_install")
class TestYears(CinCase):
    def test_years(self):
        for year in (2025, 2026, 2027):
            self.assertEqual(len(get_rules(year)), 109)
        with self.assertRaises(ValueError):
            get_rules(2024)

    def test_chosen_rules_only(self):
        self.assertEqual(
            [r.code for r in get_rules(2026, {"4180", "100"})], ["100", "4180"]
        )

    def test_rule_of_some_years_only(self):
        over = Rule("1", "error", "", (), 2025, 2025, "child")
        self.assertTrue(over.is_of(2025))
        self.assertFalse(over.is_of(2026) or over.is_of(2024))

    def test_reference_date(self):
        for reference, number, wrong in (
            (date(2026, 3, 31), 2026, False),
            (date(2026, 3, 30), 2026, True),
            (None, 2026, True),
            (date(2025, 3, 31), 2025, True),
        ):
            header = get_header(2026)
            header.collection = census.Collection("CIN", number, reference)
            message = census.Message(header=header)
            found = get_codes(run(message, 2026, {"100"}))
            self.assertEqual(found == {"100"}, wrong, (reference, number))

    def test_working_days(self):
        year = get_year(2026, days_off={date(2026, 3, 30)})
        # Tuesday 31 March is the first day, Monday off, Friday the second
        self.assertEqual(year.go_back(date(2026, 3, 31), 2), date(2026, 3, 27))
        self.assertEqual(year.go_back(date(2026, 3, 28), 1), date(2026, 3, 31))
        self.assertIn(date(2025, 12, 25), get_year(2026).days_off)


@tagged("post_install", "-at_install")
class TestWholeAuthority(CinCase):
    def setUp(self):
        super().setUp()
        self.children = Maker(2026).make_many(24)

    def find(self, code):
        return find(self.children, 2026, {code})

    def check_twice(self, code, **values):
        self.assertEqual(self.find(code), [])
        for child in self.children[2:4]:
            for name, value in values.items():
                setattr(child.identifiers, name, value)
        findings = self.find(code)
        self.assertEqual(len(findings), 2)
        for finding in findings:
            self.assertEqual(
                {part.row.position for part in finding.parts}, {3, 4}, finding
            )
        self.assertEqual([f.parts[0].row.position for f in findings], [3, 4])
        self.assertEqual(
            {part.value for part in findings[0].parts}, set(values.values())
        )

    def test_1520(self):
        self.check_twice("1520", upn=get_upn(999))

    def test_8510(self):
        self.check_twice("8510", la_child_id="TWICE")

    def test_2883(self):
        self.assertEqual(self.find("2883"), [])
        child = next(c for c in self.children if c.details[0].enquiries)
        plans = [
            census.ProtectionPlan(started=date(2025, 7, 1)) for _plan in self.children
        ]
        child.details[0].protection_plans += plans
        (finding,) = self.find("2883")
        self.assertEqual((finding.child, finding.parts), (None, ()))

    def test_2886(self):
        self.assertEqual(self.find("2886Q"), [])
        self.children[0].identifiers.sex = None
        self.assertTrue(self.find("2886Q"))
        # one of fifty is two in a hundred, and not more
        more = Maker(2026, seed=2).make_many(50 - len(self.children))
        self.children += more
        self.assertEqual(self.find("2886Q"), [])

    def _set_disabilities(self, codes):
        for child in self.children:
            child.characteristics.disabilities = ["NONE"]
        for child, code in zip(self.children, codes, strict=False):
            child.characteristics.disabilities = code.split()

    def test_2887(self):
        kinds = "MOB HAND PC INC COMM LD HEAR VIS".split()
        self._set_disabilities(kinds)
        self.assertEqual(self.find("2887Q"), [])
        self._set_disabilities([*kinds[:7], "MOB", "MOB"])
        self.assertTrue(self.find("2887Q"))

    def test_2888(self):
        self._set_disabilities(["MOB", "MOB HAND"])
        self.assertEqual(self.find("2888Q"), [])
        self._set_disabilities(["MOB", "HAND"])
        self.assertTrue(self.find("2888Q"))
        self._set_disabilities([])
        self.assertEqual(self.find("2888Q"), [])
