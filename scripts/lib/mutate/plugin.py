"""Runs each test, and then again with each check off that has refused something in it.

A check is held when one of these fails. Loaded by ``scripts/mutate``, ``pytest -p``;
what it finds goes to the file in ``SOS_MUTATE_RESULTS``, a line a test, so that a run
that was stopped goes on where it was."""

import inspect
import json
import os
import re
import signal
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol

from . import sites

#: a check that refuses in many tests is off in this many of them at most
MOST = 25
#: seconds for one test with a check off
LONGEST = 120
RESULTS = Path(os.environ["SOS_MUTATE_RESULTS"])
#: names of the checks that are tried, all of them if there is none
WANTED = set(json.loads(os.environ.get("SOS_MUTATE_ONLY", "[]")))

sites.install()


class Sibling:
    """The next test to pytest, so that it puts away the test and keeps its class."""

    def __init__(self, item):
        self.item = item

    def listchain(self):
        return [*self.item.parent.listchain(), self]


class Mutator:
    def __init__(self):
        self.found, self.tries, self.done = set(), {}, set()
        for line in self._read():
            self.found.update(line["found"])
            for name in line["lived"]:
                self.tries[name] = self.tries.get(name, 0) + 1
            self.done.add(line["test"])

    def _read(self):
        for path in RESULTS.parent.glob(f"{RESULTS.name.split('.')[0]}.*.jsonl"):
            for line in path.read_text().splitlines():
                yield json.loads(line)

    def is_wanted(self, name):
        if WANTED and name not in WANTED:
            return False
        return name not in self.found and self.tries.get(name, 0) < MOST

    def run(self, item, nextitem):
        sites.SWITCH.refused.clear()
        reports = runtestprotocol(item, log=True, nextitem=Sibling(item))
        line = {"test": item.nodeid, "found": [], "lived": []}
        if any(report.failed for report in reports):
            line["red"] = True
        else:
            for number, name in self._get_refused():
                if self.is_wanted(name) and not self._try(item, number, name, line):
                    break
        self._end(item, nextitem)
        with RESULTS.open("a") as file:
            file.write(json.dumps(line) + "\n")

    def _get_refused(self):
        """Of what has refused something; a tuple of names is read by every test, and
        matters where a file that asks for it has refused something."""
        refused = sites.SWITCH.refused & sites.SWITCH.names.keys()
        names = {number: sites.SWITCH.names[number] for number in sorted(refused)}
        files = {n.split("::")[0] for n in names.values() if not sites.is_fixed(n)}
        return [
            (number, name)
            for number, name in names.items()
            if not sites.is_fixed(name) or files & sites.get_readers(name)
        ]

    def _try(self, item, number, name, line):
        """:return: whether the test can be asked again"""
        if self._is_green(item, number):
            self.tries[name] = self.tries.get(name, 0) + 1
            line["lived"].append(name)
            return True
        # red because of the check, and not because it ran a second time
        if not line["found"] and not self._is_green(item, None):
            line["once"] = True
            return False
        self.found.add(name)
        line["found"].append(name)
        return True

    def _is_green(self, item, number):
        sites.SWITCH.off = number
        item._initrequest()
        signal.alarm(LONGEST)
        try:
            reports = runtestprotocol(item, log=False, nextitem=Sibling(item))
        finally:
            signal.alarm(0)
            sites.SWITCH.off = None
        return not any(report.failed for report in reports)

    def _end(self, item, nextitem):
        """The class is put away when its last test is over, and not before."""
        item.session._setupstate.teardown_exact(nextitem)


def stop(_signal, _frame):
    raise TimeoutError(f"A test took more than {LONGEST} s with a check off.")


mutator = Mutator()
signal.signal(signal.SIGALRM, stop)


def pytest_collection_modifyitems(items):
    items[:] = [
        item
        for item in items
        if item.nodeid not in mutator.done and not needs_browser(item)
    ]


def needs_browser(item):
    """What a browser shows is refused behind it, where other tests are faster."""
    return bool(
        re.search(
            r"start_tour|browser_js", inspect.getsource(item.cls or item.function)
        )
    )


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item, nextitem):
    hook = item.ihook
    hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    mutator.run(item, nextitem)
    hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True
