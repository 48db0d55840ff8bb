"""Ports, commands and databases of this machine."""

import ctypes
import os
import re
import signal
import socket
import subprocess
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
LOCAL = ROOT / ".local"

libc = ctypes.CDLL(None)


def run(*command, **environment):
    """:return: what the command printed"""
    result = subprocess.run(
        command,
        cwd=ROOT,
        capture_output=True,
        text=True,
        env=os.environ | environment,
        check=False,
    )
    assert result.returncode == 0, result.stdout[-4000:] + result.stderr[-4000:]
    return result.stdout


def with_setup(script, *arguments, **environment):
    """A piece of bash that knows the functions of scripts/lib."""
    script = f"source scripts/lib/setup.sh; sos_export; {script}"
    return run("bash", "-euo", "pipefail", "-c", script, "-", *arguments, **environment)


@contextmanager
def database(name, make='sos_template_copy "$1"'):
    """A copy of the database with the addons, for as long as it is needed.

    :param make: a piece of bash that makes another one
    """
    try:
        with_setup(make, name)
        yield name
    finally:
        with_setup('sos_db_drop "$1"', name)


def ask(name, query, user="sos"):
    """:return: the rows of a query, each the texts of its columns"""
    command = ("psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-U", user)
    rows = run(*command, "-d", name, "-c", query)
    return [tuple(row.split("|")) for row in rows.splitlines()]


def set_up_log(name):
    """What the shipped PostgreSQL logs, and does not, for one database of this one.

    :return: the file of its log, and how long it is already
    """
    shipped = (ROOT / "docker-compose.yml").read_text()
    settings = re.findall(r'"(log_\w+)=(\w+)"', shipped)
    assert settings
    for setting, value in settings:
        query = f'ALTER DATABASE "{name}" SET {setting} = {value}'
        ask("postgres", query, user="postgres")
    log = Path(with_setup("sos_pg_home").strip()) / "server.log"
    return log, log.stat().st_size


def find_port():
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def end_with_parent():
    """Nothing is left running when the tests themselves are killed (Linux)."""
    libc.prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
