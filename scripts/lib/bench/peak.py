"""Makes one return and prints the most memory that this took, in KB.

python -m bench.peak CONFIG DATABASE census|annex-a
"""

import sys
import tempfile
from pathlib import Path

from odoo.api import SUPERUSER_ID, Environment
from odoo.modules.registry import Registry
from odoo.tools import config

from .floors import AS_AT, YEAR


def main(config_path, database, kind):
    config.parse_config(
        ["-c", config_path, "-d", database, "--no-http", "--log-level=error"]
    )
    with Registry(database).cursor() as cr:
        env = Environment(cr, SUPERUSER_ID, {})
        with tempfile.TemporaryFile() as file:
            if kind == "census":
                env["sos.census"]._write_xml(YEAR, file)
            else:
                env["sos.annex.a"]._write_lists(AS_AT, file)
        cr.rollback()
    print(get_peak())


def get_peak():
    """In KB. What ``getrusage`` says counts the process that started this one in."""
    status = Path("/proc/self/status").read_text()
    return next(
        int(line.split()[1])
        for line in status.splitlines()
        if line.startswith("VmHWM:")
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
