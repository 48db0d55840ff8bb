"""What all tests have in common, those of the addons too: what the tests of the access
table have tried is said at the end; each worker of a whole run has its own files."""

import os
import shutil
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
import pytest_odoo

from odoo.fields import Html
from odoo.models import BaseModel
from odoo.orm.fields_textual import BaseString
from odoo.tools import config as odoo_config

#: lines of the workers that have ended
LINES = []


def get_lines():
    counts = sys.modules.get("odoo.addons.sos_casework.tests.access_count")
    return list(counts.LINES) if counts else []


def pytest_sessionfinish(session):
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["lines"] = get_lines()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    LINES.extend(getattr(node, "workeroutput", {}).get("lines", ()))


def pytest_terminal_summary(terminalreporter):
    for line in LINES + get_lines():
        terminalreporter.write_line(line)


@contextmanager
def own_filestore(original, name):
    """Odoo takes away files that no row of its own database names, those of the other
    worker too."""
    if original == name:
        yield
        return
    source, target = map(Path, map(odoo_config.filestore, (original, name)))
    if source.exists():
        shutil.copytree(source, target, copy_function=os.link)
    try:
        yield
    finally:
        shutil.rmtree(target, ignore_errors=True)


# what the plugin does instead: all workers have the files of one
pytest_odoo._shared_filestore = own_filestore


def takes_text(convert):
    """Odoo makes text of whatever a text is given: of no records “sos.form()”, which a
    person then reads."""

    def convert_to_cache(self, value, record, validate=True):
        ours = (self._module or "").startswith("sos_")
        if ours and (isinstance(value, BaseModel | list | tuple | set) or value == {}):
            raise TypeError(f"{self} is no text: {value!r}")
        return convert(self, value, record, validate)

    return convert_to_cache


for kind in (BaseString, Html):
    kind.convert_to_cache = takes_text(kind.convert_to_cache)
