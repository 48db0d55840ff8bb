"""The command behind scripts/play: ``--check`` reads the files without Odoo, otherwise
they are played into ``--db``."""

import argparse
import datetime as dt
import sys

from .command import load_all, play_all


def main(arguments=None):
    options = _read_arguments(arguments)
    cases = load_all(options.files, options.as_at)
    if cases is None:
        return 1
    if options.check:
        return 0
    return play_all(_load_registry(options), cases, options.as_at, options.verbose)


def _read_arguments(arguments):
    parser = argparse.ArgumentParser(prog="scripts/play")
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--config")
    parser.add_argument("--db")
    parser.add_argument("--as-at", type=_read_day, metavar="DATE")
    parser.add_argument("--verbose", action="store_true")
    return parser.parse_args(arguments)


def _read_day(text):
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"“{text}” is not a day. Write it as 2026-03-31."
        ) from None


def _load_registry(options):
    import odoo.service.server
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config(
        ["-c", options.config, "-d", options.db, "--no-http", "--log-level=error"],
        setup_logging=True,
    )
    odoo.service.server.load_server_wide_modules()
    return Registry(options.db)


if __name__ == "__main__":
    sys.exit(main())
