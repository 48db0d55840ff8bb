"""The census rules against the sector's validator, which others have written: both
come to the same results, rule by rule and child by child, other than where
``data/cin/differences.csv`` says so."""

import json
import re
import subprocess
import tempfile
from pathlib import Path

from needs import OUTSIDE, get_validator

from odoo.tests import BaseCase, tagged

from odoo.addons.sos_reporting.tests.cin_edges import DIFFERENT, KEPT
from odoo.addons.sos_reporting.tests.cin_examples import BROKEN
from odoo.addons.sos_reporting.tests.cin_generator import Maker, get_header, get_upn
from odoo.addons.sos_reporting.tools import census
from odoo.addons.sos_reporting.tools.cin.read import read_xml
from odoo.addons.sos_reporting.tools.cin.run import get_differences, get_rules, run

YEARS = (2025, 2026)
#: about no child, and listed as different
WHOLE_DIFFERENT = {"2887Q"}
#: Rule that is listed as different and broken by an example of another rule.
BESIDE = {("8940", "8935")}
#: their numbers are what is wrong with them
KEEP_NUMBER = {"1570", "1580"}
#: Rules of the validator that stop at some of what they should find, and then find
#: nothing in the whole file.
STOPPING = {"8565", "8614", "8897Q", "8898"}
#: the validator cannot work with a child without a number beside others
NAMELESS = "8500"


def make_children(examples, year, prefix):
    """A child for each example, whose number says of which.

    :return: (list of ``census.Child``, list of their numbers)
    """
    children = []
    for index, example in enumerate(examples):
        maker = Maker(year, seed=index)
        # numbers and UPNs of their own
        maker.count = len(prefix) * 1000 + index
        child = maker.make(example.kind)
        if example.code not in KEEP_NUMBER:
            child.identifiers.la_child_id = f"{prefix}{index:03}R{example.code}"
        example.change(child, maker)
        children.append(child)
    return children, [child.identifiers.la_child_id for child in children]


def write(children, year):
    return census.to_xml(census.Message(header=get_header(year), children=children))


def find_ours(xml, year):
    return {(finding.code, finding.child) for finding in run(read_xml(xml), year)}


