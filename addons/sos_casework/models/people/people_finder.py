from datetime import date, timedelta
from functools import cached_property
from itertools import permutations

from odoo.tools import SQL

from ...tools.names import fold, fold_name, fold_number, fold_phone, squeeze

#: How alike two names must be (1 is the same) where the dates do not speak for it, and
#: where they speak against it.
CLEARLY_ALIKE, NEARLY_THE_SAME = 0.6, 0.8
#: A baby comes, and is entered, this many days before or after the expected date.
EARLY, LATE = timedelta(days=120), timedelta(days=42)
#: More than these nobody reads while typing.
MOST = 8
#: A name of more parts than these is compared in the order in which it was given.
PARTS = 4


class PeopleFinder:
    """People who may be the one with these names, dates and numbers.

    All people are looked through, whatever the user may read; what a user is told of
    it is for who asks to decide (``DuplicateQuestion``, ``sos.person.search``). What
    comes back is in the user's own environment, so that a name is not shown by mistake.

    More that is known never finds fewer people: a wrong date, or one that is not sure,
    hides nobody. It says how sure it is: the hints are those of
    ``sos.person._get_duplicate_hints``, the likeliest first.
    """

    def __init__(self, env, exclude=None, **asked):
        """
        :param exclude: people who are not meant
        :param asked: ``first_name``, ``last_name``, ``birth_date``, ``expected_on``,
            ``upn``, ``former_upn``, ``phone``, ``address``, ``postcode``: what is known
        """
        self.env = env
        self.people = env["sos.person"]
        self.exclude = exclude or self.people
        self.last = asked.get("last_name")
        self.name = fold_name(asked.get("first_name"), self.last) if self.last else ""
        self.birth, self.expected = asked.get("birth_date"), asked.get("expected_on")
        numbers = (asked.get("upn"), asked.get("former_upn"))
        self.numbers = [fold_number(number) for number in numbers if number]
        self.phone = fold_phone(asked.get("phone"))
        self.place = squeeze(
            fold(f"{asked.get('address') or ''} {asked.get('postcode') or ''}")
        )

    def find(self, most=MOST):
        """:return: list of (person, hint), the likeliest first"""
        if not self._arms:
            return []
        self._flush()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id, hint
                  FROM (SELECT COALESCE(p.merged_into_id, p.id) AS id,
                               n.alike AS alike, %(hint)s AS hint
                          FROM sos_person p,
                               LATERAL (SELECT max(%(alike)s) AS alike,
                                               bool_or(letters = ANY(%(same)s)) AS same
                                          FROM sos_person_name
                                         WHERE person_id = p.id) n
                         WHERE p.id IN (%(arms)s)
                           AND COALESCE(p.merged_into_id, p.id) != ALL(%(exclude)s)
                       ) AS found
                 WHERE hint IS NOT NULL
              ORDER BY array_position(%(order)s, hint), alike DESC, id
                 LIMIT %(most)s
                """,
                hint=self._hint,
                alike=self._alike,
                same=self.spellings,
                arms=SQL(" UNION ").join(self._arms),
                exclude=list(self.exclude.ids),
                order=list(self.people._get_duplicate_hints()),
                most=most,
            )
        )
        # a person whose earlier record is found as well is one person
        best = {}
        for person_id, hint in rows:
            best.setdefault(person_id, hint)
        return [
            (self.people.browse(person_id), hint) for person_id, hint in best.items()
        ]

    def find_same_name(self):
        """People of the very same name, however it is written, whatever their dates."""
        self._flush()
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT COALESCE(p.merged_into_id, p.id) AS id
                     FROM sos_person_name n JOIN sos_person p ON p.id = n.person_id
                    WHERE n.letters = ANY(%s) ORDER BY id""",
                self.spellings,
            )
        )
        return self.people.browse(person_id for (person_id,) in rows) - self.exclude

    def find_same_day_or_number(self):
        """People of the very same name who have the very same day or number as well."""
        self._flush()
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT COALESCE(p.merged_into_id, p.id) AS id
                     FROM sos_person p JOIN sos_person_name n ON n.person_id = p.id
                    WHERE n.letters = ANY(%(same)s)
                      AND (p.birth_date = %(birth)s OR p.upn = ANY(%(numbers)s)
                           OR p.former_upn = ANY(%(numbers)s)
                           OR (p.birth_date IS NULL AND p.expected_on = %(expected)s))
                 ORDER BY id""",
                same=self.spellings,
                birth=self.birth or None,
                numbers=self.numbers,
                expected=self.expected or None,
            )
        )
        return self.people.browse(person_id for (person_id,) in rows) - self.exclude

    @cached_property
    def spellings(self):
        """The letters of the name, its parts in any order: “Ahmed Ali”, “Ali Ahmed”."""
        words = self.name.split()
        if not words:
            return []
        orders = permutations(words) if len(words) <= PARTS else [words]
        return sorted({"".join(order) for order in orders})

    def _flush(self):
        self.people.flush_model()
        self.env["sos.person.name"].flush_model()
        self.env["sos.address"].flush_model(["person_id", "letters"])

    # ---------------------------------------------------------------- who comes in

    @property
    def _alike(self):
        if not self.env.registry.has_trigram:
            # a database without pg_trgm finds the same spelling only
            return SQL("(letters = ANY(%s))::int", self.spellings)
        return SQL("similarity(folded, %s)", self.name)

    @cached_property
    def _arms(self):
        """Each is a query that an index answers: like names; where the dates agree, who
        shares one of the names (a baby without a first name, a changed surname); the
        same number, telephone or address."""
        arms = []
        if self.numbers:
            for column in ("upn", "former_upn"):
                arms.append(
                    SQL(
                        "SELECT id FROM sos_person WHERE %s = ANY(%s)",
                        SQL.identifier(column),
                        self.numbers,
                    )
                )
        if self.phone:
            arms.append(
                SQL("SELECT id FROM sos_person WHERE phone_digits = %s", self.phone)
            )
        if self.place:
            arms.append(
                SQL(
                    "SELECT person_id FROM sos_address WHERE letters LIKE %s",
                    f"%{self.place}%",
                )
            )
        if self.name:
            arms.extend(self._name_arms)
        return arms

    @property
    def _name_arms(self):
        arms = [
            SQL(
                "SELECT person_id FROM sos_person_name WHERE letters = ANY(%s)",
                self.spellings,
            )
        ]
        if not self.env.registry.has_trigram:
            return arms
        arms.append(
            SQL("SELECT person_id FROM sos_person_name WHERE folded %% %s", self.name)
        )
        if self.birth or self.expected:
            shares = SQL(" OR ").join(
                SQL("n.folded %%> %s", word) for word in self.name.split()
            )
            arms.append(
                SQL(
                    """SELECT p.id FROM sos_person p
                         JOIN sos_person_name n ON n.person_id = p.id
                        WHERE (p.birth_date = ANY(%s::date[]) OR %s) AND (%s)""",
                    self._days["same_date"] + self._days["swapped"],
                    self._is_same_pregnancy,
                    shares,
                )
            )
        return arms

    # ----------------------------------------------------------------- how sure it is

    @cached_property
    def _days(self):
        """The birth dates that may be the one that was given, by hint."""
        days = {"same_date": [], "swapped": [], "near_date": []}
        birth = self.birth
        if not birth:
            return days
        days["same_date"] = [birth]
        if birth.day <= 12 and birth.day != birth.month:
            days["swapped"] = [date(birth.year, birth.day, birth.month)]
        near = {birth + timedelta(days=n) for n in (-2, -1, 1, 2)}
        for year in (birth.year - 1, birth.year + 1):
            if (birth.month, birth.day) != (2, 29):
                near.add(birth.replace(year=year))
        days["near_date"] = sorted(near)
        return days

    @property
    def _is_same_pregnancy(self):
        """Whether a row is the same pregnancy: one side of it at least is unborn."""
        if self.expected and not self.birth:
            return SQL(
                "((p.birth_date IS NULL AND p.expected_on BETWEEN %s AND %s)"
                " OR p.birth_date BETWEEN %s AND %s)",
                self.expected - LATE,
                self.expected + LATE,
                self.expected - EARLY,
                self.expected + LATE,
            )
        if self.birth:
            return SQL(
                "(p.birth_date IS NULL AND p.expected_on BETWEEN %s AND %s)",
                self.birth - LATE,
                self.birth + EARLY,
            )
        return SQL("FALSE")

    @property
    def _hint(self):
        """The strongest reason for which a row may be the same person, or NULL."""
        clearly = SQL("(n.same OR n.alike >= %s)", CLEARLY_ALIKE)
        nearly = SQL("(n.same OR n.alike >= %s)", NEARLY_THE_SAME)
        whens = []

        def when(hint, condition, *values):
            whens.append(SQL("WHEN %s THEN %s", SQL(condition, *values), hint))

        when(
            "upn",
            "p.upn = ANY(%s) OR p.former_upn = ANY(%s)",
            *(self.numbers, self.numbers),
        )
        for hint in ("same_date", "swapped"):
            when(hint, "p.birth_date = ANY(%s::date[])", self._days[hint])
        when("expected", "%s", self._is_same_pregnancy)
        if self.birth:
            year = date(self.birth.year, 1, 1), date(self.birth.year, 12, 31)
            when(
                "near_date",
                "%s AND p.birth_date = ANY(%s::date[])",
                *(clearly, self._days["near_date"]),
            )
            when("unsure", "%s AND p.birth_sure != 'sure'", clearly)
            when(
                "no_date",
                "%s AND p.birth_date IS NULL AND p.expected_on IS NULL",
                clearly,
            )
            when("same_year", "%s AND p.birth_date BETWEEN %s AND %s", clearly, *year)
        elif not self.expected:
            when("no_date", "%s", clearly)
        when("other_date", "%s", nearly)
        when("phone", "%s != '' AND p.phone_digits = %s", self.phone, self.phone)
        if self.place:
            when(
                "address",
                "EXISTS (SELECT FROM sos_address"
                " WHERE person_id = p.id AND letters LIKE %s)",
                f"%{self.place}%",
            )
        return SQL("CASE %s END", SQL(" ").join(whens))
