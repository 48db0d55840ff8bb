"""The part of scripts/bench that needs Odoo.

python -m bench --config FILE --databases SIZE=NAME,… [--json FILE]
"""

import argparse
import json
import sys

from odoo.api import SUPERUSER_ID, Environment
from odoo.modules.registry import Registry
from odoo.tools import config

from . import floors
from .measure import Line
from .screens import Screens

#: Of the table of budgets, what nothing measures yet.
NOT_MEASURED = (
    ("dashboard, practice whiteboard of a team", 2.0),
    ("time study over 100,000 lines", 3.0),
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
    for size, name in sorted(databases.items()):
        with Registry(name).cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {})
            yield floors.census(env, size)
            yield floors.annex_a(env, size)
            yield from Screens(env, size).measure()
            # nothing of what was made to measure stays
            cr.rollback()
    for kind in ("census", "annex-a"):
        yield floors.memory(options.config, kind, databases)
    for name, budget in NOT_MEASURED:
        yield Line(name, None, budget)


def get_growth(lines, sizes):
    """Each of the screens at the largest size against the smallest."""
    if len(sizes) < 2:
        return
    small, large = f", {min(sizes)} children", f", {max(sizes)} children"
    by_name = {line.name: line for line in lines}
    for name, line in by_name.items():
        other = by_name.get(name.removesuffix(small) + large)
        if not name.endswith(small) or not other or "ours" not in line.raw:
            continue
        unit = line.raw["ours"].split()[1]
        if unit == "ms":
            before, after = (float(x.raw["ours"].split()[0]) for x in (line, other))
            raw = {"at the smallest": f"{before} ms", "at the largest": f"{after} ms"}
            words = f"growth: {name.removesuffix(small)}"
            yield Line(words, after / before, 1.3, raw=raw)


def main(arguments):
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--config", required=True)
    parser.add_argument("--databases", required=True)
    parser.add_argument("--json")
    options = parser.parse_args(arguments)
    lines = []
    for line in run(options):
        lines.append(line)
        print(line, flush=True)
    sizes = [int(pair.split("=")[0]) for pair in options.databases.split(",")]
    for line in get_growth(list(lines), sizes):
        lines.append(line)
        print(line, flush=True)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump([line.as_dict() for line in lines], file, indent=2)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
