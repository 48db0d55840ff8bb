"""Reading the files of others: good ones as they are, bad ones with a clear word."""

import tracemalloc
from datetime import date
from types import SimpleNamespace

from odoo.tests import BaseCase, tagged

from odoo.addons.sos_reporting.tools import census
from odoo.addons.sos_reporting.tools.cin import read
from odoo.addons.sos_reporting.tools.cin.read import read_xml
from odoo.addons.sos_reporting.tools.cin.rows import CensusError, from_message
from odoo.addons.sos_reporting.tools.cin.run import run

from .cin_generator import Maker, get_header

UNTIDY = b"""<?xml version="1.0" encoding="UTF-8"?>
<Message xmlns="urn:other">
  <Header><CollectionDetails><Collection>CIN</Collection><Year>2019</Year>
  </CollectionDetails></Header>
  <Children>
    <Child>
      <ChildIdentifiers>
        <LAchildID>A1</LAchildID>
        <LAchildID>A2</LAchildID>
        <PersonBirthDate>2015-02-30</PersonBirthDate>
        <GenderCurrent><Deep>1</Deep></GenderCurrent>
        <Sex>  </Sex>
      </ChildIdentifiers>
      <CINdetails>
        <CINreferralDate> 2019-01-02 </CINreferralDate>
        <ReferralNFA>FALSE</ReferralNFA>
        <ChildProtectionPlans>
          <NumberOfPreviousCPP>many</NumberOfPreviousCPP>
          <Reviews/>
        </ChildProtectionPlans>
        <Assessments>
          <FactorsIdentifiedAtAssessment>
            <AssessmentFactors>1A</AssessmentFactors>
            <AssessmentFactors>ZZ</AssessmentFactors>
          </FactorsIdentifiedAtAssessment>
        </Assessments>
      </CINdetails>
    </Child>
  </Children>
</Message>
"""


def as_data(row):
    """All that a row says, but for where it comes from."""
    return (
        (row.element, row.child, row.position, row.number),
        row.texts,
        row.values,
        {name: [as_data(below) for below in rows] for name, rows in row.rows.items()},
    )


@tagged("post_install", "-at_install")
class TestRead(BaseCase):
    def test_untidy_file(self):
        census_read = read_xml(UNTIDY)
        (collection,) = census_read.header.below("CollectionDetails")
        self.assertEqual(collection["Year"], 2019)
        (child,) = census_read.children
        (identifiers,) = child.below("ChildIdentifiers")
        self.assertEqual(
            identifiers.texts, {"LAchildID": "A1", "PersonBirthDate": "2015-02-30"}
        )
        self.assertIsNone(identifiers["PersonBirthDate"])
        (details,) = child.below("CINdetails")
        self.assertEqual(details["CINreferralDate"], date(2019, 1, 2))
        self.assertIs(details["ReferralNFA"], False)
        (plan,) = details.below("ChildProtectionPlans")
        self.assertIsNone(plan["NumberOfPreviousCPP"])
        self.assertEqual(plan.texts, {"NumberOfPreviousCPP": "many"})
        (review,) = plan.below("CPPreviewDate")
        self.assertEqual(review.texts, {})
        factors = details.below("Assessments")[0].below("AssessmentFactors")
        self.assertEqual([row["AssessmentFactors"] for row in factors], ["1A", "ZZ"])
        self.assertEqual([row.number for row in factors], [1, 2])
        lines = UNTIDY.decode().splitlines()
        for row in (identifiers, details, plan, review, *factors):
            self.assertEqual((row.child, row.position), ("A1", 1))
            tag = "Reviews" if row is review else row.element
            self.assertIn(f"<{tag}", lines[row.line - 1])

    def test_own_children_are_the_same_rows(self):
        children = Maker(2026).make_many(24)
        children[0].record = census.Record("person", 7)
        details = children[0].details[0]
        details.record = census.Record("episode", 8)
        own = from_message(get_header(2026), children)
        message = census.Message(header=get_header(2026), children=children)
        written = read_xml(census.to_xml(message))
        self.assertEqual(as_data(own.header), as_data(written.header))
        rows = list(own.children)
        self.assertEqual(
            [as_data(row) for row in rows], [as_data(row) for row in written.children]
        )
        self.assertEqual(rows[0].below("ChildIdentifiers")[0].record.id, 7)
        self.assertEqual(rows[0].below("CINdetails")[0].record.id, 8)

    def test_findings_lead_to_records(self):
        child = Maker(2026).make("assessed")
        child.record = census.Record("person", 7)
        assessment = child.details[0].assessments[0]
        assessment.record = census.Record("line", 9)
        assessment.factors = []
        child.identifiers.sex = None
        message = census.Message(header=get_header(2026), children=[child])
        found = {f.code: f.parts[0].row for f in run(message, 2026, {"4180", "8897Q"})}
        self.assertEqual(found["4180"].record, census.Record("person", 7))
        self.assertEqual(found["8897Q"].record, census.Record("line", 9))

    def test_other_encoding(self):
        text = UNTIDY.decode().replace("UTF-8", "windows-1252").replace("A1", "Zoë")
        (child,) = read_xml(text.encode("cp1252")).children
        self.assertEqual(child.child, "Zoë")


