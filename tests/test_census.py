"""The children in need census of a played family: as it was worked out by hand, and
valid for checks that this project did not write."""

import subprocess
import tempfile
from datetime import date
from pathlib import Path

import player
import yaml
from needs import OUTSIDE, get_schema, get_validator

from odoo.tests import TransactionCase, tagged
from odoo.tools import file_path

from odoo.addons.sos_reporting.tests.cin_generator import get_header
from odoo.addons.sos_reporting.tests.common import read_census
from odoo.addons.sos_reporting.tools.census import find_schema_errors
from odoo.addons.sos_reporting.tools.cin.read import read_xml
from odoo.addons.sos_reporting.tools.cin.rows import from_message
from odoo.addons.sos_reporting.tools.cin.run import run

TESTS = Path(__file__).parent
CASES = TESTS / "cases"
#: the schema that local authorities' own tools use; beside the project, not in it
#: queries about the whole return that a family of three cannot but raise: fewer than
#: eight kinds of disability, nobody with two of them
ALLOWED = "2887Q,2888Q"


def as_text(value):
    """What a YAML file says, as an XML file says it."""
    if isinstance(value, dict):
        return {key: as_text(one) for key, one in value.items()}
    if isinstance(value, list):
        return [as_text(one) for one in value]
    return value.isoformat() if isinstance(value, date) else str(value)


def without_order(census):
    """Factors and disabilities have no order of their own."""
    for child in census.values():
        child["characteristics"].get("Disability", []).sort()
        for details in child["CINdetails"]:
            for assessment in details.get("Assessments", []):
                assessment.get("AssessmentFactors", []).sort()
    return census


class PlayedCensus(TransactionCase):
    """The census of a family, and what was worked out for it by hand."""

    name = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        path = CASES / f"{cls.name}.yaml"
        cls.played = player.play(cls.env, path, as_at="2026-03-31")
        cls.xml = cls.env["sos.census"]._get_xml(2026)

    def check_worked_out(self):
        text = (CASES / f"{self.name}.expected.yaml").read_text()
        expected = yaml.safe_load(text)
        census = read_census(self.xml)
        found = {
            name: census[self.played.refs[name].reference]
            for name in expected["census_2026"]
        }
        self.maxDiff = None
        self.assertEqual(
            without_order(found), without_order(as_text(expected["census_2026"]))
        )

    def check_rules(self, *queries):
        """The DfE's rules as we run them, on the file and on what it is made from."""
        codes = {finding.code for finding in run(read_xml(self.xml), 2026)}
        self.assertLessEqual(codes, {*ALLOWED.split(","), *queries})
        own = from_message(get_header(2026), self.env["sos.census"]._get_rows(2026))
        self.assertEqual({finding.code for finding in run(own, 2026)}, codes)


@tagged("post_install", "-at_install")
class TestAshdownCensus(PlayedCensus):
    name = "ashdown"

    def test_as_worked_out_by_hand(self):
        self.check_worked_out()

    def test_only_the_children(self):
        children, adults = ("mia", "tyler", "baby"), ("leanne", "ryan", "nana", "shaz")
        numbers = read_census(self.xml).keys()
        self.assertLessEqual(self._numbers(children), numbers)
        self.assertFalse(self._numbers(adults) & numbers)

    def _numbers(self, names):
        return {self.played.refs[name].reference for name in names}

    def test_own_schema(self):
        path = file_path("sos_reporting/data/cin_2026.xsd")
        self.assertEqual(find_schema_errors(self.xml, path), [])

    def test_own_rules(self):
        self.check_rules()

    def test_outside_schema(self):
        self.assertEqual(find_schema_errors(self.xml, get_schema()), [])

    def test_outside_rules(self):
        """The DfE's 109 rules, as local authorities have coded them."""
        python = get_validator()
        with tempfile.NamedTemporaryFile(suffix=".xml") as file:
            file.write(self.xml)
            file.flush()
            run = subprocess.run(
                [
                    python,
                    OUTSIDE / "run_cin_validator.py",
                    file.name,
                    "2026",
                    ALLOWED,
                ],
                capture_output=True,
                text=True,
                check=False,
            )
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        self.assertIn("109 rules", run.stdout)


@tagged("post_install", "-at_install")
class TestBrookCensus(TransactionCase):
    """A year that is not over yet can be looked at, too."""

    def test_outside_schema(self):
        player.play(self.env, CASES / "brook.yaml", as_at="2026-11-20")
        xml = self.env["sos.census"]._get_xml(2027)
        self.assertGreater(len(read_census(xml)), 1)
        self.assertEqual(find_schema_errors(xml, get_schema()), [])


@tagged("post_install", "-at_install")
class TestDaleCensus(PlayedCensus):
    """What was corrected after it was signed is told as it is right."""

    name = "dale"

    def test_as_worked_out_by_hand(self):
        self.check_worked_out()

    def test_own_rules(self):
        # no assessment was made of this family
        self.check_rules("2991Q")

    def test_own_schema(self):
        path = file_path("sos_reporting/data/cin_2026.xsd")
        self.assertEqual(find_schema_errors(self.xml, path), [])
