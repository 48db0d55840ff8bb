"""What tests need of the machine beside Odoo."""

import os
import subprocess
from pathlib import Path
from unittest import SkipTest

OUTSIDE = Path(__file__).parent / "outside"
#: the DfE's own, from the census's technical specification; it is not ours to give on
SCHEMA = Path(
    os.environ.get("SOS_CIN_SCHEMA")
    or Path(__file__).parents[2] / "shared/reference/cin/CIN_schema_2026.xsd"
)


def miss(what):
    """Something is not there. Where a change is judged (CI) that is a failure: a test
    that did not run holds nothing. Elsewhere the test is left out, and says why."""
    if os.environ.get("CI"):
        raise AssertionError(what)
    raise SkipTest(what)


def get_validator():
    """The Python that has the sector's census validator, made when it is missing."""
    made = subprocess.run(
        [OUTSIDE / "make_cin_validator"], capture_output=True, text=True, check=False
    )
    if made.returncode:
        miss(
            "The sector's census validator cannot be installed. It needs Python 3.11 "
            "(Debian: apt install python3.11 python3.11-venv) and the packages of "
            f"config/requirements-cin-validator.txt: {made.stderr}"
        )
    return made.stdout.strip()


def get_schema():
    if not SCHEMA.exists():
        miss(
            f"The DfE's schema of the children in need census, {SCHEMA.name}, is not "
            "there. Take it from the technical specification on gov.uk, and say where "
            "it is in SOS_CIN_SCHEMA."
        )
    return str(SCHEMA)
