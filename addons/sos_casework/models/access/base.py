import re

from odoo import api, models, tools
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL

from ...tools.guarded import GuardedMany2one
from ..common.look import LOOK, get_look, looking

#: what a client may ask of a group: how many, how much, the first and the last
COUNTS = ("count", "count_distinct", "bool_and", "bool_or")
SUMS = ("sum", "avg", "sum_currency")
ENDS = ("min", "max")
NUMBERS = ("integer", "float", "monetary")
DAYS = ("date", "datetime")
SUM_OF = re.compile(r"^\w+:(\w+)\((\w+)\)$")
#: what is written about a family, and by which nothing is grouped
TEXTS = ("char", "text", "html", "binary", "image", "json", "properties")
#: commands of a relation that name one record by its id
NAMING = (Command.UPDATE, Command.LINK)


def search_as_user(field):
    """How a related field is searched: what a client asks of the records that it leads
    to is worked out in the client's own environment first. Odoo goes the way to them
    as superuser, and takes the question along where a field on it is a computed one."""

    def search(records, operator, value):
        if isinstance(value, Domain) and not records.env.su:
            last = field.related_field
            comodel = records.env[field.comodel_name].with_context(**last.context)
            value = comodel._search(value, active_test=last.type != "many2one")
        return field._search_related(records, operator, value)

    return search


