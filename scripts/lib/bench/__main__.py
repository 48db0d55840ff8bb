"""The part of scripts/bench that needs Odoo.

python -m bench --config FILE --databases SIZE=NAME,… [--json FILE]
    [--screens-only]
"""

import argparse
import contextlib
import json
import sys

from odoo.api import SUPERUSER_ID, Environment
from odoo.modules.registry import Registry
from odoo.tools import config

from . import floors, study
from .measure import Line, compare
from .screens import Screens

#: Of the table of budgets, what nothing measures yet.
NOT_MEASURED = (
    ("family output of a full assessment", 2.0),
    ("50 practitioners at once", 1.5),
    ("re-typing in the played learning case", 0),
    ("steps from a strategy discussion to a submitted enquiry", 12),
)


def run(options):
    databases = {}
    for pair in options.databases.split(","):
        size, name = pair.split("=")
        databases[int(size)] = name
    config.parse_config(
        ["-c", options.config, "--no-http", "--log-level=error"], setup_logging=True
    )
    with contextlib.ExitStack() as stack:
        screens = {}
        for size, name in sorted(databases.items()):
            # nothing of what is made to measure stays
            cr = stack.enter_context(contextlib.closing(Registry(name).cursor()))
            env = Environment(cr, SUPERUSER_ID, {})
            if not options.screens_only:
                yield floors.census(env, size)
                yield floors.annex_a(env, size)
            screens[size] = Screens(env, size)
            yield from screens[size].measure()
            if size == max(databases) and not options.screens_only:
                yield study.time_study(env)
        yield from get_growth(screens)
    if options.screens_only:
        return
    for kind in ("census", "annex-a"):
        yield floors.memory(options.config, kind, databases)
    for name, budget in NOT_MEASURED:
        yield Line(name, None, budget)


def get_growth(screens):
    """Each of the screens at the largest size against the smallest, in turns."""
    if len(screens) < 2:
        return
    small, large = screens[min(screens)], screens[max(screens)]
    rows = min(small.count_mine(), large.count_mine())
    calls = zip(small.get_calls(rows), large.get_calls(rows), strict=True)
    for (name, budget, before), (_name, _budget, after) in calls:
        words = f"growth: {name}"
        yield compare(large.env, words, budget, after, before, other=small.env)


def main(arguments):
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--config", required=True)
    parser.add_argument("--databases", required=True)
    parser.add_argument("--json")
    parser.add_argument("--screens-only", action="store_true")
    options = parser.parse_args(arguments)
    lines = []
    for line in run(options):
        lines.append(line)
        print(line, flush=True)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump([line.as_dict() for line in lines], file, indent=2)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
