"""An analyst's morning and a manager's week with 10,000 generated children, played in a
browser, by mouse and keyboard, from the log-in page on. Each number is read from the
screen and compared with SQL that was written by hand from what the number means.

The tests are one story, in the order of the file. Pictures of the screens are in
.local/screenshots/week.
"""

import os
import re
from contextlib import ExitStack, contextmanager
from pathlib import Path

import openpyxl
import psycopg2
import pytest
from lxml import etree

from odoo.tools.pdf import PdfReader

pytestmark = pytest.mark.timeout(3600)

CHILDREN = int(os.environ.get("SOS_WEEK_CHILDREN", 10000))
ROOT = Path(__file__).parent.parent.parent
PICTURES = ROOT / ".local" / "screenshots" / "week"
SCHEMA = ROOT / "addons/sos_reporting/data/cin_2026.xsd"

#: The year of the last census that is over, as England's day has it.
YEAR = """(
    SELECT extract(year FROM day)::int - (day < make_date(extract(year FROM day)::int,
        4, 1))::int FROM (SELECT (now() AT TIME ZONE 'Europe/London')::date AS day) now
)"""
TODAY = "(now() AT TIME ZONE 'Europe/London')::date"
FIRST = f"make_date({YEAR} - 1, 4, 1)"
LAST = f"make_date({YEAR}, 3, 31)"
#: Periods of need in the census: referred in its year and no more, or in need in it.
IN_CENSUS = f"""(
    SELECT * FROM sos_episode WHERE active AND referred_on <= {LAST} AND CASE
        WHEN nfa THEN referred_on >= {FIRST}
        ELSE closed_on IS NULL OR closed_on >= {FIRST} END
)"""
#: Children who break a rule of the census.
BROKEN = {
    "4220": f"""SELECT DISTINCT child.id FROM sos_person child JOIN {IN_CENSUS} need
        ON need.child_id = child.id WHERE child.ethnicity_id IS NULL""",
    "8610": f"""SELECT child_id FROM {IN_CENSUS} need
        WHERE need_id IS NULL AND nfa IS NOT TRUE""",
    # the factor that was divided into 18B and 18C, in an assessment of the year
    "8945Q": f"""SELECT line.child_id FROM {IN_CENSUS} need
        JOIN sos_form_child line ON line.episode_id = need.id AND line.active
        JOIN sos_form form ON form.id = line.form_id AND form.state = 'authorised'
            AND form.authorised_at BETWEEN {FIRST} AND {LAST} + 1
        JOIN sos_form_type kind ON kind.id = form.type_id AND kind.code = 'assessment'
        JOIN sos_form_child_factor_rel rel ON rel.sos_form_child_id = line.id
        JOIN sos_code code ON code.id = rel.sos_code_id AND code.code = '18A'""",
    # the conference was due on a Saturday or Sunday
    "8870Q": f"""SELECT enquiry.child_id FROM {IN_CENSUS} need
        JOIN sos_enquiry enquiry ON enquiry.episode_id = need.id AND enquiry.active
        WHERE extract(isodow FROM enquiry.target_on) > 5
            AND enquiry.started_on <= {LAST}
            AND coalesce(enquiry.conference_on, enquiry.ended_on, {LAST}) >= {FIRST}""",
}
#: What a measure says in words, of the last twelve months or of now.
YEAR_UP_TO_NOW = f"BETWEEN {TODAY} - interval '1 year' + interval '1 day' AND {TODAY}"
OPEN = "SELECT id, lead_id FROM sos_case WHERE closed_on IS NULL AND active"
LATE = f"state = 'open' AND due_on < {TODAY}"
MEASURES = {
    "Steps done in time": f"""SELECT round(100.0 * avg(
            (state = 'met' AND met_on <= due_on)::int), 1) FROM sos_deadline
        WHERE due_on {YEAR_UP_TO_NOW} AND (state = 'met' OR ({LATE})
            OR (state = 'ended' AND ended_on > due_on))""",
    "Steps late today": f"SELECT count(*) FROM sos_deadline WHERE {LATE}",
    "Referrals": f"""SELECT count(*) FROM sos_episode
        WHERE active AND referred_on {YEAR_UP_TO_NOW}""",
    "Child protection plans that go on": """SELECT count(*) FROM sos_plan
        WHERE active AND kind = 'cp' AND ended_on IS NULL""",
    "Forms that wait to be signed": """SELECT count(*) FROM sos_form
        WHERE state = 'submitted'""",
    "Open families": f"SELECT count(*) FROM ({OPEN}) one",
    "Children in open families": f"""SELECT count(*) FROM sos_case_member
        WHERE role = 'child' AND active AND case_id IN (SELECT id FROM ({OPEN}) one)""",
}
#: Rows of Ofsted's lists: what was in the six months up to today.
HALF_YEAR = f"{TODAY} - interval '6 months'"
LISTS = {
    "List 1": f"""SELECT count(*) FROM sos_form_child line
        JOIN sos_form form ON form.id = line.form_id
        JOIN sos_form_type kind ON kind.id = form.type_id AND kind.code = 'contact'
        WHERE line.active AND form.received_at >= {HALF_YEAR}""",
    "List 3": f"""SELECT count(*) FROM sos_episode
        WHERE active AND referred_on >= {HALF_YEAR}""",
    "List 7": f"""SELECT count(*) FROM sos_plan WHERE active AND kind = 'cp'
        AND (ended_on IS NULL OR ended_on >= {HALF_YEAR})""",
}
#: The cards of a manager's dashboard, of the families of a team: the number, and how
#: many rows it counts.
MINE = f"({OPEN} AND team_id = {{team}})"
CHILD = f"role = 'child' AND member.active AND case_id IN (SELECT id FROM {MINE} one)"
CARDS = {
    "families": f"SELECT count(*) FROM {MINE} one",
    "children": f"SELECT count(*) FROM sos_case_member member WHERE {CHILD}",
    # a child with a protection plan weighs 3, with a child in need plan 2, another 1
    "weight": f"""SELECT sum(1 + (
            SELECT coalesce(max(CASE kind WHEN 'cp' THEN 2 ELSE 1 END), 0)
            FROM sos_plan plan WHERE plan.active AND plan.ended_on IS NULL
                AND plan.case_id = member.case_id AND child_id = person_id))
        FROM sos_case_member member WHERE {CHILD}""",
    "unallocated": f"SELECT count(*) FROM {MINE} one WHERE lead_id IS NULL",
    "late_now": f"""SELECT count(*) FROM sos_deadline
        WHERE {LATE} AND team_id = {{team}}""",
    "waiting": """SELECT count(*) FROM sos_form form
        JOIN sos_case family ON family.id = case_id
        WHERE state = 'submitted' AND team_id = {team}""",
}
CARD_TITLES = {
    "families": "Open families",
    "children": "Children",
    "weight": "Weight",
    "unallocated": "No lead worker",
    "late_now": "Late today",
    "waiting": "To be signed",
}
#: Cards that add up what stands in a column of the rows.
SUMMED = {"children": "child_count", "weight": "weight"}
#: How many families a filter of the whiteboard leaves.
BOARD = {
    "Late": f"""SELECT count(DISTINCT case_id) FROM sos_deadline WHERE {LATE}
        AND case_id IN (SELECT id FROM {MINE} one)""",
    **{
        name: f"""SELECT count(DISTINCT case_id) FROM sos_plan
            WHERE kind = '{kind}' AND active AND ended_on IS NULL
                AND case_id IN (SELECT id FROM {MINE} one)"""
        for name, kind in (
            ("Child protection plan", "cp"),
            ("Child in need plan", "cin"),
        )
    },
}
#: A team's steps whose day is in the year that began in April, and that were done, or
#: should have been, or never were.
APRIL = f"make_date(extract(year FROM {TODAY} - interval '3 months')::int, 4, 1)"
STEPS = f"""SELECT {{what}} FROM sos_deadline WHERE team_id = {{team}}
    AND due_on >= {APRIL} AND due_on < {APRIL} + interval '1 year'
    AND (state = 'met' OR ({LATE}) OR (state = 'ended' AND ended_on > due_on))"""
