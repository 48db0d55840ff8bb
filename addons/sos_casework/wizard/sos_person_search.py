from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ..models.people.people_finder import PeopleFinder
from ..models.people.typed_search import TypedSearch
from ..tools.names import fold, fold_number, fold_phone, squeeze

#: A name is asked for by so many of its letters, so that nobody leafs through; a
#: telephone number and an address by so many.
LETTERS, DIGITS, PLACE_LETTERS = 2, 7, 5
#: What may be asked, in the order of the log's words.
ASKED = (
    *("last_name", "first_name", "birth_date", "number"),
    *("phone", "address", "reason"),
)
#: More than these nobody reads, and nobody needs who knows whom they look for.
MOST = 8


class SosPersonSearch(models.TransientModel):
    """Is this person known to anybody? Finds people whatever team works with them; of
    whom the user may not read, it says that they are known and whom to ask."""

    _name = "sos.person.search"
    _description = "Find a person"

    last_name = fields.Char("Last name", help="Or a part of it.")
    first_name = fields.Char(
        "First name", help="Or a part of it, or how they are called."
    )
    birth_date = fields.Date("Born")
    number = fields.Char("Number", help="The person's own number, or a child's UPN.")
    phone = fields.Char("Telephone")
    address = fields.Char(help="House and street, or a postcode with the house number.")
    reason = fields.Char("Why you are looking")
    searched = fields.Boolean(readonly=True)
    more = fields.Boolean(readonly=True)
    result_ids = fields.One2many(
        "sos.person.search.result", "search_id", "Found", readonly=True
    )

    def _compute_display_name(self):
        for search in self:
            search.display_name = self.env._("Find a person")

    def action_search(self):
        """Look, and write down that somebody looked, for whom and why."""
        self.ensure_one()
        self._check_query()
        found, same_name = self._find_people()
        people = self.env["sos.person"].union(*found)
        self.env["sos.access.log"]._record("searched", people, self._get_query_text())
        # sudo: what was found is filled in here only
        self.sudo().write(
            {
                "searched": True,
                "more": len(people) > MOST,
                "result_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            person._describe_found(found[person], person in same_name)
                        )
                        for person in people[:MOST]
                    ),
                ],
            }
        )
        return True

    def _check_query(self):
        def enough(name):
            return max(map(len, fold(name).split()), default=0) >= LETTERS

        names = enough(self.last_name) and (enough(self.first_name) or self.birth_date)
        phone = len(fold_phone(self.phone)) >= DIGITS
        # a house or its postcode: nobody leafs through a street
        place = squeeze(fold(self.address))
        address = len(place) >= PLACE_LETTERS and any(map(str.isdigit, place))
        if not (names or phone or address or fold_number(self.number)):
            raise UserError(
                self.env._(
                    "Give the last name with the first name or the birth date, at "
                    "least two letters of each name; or else a number, a telephone "
                    "number or an address with its house number or postcode."
                )
            )
        if len((self.reason or "").split()) < 2:
            raise UserError(
                self.env._("Say why you are looking: it is kept with the search.")
            )

    def _find_people(self):
        """Whom it may be, the likeliest first.

        Whether somebody is known is looked up among all people; what the user is told
        of them depends on their rights.

        :return: ``({person in the user's own environment: hint}, people)``: those of
            the very same name
        """
        # sudo: as it says above
        everybody = self.env["sos.person"].sudo()
        found, same_name = {}, self.env["sos.person"]
        if self.number:
            number = fold_number(self.number)
            domain = Domain.OR(
                Domain(name, "=", number) for name in ("reference", "upn", "former_upn")
            )
            for person in everybody.search(domain, limit=MOST + 1):
                found[person] = "number"
        if self.last_name and (self.first_name or self.birth_date):
            finder = PeopleFinder(
                everybody.env,
                first_name=self.first_name,
                last_name=self.last_name,
                birth_date=self.birth_date,
            )
            for person, hint in finder.find(MOST + 1):
                found.setdefault(person, hint)
            same_name = finder.find_same_name()
            for person in same_name:
                found.setdefault(person, "name")
            for person in everybody.search(self._get_parts_domain(), limit=MOST + 1):
                found.setdefault(person, "part")
        if self.phone or self.address:
            where = PeopleFinder(everybody.env, phone=self.phone, address=self.address)
            for person, hint in where.find(MOST + 1):
                found.setdefault(person, hint)
        mine = ((person.sudo(False), hint) for person, hint in found.items())
        told = {person: hint for person, hint in mine if self._is_told(person, hint)}
        return told, same_name

    def _is_told(self, person, hint):
        """Where somebody lives who must not be found is no way to learn of them."""
        if hint != "address" or person.has_access("read"):
            return True
        # sudo: whether one of their addresses is confidential
        return not any(person.sudo().address_ids.mapped("confidential"))

    def _get_parts_domain(self):
        """Who has all of it in their names, as parts; with a last name alone, and the
        very same day or one that is not sure."""
        words = f"{self.last_name} {self.first_name or ''}"
        domain = TypedSearch(self.env, words).get_names_domain()
        if not self.first_name:
            domain &= Domain("birth_date", "=", self.birth_date) | Domain(
                "birth_sure", "in", ("estimated", "year", "disputed")
            )
        return domain

    def _get_query_text(self):
        words = [
            f"{self._fields[name]._description_string(self.env)}: {self[name]}"
            for name in ASKED
            if self[name]
        ]
        return "; ".join(words)
