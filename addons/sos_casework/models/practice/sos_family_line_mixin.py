from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class SosFamilyLineMixin(models.AbstractModel):
    """A record inside one family file: everybody it names belongs to that family, and
    so does every other line that it points to. It never moves to another family."""

    _name = "sos.family.line.mixin"
    _inherit = ["sos.record.mixin"]
    _description = "Record inside a family file"

    #: fields that name children of the family
    _child_fields = ()
    #: fields that name anybody in the family file, in any role
    _person_fields = ()
    #: fields that point to another record of the same family
    _same_case_fields = ()
    #: fields whose record says which family this one belongs to
    _case_from_fields = ()
    #: fields of the system that are left out of what a caller creates; that nobody
    #: changes them afterwards is the record mixin's
    _system_fields = ()
    #: nothing of the record changes once it is written
    _fixed = False

    case_id = fields.Many2one(
        "sos.case",
        "Family file",
        compute="_compute_case_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
    )

    @api.depends(lambda self: self._case_from_fields)
    def _compute_case_id(self):
        for line in self:
            if not line.case_id:
                sources = (line[name].case_id for name in self._case_from_fields)
                line.case_id = next(filter(None, sources), False)

    @api.constrains(
        lambda self: (
            "case_id",
            *self._child_fields,
            *self._person_fields,
            *self._same_case_fields,
        )
    )
    def _check_family(self):
        # Odoo runs constraints as superuser: a name the user cannot see is checked too
        for line in self:
            members = line.case_id.member_ids
            children = members.filtered(lambda m: m.role == "child").person_id
            for name in self._child_fields:
                if line[name] - children:
                    raise ValidationError(
                        self.env._(
                            "“%s” names somebody who is not a child of this family. "
                            "Choose a child from the family file, or add them there "
                            "first.",
                            self._get_field_label(name),
                        )
                    )
            for name in self._person_fields:
                if line[name] - members.person_id:
                    raise ValidationError(
                        self.env._(
                            "“%s” names somebody who is not in this family file. Add "
                            "them to the people of the family first.",
                            self._get_field_label(name),
                        )
                    )
            for name in self._same_case_fields:
                if line[name].case_id - line.case_id:
                    raise ValidationError(
                        self.env._(
                            "“%s” belongs to another family.",
                            self._get_field_label(name),
                        )
                    )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            vals_list = [
                {name: v for name, v in vals.items() if name not in self._system_fields}
                for vals in vals_list
            ]
            self._check_may_read_families(vals_list)
            for vals in vals_list:
                self._join_new(vals, self._get_case_of(vals))
        return super().create(vals_list)

    @api.model
    def _get_case_of(self, vals):
        """The family file of a new line."""
        case = self.env["sos.case"].browse(
            vals.get("case_id") or self.env.context.get("default_case_id") or ()
        )
        for name in self._case_from_fields:
            case = (
                case
                or self.env[self._fields[name].comodel_name]
                .browse(vals.get(name) or ())
                .case_id
            )
        return case

    @api.model
    def _join_new(self, vals, case):
        """Whoever was made by typing their name where they are needed is in no file
        yet, and one of the family's network from then on. Nobody comes from another
        file that way."""
        people = self.env["sos.person"]
        for name in self._person_fields:
            ids, _lines = self._sos_get_named(
                self._fields[name], [vals[name]] if vals.get(name) else []
            )
            people |= people.browse(ids)
        # sudo: whether there is a file, and not which
        new = people.filtered(lambda person: not person.sudo().member_ids)
        self.env["sos.case.member"]._join(
            [{"case_id": case.id, "person_id": person.id} for person in new]
        )

    @api.model
    def _check_may_read_families(self, vals_list):
        """Before anything is checked against a family: who may not read it learns
        nothing about it, not even from what a refusal says."""
        default = self.env.context.get("default_case_id")
        cases = {vals.get("case_id", default) for vals in vals_list}
        self.env["sos.case"].browse(filter(None, cases)).check_access("read")
        for name in self._same_case_fields:
            ids = {vals.get(name) for vals in vals_list}
            model = self._fields[name].comodel_name
            self.env[model].browse(filter(None, ids)).check_access("read")

    def write(self, vals):
        if not self.env.su:
            self._check_may_change(vals)
            for line in self:
                self._join_new(vals, line.case_id)
        return super().write(vals)

    def _check_may_change(self, vals):
        if self._fixed and vals:
            raise UserError(self._get_fixed_message())

    def _get_fixed_message(self):
        """What somebody reads who tries to change a record that is fixed."""
        return self.env._("This cannot be changed once it is written.")