IN_TIME = STEPS.replace(
    "{what}", "100.0 * avg((state = 'met' AND met_on <= due_on)::int)"
)
ROWS = ".o_list_view .o_data_row"
THE_JOB = """SELECT FROM ir_cron WHERE id = (SELECT res_id FROM ir_model_data
    WHERE module = 'sos_reporting' AND name = 'ir_cron_return') FOR NO KEY UPDATE"""
WHAT_IS_MADE = "LOCK TABLE sos_return_row IN SHARE MODE"
RIGHT_AS_IT_IS = "The old system knew no other factor."


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """Two workers and one for jobs behind the proxy, with all the families."""
    # the addons are found only when the tests begin
    from running.service import running

    with running(
        tmp_path_factory.mktemp("week"),
        world="tests/long/week_world.py",
        make=f'sos_week_copy "$1" {CHILDREN}',
        max_cron_threads="1",
    ) as service:
        print()
        yield service


@pytest.fixture
def enter(service, tmp_path):
    """Somebody comes to work: ``with enter("team_manager") as manager:``"""
    from running.office import Office

    @contextmanager
    def enter(role):
        person = Office(service, role, tmp_path / role, PICTURES)
        try:
            yield person
        except BaseException:
            person.keep(f"{role}-failed")
            raise
        finally:
            person.stop()

    return enter