class Base(models.AbstractModel):
    """Nobody points at a record about a family that they may not read.

    Stored and related fields are worked out with superuser rights: whoever put
    somebody else's child into a field of their own record, or only into a window that
    they never save, would read there what follows from it: a name, an age, a number.

    And whatever is read, exported, worked out while typing or grouped says here whose
    it is, so that it is in the access log whichever model was asked.
    """

    _inherit = "base"

    #: fields with words about families, in a model of Odoo's that has others as well
    _sos_texts = ()
    #: short codes of a model about families, by which its lists are grouped
    _sos_group_codes = ()

    @api.model
    def _post_model_setup__(self):
        result = super()._post_model_setup__()
        for field in self._fields.values():
            related = field.related and field.search == field._search_related
            if related and field.relational and field.compute_sudo:
                field.search = search_as_user(field)
        return result

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
                look = get_look(self.env)
                if nested and look is not None:
                    # what is filled in by it is about it
                    look.add_names(comodel.browse(ids))
            if nested and lines:
                comodel.browse()._sos_check_relations(lines, nested=True)

    def _sos_holds(self, name, value):
        """Whether the stored record has this value of a Many2one already: a line may
        name somebody whom its readers may not read, and is changed all the same."""
        field = self._fields.get(name)
        if not self or not value or not field or field.type != "many2one":
            return False
        # sudo: compared with what the client has, and nothing else
        return field.store and self.sudo()[name].id == value

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

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        name = field_name.partition(".")[0]
        field = self._fields.get(name)
        if not (
            field and field.type == "many2one" and self._sos_get_relations().get(name)
        ):
            return super()._order_field_to_sql(
                alias, field_name, direction, nulls, query
            )
        # by number: where a line stands among others would tell a name, letter by
        # letter, to who sees nothing but numbers
        number = super()._order_field_to_sql(
            alias, f"{name}.id", direction, nulls, query
        )
        if field.comodel_name != "sos.person":
            return number
        people, joined = field.join(self, alias, query)
        born = people._get_order_sql(joined, query)
        query._order_groupby.append(born)
        return SQL("%s %s, %s", born, direction, number)

    @api.model
    def _read_group_groupby(self, alias, groupby_spec, query):
        name, _dot, path = groupby_spec.partition(".")
        if path and isinstance(self._fields.get(name), GuardedMany2one):
            return super(Base, self.sudo(False))._read_group_groupby(
                alias, groupby_spec, query
            )
        return super()._read_group_groupby(alias, groupby_spec, query)

    @api.model_create_multi
    def create(self, vals_list):
        self.browse()._sos_check_relations(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        if self:
            self._sos_check_relations([vals])
        return super().write(vals)

    # ------------------------------------------------- what is shown of families

    @api.model
    @tools.ormcache()
    def _sos_get_subjects(self):
        """The fields that say which families a record of another kind is about: a
        time line's, a window's."""
        family = self.env.registry["sos.record.mixin"]
        types = ("many2one", "many2many") if self._transient else ("many2one",)
        return tuple(
            name
            for name, field in self._fields.items()
            if field.store
            and field.type in types
            and field.comodel_name in self.env
            and isinstance(self.env[field.comodel_name], family)
        )

    @api.model
    @tools.ormcache()
    def _sos_get_windows(self):
        """The fields of a window's line that lead to the window."""
        return tuple(
            name
            for name, field in self._fields.items()
            if self._transient
            and field.store
            and field.type == "many2one"
            and field.comodel_name in self.env
            and self.env[field.comodel_name]._transient
            and field.comodel_name != self._name
        )

    def _sos_show(self, look, names):
        """Add to a look what somebody sees of families to whom these fields of these
        records are shown. A window shows what it is about; of anything else it is told
        that it is about this family."""
        if not set(names) - {"id"}:
            return
        # sudo: which families, for the log; whether they may be named is asked there
        records = self.sudo()
        try:
            subjects = [records[name] for name in self._sos_get_subjects()]
        except MissingError:
            records = records.exists()
            subjects = [records[name] for name in self._sos_get_subjects()]
        if {"res_model", "res_id"} <= self._fields.keys():
            family = self.env.registry["sos.record.mixin"]
            for name, some in records.grouped("res_model").items():
                if name in self.env and isinstance(self.env[name], family):
                    subjects.append(self.env[name].browse(some.mapped("res_id")))
        for subject in subjects:
            if self._transient:
                look.add(subject)
            else:
                look.add_names(subject)
        for name in self._sos_get_windows():
            records[name]._sos_show(look, names)

    def _read_format(self, fnames, load="_classic_read"):
        look = get_look(self.env)
        if look is not None:
            self._sos_show(look, fnames)
        return super()._read_format(fnames, load)

    def copy_data(self, default=None):
        look = get_look(self.env)
        if look is not None:
            self._sos_show(look, self._fields)
        return super().copy_data(default)

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        look = get_look(self.env)
        if look is not None:
            if _is_toplevel_call and look.operation == "opened":
                look.operation = "exported"
                look.detail = ", ".join("/".join(path) for path in fields)
            self._sos_show(look, [path[0] for path in fields if path])
        if not _is_toplevel_call:
            return super()._export_rows(fields, _is_toplevel_call=False)
        # a family or person is its name, and the number for who may not read it; Odoo
        # would refuse the whole file
        named = {
            place: path[0]
            for place, path in enumerate(fields)
            if len(path) == 1
            and self._sos_get_relations().get(path[0])
            and self._fields[path[0]].type == "many2one"
        }
        asked = [[".id"] if n in named else path for n, path in enumerate(fields)]
        lines = super()._export_rows(asked)
        records = {str(record.id): record for record in self if named}
        for line in lines:
            for place, name in named.items():
                if record := records.get(line[place]):
                    line[place] = record[name].display_name or ""
        return lines

    def onchange(self, values, field_names, fields_spec):
        # what the record names already is not named by this call
        named = {
            name: value
            for name, value in values.items()
            if not self._sos_holds(name, value)
        }
        cr = self.env.cr
        if self.env.su or LOOK in cr.cache:
            self._sos_check_relations([named], nested=True)
            return super().onchange(values, field_names, fields_spec)
        with looking(self.env) as look:
            self._sos_check_relations([named], nested=True)
            result = super().onchange(values, field_names, fields_spec)
        self.env["sos.access.log"]._write_look(look, fold=True)
        return result

    # --------------------------------------------------------------------- groups

    @api.model
    def _sos_is_about_families(self):
        return bool(self._sos_texts) or isinstance(
            self, self.env.registry["sos.access.mixin"]
        )

    @api.model
    def _sos_is_text(self, field):
        """Whether a field of this model holds what somebody wrote about a family."""
        if self._sos_texts:
            return field.name in self._sos_texts
        return (
            self._sos_is_about_families()
            and field.type in TEXTS
            and field.name not in self._sos_group_codes
        )

    @api.model
    def _sos_may_sum(self, field, function):
        """Whether a client may have this of many records at once."""
        if function in COUNTS or (self._sos_texts and not self._sos_is_text(field)):
            return True
        if field.name == "id":
            # an export of groups asks for numbers, and then reads the records
            return True
        if function in ENDS:
            return field.type in NUMBERS + DAYS
        if function in SUMS:
            return field.type in NUMBERS
        # the currencies of a sum
        return field.type == "many2one" and not self._sos_get_relations().get(
            field.name
        )

    @api.model
    def _sos_check_groups(self, groups=(), sums=(), having=(), order=None):
        """A client counts, adds up and compares what is about families. What is
        written there is read in its record, where it is known whose it is.

        :raise UserError: for groups that would hand out texts, or families' values by
            another record's way
        """
        if self.env.su:
            return
        seen = self.env.registry["sos.access.mixin"]
        for spec in groups:
            model, field = self._sos_get_grouped(spec)
            if not field or not model._sos_is_about_families():
                continue
            if (
                model._name != self._name and not isinstance(self, seen)
            ) or model._sos_is_text(field):
                raise UserError(
                    self.env._(
                        "Nothing is grouped by “%s”: it is written about families. "
                        "Open the list, and filter it or sort it.",
                        field._description_string(self.env),
                    )
                )
        sums = [*sums, *(c[0] for c in having or () if isinstance(c, (list, tuple)))]
        for part in (order or "").split(","):
            # what groups are sorted by is one of them, or a sum
            if part.strip() and part.split()[0] not in groups:
                sums.append(part.split()[0])
        for spec in sums:
            model, field = self._sos_get_grouped(spec)
            if not field or not model._sos_is_about_families():
                continue
            if not model._sos_may_sum(field, spec.rpartition(":")[2]):
                raise UserError(
                    self.env._(
                        "Of “%s” of many records only numbers are given: how many, the "
                        "sum, the average, the first and the last. Open the records to "
                        "read them.",
                        field._description_string(self.env),
                    )
                )

    @api.model
    def _sos_get_grouped(self, spec):
        """:return: the model and the field that a group or a sum ends at"""
        model, field = self, None
        for name in spec.partition(":")[0].split("."):
            if field:
                if field.type != "many2one":
                    break
                model = self.env[field.comodel_name]
            field = model._fields.get(name)
            if not field:
                break
        return model, field

    @api.model
    def formatted_read_group(
        self,
        domain,
        groupby=(),
        aggregates=(),
        having=(),
        offset=0,
        limit=None,
        order=None,
    ):
        self._sos_check_groups(groupby, aggregates, having, order)
        return super().formatted_read_group(
            domain, groupby, aggregates, having, offset, limit, order
        )

    @api.model
    def formatted_read_grouping_sets(
        self, domain, grouping_sets, aggregates=(), *, order=None
    ):
        groups = [spec for groupby in grouping_sets for spec in groupby]
        self._sos_check_groups(groups, aggregates, order=order)
        return super().formatted_read_grouping_sets(
            domain, grouping_sets, aggregates, order=order
        )

    @api.model
    def read_progress_bar(self, domain, group_by, progress_bar):
        self._sos_check_groups([group_by, progress_bar["field"]])
        return super().read_progress_bar(domain, group_by, progress_bar)

    @api.model
    @api.deprecated("As in Odoo: formatted_read_group says the same")
    def read_group(
        self, domain, fields, groupby, offset=0, limit=None, orderby=False, lazy=True
    ):
        groups = [groupby] if isinstance(groupby, str) else groupby
        # “name:max(field)” is how this method is asked for a sum
        sums = [SUM_OF.sub(r"\2:\1", spec) for spec in fields if ":" in spec]
        self._sos_check_groups(groups, sums, order=orderby)
        return super().read_group(domain, fields, groupby, offset, limit, orderby, lazy)
