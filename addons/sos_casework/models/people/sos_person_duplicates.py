from datetime import date, timedelta

from odoo import api, fields, models
from odoo.modules.db import FunctionStatus
from odoo.tools import SQL

#: How alike two names must be (1 is the same) where the dates do not speak for it.
CLEARLY_ALIKE = 0.6
#: A baby comes, and is entered, this many days before or after the expected date.
EARLY, LATE = timedelta(days=120), timedelta(days=42)
#: More than these nobody reads while typing.
MOST = 8


class SosPerson(models.Model):
    """Finds the record that somebody is about to make a second time.

    It warns, it never blocks: twins and namesakes exist.
    """

    _inherit = "sos.person"

    duplicate_list = fields.Json(
        "Perhaps here already",
        compute="_compute_duplicate_list",
        help="People who may be the one being entered.",
    )

    @api.depends(
        "first_name", "last_name", "birth_date", "expected_on", "upn", "former_upn"
    )
    @api.depends_context("uid")
    def _compute_duplicate_list(self):
        for person in self:
            person.duplicate_list = person._get_duplicate_list()

    def _get_duplicate_list(self):
        """What the form shows while a person is being entered or changed."""
        self.ensure_one()
        if self.id or not self.browse().has_access("create"):
            # a saved person is not asked about again at each opening
            return []
        found = self._find_duplicates(
            self.first_name,
            self.last_name,
            self.birth_date,
            upn=self.upn,
            former_upn=self.former_upn,
            expected_on=self.expected_on,
            exclude=self._origin,
        )
        return [person._describe_duplicate(hint) for person, hint in found]

    def _describe_duplicate(self, hint):
        """A found person as far as the user may know of them."""
        self.ensure_one()
        result = {
            "reference": self._get_public_reference(),
            "why": self._get_duplicate_hints()[hint],
        }
        if self.has_access("read"):
            summary = self.summary
            if self.also_known:
                summary = self.env._(
                    "%(summary)s, also known as %(names)s",
                    summary=summary,
                    names=self.also_known,
                )
            return {**result, "id": self.id, "name": self.name, "summary": summary}
        return {**result, "ask": self._get_whom_to_ask()}

    @api.model
    def _get_duplicate_hints(self):
        return {
            "upn": self.env._("the same UPN"),
            "same_date": self.env._("a similar name and the same birth date"),
            "swapped": self.env._(
                "a similar name, day and month of birth the other way round"
            ),
            "expected": self.env._(
                "a similar name, expected or born around the same time"
            ),
            "near_date": self.env._("a similar name and nearly the same birth date"),
            "no_date": self.env._("nearly the same name, no birth date to compare"),
            "same_year": self.env._("nearly the same name, born in the same year"),
        }

    def _get_public_reference(self):
        # sudo: a reference is what anybody may know of a record, and nothing more
        return self.sudo().reference

    def _get_whom_to_ask(self, cases=None):
        """Who can say more about a person to somebody who may not read them.

        :param cases: only of these files; without them of all that the person is in
        """
        self.ensure_one()
        # sudo: which team holds a family is no secret among workers, who is in it is
        person = self.sudo()
        cases = (cases or person.member_ids.case_id).sudo()
        if not cases:
            return self.env._("%s, who entered it", person.entered_by_id.name)
        open_cases = cases.filtered(lambda case: not case.restricted)
        if open_cases:
            return open_cases.team_id._describe_managers()
        # which team holds a restricted family is a secret as well
        return self._get_whom_to_ask_restricted(cases)

    def _get_whom_to_ask_restricted(self, cases):
        """Everybody asks a service manager; these ask who reads the file."""
        service = self.env.ref("sos_casework.group_service_manager").sudo()
        asked = service._get_active_users()
        if self.env.user in asked - self.sudo().blocked_user_ids:
            return self.env._(
                "%s, who may see the restricted file",
                ", ".join(cases.reader_ids.sorted("name").mapped("name")),
            )
        names = ", ".join(asked.sorted("name").mapped("name"))
        if not names:
            return self.env._("a service manager")
        return self.env._("a service manager (%s)", names)

    def _describe_found(self):
        """Values of ``sos.person.search.result``: a readable person, or that somebody
        is known, whom to ask, and which file may be opened in an emergency.

        Of a restricted family no number is given: who must see it asks a service
        manager, who can be reached at night too. A blocked user is told what every
        other stranger is.
        """
        self.ensure_one()
        values = {"reference": self._get_public_reference()}
        if self.has_access("read"):
            return {
                **values,
                "person_id": self.id,
                "text": f"{self.name}, {self.summary}",
            }
        # sudo: the numbers of files are no secret
        cases = self.sudo().member_ids.case_id.filtered(lambda c: not c.restricted)
        latest = cases.sorted(lambda c: (not c.closed_on, c.id))[-1:]
        return {
            **values,
            "ask": self._get_whom_to_ask(),
            "case_reference": latest.reference,
        }

    @api.model
    def _find_duplicates(
        self,
        first_name,
        last_name,
        birth_date=None,
        upn=None,
        exclude=None,
        former_upn=None,
        expected_on=None,
    ):
        """People who may be the one with these names, dates and numbers.

        All people are looked through, whatever the user may read: a second record,
        made because the first one could not be seen, is a danger to a child. What
        comes back is in the user's own environment, so that a name is not shown by
        mistake.

        :return: list of (person, hint), the likeliest first; the hints are the keys
            of ``_get_duplicate_hints``
        """
        names = [name.strip() for name in (first_name, last_name) if name]
        upns = [self._clean_upn(number) for number in (upn, former_upn) if number]
        arms = []
        if upns:
            arms.append(SQL("SELECT id FROM sos_person WHERE upn = ANY(%s)", upns))
            arms.append(
                SQL("SELECT id FROM sos_person WHERE former_upn = ANY(%s)", upns)
            )
        name = " ".join(names)
        near = self._get_date_domain_sql(birth_date, expected_on)
        if last_name:
            arms.extend(self._get_name_arms(name, names, near))
        if not arms:
            return []
        self.flush_model(
            ["name", "birth_date", "expected_on", "upn", "former_upn", "active"]
            + ["merged_into_id"]
        )
        hint = self._get_hint_sql(name, birth_date, expected_on, upns)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id, hint
                  FROM (SELECT COALESCE(merged_into_id, id) AS id,
                               %(alike)s AS alike, %(hint)s AS hint
                          FROM sos_person
                         WHERE id IN (%(arms)s)
                           AND COALESCE(merged_into_id, id) != ALL(%(exclude)s)
                       ) AS found
                 WHERE hint IS NOT NULL
              ORDER BY array_position(%(order)s, hint), alike DESC, id
                 LIMIT %(most)s
                """,
                alike=self._get_alike_sql(name),
                hint=hint,
                arms=SQL(" UNION ").join(arms),
                exclude=list(exclude.ids) if exclude else [],
                order=list(self._get_duplicate_hints()),
                most=MOST,
            )
        )
        # a person whose earlier record is found as well is one person
        best = {}
        for row_id, found in rows:
            best.setdefault(row_id, found)
        return [(self.browse(row_id), found) for row_id, found in best.items()]

    @api.model
    def _get_name_sql(self):
        """The expression that the trigram index on the name was made over."""
        column = SQL("name")
        if self.env.registry.has_unaccent == FunctionStatus.INDEXABLE:
            return self.env.registry.unaccent(column)
        return column

    @api.model
    def _get_alike_sql(self, name):
        if not self.env.registry.has_trigram:
            # a database without pg_trgm finds the same spelling only
            return SQL("(lower(name) = lower(%s))::int", name)
        return SQL("similarity(%s, %s)", self._get_name_sql(), name)

    @api.model
    def _get_name_arms(self, name, names, near):
        """One arm finds the like name; the other, where dates agree, a person who
        shares one of the names: a baby without a first name, a changed surname."""
        if not self.env.registry.has_trigram:
            return [
                SQL("SELECT id FROM sos_person WHERE lower(name) = lower(%s)", name)
            ]
        column = self._get_name_sql()
        arms = [SQL("SELECT id FROM sos_person WHERE %s %% %s", column, name)]
        if near:
            shares = SQL(" OR ").join(SQL("%s %%> %s", column, part) for part in names)
            arms.append(
                SQL("SELECT id FROM sos_person WHERE (%s) AND (%s)", near, shares)
            )
        return arms

    @api.model
    def _get_dates_with_hint(self, birth_date):
        """The birth dates that may be this one, by hint."""
        if not birth_date:
            return {}
        dates = {"same_date": [birth_date], "swapped": []}
        if birth_date.day <= 12 and birth_date.day != birth_date.month:
            dates["swapped"] = [date(birth_date.year, birth_date.day, birth_date.month)]
        near = {birth_date + timedelta(days=n) for n in (-2, -1, 1, 2)}
        for year in (birth_date.year - 1, birth_date.year + 1):
            if (birth_date.month, birth_date.day) != (2, 29):
                near.add(birth_date.replace(year=year))
        dates["near_date"] = sorted(near)
        return dates

    @api.model
    def _get_expected_sql(self, birth_date, expected_on):
        """Whether a row is the same pregnancy: one side of it at least is unborn."""
        if expected_on and not birth_date:
            return SQL(
                "((birth_date IS NULL AND expected_on BETWEEN %s AND %s)"
                " OR birth_date BETWEEN %s AND %s)",
                expected_on - LATE,
                expected_on + LATE,
                expected_on - EARLY,
                expected_on + LATE,
            )
        if birth_date:
            return SQL(
                "(birth_date IS NULL AND expected_on BETWEEN %s AND %s)",
                birth_date - LATE,
                birth_date + EARLY,
            )
        return SQL("FALSE")

    @api.model
    def _get_date_domain_sql(self, birth_date, expected_on):
        """Dates that agree, or nothing where there is no date to compare."""
        if not birth_date and not expected_on:
            return None
        by_hint = self._get_dates_with_hint(birth_date)
        dates = by_hint.get("same_date", []) + by_hint.get("swapped", [])
        return SQL(
            "birth_date = ANY(%s::date[]) OR %s",
            dates,
            self._get_expected_sql(birth_date, expected_on),
        )

    @api.model
    def _get_hint_sql(self, name, birth_date, expected_on, upns):
        """The strongest reason for which a row may be the same person, or NULL."""
        dates = self._get_dates_with_hint(birth_date)
        clearly = SQL("%s >= %s", self._get_alike_sql(name), CLEARLY_ALIKE)
        whens = [
            SQL("WHEN upn = ANY(%s) OR former_upn = ANY(%s) THEN 'upn'", upns, upns)
        ]
        for hint in ("same_date", "swapped"):
            whens.append(
                SQL(
                    "WHEN birth_date = ANY(%s::date[]) THEN %s",
                    dates.get(hint, []),
                    hint,
                )
            )
        whens.append(
            SQL(
                "WHEN %s THEN 'expected'",
                self._get_expected_sql(birth_date, expected_on),
            )
        )
        whens.append(
            SQL(
                "WHEN %s AND birth_date = ANY(%s::date[]) THEN 'near_date'",
                clearly,
                dates.get("near_date", []),
            )
        )
        if birth_date:
            whens.append(
                SQL(
                    "WHEN %s AND birth_date IS NULL AND expected_on IS NULL"
                    " THEN 'no_date'",
                    clearly,
                )
            )
            whens.append(
                SQL(
                    "WHEN %s AND birth_date BETWEEN %s AND %s THEN 'same_year'",
                    clearly,
                    date(birth_date.year, 1, 1),
                    date(birth_date.year, 12, 31),
                )
            )
        elif not expected_on:
            whens.append(SQL("WHEN %s THEN 'no_date'", clearly))
        return SQL("CASE %s END", SQL(" ").join(whens))
