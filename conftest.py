"""Says at the end of a run what the tests of the access table have tried."""

import sys


def pytest_terminal_summary(terminalreporter):
    counts = sys.modules.get("odoo.addons.sos_casework.tests.access_count")
    for line in counts.LINES if counts else ():
        terminalreporter.write_line(line)
