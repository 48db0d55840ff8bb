from functools import cached_property

from odoo.fields import Datetime
from odoo.tools import SQL, format_date

from .people_finder import MOST, PeopleFinder

#: The details of its lines in the access log, in English as the roles are there: the
#: questions that were asked about everybody are counted by theirs.
ASKED_OWN = "Is it somebody who is here already?"
ASKED_ALL = f"{ASKED_OWN} Asked of all people."
#: So many are found at most, the likeliest, before those are left out whom the user may
#: not read.
LOOKED_AT = 5 * MOST
#: A question that somebody goes on asking while they type is one line.
FOLD_MINUTES = 10
#: How many different questions an hour are answered of people whom the user may not
#: read, if the system's parameter does not say otherwise.
LIMIT_PARAMETER, LIMIT = "sos_casework.questions_an_hour", 60


class DuplicateQuestion:
    """Is the person who is being entered here already?

    Nobody should have two records, so it is asked of everybody who is known. And it is
    a search: of people whom the user may not read, only the very same name with the
    very same day or number is answered, without saying which; each question is in the
    access log; who asks too many in an hour is answered of their own people only.
    """

    def __init__(self, env, exclude=None, **asked):
        """
        :param exclude: the person themself
        :param asked: ``first_name``, ``last_name``, ``birth_date``, ``expected_on``,
            ``upn``, ``former_upn``, as far as they are known
        """
        self.env = env
        self.people = env["sos.person"]
        self.asked = {name: value for name, value in asked.items() if value}
        self.finder = PeopleFinder(env, exclude, **self.asked)
        self.days = [asked.get("birth_date"), asked.get("expected_on")]

    @property
    def asks_all(self):
        """Whether enough is known to ask it of people whom the user may not read."""
        return bool(
            self.asked.get("last_name") and (any(self.days) or self.finder.numbers)
        )

    def answer(self):
        """What the user is told: ``_describe_duplicate`` of each, likeliest first."""
        if not (self.asked.get("last_name") or self.finder.numbers):
            return []
        found = dict(self.finder.find(LOOKED_AT))
        readable = self.people.union(*found)._filtered_access("read")
        own = [pair for pair in found.items() if pair[0] in readable][:MOST]
        strangers = self._find_strangers() if self.asks_all and self._may_ask() else []
        people = self.people.union(*(person for person, _hint in own), *strangers)
        self._log(people)
        same_name = self.finder.find_same_name()
        return [
            person._describe_duplicate(hint, person in same_name)
            for person, hint in own
        ] + [person._describe_duplicate("same") for person in strangers]

    def _find_strangers(self):
        """People whom the user may not read, of the very same name and with the very
        same day or number."""
        people = self.finder.find_same_day_or_number()
        return people.filtered(lambda person: not person.has_access("read"))

    # ------------------------------------------------------------- the log

    @cached_property
    def text(self):
        """What was asked, as auditors read it."""
        words = []
        for name, value in self.asked.items():
            if name in ("birth_date", "expected_on"):
                value = format_date(self.env, value, "en_GB", "yyyy-MM-dd")
            label = self.people._fields[name]._description_string(
                self.people.with_context(lang="en_US").env
            )
            words.append(f"{label}: {value}")
        return "; ".join(words)

    @cached_property
    def _asked_before(self):
        """``{question: (when last, of all people)}`` of the user's last hour."""
        rows = self.env.execute_query(
            SQL(
                """SELECT query, max(at), bool_or(detail = %(all)s) FROM sos_access_log
                    WHERE user_id = %(user)s AND operation = 'searched'
                      AND detail IN (%(own)s, %(all)s)
                      AND at > %(now)s::timestamp - interval '1 hour'
                 GROUP BY query""",
                all=ASKED_ALL,
                own=ASKED_OWN,
                user=self.env.uid,
                now=Datetime.now(),
            )
        )
        return {query: (last, of_all) for query, last, of_all in rows}

    def _may_ask(self):
        """Whether the user has questions left. The first one too many is told to the
        auditors."""
        if self.env.su:
            return True
        others = [
            query
            for query, (_last, of_all) in self._asked_before.items()
            if of_all and query != self.text
        ]
        # sudo: a number
        parameters = self.env["ir.config_parameter"].sudo()
        limit = int(parameters.get_param(LIMIT_PARAMETER) or LIMIT)
        if len(others) < limit:
            return True
        self.env["sos.oversight"]._tell_questions(limit)
        return False

    def _log(self, people):
        """One line, and no second one while the same is asked on."""
        if self.env.su:
            return
        last, of_all = self._asked_before.get(self.text, (None, False))
        fresh = last and (Datetime.now() - last).total_seconds() < 60 * FOLD_MINUTES
        if fresh and of_all >= self.asks_all:
            return
        detail = ASKED_ALL if self.asks_all else ASKED_OWN
        self.env["sos.access.log"]._write_line(
            "searched", people, detail=detail, query=self.text
        )