@pytest.fixture
def count(service):
    """The number that a query answers with."""

    def count(query):
        value = service.query(query)[0][0]
        return float(value) if "." in value else int(value)

    return count


# ------------------------------------------------------------- an analyst's morning


def make_return(person, kind=None):
    """:return: what the screen says after “Make”"""
    person.menu("Returns", "Returns")
    person.button("New")
    person.sees("button[name=action_make]", "Make")
    if kind:
        person.click("[name=kind] input")
        person.click(".o_select_menu_item", kind)
    person.button("Make")
    return person.sees(".alert-info")


def open_return(person, name):
    person.menu("Returns", "Returns")
    person.click(".o_data_row td[name=name]", name)
    person.sees(".o_form_view .o_arrow_button_current")


def wait_until_checked(person):
    """Nobody loads the page again."""
    person.sees(".o_arrow_button_current", "Checked", patience=600)


@contextmanager
def hold(service, query):
    """Somebody else has what the job needs, so that it waits there for as long."""
    connection = psycopg2.connect(dbname=service.database)
    try:
        connection.cursor().execute(query)
        yield
    finally:
        connection.close()


def read_groups(person):
    """:return: {name of a group of a list: how many are in it}"""
    texts = (text.rstrip(")").rsplit(" (", 1) for text in person.read(".o_group_name"))
    return {name: int(number) for name, number in texts}


def open_rule(person, code):
    """In the list of errors and queries by rule."""
    person.click(".o_group_name", code)
    return person.sees(".o_data_row td[name=code]", code)


def wait_for_reasons(person, number):
    """So many queries, and no more, have the same reason now."""
    reasons = "sos.find('.o_data_row td[name=reason]', $0).length === $1"
    person.wait(f"!sos.busy() && {reasons}", RIGHT_AS_IT_IS, number)


def test_analyst_makes_the_census(service, enter, count):
    with enter("performance_analyst") as analyst:
        analyst.picture("01 logged in")
        with ExitStack() as rows:
            with hold(service, THE_JOB):
                for kind in (None, "Annex A (Ofsted's lists)"):
                    assert "It waits for its turn" in make_return(analyst, kind)
                analyst.picture("02 Annex A waits")
                open_return(analyst, "Children in need census")
                assert "It waits for its turn" in analyst.sees(".alert-info")
                rows.enter_context(hold(service, WHAT_IS_MADE))
            analyst.sees(".alert-info", "It is being made", patience=180)
            analyst.picture("02 census being made")
        wait_until_checked(analyst)
        analyst.picture("03 census made")

        analyst.click(".nav-link", "What is sent")
        children = count(f"SELECT count(DISTINCT child_id) FROM {IN_CENSUS} one")
        assert analyst.count("[name=row_ids]") == children > CHILDREN / 3
        analyst.picture("04 what is sent")

        analyst.button("All errors and queries")
        analyst.sees(".o_group_name", "8610")
        found = read_groups(analyst)
        for code, query in BROKEN.items():
            assert found[code] == count(f"SELECT count(*) FROM ({query}) one"), code
        analyst.picture("05 findings by rule")


