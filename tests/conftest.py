"""Lets the test cases of Odoo be used outside an addon.

Odoo gives its test classes their tags and module by the addon that they are in;
the ones in this folder are in none.
"""

import sys
from pathlib import Path

import pytest
from running.service import running

from odoo.tests.common import BaseCase

BaseCase.test_tags = {"standard", "at_install"}
BaseCase.test_module = "tests"

# the player of cases: import player
sys.path.insert(0, str(Path(__file__).parent.parent / "scripts" / "lib"))


@pytest.fixture(scope="session")
def service(tmp_path_factory):
    """A real service behind the shipped proxy. It is everybody's: what a test leaves
    there must not be in the way of the others; else it starts one of its own."""
    with running(tmp_path_factory.mktemp("service")) as service:
        yield service


def pytest_collection_modifyitems(items):
    """What needs the service comes last: Odoo's own test classes end each program that
    runs when they are through."""
    items.sort(key=lambda item: "service" in getattr(item, "fixturenames", ()))
