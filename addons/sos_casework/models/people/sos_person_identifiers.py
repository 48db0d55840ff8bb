import re

from odoo import api, models
from odoo.exceptions import ValidationError

#: The check letters of a UPN, by remainder 0 to 22 (census rule 1510).
UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"


def get_upn_problem(upn):
    """What is wrong with a UPN: "length", "form", "letter", or None.

    Source: census rules 1510, 1540, 1550.
    """
    if len(upn) != 13:
        return "length"
    if not re.fullmatch(r"[A-Z]\d{11}[\dA-HJ-NP-RT-Z]", upn):
        return "form"
    last = upn[12]
    values = [int(d) for d in upn[1:12]]
    values.append(int(last) if last.isdigit() else UPN_LETTERS.index(last))
    total = sum(value * place for place, value in enumerate(values, start=2))
    return None if UPN_LETTERS[total % 23] == upn[0] else "letter"


class SosPerson(models.Model):
    _inherit = "sos.person"

    @api.constrains("upn", "former_upn")
    def _check_upn(self):
        words = {
            "length": self.env._("it must have 13 characters"),
            "form": self.env._(
                "it must be a letter, 11 digits, and a digit or letter "
                "other than I, O and S"
            ),
            "letter": self.env._(
                "its first letter does not fit the rest; check each digit"
            ),
        }
        for person in self:
            for upn in filter(None, (person.upn, person.former_upn)):
                problem = get_upn_problem(upn)
                if problem:
                    raise ValidationError(
                        self.env._(
                            "The UPN %(upn)s is not right: %(problem)s.",
                            upn=upn,
                            problem=words[problem],
                        )
                    )
