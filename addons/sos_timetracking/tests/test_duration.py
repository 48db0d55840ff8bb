from odoo.tests import TransactionCase, tagged

from odoo.addons.sos_timetracking.tools.duration import (
    EndBeforeStart,
    format_minutes,
    format_short,
    parse_minutes,
)


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
            "9:15-10:35": 80,
            "9.15 – 10.35": 80,
            "9 to 10:30": 90,
            "0:00-24:00": 1440,
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
            "9:00-9:00",
            "9:15-",
            "9:15-25:00",
            "9:75-10:00",
        ):
            with self.subTest(text=text), self.assertRaises(ValueError):
                parse_minutes(text)

    def test_parse_refuses_an_end_before_the_start(self):
        with self.assertRaises(EndBeforeStart) as caught:
            parse_minutes("10:35 - 9")
        self.assertEqual(caught.exception.start, "10:35")
        self.assertEqual(caught.exception.end, "9:00")

    def test_what_is_shown_short_can_be_typed(self):
        for minutes, text in {1: "1m", 60: "1h", 65: "1h05", 80: "1h20"}.items():
            with self.subTest(minutes=minutes):
                self.assertEqual(format_short(minutes), text)
                self.assertEqual(parse_minutes(text), minutes)
        self.assertEqual(format_short(0), "")

    def test_format(self):
        self.assertEqual(format_minutes(5), "5 min")
        self.assertEqual(format_minutes(60), "1 h")
        self.assertEqual(format_minutes(80), "1 h 20 min")
