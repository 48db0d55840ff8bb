"""The part of scripts/mutate that needs no Odoo: which mutants there are, who runs
which, and what came of them.

python -m mutate [--list] [--sample N] [--part PART] [--tests WORD]
    --databases NAME,… [NAME…]
"""

import argparse
import csv
import hashlib
import json
import os
import re
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from . import sites

ROOT = sites.ROOT
LOCAL = Path(os.environ["SOS_LOCAL"])
#: small changes of a line that a test was missing for, each with the test that holds it
LINES = ROOT / "tests" / "mutants_lines.csv"
#: mutants that no test can find, and why
KEPT = ROOT / "tests" / "mutants_kept.csv"
PARTS = ("rules", "checks", "lines")
#: they try everything, or start programs of their own: what they hold of one check is
#: held by a test of that check as well
LEFT_OUT = re.compile(
    r"test_access_generated|test_access_http|test_access_server|test_crash|test_cin_parity"
    r"|test_generated_|test_generator|test_production|test_deployment|test_outside_calls"
    r"|test_return_script|test_check_log|test_told_to_nobody|_browser|^tests/test_census\.py"
    r"|test_screens|test_query_counts|test_leaks"
)


def read_csv(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def get_state():
    """Changes with any file of the addons: what was found counts for it alone."""
    found = hashlib.sha256()
    for path in sorted((ROOT / "addons").rglob("*")):
        if path.suffix in (".py", ".csv", ".xml", ".json") and path.is_file():
            found.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return found.hexdigest()[:12]


class Run:
    def __init__(self, databases, folder, wanted):
        self.databases, self.folder, self.wanted = databases, folder, wanted
        folder.mkdir(parents=True, exist_ok=True)

    def _get_config(self, database):
        """Each of those that run at a time has a port of its own."""
        path, number = self.folder / f"{database}.conf", self.databases.index(database)
        settings = (LOCAL / "odoo.conf").read_text()
        path.write_text(
            re.sub(
                r"(?m)^http_port = (\d+)",
                lambda port: f"http_port = {int(port[1]) + 40 + number}",
                settings,
            )
        )
        return path

    def start(self, database, results, *arguments, plugin=None, **environment):
        command = [
            *(
                sys.executable,
                "-m",
                "pytest",
                f"--odoo-config={self._get_config(database)}",
            ),
            *(f"--odoo-database={database}", "-q", "--no-header", "--tb=no", "-rN"),
            *("-o", f"cache_dir={LOCAL}/pytest_cache_{database}", "-o", "timeout=0"),
            *(("-p", plugin) if plugin else ()),
            *arguments,
        ]
        paths = [str(ROOT / "scripts/lib"), os.environ.get("PYTHONPATH", "")]
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(filter(None, paths)),
                "SOS_MUTATE_RESULTS": str(results),
                "SOS_MUTATE_ONLY": json.dumps(sorted(self.wanted)),
                **environment,
            },
            stdout=(self.folder / f"{database}.log").open("a"),
        )

    # -------------------------------------------------------------------- rules

    def run_rules(self):
        results = self.folder / "rules.jsonl"
        arguments = ("-k", "TestRuleMutants and test_mutants", "-s")
        path = str(ROOT / "scripts/lib/mutate/rules.py")
        process = self.start(self.databases[0], results, path, *arguments)
        self._wait({process: results})
        if process.returncode:
            raise SystemExit(f"The matrix is red without a mutant: {self.folder}")
        return self.read_rules()

    def read_rules(self):
        found = {}
        for line in read_lines(self.folder / "rules.jsonl"):
            found[line["name"]] = line["found"]
        return found

    # ------------------------------------------------------------------- checks

    def run_checks(self, names, words):
        """:param names: all checks; those that are wanted are tried in the tests that
        plausibly hold them, all of them in all tests
        :param words: only in test files that are named so, if any are given"""
        files = get_test_files()
        if words:
            files = [file for file in files if any(w in file.name for w in words)]
        elif self.wanted:
            files = sorted(
                {f for name in self.wanted for f in get_plausible(name, files)}
            )
        parts = [files[n :: len(self.databases)] for n in range(len(self.databases))]
        running = {}
        for number, (database, part) in enumerate(
            zip(self.databases, parts, strict=True)
        ):
            if part:
                results = self.folder / f"checks.{number}.jsonl"
                process = self.start(
                    database,
                    results,
                    "--odoo-http",
                    *map(str, part),
                    plugin="mutate.plugin",
                )
                running[process] = results
        self._wait(running)
        return self.read_checks(names)

    def read_checks(self, names):
        found = dict.fromkeys(self.wanted or names.values())
        for path in self.folder.glob("checks.*.jsonl"):
            for line in read_lines(path):
                if line.get("red"):
                    say(f"  red without a mutant: {line['test']}")
                for name in line["found"]:
                    if name in found:
                        found[name] = line["test"]
        return found

    # -------------------------------------------------------------------- lines

    def run_lines(self, lines):
        results = self.folder / "lines.jsonl"
        found = {line["name"]: line["found"] for line in read_lines(results)}
        for line in lines:
            name = get_line_name(line)
            if name in found:
                continue
            process = self.start(
                self.databases[0],
                results,
                *("-x", *line["tests"].split()),
                plugin="mutate.line",
                SOS_MUTATE_LINE=json.dumps([line["file"], line["old"], line["new"]]),
            )
            code = process.wait()
            if code not in (0, 1):
                raise SystemExit(f"pytest ended with {code}: {self.folder}")
            found[name] = line["tests"] if code else None
            say(f"{'found' if code else 'NOT FOUND'}: {name}")
            with results.open("a") as file:
                file.write(json.dumps({"name": name, "found": found[name]}) + "\n")
        return {get_line_name(line): found[get_line_name(line)] for line in lines}

    def _wait(self, running):
        """Says from time to time how far it is."""
        began = time.monotonic()
        while any(process.poll() is None for process in running):
            time.sleep(2)
            if int(time.monotonic() - began) % 60 < 2:
                done = sum(len(read_lines(path)) for path in running.values())
                say(f"… {int(time.monotonic() - began)} s, {done} done")


