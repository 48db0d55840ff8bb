"""Lets the test cases of Odoo be used outside an addon.

Odoo gives its test classes their tags and module by the addon that they are in;
the ones in this folder are in none.
"""

import sys
from pathlib import Path

from odoo.tests.common import BaseCase

BaseCase.test_tags = {"standard", "at_install"}
BaseCase.test_module = "tests"

# the player of cases: import player
sys.path.insert(0, str(Path(__file__).parent.parent / "scripts" / "lib"))
