from odoo import api, models
from odoo.fields import Command


class SosRecordMixin(models.AbstractModel):
    """What becomes of a record about a family when a person or a file that it names is
    merged into another one (``sos.merge``)."""

    _inherit = "sos.record.mixin"

    #: fields of which there is one row for each combination: two rows become one when
    #: what they name turns out to be the same
    _merge_key = ()

    @api.model
    def _check_not_merged(self, vals_list):
        """Nothing new goes into a record that goes on under another one."""
        for comodel_name in ("sos.person", "sos.case"):
            ids = set()
            for name, field in self._fields.items():
                if field.type == "many2one" and field.comodel_name == comodel_name:
                    default = self.env.context.get(f"default_{name}")
                    ids |= {vals.get(name, default) for vals in vals_list}
            # sudo: whether it was merged, whatever the user may read of it
            records = self.env[comodel_name].sudo().browse(filter(None, ids))
            records.exists()._check_goes_on()

    def _is_void_after(self, old, new):
        """Whether the line would tie a record to itself once ``old`` is ``new``."""
        self.ensure_one()
        named = [
            new if self[name] == old else self[name]
            for name in self._merge_key
            if self._fields[name].comodel_name == old._name
        ]
        return len(named) > 1 and len(set(named)) == 1

    def _find_twin(self, old, new):
        """The line that this one doubles once ``old`` is ``new``, or none."""
        self.ensure_one()
        domain = [("id", "!=", self.id)]
        for name in self._merge_key:
            value = self[name]
            value = new if value == old else value
            relational = self._fields[name].relational
            domain.append((name, "=", value.id if relational else value))
        return self.search(domain, limit=1)

    def _get_fold_values(self, other):
        """What this line takes over from its double: what it does not say itself."""
        self.ensure_one()
        values = {}
        for name, field in self._fields.items():
            own = field.store and not field.compute
            if not own or field.type == "one2many":
                continue
            if name in models.MAGIC_COLUMNS or name in self._merge_key:
                continue
            if field.type == "many2many":
                if other[name] - self[name]:
                    values[name] = [Command.set((self[name] | other[name]).ids)]
            elif other[name] and not self[name]:
                values[name] = field.convert_to_write(other[name], other)
        return values

    def _get_longest(self, other):
        """The time of two lines together: from the first day to the last, where an
        empty one has no limit."""
        since, until = (self.since, other.since), (self.until, other.until)
        return {
            "since": all(since) and min(since),
            "until": all(until) and max(until),
        }

    def _get_values_of_earlier(self, other, name, names):
        """The values of the other one, if it began before this one."""
        if self[name] <= other[name]:
            return {}
        return {n: self._fields[n].convert_to_write(other[n], other) for n in names}