def test_analyst_answers_and_gives(enter, count):
    with enter("performance_analyst") as analyst:
        open_return(analyst, "Children in need census")
        analyst.button("All errors and queries")
        open_rule(analyst, "8945Q")
        analyst.click("thead .o_list_record_selector input")
        analyst.write_cell("reason", RIGHT_AS_IT_IS)
        analyst.picture("06 one reason for several")
        analyst.confirm("Update")
        wanted = count(f"SELECT count(*) FROM ({BROKEN['8945Q']}) one")
        wait_for_reasons(analyst, wanted)
        analyst.picture("07 answered")

        open_return(analyst, "Children in need census")
        analyst.button("Give to the teams")
        analyst.confirm()
        said = analyst.sees(".o_notification", "teams have it among their work")
        analyst.picture("08 given to the teams")
        families = count(
            "SELECT count(DISTINCT member.case_id) FROM sos_return_issue found"
            " JOIN sos_person child ON child.reference = found.number"
            " JOIN sos_case_member member ON member.person_id = child.id"
            " WHERE found.is_open"
        )
        assert said.startswith(f"{families} families' teams")


def test_analyst_exports_what_the_numbers_mean(enter, count):
    with enter("performance_analyst") as analyst:
        analyst.menu("Managers", "What the numbers mean")
        analyst.picture("09 measures")
        head, *rows = analyst.export()
        # the unit has no head on the screen
        shown = [name for name in analyst.read("thead th") if name]
        assert [name for name in head if name != "Unit"] == shown
        assert len(rows) == count("SELECT count(*) FROM sos_measure")
        values = {row[0]: row[1] for row in rows}
        for name, query in MEASURES.items():
            assert values[name] == pytest.approx(count(query), abs=0.05), name

        analyst.menu("Managers", "Caseloads and practice")
        analyst.click(".o_switch_view.o_list")
        analyst.sees(".o_data_row")
        analyst.picture("10 caseloads")
        shown = [name for name in analyst.read("thead th") if name]
        head, *rows = analyst.export()
        assert list(head) == shown
        assert len(rows) == count(MEASURES["Open families"])
        children = [row[head.index("Children")] for row in rows]
        assert sum(children) == count(MEASURES["Children in open families"])


def test_analyst_makes_annex_a(enter, count):
    with enter("performance_analyst") as analyst:
        open_return(analyst, "Annex A")
        wait_until_checked(analyst)
        said = analyst.sees(".alert-warning", "Know this before you approve it")
        head = analyst.ask("document.querySelector('.alert-warning').offsetTop")
        assert head < analyst.ask("document.querySelector('.o_form_sheet').offsetTop")
        # early help's own days are recorded nowhere
        passed_on = re.search(r"List 2: “Assessment start date”: blank \((\d+)\)", said)
        analyst.picture("11 Annex A made")
        book = openpyxl.load_workbook(
            analyst.download(".o_form_view button", "Download"), read_only=True
        )
        rows = {sheet.title: sheet.max_row - 1 for sheet in book.worksheets}
        assert rows["List 2"] == int(passed_on[1])
        for title, query in LISTS.items():
            assert rows[title] == count(query), title


# ---------------------------------------------------------------- a manager's week


@pytest.fixture
def of_team(service, count):
    """The number that a query answers with, of the manager's team."""
    return lambda query: count(query.format(team=service.world["team"]))


def open_dashboard(person, name):
    person.menu("Managers", "Dashboards")
    person.click(".o_spreadsheet_dashboard_search_panel li", name)


def add_up(person, field):
    return sum(int(row[field]) for row in person.table())


