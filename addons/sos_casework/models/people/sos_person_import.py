import re

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.names import fold_name, squeeze

#: What the census takes as a child's number (rules 1570 and 1580).
NUMBER = re.compile(r"[A-Za-z0-9]{1,10}")


class SosPerson(models.Model):
    """People from an earlier system: they keep the number that the census knows them
    by, and nobody comes in a second time."""

    _inherit = "sos.person"

    def _load_records_create(self, vals_list):
        # Only an import comes here, and only managers import. Everywhere else the
        # number is the system's.
        numbers = [vals.pop("reference", False) for vals in vals_list]
        people = super()._load_records_create(vals_list)
        for person, number in zip(people, numbers, strict=True):
            if number:
                # sudo: a number is given by the system, and here by the file
                person.sudo().reference = number.strip()
        people._pass_numbers()
        return people

    def _pass_numbers(self):
        """The system's own numbers go on after those that were brought in."""
        sequence = (
            # sudo: nobody has a right to sequences
            self.env["ir.sequence"]
            .sudo()
            .search([("code", "=", "sos.person")], order="company_id", limit=1)
        )
        pattern = re.compile(rf"{re.escape(sequence.prefix or '')}([0-9]+)")
        taken = [pattern.fullmatch(number) for number in self.mapped("reference")]
        highest = max((int(match[1]) for match in taken if match), default=0)
        if highest >= sequence.number_next_actual:
            sequence.number_next_actual = highest + 1

    # ---------------------------------------------------------- what is wrong

    @api.model
    def _get_import_problems(self, rows):
        problems = super()._get_import_problems(rows)
        values = [row[2] for row in rows]
        known = self._get_known_people(values)
        seen = {}
        for place, (row, vals) in enumerate(zip(rows, values, strict=True)):
            if problems[place] or not self._is_new_row(row):
                continue
            number = (vals.get("reference") or "").strip()
            if number and not NUMBER.fullmatch(number):
                problems[place] = (
                    "reference",
                    self.env._(
                        "“%s” cannot be a number: letters and digits only, and ten of "
                        "them at most.",
                        number,
                    ),
                )
                continue
            for name, key in self._get_import_keys(vals):
                if key in known:
                    person = self.browse(known[key])
                    problems[place] = name, person._get_known_text()
                elif key in seen:
                    problems[place] = (
                        name,
                        self.env._(
                            "This is the same person as in row %s of the file.",
                            seen[key] + 1,
                        ),
                    )
                else:
                    seen[key] = row[3].get("rows", {}).get("from", place)
                if problems[place]:
                    break
        return problems

    def _get_known_text(self):
        """That somebody is there already; a name for who may read it only."""
        self.ensure_one()
        if self.has_access("read"):
            return self.env._(
                "%(name)s (%(reference)s) is there already. Take this row out, and put "
                "right in the record what is different.",
                # a name that is shown is in the access log
                name=self.display_name,
                reference=self.reference,
            )
        return self.env._(
            "%(reference)s is there already. You have no access to that record: ask "
            "%(whom)s, and take this row out.",
            reference=self._get_public_reference(),
            whom=self._get_whom_to_ask(),
        )

    @api.model
    def _get_import_keys(self, vals):
        """By what a row may be somebody who is known: ``[(field, key)]``."""
        keys = []
        if number := (vals.get("reference") or "").strip():
            keys.append(("reference", ("reference", number)))
        if upn := self._clean_upn(vals.get("upn")):
            keys.append(("upn", ("upn", upn)))
        name = fold_name(vals.get("first_name"), vals.get("last_name"))
        if name and vals.get("birth_date"):
            day = fields.Date.to_string(fields.Date.to_date(vals["birth_date"]))
            keys.append(("last_name", ("name", f"{squeeze(name)}|{day}")))
        return keys

    @api.model
    def _get_known_people(self, values):
        """The people whom rows of a file are about, whoever may read them.

        :return: ``{key of _get_import_keys: id}``
        """
        keys = [key for vals in values for _name, key in self._get_import_keys(vals)]
        if not keys:
            return {}
        self.flush_model(["reference", "upn", "birth_date", "active"])
        self.env["sos.person.name"].flush_model(["letters", "person_id"])
        columns = {
            "reference": SQL("p.reference"),
            "upn": SQL("p.upn"),
            "name": SQL("n.letters || '|' || p.birth_date"),
        }
        known = {}
        for kind, column in columns.items():
            wanted = [value for name, value in keys if name == kind]
            rows = self.env.execute_query(
                SQL(
                    """SELECT %s, COALESCE(p.merged_into_id, p.id)
                         FROM sos_person p
                         JOIN sos_person_name n ON n.person_id = p.id
                        WHERE %s = ANY(%s)""",
                    column,
                    column,
                    wanted,
                )
            )
            known.update({(kind, value): person_id for value, person_id in rows})
        return known
