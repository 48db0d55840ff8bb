from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

#: A name is asked for by so many of its letters, so that nobody leafs through.
LETTERS = 2
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
        people = self._find_people()
        self.env["sos.access.log"]._record("searched", people, self._get_query_text())
        # sudo: what was found is filled in here only
        self.sudo().write(
            {
                "searched": True,
                "more": len(people) > MOST,
                "result_ids": [
                    Command.clear(),
                    *(
                        Command.create(person._describe_found())
                        for person in people[:MOST]
                    ),
                ],
            }
        )
        return True

    def _check_query(self):
        def enough(words):
            return sum(letter.isalnum() for letter in words or "") >= LETTERS

        names = enough(self.last_name) and (enough(self.first_name) or self.birth_date)
        if not names and not (self.number or "").strip():
            raise UserError(
                self.env._(
                    "Give the last name with the first name or the birth date, at "
                    "least two letters of each name, or else a number."
                )
            )
        if len((self.reason or "").split()) < 2:
            raise UserError(
                self.env._("Say why you are looking: it is kept with the search.")
            )

    def _find_people(self):
        """Whom it may be, the likeliest first, in the user's own environment."""
        # sudo: whether somebody is known is looked up among all people; what the user
        # is told of them depends on their rights
        everybody = self.env["sos.person"].sudo()
        people = everybody
        number = (self.number or "").strip().upper()
        if number:
            upn = everybody._clean_upn(number)
            people |= everybody.search(
                Domain("reference", "=", number)
                | Domain("upn", "=", upn)
                | Domain("former_upn", "=", upn),
                limit=MOST + 1,
            )
        if self.last_name and (self.first_name or self.birth_date):
            people |= everybody.search(self._get_name_domain(), limit=MOST + 1)
            for person, _hint in everybody._find_duplicates(
                self.first_name, self.last_name, self.birth_date
            ):
                people |= person
        return people.sudo(False)

    def _get_name_domain(self):
        def part(words):
            for letter in "\\%_":
                words = words.replace(letter, f"\\{letter}")
            return words.strip()

        last, first = part(self.last_name), part(self.first_name or "")
        # the index is on the whole name
        domain = Domain("name", "ilike", last) & Domain("last_name", "ilike", last)
        if first:
            domain &= Domain("first_name", "ilike", first) | Domain(
                "known_as", "ilike", first
            )
        if self.birth_date:
            domain &= Domain("birth_date", "=", self.birth_date)
        return domain

    def _get_query_text(self):
        words = [
            f"{self._fields[name]._description_string(self.env)}: {self[name]}"
            for name in ("last_name", "first_name", "birth_date", "number", "reason")
            if self[name]
        ]
        return "; ".join(words)
