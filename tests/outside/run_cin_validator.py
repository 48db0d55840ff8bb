"""Runs the sector's rules over a census file; for the Python of make_cin_validator.

    python run_cin_validator.py FILE YEAR [CODE,CODE]

YEAR is the year of the reference date; the codes may be broken. Exit 0 when no other
rule is broken and every rule ran to its end, otherwise 1 with what was found.
"""

import contextlib
import importlib
import io
import sys
import warnings
import xml.etree.ElementTree as ElementTree

warnings.simplefilter("ignore")

from cin_validator import cin_validator  # noqa: E402


def main(path, year, allowed=""):
    package = f"cin_validator.rules.cin{int(year) - 1}_{year[2:]}"
    rules = importlib.import_module(package).registry
    data = cin_validator.convert_data(ElementTree.parse(path).getroot())
    # A rule that crashes is only printed, and counted as kept.
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        result = cin_validator.CinValidator(cin_validator.process_data(data), rules)
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
    crashed = printed.getvalue().strip()
    if crashed:
        print(f"Rules that did not run to their end:\n{crashed}")
    return 1 if unexpected or crashed or not rules else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
