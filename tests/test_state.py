"""Backups, restoring and what is put in place, with the scripts of config/ and without
containers: on a small database that stands for the service's, and a data folder."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DATABASE = f"sos_test_{os.getpid()}_kept"
STATES = ("next", "restored", "before", "undone")


def psql(query, database=DATABASE):
    command = ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", query]
    return subprocess.run(
        command, capture_output=True, text=True, check=True
    ).stdout.strip()


def drop():
    for name in (DATABASE, *(f"{DATABASE}_{state}" for state in STATES)):
        psql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', "postgres")


class Service:
    def __init__(self, folder):
        self.data = folder / "data"
        self.backups = folder / "backups"
        self.backups.mkdir(parents=True)
        self.settings = {
            "SOS_DATABASE": DATABASE,
            "SOS_DATA": str(self.data),
            "SOS_BACKUPS": str(self.backups),
            "SOS_BACKUP_DAYS": "30",
        }
        psql(f'CREATE DATABASE "{DATABASE}" TEMPLATE template0', "postgres")
        psql("CREATE EXTENSION pg_trgm; CREATE TABLE family (name text)")
        self.write("as it was")

    def write(self, word):
        psql(f"DELETE FROM family; INSERT INTO family VALUES ('{word}')")
        for path, text in (
            (f"filestore/{DATABASE}/ab/abcd", word),
            (f"addons/{DATABASE}/sos_casework/__manifest__.py", word),
            (f"seals/{DATABASE}.txt", word),
        ):
            file = self.data / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)

    def read(self, state=DATABASE):
        """What each part of a state says."""
        return {
            psql("SELECT name FROM family", state),
            (self.data / "filestore" / state / "ab/abcd").read_text(),
            (self.data / "addons" / state / "sos_casework/__manifest__.py").read_text(),
            (self.data / f"seals/{state}.txt").read_text(),
        }

    def run(self, script, *arguments):
        return subprocess.run(
            ["bash", ROOT / "config" / script, *arguments],
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | self.settings,
        )

    def back_up(self):
        result = self.run("backup.sh", "--once")
        assert not result.returncode, result.stderr
        return max(path.name for path in self.backups.glob("20*"))


@pytest.fixture
def service(tmp_path):
    drop()
    yield Service(tmp_path)
    drop()


def test_a_backup_is_restored_beside_what_serves(service):
    backup = service.back_up()
    service.write("written since")
    result = service.run("restore.sh", backup)
    assert not result.returncode, result.stderr
    assert service.read() == {"written since"}
    assert service.read(f"{DATABASE}_restored") == {"as it was"}
    result = service.run("restore.sh", "--put-in-place")
    assert not result.returncode, result.stderr
    assert service.read() == {"as it was"}
    # nothing of what served is lost
    assert service.read(f"{DATABASE}_before") == {"written since"}


def test_a_backup_on_a_new_machine(service):
    backup = service.back_up()
    drop()
    subprocess.run(["rm", "-rf", service.data], check=True)
    assert not service.run("restore.sh", backup).returncode
    assert not service.run("restore.sh", "--put-in-place").returncode
    assert service.read() == {"as it was"}


def test_nothing_is_put_in_place_under_people_at_work(service):
    backup = service.back_up()
    assert not service.run("restore.sh", backup).returncode
    with subprocess.Popen(
        ["psql", "-XAtq", "-d", DATABASE], stdin=-1, stdout=-1
    ) as one:
        one.stdin.write(b"SELECT 1;\n")
        one.stdin.flush()
        one.stdout.readline()
        result = service.run("restore.sh", "--put-in-place")
        one.stdin.close()
    assert result.returncode == 1
    assert "Stop the service first" in result.stderr
    assert service.read() == {"as it was"}


def test_a_damaged_backup_is_not_read(service):
    backup = service.back_up()
    dump = service.backups / backup / "sos.dump"
    dump.write_bytes(dump.read_bytes()[:-1] + b"x")
    result = service.run("restore.sh", backup)
    assert result.returncode == 1
    assert "is damaged" in result.stderr
    assert service.read() == {"as it was"}


def test_a_restore_that_fails_leaves_nothing(service):
    backup = service.back_up()
    service.settings["PATH"] = f"{service.data}:{os.environ['PATH']}"
    broken = service.data / "pg_restore"
    broken.write_text("#!/bin/sh\necho 'no room on the disk' >&2\nexit 1\n")
    broken.chmod(0o755)
    result = service.run("restore.sh", backup)
    assert result.returncode == 1
    assert "what serves was not touched" in result.stderr
    assert service.read() == {"as it was"}
    assert not psql(
        f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}_restored'", "postgres"
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("2020-01-01",), "there is no backup 2020-01-01"),
        (("../backups",), "there is no backup"),
        (("--put-in-place",), "no backup was read yet"),
        (("--force",), "there is no option --force"),
    ],
)
def test_what_cannot_be_restored(service, arguments, words):
    result = service.run("restore.sh", *arguments)
    assert result.returncode == 1
    assert words in result.stderr
    assert service.read() == {"as it was"}


def test_the_list_names_whole_backups_only(service):
    backup = service.back_up()
    (service.backups / "2026-01-01T000000.part").mkdir()
    (service.backups / "2026-01-02T000000").mkdir()
    assert service.run("restore.sh").stdout.split()[0::2] == [backup]


def test_a_backup_that_fails_says_so_and_replaces_none(service):
    backup = service.back_up()
    psql(f'ALTER DATABASE "{DATABASE}" RENAME TO "{DATABASE}_before"', "postgres")
    (service.backups / "last-success").unlink()
    result = service.run("backup.sh", "--once")
    assert result.returncode
    assert not (service.backups / "last-success").exists()
    assert [
        path.name for path in service.backups.glob("20*") if "part" not in path.name
    ]
    assert (service.backups / backup / "SHA256SUMS").exists()


@pytest.mark.parametrize("step", range(4))
def test_an_exchange_that_was_interrupted_is_finished(service, step):
    """Ended after the database, the files or the code: the next start goes on."""
    backup = service.back_up()
    service.write("written since")
    assert not service.run("restore.sh", backup).returncode
    restored, before = f"{DATABASE}_restored", f"{DATABASE}_before"
    (service.data / "putting-in-place").write_text(f"{restored} {before}\n")
    if step:
        psql(
            f'ALTER DATABASE "{DATABASE}" RENAME TO "{before}";'
            f'ALTER DATABASE "{restored}" RENAME TO "{DATABASE}"',
            "postgres",
        )
    folders = [service.data / "filestore", service.data / "addons"][: step and step - 1]
    for folder in folders:
        (folder / DATABASE).rename(folder / before)
        (folder / restored).rename(folder / DATABASE)
    if step == 1:
        # in the middle of a part
        files = service.data / "filestore"
        (files / DATABASE).rename(files / before)
    finish = 'source "$1"; finish_swap'
    subprocess.run(
        ["bash", "-euc", finish, "finish", ROOT / "config/state.sh"],
        check=True,
        env=os.environ | service.settings,
    )
    assert service.read() == {"as it was"}
    assert service.read(before) == {"written since"}
    assert not (service.data / "putting-in-place").exists()
