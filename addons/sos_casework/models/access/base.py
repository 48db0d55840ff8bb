from odoo import api, models, tools
from odoo.exceptions import AccessError, MissingError
from odoo.fields import Command

from ..common.sos_access_mixin import LOOK, looking

#: commands of a relation that name one record by its id
NAMING = (Command.UPDATE, Command.LINK)


class Base(models.AbstractModel):
    """Nobody points at a record about a family that they may not read.

    Stored and related fields are worked out with superuser rights: whoever put
    somebody else's child into a field of their own record, or only into a window that
    they never save, would read there what follows from it: a name, an age, a number.
    """

    _inherit = "base"

    @api.model
    @tools.ormcache()
    def _sos_get_relations(self):
        """Relations to look into: ``{name: whether it leads to a family record}``."""
        family = self.env.registry["sos.record.mixin"]
        relations = {}
        for name, field in self._fields.items():
            if field.relational and field.comodel_name in self.env:
                leads = isinstance(self.env[field.comodel_name], family)
                if leads or field.type in ("one2many", "many2many"):
                    relations[name] = leads
        return relations

    @api.model
    def _sos_check_relations(self, vals_list, nested=False):
        """
        :param nested: look into the lines of these values too; left out where these
            are created, and checked, by their own model
        :raise AccessError: for a value that names a record the user may not read
        """
        if self.env.su:
            return
        for name, leads in self._sos_get_relations().items():
            # every write of every model comes by here: lines are nobody's business yet
            if not (leads or nested):
                continue
            field = self._fields[name]
            default = f"default_{name}"
            values = [
                vals[name] if name in vals else self.env.context.get(default)
                for vals in vals_list
                if name in vals or (not self and default in self.env.context)
            ]
            if not values:
                continue
            ids, lines = self._sos_get_named(field, values)
            comodel = self.env[field.comodel_name]
            if leads and ids:
                comodel._sos_check_readable(ids)
            if nested and lines:
                comodel.browse()._sos_check_relations(lines, nested=True)

    @api.model
    def _sos_get_named(self, field, values):
        """:return: the ids that values of a relation name, and the values of lines"""
        ids, lines = set(), []
        for value in values:
            items = value if isinstance(value, (list, tuple)) else [value]
            for item in items:
                if isinstance(item, int):
                    ids.add(item)
                elif isinstance(item, (list, tuple)) and len(item) > 1:
                    if item[0] in NAMING:
                        ids.add(item[1])
                    elif item[0] == Command.SET:
                        ids.update(item[2])
                    if item[0] in (Command.CREATE, Command.UPDATE):
                        lines.append(item[2])
        return {i for i in ids if isinstance(i, int) and i}, lines

    @api.model
    def _sos_check_readable(self, ids):
        try:
            self.browse(ids).check_access("read")
        except MissingError as error:
            # whether there is such a record is nothing to learn either
            raise AccessError(str(error)) from error

    @api.model_create_multi
    def create(self, vals_list):
        self.browse()._sos_check_relations(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        if self:
            self._sos_check_relations([vals])
        return super().write(vals)

    def onchange(self, values, field_names, fields_spec):
        self._sos_check_relations([values], nested=True)
        cr = self.env.cr
        if self.env.su or LOOK in cr.cache:
            return super().onchange(values, field_names, fields_spec)
        # names that come with a field that is being filled in are no look at anybody,
        # anything else is
        with looking(self.env) as look:
            result = super().onchange(values, field_names, fields_spec)
        for model, ids in look.get().items():
            with self.env[model].browse(ids)._logged(fold=True):
                pass
        return result
