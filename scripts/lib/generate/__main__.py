"""The part of scripts/generate that needs Odoo.

python -m generate --config FILE --database NAME --children N --seed N --as-at DATE
"""

import argparse
import datetime as dt
import sys
import time

from odoo.api import SUPERUSER_ID, Environment
from odoo.modules.registry import Registry
from odoo.tools import config

from . import World, generate


def main(arguments):
    parser = argparse.ArgumentParser(prog="generate")
    parser.add_argument("--config", required=True)
    parser.add_argument("--database", required=True)
    parser.add_argument("--children", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--as-at", type=dt.date.fromisoformat)
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
        world = World(env, options.children, as_at)
        generate(
            env,
            world,
            options.children,
            options.seed,
            progress=lambda made: print(f"{made} children", flush=True),
        )
    print(f"Done in {time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
