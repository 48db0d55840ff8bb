from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.names import fold, fold_number, fold_phone

#: of so many digits is a part of a telephone number
PHONE_DIGITS = 5


class TypedSearch:
    """What somebody typed into a search box, as a domain of people: by any name that
    they have or had, in any order and as a keyboard has it; by number or telephone.

    Which of those found somebody may read, their rules say beside it.
    """

    def __init__(self, env, typed):
        self.env = env
        self.words = fold(typed).split()
        self.number, self.digits = fold_number(typed), fold_phone(typed)

    def get_domain(self):
        return self._as_domain(self._name_arms + self._number_arms)

    def get_names_domain(self):
        """By names alone."""
        return self._as_domain(self._name_arms)

    @property
    def _name_arms(self):
        """Whoever has each of the words, or parts of words, in their names; somebody
        who was merged is found as who they go on as."""
        arms = [
            SQL(
                """SELECT COALESCE(p.merged_into_id, p.id)
                     FROM sos_person_name n JOIN sos_person p ON p.id = n.person_id
                    WHERE n.letters LIKE %s""",
                f"%{word}%",
            )
            for word in self.words
        ]
        return [SQL("(%s)", SQL(" INTERSECT ").join(arms))] if arms else []

    @property
    def _number_arms(self):
        if not self.digits:
            return []
        columns = ["reference", "upn", "also_known"]
        searched = [(name, f"%{self.number}%") for name in columns]
        if len(self.digits) >= PHONE_DIGITS:
            searched.append(("phone_digits", f"%{self.digits}%"))
        return [
            SQL(
                "SELECT id FROM sos_person WHERE %s ILIKE %s",
                *(SQL.identifier(name), pattern),
            )
            for name, pattern in searched
        ]

    def _as_domain(self, arms):
        """
        :param arms: queries of ids, each of which has its index
        """
        if not arms:
            return Domain.FALSE
        query = SQL(" UNION ").join(arms)

        def to_sql(_model, alias, _query):
            return SQL("%s IN (%s)", SQL.identifier(alias, "id"), query)

        def is_found(person):
            ((found,),) = self.env.execute_query(
                SQL("SELECT %s IN (%s)", person.id, query)
            )
            return found

        self.env["sos.person"].flush_model()
        self.env["sos.person.name"].flush_model(["person_id", "letters"])
        return Domain.custom(to_sql=to_sql, predicate=is_found)
