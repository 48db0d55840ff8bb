"""Runs the sector's rules over census files; for the Python of make_cin_validator.

    python run_cin_validator.py FILE YEAR [CODE,CODE]
    python run_cin_validator.py --list YEAR FILE…

YEAR is the year of the reference date; the codes may be broken. Exit 0 when no other
rule is broken and every rule ran to its end, otherwise 1 with what was found. With
--list what was found in each file is written as JSON: code and number of the child
(null: about no child) of each finding, and the rules that did not run to their end.
"""

import contextlib
import importlib
import io
import json
import sys
import warnings
import xml.etree.ElementTree as ElementTree

warnings.simplefilter("ignore")

from cin_validator import cin_validator  # noqa: E402


def check(path, year):
    """:return: (rules, result, words about the rules that crashed)"""
    package = f"cin_validator.rules.cin{int(year) - 1}_{year[2:]}"
    rules = importlib.import_module(package).registry
    data = cin_validator.convert_data(ElementTree.parse(path).getroot())
    # A rule that crashes is only printed, and counted as kept.
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        result = cin_validator.CinValidator(cin_validator.process_data(data), rules)
    return rules, result, printed.getvalue().strip()


def main(path, year, allowed=""):
    rules, result, crashed = check(path, year)
    broken = {str(code) for code in result.rules_broken}
    whole = result.multichild_issues
    if len(whole):
        broken |= {str(code) for code in whole["rule_code"]}
    unexpected = broken - set(allowed.split(","))
    print(f"{len(rules)} rules, broken: {', '.join(sorted(broken)) or 'none'}")
    if len(result.user_report):
        columns = ["LAchildID", "rule_code", "columns_affected", "value_flagged"]
        print(result.user_report[columns].to_string())
    if len(whole):
        print(whole.to_string())
    if crashed:
        print(f"Rules that did not run to their end:\n{crashed}")
    return 1 if unexpected or crashed or not rules else 0


def list_findings(year, *paths):
    files = {}
    for path in paths:
        _rules, result, crashed = check(path, year)
        found = set()
        if len(result.full_issue_df):
            columns = result.full_issue_df[["rule_code", "child_id"]]
            for code, child in columns.itertuples(index=False):
                found.add((str(code), child if isinstance(child, str) else None))
        if len(result.multichild_issues):
            found |= {
                (str(code), None) for code in result.multichild_issues["rule_code"]
            }
        files[path] = {"found": [list(one) for one in found], "crashed": crashed}
    json.dump(files, sys.stdout)
    return 0


if __name__ == "__main__":
    listing = sys.argv[1] == "--list"
    arguments = sys.argv[2:] if listing else sys.argv[1:]
    sys.exit(list_findings(*arguments) if listing else main(*arguments))