def test_manager_reads_the_dashboard(enter, of_team):
    with enter("team_manager") as manager:
        open_dashboard(manager, "Manager's week")
        wanted = {name: of_team(query) for name, query in CARDS.items()}
        assert {name: manager.card(name) for name in CARDS} == wanted
        manager.picture("20 the week")
        manager.click(".o-date-filter-value")
        for year in ("This year", "Last year"):
            manager.sees(".o-date-filter-dropdown *", f"{year}, April to March")
        manager.picture("21 periods")
        manager.press("Escape", 27)

        for name, number in wanted.items():
            manager.click(f".o-figure[data-id='card-{name}'] canvas")
            manager.sees(".o_last_breadcrumb_item", CARD_TITLES[name])
            manager.sees(".o_list_view")
            manager.picture(f"22 card {name}")
            if name in SUMMED:
                assert add_up(manager, SUMMED[name]) == number
            elif number:
                assert manager.count() == len(manager.table()) == number, name
            else:
                assert not manager.read(ROWS)
            manager.click(".breadcrumb-item a", "Dashboards")
            manager.card(name)

        manager.click(".o-figure[data-id='card-late_now'] canvas")
        family = manager.sees(f"{ROWS} td[name=case_id]")
        manager.click(f"{ROWS} td[name=step_id]")
        assert manager.sees(".o_last_breadcrumb_item", family)
        manager.sees(".o_form_view")
        manager.picture("23 a late family")


def test_manager_reads_the_whiteboard(service, enter, of_team):
    with enter("team_manager") as manager:
        manager.menu("Managers", "Whiteboard")
        assert manager.read(".o_searchview_facet") == ["My team"]
        assert manager.count() == of_team(CARDS["families"])
        manager.picture("24 whiteboard")
        assert not manager.cut("name")
        assert add_up(manager, "late_count") == of_team(CARDS["late_now"])
        for name, query in BOARD.items():
            manager.filter(name)
            assert manager.count() == of_team(query), name
            manager.filter(name)
        path = manager.download(".o_control_panel button", "Print my team's sheet")
        pages = PdfReader(str(path)).pages
        text = " ".join(" ".join(page.extract_text() for page in pages).split())
        names = service.query(
            f"SELECT name FROM sos_case WHERE id IN (SELECT id FROM {MINE} one)".format(
                team=service.world["team"]
            )
        )
        for (name,) in names:
            assert name in text
        # the lead worker stands once in each family's row
        assert len(re.findall(r"Worker\d+ \(team \d+\)", text)) == len(names)


def test_manager_reads_steps_in_time(enter, of_team):
    with enter("team_manager") as manager:
        manager.menu("Managers", "Steps in time")
        assert "Due: This year, April to March" in manager.read(".o_searchview_facet")
        manager.picture("25 steps in time")
        manager.click(".o_switch_view.o_pivot")
        manager.sees(".o_pivot table")
        manager.picture("26 steps by month")
        total = manager.read(".o_pivot tbody tr:first-child td")
        # of all months: the last two are % in time and days late
        assert float(total[-2]) == pytest.approx(of_team(IN_TIME), abs=0.05)
        manager.click(".o_switch_view.o_list")
        manager.sees(ROWS)
        manager.picture("27 each step")
        assert manager.count() == of_team(STEPS.replace("{what}", "count(*)"))


def test_manager_signs(enter, of_team):
    with enter("team_manager") as manager:
        manager.menu("My work", "To be signed")
        waiting = of_team(CARDS["waiting"])
        assert len(manager.table()) == waiting > 0
        manager.picture("28 to be signed")
        manager.click(f"{ROWS} td[name=case_id]")
        manager.sees("button[name=action_authorise]")
        manager.picture("29 a form to sign")
        manager.click("button[name=action_authorise]")
        manager.confirm("Authorise")
        manager.wait("!sos.find('button[name=action_authorise]', null).length")
        manager.picture("30 signed")
        assert of_team(CARDS["waiting"]) == waiting - 1
        open_dashboard(manager, "Manager's week")
        assert manager.card("waiting") == waiting - 1