@tagged("post_install", "-at_install")
class TestRefused(BaseCase):
    def check_refused(self, source, words):
        with self.assertRaises(CensusError) as refused:
            list(read_xml(source).children)
        self.assertIn(words, str(refused.exception))
        self.assertNotIn("\n", str(refused.exception))

    def test_no_xml(self):
        self.check_refused(b"", "not XML")
        self.check_refused(b"PK\x03\x04", "not XML")
        self.check_refused(UNTIDY[:-20], "not XML")
        self.check_refused(UNTIDY.replace(b"</Sex>", b"</Sxe>"), "line 12")
        self.check_refused(UNTIDY.replace(b"UTF-8", b"klingon"), "encoding")

    def test_no_census(self):
        self.check_refused(b"<html/>", "<Message>")
        self.check_refused(b"<Message/>", "another kind")
        other = UNTIDY.replace(b">CIN<", b">SC<")
        self.check_refused(other, "another kind")

    def test_document_types_and_entities(self):
        for doctype in (
            b'<!DOCTYPE Message [<!ENTITY a "b">]>',
            b'<!DOCTYPE Message [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
            b'<!DOCTYPE Message SYSTEM "http://example.org/a.dtd">',
        ):
            hostile = UNTIDY.replace(b"<Message", doctype + b"<Message")
            self.check_refused(hostile, "DOCTYPE")
        self.check_refused(UNTIDY.replace(b">A1<", b">&secret;<"), "not XML")

    def test_too_large(self):
        self.patch(read, "MAX_BYTES", 1000)
        self.check_refused(UNTIDY, "larger")

    def test_too_deep(self):
        self.check_refused(UNTIDY.replace(b"<Sex>", b"<Deep>" * 60), "in each other")

    def test_too_silent(self):
        self.patch(read, "MAX_SILENCE", read.CHUNK)
        comment = b"<!--" + b" " * 3 * read.CHUNK + b"-->"
        self.check_refused(UNTIDY.replace(b"<Sex>", comment), "longer")

    def test_too_much_of_one_child(self):
        self.patch(read, "MAX_ROWS", 5)
        self.check_refused(UNTIDY, "entries")

    def test_too_long_a_value(self):
        long = b"A&amp;" * read.MAX_TEXT
        self.check_refused(UNTIDY.replace(b">A1<", b">" + long + b"<"), "longer")

    def patch(self, module, name, value):
        kept = getattr(module, name)
        self.addCleanup(setattr, module, name, kept)
        setattr(module, name, value)


def repeat_child(xml, times):
    """The file of a census of one child many times, that is nowhere as a whole."""
    start, end = xml.index(b"<Child>"), xml.rindex(b"</Child>") + len(b"</Child>")
    chunks = iter([xml[:start], *[xml[start:end]] * times, xml[end:]])
    return SimpleNamespace(read=lambda _size: next(chunks, b""))


@tagged("post_install", "-at_install")
class TestStreamed(BaseCase):
    def test_memory_stays_flat(self):
        children = [Maker(2026).make("second_plan")]
        message = census.Message(header=get_header(2026), children=children)
        file = repeat_child(census.to_xml(message), 2000)
        codes = {"4180", "8940", "2883", "2887Q", "8897Q"}
        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)
        for _finding in run(read_xml(file), 2026, codes):
            pass
        # the rows of all the children would take some 30 MB
        self.assertLess(tracemalloc.get_traced_memory()[1], 5_000_000)