@tagged("post_install", "-at_install")
class TestParity(BaseCase):
    """``files`` holds the censuses by year and name, ``theirs`` what the validator
    found in them: it takes long to start, and so is started once a year."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        python = get_validator()
        cls.files = {year: cls.make_files(year) for year in YEARS}
        cls.theirs = {
            year: cls.find_theirs(python, year, files)
            for year, files in cls.files.items()
        }

    @classmethod
    def make_files(cls, year):
        broken = [example for example in BROKEN if example.code != NAMELESS]
        different = [different.example for different in DIFFERENT]
        cls.broken, cls.broken_numbers = make_children(broken, year, "B")
        files = {
            "good": Maker(year, seed=year).make_many(120),
            "broken": cls.broken,
            "kept": make_children(KEPT, year, "KK")[0],
            "different": make_children(different, year, "DDD")[0],
            "random": Maker(year, seed=year).make_spoilt(240),
            "nameless": [Maker(year).make("nfa")],
        }
        files["nameless"][0].identifiers.la_child_id = None
        for index, example in enumerate(BROKEN):
            if example.code in STOPPING:
                files[f"alone{index}"] = make_children([example], year, "A")[0]
        for spoil in SPOILT:
            files[spoil.__name__] = Maker(year).make_many(24)
            spoil(files[spoil.__name__])
        files = {name: write(children, year) for name, children in files.items()}
        reference = f"{year}-03-31</Ref".encode()
        files["header"] = files["good"].replace(
            reference, reference.replace(b"31", b"30")
        )
        return files

    @classmethod
    def find_theirs(cls, python, year, files):
        """:return: name of the file: (set of (code, number of the child or None), codes
        of the rules that stopped)"""
        with tempfile.TemporaryDirectory() as folder:
            paths = {str(Path(folder, f"{name}.xml")): name for name in files}
            for path, name in paths.items():
                Path(path).write_bytes(files[name])
            run_it = OUTSIDE / "run_cin_validator.py"
            result = subprocess.run(
                [python, run_it, "--list", str(year), *paths],
                capture_output=True,
                text=True,
                check=True,
            )
        reports = json.loads(result.stdout)
        return {
            paths[path]: (
                {(code, number) for code, number in report["found"]},
                set(re.findall(r"Error with rule (\w+)", report["crashed"])),
            )
            for path, report in reports.items()
        }

    def each_year(self, name):
        """(year, what we find, what the validator finds) of a file, but for the rules
        of the validator that stopped."""
        for year in YEARS:
            theirs, stopped = self.theirs[year][name]
            self.assertLessEqual(stopped, STOPPING)
            ours = find_ours(self.files[year][name], year)
            yield year, {one for one in ours if one[0] not in stopped}, theirs

    def check_same(self, ours, theirs):
        differ = {
            (code, number)
            for code, number in ours ^ theirs
            if code not in WHOLE_DIFFERENT
            and (code, str(number).rpartition("R")[2]) not in BESIDE
        }
        self.assertEqual((differ & ours, differ & theirs), (set(), set()))

    def test_good_children(self):
        for year, ours, theirs in self.each_year("good"):
            with self.subTest(year=year):
                self.check_same(ours, theirs)
                self.assertEqual(ours, set())

    def test_broken(self):
        for year, ours, theirs in self.each_year("broken"):
            with self.subTest(year=year):
                self.check_same(ours, theirs)
                planted = {
                    (number.partition("R")[2] or None, number)
                    for number in self.broken_numbers
                    if number.startswith("B")
                }
                planted = {one for one in planted if one[0] not in STOPPING}
                self.assertEqual(planted - theirs, set())

    def test_broken_alone(self):
        compared = set()
        for name in [name for name in self.files[YEARS[0]] if "alone" in name]:
            for year, ours, theirs in self.each_year(name):
                with self.subTest(name=name, year=year):
                    self.check_same(ours, theirs)
                    compared |= {code for code, _number in ours & theirs}
        # the other two never come to an end
        self.assertEqual(compared & STOPPING, {"8565", "8897Q"})

    def test_just_kept(self):
        for year, ours, theirs in self.each_year("kept"):
            with self.subTest(year=year):
                self.check_same(ours, theirs)

    def test_spoilt_at_random(self):
        listed = {code for code, _what, _why in get_differences()}
        for year, ours, theirs in self.each_year("random"):
            with self.subTest(year=year):
                differ = {one for one in ours ^ theirs if one[0] not in listed}
                self.assertEqual((differ & ours, differ & theirs), (set(), set()))
                self.assertGreater(len({code for code, _number in ours & theirs}), 40)

    def test_every_rule_is_compared(self):
        compared = {example.code for example in BROKEN}
        compared |= {different.example.code for different in DIFFERENT}
        about_children = {r.code for r in get_rules(2026) if r.scope == "child"}
        self.assertEqual(about_children, compared)

    def test_nameless(self):
        for year, ours, theirs in self.each_year("nameless"):
            with self.subTest(year=year):
                self.check_same(ours, theirs)
                self.assertIn((NAMELESS, None), ours)

    def test_whole_authority(self):
        for spoil in SPOILT:
            for year, ours, theirs in self.each_year(spoil.__name__):
                with self.subTest(spoil=spoil.__name__, year=year):
                    self.check_same(ours, theirs)
                    self.assertTrue(ours & theirs)

    def test_header(self):
        for year, ours, theirs in self.each_year("header"):
            with self.subTest(year=year):
                self.assertIn(("100", None), ours & theirs)

    def test_different_as_listed(self):
        for year in YEARS:
            ours = find_ours(self.files[year]["different"], year)
            theirs, _stopped = self.theirs[year]["different"]
            _children, numbers = make_children(
                [different.example for different in DIFFERENT], year, "DDD"
            )
            for different, number in zip(DIFFERENT, numbers, strict=True):
                with self.subTest(year=year, number=number):
                    one = different.example.code, number
                    self.assertEqual(one in ours, different.ours)
                    self.assertEqual(one in theirs, not different.ours)


def _same_upn(children):
    for child in children[2:4]:
        child.identifiers.upn = get_upn(999)


def _same_number(children):
    # the validator cannot work with two assessments of one child's number
    for child in children[::12]:
        child.identifiers.la_child_id = "TWICE"


def _more_plans(children):
    for child in children:
        for details in child.details:
            details.enquiries = []


def _no_sex(children):
    for child in children[:3]:
        child.identifiers.sex = None


def _one_disability(children):
    for child in children:
        child.characteristics.disabilities = ["MOB"]


SPOILT = (_same_upn, _same_number, _more_plans, _no_sex, _one_disability)
