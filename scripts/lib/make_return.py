"""The part of scripts/return that needs Odoo.

python make_return.py CONFIG DATABASE cin|annex-a YEAR|DATE FILE
"""

import datetime as dt
import os
import sys
import tempfile

from odoo.api import SUPERUSER_ID, Environment
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tools import config


def main(config_path, database, kind, when, path):
    config.parse_config(
        ["-c", config_path, "-d", database, "--no-http", "--log-level=error"],
        setup_logging=True,
    )
    with Registry(database).cursor() as cr:
        # the server refuses whatever would change the database
        cr.execute("SET TRANSACTION READ ONLY")
        try:
            content = make(Environment(cr, SUPERUSER_ID, {}), kind, when)
        except UserError as error:
            print(error, file=sys.stderr)
            return 1
        finally:
            cr.rollback()
    try:
        write(path, content)
    except OSError as error:
        print(f"{path} could not be written: {error.strerror}.", file=sys.stderr)
        return 1
    print(f"Written: {path}")
    return 0


def make(env, kind, when):
    if kind == "cin":
        return env["sos.census"]._get_xml(int(when))
    return env["sos.annex.a"]._get_workbook(dt.date.fromisoformat(when))


def write(path, content):
    """Write a file whole or not at all; only its owner reads it."""
    with tempfile.NamedTemporaryFile(
        dir=os.path.dirname(os.path.abspath(path)), delete=False
    ) as file:
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            os.replace(file.name, path)
        except BaseException:
            os.unlink(file.name)
            raise


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
