"""Plays files one after the other, each in a transaction of its own, and says in one
line how each went."""

import sys
import time
import traceback

from .casefile import load
from .errors import CaseError


def load_all(paths, as_at=None, err=None):
    """Read and check all files.

    :return: the cases, or None when one is wrong: nothing is begun then
    """
    cases, families = [], {}
    wrong = False
    for path in paths:
        try:
            case = load(path)
            _check_together(case, families, as_at)
            cases.append(case)
        except CaseError as error:
            wrong = True
            print(error, file=err or sys.stderr)
    return None if wrong else cases


def _check_together(case, families, as_at):
    name = case.family["name"]
    if name in families:
        raise CaseError(
            case.path,
            "family",
            f"{families[name]} has a family {name} too. Play one of them.",
        )
    families[name] = case.path
    if as_at and as_at < case.last_day:
        raise CaseError(
            case.path,
            "",
            f"the last event is on {case.last_day}, after --as-at {as_at}. "
            "Give a later day.",
        )


def play_all(registry, cases, as_at=None, verbose=False, out=None, err=None):
    """Play checked cases into a database, each whole or not at all.

    :return: the exit code: 1 when a file was refused; those after it are not played
    """
    out, err = out or sys.stdout, err or sys.stderr
    # looked up now: a clock that is stopped replaces it in the module
    seconds = time.perf_counter
    for number, case in enumerate(cases):
        began = seconds()
        try:
            text = _play_one(registry, case, as_at, verbose, out)
        except CaseError as error:
            if verbose and error.__cause__:
                traceback.print_exception(error.__cause__, file=err)
            print(error, file=err)
            for left in cases[number + 1 :]:
                print(f"{left.path}: not played.", file=err)
            return 1
        print(f"{text}: {seconds() - began:.1f} s", file=out, flush=True)
    return 0


def _play_one(registry, case, as_at, verbose, out):
    from odoo.api import SUPERUSER_ID, Environment

    from .playing import play_file

    def print_event(event):
        text = f"  {event.number:>4}  {event.at:%Y-%m-%d %H:%M}  {event.by:<12}"
        print(text, event.name, file=out)

    with registry.cursor() as cr:
        try:
            played = play_file(
                Environment(cr, SUPERUSER_ID, {}),
                case,
                as_at,
                print_event if verbose else None,
            )
            text = (
                f"{case.path}: {played.events} events of the family "
                f"{case.family['name']} ({played.case.reference}), "
                f"as at {played.as_at}"
            )
            cr.commit()
        except BaseException as error:
            cr.rollback()
            registry.reset_changes()
            if isinstance(error, Exception) and not isinstance(error, CaseError):
                raise _explain(case, cr.dbname, error) from error
            raise
    registry.signal_changes()
    return text


def _explain(case, database, error):
    """What a fault outside any event means."""
    kind = type(error).__name__
    if kind in ("UndefinedColumn", "UndefinedTable"):
        message = (
            f"the database {database} is older than the addons. Update it "
            f"(odoo -d {database} -u sos_casework --stop-after-init), or use --fresh."
        )
    else:
        message = (
            f"the system failed ({kind}: {error}). This is a fault of the system and "
            "not of the file; --verbose shows where."
        )
    return CaseError(case.path, "", message)
