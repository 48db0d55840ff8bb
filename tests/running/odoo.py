"""Odoo as a program of its own on this machine."""

import configparser
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import requests

from odoo.tools import config

from .machine import ROOT, end_with_parent, find_port


def write_production_settings(path, database, **options):
    """odoo-production.conf with the paths and ports of this machine."""
    parser = configparser.RawConfigParser()
    parser.read_string((ROOT / "config/odoo-production.conf").read_text())
    parser["options"].update(
        {
            "addons_path": ",".join(config["addons_path"]),
            "data_dir": config["data_dir"],
            "db_name": database,
            "dbfilter": f"^{database}$",
            "http_interface": "127.0.0.1",
            "http_port": str(find_port()),
            "gevent_port": str(find_port()),
            "workers": "2",
            "max_cron_threads": "0",
            **options,
        }
    )
    with path.open("w") as file:
        parser.write(file)
    return path


def read_settings(path):
    parser = configparser.RawConfigParser()
    parser.read(path)
    return dict(parser["options"])


class Program:
    """Odoo in a process group of its own, so that all of it can be ended."""

    def __init__(self, log, *options, settings=None):
        settings = settings or os.environ["ODOO_RC"]
        program = Path(os.environ["ODOO_RC"]).parent / "odoo-bin"
        with open(log, "ab") as stream:
            self.process = subprocess.Popen(
                [sys.executable, "-W", "ignore", program, "-c", settings, *options],
                cwd="/",
                stdout=stream,
                stderr=stream,
                start_new_session=True,
                preexec_fn=end_with_parent,
            )
        self.log = log

    def kill(self):
        """``kill -9`` for the whole group."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass  # it had ended by itself
        self.process.wait()

    def stop(self):
        """As an administrator stops it; what does not end in time is killed."""
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()

    def wait(self, address):
        """Until it answers there."""
        for _n in range(600):
            assert self.process.poll() is None, self.get_last_words()
            try:
                if requests.get(f"{address}/web/login", timeout=60).ok:
                    return self
            except requests.ConnectionError:
                pass
            time.sleep(0.2)
        raise AssertionError("The server did not start: " + self.get_last_words())

    def get_last_words(self):
        return Path(self.log).read_text()[-4000:]
