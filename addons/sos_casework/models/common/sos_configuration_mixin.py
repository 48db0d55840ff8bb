from odoo import api, models
from odoo.exceptions import UserError

from .installation import is_installing


class SosConfigurationMixin(models.AbstractModel):
    """What configurators set up, and what forms, clocks and returns are made with.

    * every change of it is in the change log;
    * what the system, its records and returns know it by (``_known_by``) stays as it
      was made, whoever asks and in whatever context: another word there would move
      signed work;
    * what is in use is not deleted.
    """

    _name = "sos.configuration.mixin"
    _inherit = ["sos.logged.mixin"]
    _description = "Configuration"

    #: names of the fields that never change, but with a release
    _known_by = ("code",)

    @api.model
    def _is_logged(self, name):
        return self._is_typed_in(name)

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        # what a release brings is known from the release
        if not is_installing(self.env):
            records._log_changes({record: {"id": ""} for record in records})
        return records

    def write(self, vals):
        if not is_installing(self.env):
            for name in self._known_by:
                if name in vals:
                    self._check_keeps(name, vals[name])
        return super().write(vals)

    def unlink(self):
        before = {}
        if not is_installing(self.env):
            logged = ["id", *filter(self._is_logged, self._fields)]
            before = {
                record: {name: record._get_log_text(name) for name in logged}
                for record in self
            }
        result = super().unlink()
        self._log_changes(before, gone=True)
        return result

    # at_uninstall: a context key, which any call can send, would pass it by
    @api.ondelete(at_uninstall=True)
    def _unlink_except_used(self):
        if not is_installing(self.env):
            self._check_may_go()

    def _check_may_go(self):
        """:raise UserError: for what is in use"""
        for record in self:
            if record._is_used():
                raise UserError(
                    self.env._(
                        "“%s” is in use, so it cannot be deleted. Archive it: nobody "
                        "can choose it any more, and what was recorded stays.",
                        record.display_name,
                    )
                )

    def _check_keeps(self, name, value):
        """:raise UserError: when a field that this is known by would change"""
        field = self._fields[name]
        for record in self:
            held = field.convert_to_write(record[name], record)
            if (held or False) != (value or False) and record._is_known():
                raise UserError(record._get_known_message(name))

    def _is_known(self):
        """Whether the system, a record or a return may know this by ``_known_by``."""
        return True

    def _get_known_message(self, name):
        return self.env._(
            "“%(name)s”: “%(field)s” is what the system knows it by, and stays as it "
            "is. Change its name, or archive it and add another.",
            name=self.display_name,
            field=self._fields[name]._description_string(self.env),
        )

    def _get_log_text(self, name):
        # that it was made or deleted is kept as its name
        return self.display_name if name == "id" else super()._get_log_text(name)

    def _is_used(self):
        """Whether any record of any model points to this."""
        self.ensure_one()
        for model in self.env.registry.values():
            if not model._auto or model._abstract or model._transient:
                continue
            for field in model._fields.values():
                if field.comodel_name != self._name or not field.store:
                    continue
                if field.type not in ("many2one", "many2many"):
                    continue
                # sudo: who may change the configuration reads no family
                records = self.env[model._name].sudo().with_context(active_test=False)
                if records.search_count([(field.name, "in", self.ids)], limit=1):
                    return True
        return False
