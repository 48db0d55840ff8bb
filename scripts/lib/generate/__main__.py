"""The part of scripts/generate that needs Odoo.

python -m generate --config FILE --database NAME --children N --seed N --as-at DATE
    [--plant-errors N --planted FILE]
"""

import argparse
import datetime as dt
import json
import sys
import time
from pathlib import Path

from odoo.api import SUPERUSER_ID, Environment
from odoo.modules.registry import Registry
from odoo.tools import config

from . import World, generate, plant


def main(arguments):
    parser = argparse.ArgumentParser(prog="generate")
    parser.add_argument("--config", required=True)
    parser.add_argument("--database", required=True)
    parser.add_argument("--children", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--as-at", type=dt.date.fromisoformat)
    parser.add_argument("--plant-errors", type=int, default=0)
    parser.add_argument("--planted", type=Path)
    options = parser.parse_args(arguments)
    config.parse_config(
        ["-c", options.config, "-d", options.database, "--no-http", "--log-level=warn"],
        setup_logging=True,
    )
    began = time.monotonic()
    with Registry(options.database).cursor() as cr:
        env = Environment(cr, SUPERUSER_ID, {})
        today = env["res.company"]._sos_today()
        as_at = options.as_at or today
        if as_at > today:
            print("The day of the data cannot be in the future.", file=sys.stderr)
            return 1
        people = env["sos.person"].with_context(active_test=False)
        last = people.search([], order="id desc", limit=1).id or 0
        world = World(env, options.children, as_at)
        generate(
            env,
            world,
            options.children,
            options.seed,
            progress=lambda made: print(f"{made} children", flush=True),
        )
        print("Reminders of what is due", flush=True)
        env["sos.deadline"]._nightly()
        if options.plant_errors:
            planted = plant(env, as_at, options.plant_errors, options.seed, after=last)
            options.planted.write_text(json.dumps(planted, indent=1) + "\n")
            print(f"{len(planted)} errors planted: {options.planted}")
            if len(planted) < options.plant_errors:
                print("No more children suit an error. Make more of them.")
    print(f"Done in {time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
