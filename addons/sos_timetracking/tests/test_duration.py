from odoo.tests import TransactionCase, tagged

from odoo.addons.sos_timetracking.tools.duration import format_minutes, parse_minutes


@tagged("post_install", "-at_install")
class TestDuration(TransactionCase):
    def test_parse_what_people_type(self):
        for text, minutes in {
            "1h20": 80,
            "1 h 20 min": 80,
            "1h20m": 80,
            "1:20": 80,
            "01:05": 65,
            "80m": 80,
            "80 minutes": 80,
            "1.5": 90,
            "1,5": 90,
            ".5": 30,
            "2": 120,
            "2h": 120,
            "1.5h": 90,
            "1.33": 80,
            " 2 Hours 5 ": 125,
            "1m": 1,
            "24h": 1440,
        }.items():
            with self.subTest(text=text):
                self.assertEqual(parse_minutes(text), minutes)

    def test_parse_refuses_what_is_no_length_of_time(self):
        for text in (
            "",
            None,
            "  ",
            "soon",
            "h",
            "m",
            "0",
            "0m",
            "0.001",
            "-5m",
            "-1",
            "1:75",
            "1h75",
            "1.5h20",
            "80",
            "24h01",
            "25:00",
            "1:20:30",
            "1e2",
            "1.2.3",
        ):
            with self.subTest(text=text), self.assertRaises(ValueError):
                parse_minutes(text)

    def test_format(self):
        self.assertEqual(format_minutes(5), "5 min")
        self.assertEqual(format_minutes(60), "1 h")
        self.assertEqual(format_minutes(80), "1 h 20 min")