def test_manager_puts_right(service, enter, of_team):
    number = service.world["planted"]["4220"][0]
    with enter("team_manager") as manager:
        manager.menu("My work", "To put right for a return")
        rows = manager.table()
        assert len(rows) == of_team(
            """SELECT count(*) FROM sos_return_task task
            JOIN sos_case family ON family.id = task.case_id
            WHERE done_on IS NULL AND team_id = {team}"""
        )
        for code, (first, *_others) in service.world["planted"].items():
            if code != "8945Q":  # answered in the morning
                assert any(f"Rule {code}, {first}" in row["text"] for row in rows)
        manager.picture("31 to put right")
        assert not manager.cut("case_id")
        place = next(n for n, row in enumerate(rows) if number in row["text"])
        manager.click(f"{ROWS} button[name=action_census_check]", at=place)
        manager.sees(".modal", "Ethnicity is missing")
        manager.picture("32 census check")
        manager.click(".modal button", "Put right")
        manager.sees(".o_form_view [name=ethnicity_id]")
        manager.picture("33 the child")
        manager.write("[name=ethnicity_id] input", "White")
        manager.click(".o-autocomplete--dropdown-item", "British")
        manager.picture("34 put right")
        manager.click(".o_form_button_save")
        manager.wait("!sos.find('.o_form_button_save', null).length")
        assert not of_team(f"SELECT count(*) FROM ({BROKEN['4220']}) one")
        manager.menu("My work", "To put right for a return")
        manager.table()
        manager.click(f"{ROWS} button[name=action_done]", at=place)
        manager.wait("sos.find($0, null).length < $1", ROWS, len(rows))
        manager.picture("35 said so")


# -------------------------------------------------------- the service, and the end


def test_service_manager_sees_all_teams(service, enter, count):
    with enter("service_manager") as manager:
        open_dashboard(manager, "Manager's week")
        for name, query in CARDS.items():
            wanted = count(query.replace("{team}", "ANY (SELECT id FROM sos_team)"))
            assert manager.card(name) == wanted, name
        manager.picture("40 the week of all teams")
        manager.menu("Managers", "Whiteboard of all teams")
        manager.sees(".o_group_name")
        manager.picture("41 whiteboard of all teams")
        teams = service.query(
            """SELECT team.name, count(*) FROM sos_case family
            JOIN sos_team team ON team.id = team_id
            WHERE closed_on IS NULL AND family.active AND NOT restricted GROUP BY 1"""
        )
        assert read_groups(manager) == {team: int(number) for team, number in teams}
        # the service's own team holds no family: every team is theirs
        manager.menu("Managers", "Whiteboard")
        assert manager.read(".o_searchview_facet") == ["My team"]
        manager.picture("42 whiteboard")
        assert manager.count() == sum(int(number) for _team, number in teams)


def test_analyst_makes_the_census_again(enter, count):
    with enter("performance_analyst") as analyst:
        open_return(analyst, "Children in need census")
        analyst.button("Make again")
        analyst.sees(".alert-info")
        wait_until_checked(analyst)
        analyst.picture("50 made again")
        analyst.button("All errors and queries")
        analyst.sees(".o_group_name", "8610")
        rules = read_groups(analyst)
        assert not {"4220", "XML"} & rules.keys()
        # the reasons of the morning are there still; the others follow
        assert rules.pop("8945Q")
        for code, found in rules.items():
            open_rule(analyst, code)
            analyst.click("thead .o_list_record_selector input")
            analyst.write_cell("reason", RIGHT_AS_IT_IS)
            if found > 1:
                analyst.confirm("Update")
            wait_for_reasons(analyst, found)
            analyst.click("thead .o_list_record_selector input")
            analyst.click(".o_group_name", code)
            analyst.wait("!sos.find('.o_data_row', null).length")
        analyst.picture("51 all explained")


def test_second_person_approves(enter, count):
    with enter("service_manager") as manager:
        open_return(manager, "Children in need census")
        assert not manager.read("button[name=action_approve]")
        assert "“All errors and queries”" in manager.sees(".alert-warning")
        manager.picture("52 before the approval")
        manager.button("All errors and queries")
        open_rule(manager, "8610")
        manager.click("thead .o_list_record_selector input")
        manager.button("Yes, it was agreed")
        manager.confirm()
        manager.wait("!sos.busy()")
        manager.picture("53 agreed")
        open_return(manager, "Children in need census")
        manager.button("Approve")
        manager.wait("sos.find('.o_arrow_button_current', 'Approved').length")
        manager.picture("54 approved")
        path = manager.download(".o_form_view button", "Download")
        document = etree.parse(str(path))
        etree.XMLSchema(etree.parse(SCHEMA)).assertValid(document)
        children = count(f"SELECT count(DISTINCT child_id) FROM {IN_CENSUS} one")
        assert len(document.findall(".//Child")) == children
