from odoo import api, fields, models
from odoo.exceptions import UserError


class SosCaseMember(models.Model):
    _name = "sos.case.member"
    _inherit = ["sos.record.mixin"]
    _description = "Person in a family file"
    _order = "case_id, role, person_id"
    _rec_name = "person_id"
    _anchor_fields = ("case_id", "person_id")
    _merge_key = ("case_id", "person_id")

    case_id = fields.Many2one("sos.case", "Family file", required=True, index=True)
    person_id = fields.Many2one("sos.person", "Person", required=True, index=True)
    role = fields.Selection(
        [("child", "Child"), ("adult", "Adult"), ("network", "Safety network")],
        required=True,
        compute="_compute_role",
        store=True,
        readonly=False,
        precompute=True,
    )
    since = fields.Date(default=lambda self: self.env["res.company"]._sos_today())
    until = fields.Date()
    birth_date = fields.Date("Born", compute="_compute_birth_date")
    age_text = fields.Char("How old", compute="_compute_birth_date")
    active = fields.Boolean(
        "Counts",
        default=True,
        readonly=True,
        copy=False,
        help="Off: they were put into this file in error.",
    )

    _person_once = models.UniqueIndex(
        "(case_id, person_id) WHERE active IS TRUE",
        "This person is in the family file already.",
    )

    @api.depends("person_id")
    def _compute_role(self):
        for member in self:
            if not member.role:
                member.role = member.person_id.kind or "adult"

    @api.depends("person_id.birth_date", "person_id.expected_on", "person_id.death_on")
    @api.depends_context("uid")
    def _compute_birth_date(self):
        # a person of a restricted file stands in this one by their number alone
        readable = self.person_id._get_readable()
        for member in self:
            person = member.person_id & readable
            member.birth_date = person.birth_date
            member.age_text = person.age_text

    @api.model_create_multi
    def create(self, vals_list):
        # a person becomes readable by being in a file that one reads: nobody brings
        # somebody in whom they may not read already
        people = self.env["sos.person"].browse({v["person_id"] for v in vals_list})
        people.check_access("read")
        cases = self.env["sos.case"].browse({v["case_id"] for v in vals_list})
        (people.member_ids.case_id - cases)._check_not_emergency()
        for vals in vals_list:
            person = people.browse(vals["person_id"])
            person._check_may_join(cases.browse(vals["case_id"]))
        members = super().create(vals_list)
        members.case_id._refresh_blocked()
        return members

    @api.model
    def _join(self, vals_list):
        """Whoever is named in a line of a family's file, and is new to the file, is one
        of its network from then on.

        :param vals_list: values of new lines, with ``person_id`` and ``case_id``
        """
        for vals in vals_list:
            case = self.env["sos.case"].browse(vals.get("case_id"))
            person = self.env["sos.person"].browse(vals.get("person_id"))
            if case and person and person not in case.member_ids.person_id:
                self.create(
                    {"case_id": case.id, "person_id": person.id, "role": "network"}
                )

    def write(self, vals):
        moved = {"case_id", "person_id", "active"} & vals.keys()
        people, cases = (self.person_id, self.case_id) if moved else (None, None)
        result = super().write(vals)
        if moved:
            # two records of one person, or of one family, became one
            (cases | self.case_id)._refresh_blocked()
            people._refresh_blocked()
        return result

    def action_entered_in_error(self):
        """They never belonged to this family. Who reads the person no longer does so
        by this file; somebody who has left the family stays in it, with the day.

        :raise UserError: for who may not, and while the file says more of them
        """
        self.check_access("write")
        self.case_id._check_may_allocate()
        for member in self:
            member._check_nothing_said()
        # sudo: what counts is set by this method only
        members = self.sudo()
        members.active = False
        # the same person may be put into the file again at once
        members.flush_recordset(["active"])
        return True

    def _check_nothing_said(self):
        """A child with forms or periods of need was not put here in error alone."""
        # sudo: whoever may read the person, the file says it
        forms = self.case_id.sudo().form_ids.filtered(
            lambda form: form.state != "cancelled"
            and self.person_id in form.child_ids.child_id
        )
        episodes = self.case_id.sudo().episode_ids.filtered(
            lambda episode: episode.child_id == self.person_id
        )
        if forms or episodes:
            raise UserError(
                self.env._(
                    "%(who)s is a child of this file's work (%(what)s). Cancel or "
                    "correct that first.",
                    who=self.person_id.display_name,
                    what=", ".join(forms.mapped("reference"))
                    or self.env._("a period of need"),
                )
            )

    def _get_fold_values(self, other):
        """In the file from the first day to the last."""
        return self._get_longest(other)

    def _get_display_label(self):
        return self.person_id.sudo(False).display_name
