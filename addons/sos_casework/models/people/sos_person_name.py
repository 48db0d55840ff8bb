from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools.names import fold_name

#: kept by the system, from the fields of the person
OWN = ("now", "called")


class SosPersonName(models.Model):
    """A name of a person: the one they have, what they are called, one that they had,
    another spelling. People are found by any of them, as a keyboard has it.

    The name now and what somebody is called are the fields of the person; these rows
    follow them. A name that changes becomes one of before. One that was never theirs is
    taken out by a manager: the row stays, and nobody is found by it any more.
    """

    _name = "sos.person.name"
    _inherit = ["sos.record.mixin", "sos.found.mixin"]
    _description = "Name"
    _order = "person_id, kind, since desc, id"
    _rec_name = "text"
    _anchor_fields = ("person_id",)
    _found_by = ("folded",)

    person_id = fields.Many2one("sos.person", "Person", required=True, index=True)
    kind = fields.Selection(
        [
            ("now", "Name now"),
            ("called", "Is called"),
            ("before", "Name before"),
            ("other", "Another spelling or name"),
        ],
        required=True,
        default="before",
    )
    first_name = fields.Char("First name")
    last_name = fields.Char("Last name")
    text = fields.Char("Name", compute="_compute_text")
    since = fields.Date()
    until = fields.Date()
    noted_on = fields.Date(
        "Written down",
        readonly=True,
        default=lambda self: self.env["res.company"]._sos_today(),
    )
    out_reason = fields.Char(
        "Never their name, because",
        help="For a name that was mistyped: nobody is found by it any more, and it "
        "leaves the list. A team manager says why.",
    )
    folded = fields.Char(
        compute="_compute_folded", store=True, index="trigram", exportable=False
    )

    _one_now = models.UniqueIndex("(person_id) WHERE kind = 'now'")
    _one_called = models.UniqueIndex("(person_id) WHERE kind = 'called'")

    @api.depends("first_name", "last_name")
    def _compute_text(self):
        for name in self:
            name.text = " ".join(filter(None, (name.first_name, name.last_name)))

    @api.depends("first_name", "last_name", "out_reason")
    def _compute_folded(self):
        for name in self:
            words = fold_name(name.first_name, name.last_name)
            name.folded = "" if name.out_reason else words

    @api.constrains("first_name", "last_name")
    def _check_some_name(self):
        for name in self:
            if not fold_name(name.first_name, name.last_name):
                raise ValidationError(self.env._("Fill in a first or a last name."))

    @api.constrains("since", "until")
    def _check_dates(self):
        for name in self:
            if name.since and name.until and name.until < name.since:
                raise ValidationError(
                    self.env._("The name “%s” ends before it begins.", name.text)
                )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                self._check_not_own(vals.get("kind"))
                self._check_takes_out(vals)
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            for kind in (vals.get("kind"), *self.mapped("kind")):
                self._check_not_own(kind)
            self._check_takes_out(vals)
        return super().write(vals)

    @api.model
    def _check_takes_out(self, vals):
        """Nobody is found any more by a name that was taken out."""
        allocator = self.env.user.has_group("sos_casework.group_allocator")
        if "out_reason" in vals and vals["out_reason"] and not allocator:
            raise UserError(
                self.env._(
                    "Only a team manager takes a name out: people are no longer found "
                    "by it."
                )
            )

    @api.model
    def _check_not_own(self, kind):
        if kind in OWN:
            raise ValidationError(
                self.env._(
                    "The name now, and what somebody is called, are changed on the "
                    "person's page."
                )
            )

    # ------------------------------------------------------- the person's own names

    @api.model
    def _follow(self, people):
        """The name now and what somebody is called are what the person's page says.

        The name that somebody had until today is kept as one of before; what was
        mistyped on the same day is not, nor what a merge takes over or its undoing puts
        back: that is in the other record.
        """
        # sudo: kept by the system, with whatever right the person was written
        names = self.sudo().search(
            [("person_id", "in", people.ids), ("kind", "in", OWN)]
        )
        kept = {(name.person_id.id, name.kind): name for name in names}
        new = []
        for person in people:
            own = {"now": person.first_name, "called": person.known_as}
            for kind, first_name in own.items():
                values = {
                    "first_name": first_name or False,
                    "last_name": person.last_name or False,
                }
                name = kept.get((person.id, kind))
                if name and (kind == "now" or first_name):
                    new += name._become(values, keep=not self.env.su)
                elif name and self.env.su:
                    merges = self.env["sos.merge"]
                    merges._drop(name, merges._new_moves())
                elif name:
                    name.kind = "other"
                elif kind == "now" or first_name:
                    new.append({**values, "person_id": person.id, "kind": kind})
        self.sudo().create(new)

    def _become(self, values, keep):
        """Take another name.

        :param keep: whether the old one may go on as a name of before
        :return: values of the row in which it does
        """
        self.ensure_one()
        old = {name: self[name] for name in values}
        if old == values:
            return []
        today = self.env["res.company"]._sos_today()
        # whoever looks for the old one finds a longer one as well
        found = set(self.folded.split()) <= set(fold_name(*values.values()).split())
        goes_on = keep and self.kind == "now" and self.noted_on < today and not found
        row = {
            **old,
            "person_id": self.person_id.id,
            "kind": "before",
            "since": self.since,
            "until": today,
            "noted_on": self.noted_on,
        }
        if goes_on:
            values = {**values, "since": today, "noted_on": today}
        self.write(values)
        return [row] if goes_on else []
