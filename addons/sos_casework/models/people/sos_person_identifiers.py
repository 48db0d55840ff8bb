import re

from odoo import api, models
from odoo.exceptions import ValidationError

from ...tools.authorities import AUTHORITIES

#: The check letters of a UPN, by remainder 0 to 22 (census rule 1510).
UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"


def get_upn_problem(upn):
    """What is wrong with a UPN: "length", "form", "authority", "letter", or None.

    Source: census rules 1510, 1530, 1540, 1550.
    """
    if len(upn) != 13:
        return "length"
    if not re.fullmatch(r"[A-Z][0-9]{11}[0-9A-HJ-NP-RT-Z]", upn):
        return "form"
    if upn[1:4] not in AUTHORITIES:
        return "authority"
    last = upn[12]
    values = [int(d) for d in upn[1:12]]
    values.append(int(last) if last.isdigit() else UPN_LETTERS.index(last))
    total = sum(value * place for place, value in enumerate(values, start=2))
    return None if UPN_LETTERS[total % 23] == upn[0] else "letter"


class SosPerson(models.Model):
    """The numbers and codes by which schools and the census know a child."""

    _inherit = "sos.person"

    # two people who save at the same moment; otherwise _check_upn_is_free, which
    # says whom to ask, comes first
    _upn_unique = models.UniqueIndex(
        "(upn) WHERE upn IS NOT NULL AND active", "Somebody else has this UPN."
    )
    _former_upn_idx = models.Index("(former_upn) WHERE former_upn IS NOT NULL")

    @api.constrains("upn", "former_upn")
    def _check_upn(self):
        words = {
            "length": self.env._("it must have 13 characters"),
            "form": self.env._(
                "it must be a letter, 11 digits, and a digit or letter "
                "other than I, O and S"
            ),
            "authority": self.env._(
                "its second to fourth characters are the number of no authority"
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

    @api.constrains("upn", "former_upn", "upn_unknown_id")
    def _check_upn_unknown(self):
        for person in self:
            if person.upn and person.upn_unknown_id:
                raise ValidationError(
                    self.env._(
                        "There is a UPN and a reason for having none. Keep one of them."
                    )
                )
            if person.upn and person.upn == person.former_upn:
                raise ValidationError(
                    self.env._("The former UPN is the same as the UPN now.")
                )

    @api.constrains("disability_ids")
    def _check_disability(self):
        """Census rule 8790; rule 8794 cannot happen, a code is there once."""
        for person in self:
            codes = person.disability_ids.mapped("code")
            if "NONE" in codes and len(codes) > 1:
                raise ValidationError(
                    self.env._(
                        "“No disability” cannot stand beside a disability (census "
                        "rule 8790). Take one of them away."
                    )
                )

    @api.onchange("upn")
    def _onchange_upn(self):
        self.upn = self._clean_upn(self.upn)
        if self.upn:
            self.upn_unknown_id = False

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._clean_upn_values(vals)
            if vals.get("upn") and vals.get("active", True):
                self._check_upn_is_free(vals["upn"])
        return super().create(vals_list)

    def write(self, vals):
        vals = dict(vals)
        self._clean_upn_values(vals)
        for person in self if {"upn", "active"} & vals.keys() else ():
            upn = vals.get("upn", person.upn)
            if upn and vals.get("active", person.active):
                person._check_upn_is_free(upn)
        return super().write(vals)

    @api.model
    def _clean_upn(self, upn):
        """As schools write it on paper, so with spaces and small letters."""
        return re.sub(r"\s", "", upn or "").upper() or False

    @api.model
    def _clean_upn_values(self, vals):
        for name in {"upn", "former_upn"} & vals.keys():
            vals[name] = self._clean_upn(vals[name])

    def _check_upn_is_free(self, upn):
        """Census rule 1520. Says who has it, or where to find out whom to ask."""
        # sudo: two people with one UPN are wrong whoever may read them
        others = self.sudo().search([("upn", "=", upn), ("id", "not in", self.ids)])
        if not others:
            return
        other = others[0].sudo(False)
        if other.has_access("read"):
            raise ValidationError(
                self.env._(
                    "%(name)s (%(reference)s) has the UPN %(upn)s already. If this is "
                    "the same child, use that record.",
                    name=other.name,
                    reference=other.reference,
                    upn=upn,
                )
            )
        # a number alone is answered where a reason is asked for. The line of this
        # stays, whatever the error undoes
        self.env["sos.access.log"]._refuse("read", other._name, other.ids)
        raise ValidationError(
            self.env._(
                "Somebody whom you may not see has the UPN %(upn)s already. Check each "
                "digit. If it is right, look for the number with “Find a person”: it "
                "says whom to ask whether it is the same child.",
                upn=upn,
            )
        )
