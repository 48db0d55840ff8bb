"""The part of scripts/check-log that needs Odoo.

python check_log.py CONFIG DATABASE
"""

import sys

from odoo.api import SUPERUSER_ID, Environment
from odoo.modules.registry import Registry
from odoo.tools import config


def main(config_path, database):
    config.parse_config(
        ["-c", config_path, "-d", database, "--no-http", "--log-level=error"],
        setup_logging=True,
    )
    with Registry(database).cursor() as cr:
        # the server refuses whatever would change the database
        cr.execute("SET TRANSACTION READ ONLY")
        try:
            seals = Environment(cr, SUPERUSER_ID, {})["sos.access.seal"]
            findings = seals._check()
            count = seals.search_count([])
        finally:
            cr.rollback()
    for finding in findings:
        print(finding)
    if not findings:
        print(f"Logs and signed documents fit their {count} seals.")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