def say(text):
    print(text, flush=True)


def read_lines(path):
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().splitlines()]


def get_line_name(line):
    return f"{line['file']}: {line['old']} → {line['new']}"


def get_test_files():
    paths = [*ROOT.glob("addons/*/tests/test_*.py"), *ROOT.glob("tests/test_*.py")]
    return sorted(p for p in paths if not LEFT_OUT.search(str(p.relative_to(ROOT))))


def get_plausible(name, files):
    """Test files named after the check's file, or that say its words or its method."""
    path, place, text = name.split("::")
    stem = Path(path).stem.removeprefix("sos_")
    method = place.split(".")[-1]
    words = text.removeprefix("raise ").split(" ", 1)[-1][:25]
    return [
        file
        for file in files
        if stem in file.stem
        or any(word in file.read_text() for word in (method, words) if len(word) > 5)
    ]


def check_lines(lines):
    """A line that the code does not have any more proves nothing."""
    for line in lines:
        text = (ROOT / "addons" / line["file"]).read_text(encoding="utf-8")
        if text.count(line["old"]) != 1:
            raise SystemExit(
                f"{LINES.name}: “{line['old']}” stands {text.count(line['old'])} times "
                f"in {line['file']}. Write what stands there once."
            )


def report(found, kept, whole):
    """:return: whether every mutant was found or has its reason"""
    missing = sorted(name for name, test in found.items() if not test)
    reasons = {
        name: next((why for pattern, why in kept if fits(name, pattern)), None)
        for name in missing
    }
    explained = [name for name, why in reasons.items() if why]
    say(f"\n{'mutants':>10} {'found':>10} {'not found':>10} {'with a reason':>14}")
    say(
        f"{len(found):>10} {len(found) - len(missing):>10} {len(missing):>10} "
        f"{len(explained):>14}"
    )
    for name, why in sorted(reasons.items(), key=lambda one: bool(one[1])):
        say(f"  {name}: {why or 'NOT FOUND'}")
    unused = [p for p, _why in kept if not any(fits(name, p) for name in missing)]
    for pattern in unused if whole else ():
        say(f"  {KEPT.name} explains what is found, or is not there: {pattern}")
    return len(explained) == len(missing) and not (whole and unused)


def fits(name, pattern):
    parts = map(re.escape, pattern.split("*"))
    return re.fullmatch(".*".join(parts), name, re.DOTALL)


def get_sample(names, number):
    """The same ones each time, from all over."""
    ordered = sorted(names, key=lambda n: hashlib.sha256(n.encode()).digest())
    return set(ordered[:number])


def main():
    parser = argparse.ArgumentParser(prog="scripts/mutate")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--sample", type=int)
    parser.add_argument("--part", choices=PARTS, action="append")
    parser.add_argument("--tests", action="append", default=[])
    parser.add_argument("--databases", default="")
    options = parser.parse_args()
    names, lines = sites.list_sites(), read_csv(LINES)
    kept = [(line["name"], line["reason"]) for line in read_csv(KEPT)]
    check_lines(lines)
    if options.list:
        for name in [*names.values(), *map(get_line_name, lines)]:
            say(name)
        say(Counter(n.split("::")[2].split()[0].split("(")[0] for n in names.values()))
        return 0
    wanted = {n for n in names.values() if any(word in n for word in options.names)}
    if options.sample:
        wanted = get_sample(names.values(), options.sample)
    parts = options.part or (("checks",) if wanted else PARTS)
    folder = LOCAL / "mutate" / get_state()
    if wanted:
        folder /= hashlib.sha256(repr(sorted(wanted)).encode()).hexdigest()[:8]
    run, found = Run(options.databases.split(","), folder, wanted), {}
    say(f"Results are kept in {folder}: a run that is stopped goes on there.")
    if "rules" in parts:
        found |= run.run_rules()
    if "checks" in parts:
        found |= run.run_checks(names, options.tests)
    if "lines" in parts:
        found |= run.run_lines(lines)
    whole = set(parts) == set(PARTS) and not wanted
    return 0 if report(found, kept, whole) else 1


if __name__ == "__main__":
    sys.exit(main())
