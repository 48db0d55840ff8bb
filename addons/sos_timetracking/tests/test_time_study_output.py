import base64
import io

import openpyxl

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tools.pdf import PdfFileReader

from .common_study import AFTER, BEFORE, StudyCommon

MINUTE = 1 / (24 * 60)


@tagged("post_install", "-at_install")
@freeze_time("2026-10-05 10:00:00")
class TestTimeStudyOutput(StudyCommon):
    """The table as a screen, on paper and in a spreadsheet."""

    def _sheet(self, study, user=None, **options):
        content = base64.b64decode(study.with_user(user or self.lead).spreadsheet)
        return openpyxl.load_workbook(io.BytesIO(content), **options).active

    def _pdf(self, study, user=None):
        reports = self.env["ir.actions.report"].with_user(user or self.lead)
        reports = reports.with_context(force_report_rendering=True)
        with self.allow_pdf_render():
            pdf, kind = reports._render_qweb_pdf(
                "sos_timetracking.report_time_study", study.ids
            )
        self.assertEqual(kind, "pdf")
        pages = PdfFileReader(io.BytesIO(pdf)).pages
        return " ".join(" ".join(page.extract_text() for page in pages).split())

    def test_screen_and_paper(self):
        self._make_paper()
        study = self._paper_study()
        study.action_close()
        text = self._pdf(study)
        for words in ("Old and new forms", "12 Jan 2026", "38.9%", "113/73", "84.2%"):
            with self.subTest(words=words):
                self.assertIn(words, text)
        for words in ("4h4m", "2h29m", "1h35m", "25h12m", "11h43m", "6h9m", "2h51m"):
            with self.subTest(words=words):
                self.assertIn(words, text)
                self.assertIn(words, study.result_html)
        self.assertEqual(text.count("not measured"), 4)
        self.assertIn("−53.5%", study.result_html)

    def test_spreadsheet(self):
        self._make_paper()
        study = self._paper_study()
        sheet = self._sheet(study)
        self.assertEqual(
            [cell.value for cell in sheet[5]][:7],
            [
                "Work type",
                "Average time before",
                "Average time after",
                "Average time saved",
                "Average % saved",
                "Cases before",
                "Cases after",
            ],
        )
        row = sheet[6]
        self.assertEqual(row[0].value, self.types["strategy"].name)
        self.assertEqual(row[1].number_format, "[h]:mm")
        # a number in a format of time
        self.assertEqual(row[1].data_type, "d")
        self.assertEqual((row[5].value, row[6].value), (19, 29))
        self.assertIn("B6-C6", row[3].value)
        self.assertIn("ROUND(D6/B6,3)", row[4].value)
        self.assertEqual(sheet["B11"].value, "not measured")
        self.assertTrue(sheet["B14"].value.startswith("=SUMPRODUCT("))
        self.assertIn("B6:B12,F6:F12", sheet["B15"].value)
        self.assertEqual(sheet["B15"].number_format, "[h]:mm")

    def test_what_the_formulas_give(self):
        self._make_paper()
        sheet = self._sheet(self._paper_study(), data_only=True)
        for cell, minutes in {
            "B14": 25 * 60 + 12,
            "C14": 11 * 60 + 43,
            "D14": 13 * 60 + 29,
            "B15": 6 * 60 + 9,
            "C15": 2 * 60 + 51,
        }.items():
            with self.subTest(cell=cell):
                value = sheet[cell].value
                days = value if isinstance(value, float) else self._days(value)
                self.assertAlmostEqual(days, minutes * MINUTE)
        self.assertEqual(sheet["E14"].value, 0.535)
        self.assertEqual((sheet["F15"].value, sheet["G15"].value), (197, 191))

    def _days(self, value):
        return value.total_seconds() / 86400

    def test_names_are_no_formulas(self):
        self.types["strategy"].name = "=1+1"
        study = self._study("strategy", start=False)
        study.name = "=cmd()"
        sheet = self._sheet(study)
        self.assertEqual(sheet["A1"].data_type, "s")
        self.assertEqual(sheet["A6"].data_type, "s")

    def test_too_few_people_are_in_no_output(self):
        forms = self._make_forms("strategy", 10, BEFORE)
        for form in forms:
            self._keep(form, 77, BEFORE)
        self._make_cases("strategy", 30, 10, AFTER)
        study = self._study("strategy")
        sheet = self._sheet(study, self.analyst)
        self.assertEqual(sheet["B6"].value, "too few people to show")
        numbers = [c.value for row in sheet for c in row if c.data_type == "n"]
        self.assertNotIn(77 * MINUTE, numbers)
        text = self._pdf(study, self.analyst)
        self.assertIn("too few people to show", text)
        self.assertNotIn("1h17m", text)
        self.assertIn("1h17m", self._pdf(study, self.manager))
        with self.assertRaises(AccessError):
            self._pdf(study, self.worker)
