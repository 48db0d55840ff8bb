from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

#: where somebody says how many families go with the addons
SAID = "sos_casework.families_to_delete"
#: holds nothing about a family
HARMLESS = ("sos_hardening",)


class IrModuleModule(models.Model):
    """Uninstalling deletes what is recorded about families, access log and change log
    included: only for who says how many there are."""

    _inherit = "ir.module.module"

    def button_uninstall(self):
        (self | self.downstream_dependencies())._sos_check_families()
        return super().button_uninstall()

    def module_uninstall(self):
        # again, where it is done: whoever marked the addons by another way
        self._sos_check_families()
        parameters = self.env["ir.config_parameter"]
        if "sos_casework" in self.mapped("name"):
            parameters.search([("key", "=like", "sos\\_%")]).unlink()
            self.env.flush_all()
            self._sos_cut_loose()
        return super().module_uninstall()

    def _sos_cut_loose(self):
        """All tables of these addons go. Odoo deletes the rows that it brought first,
        one after the other, and each that a family's row still names is an error."""
        cr = self.env.cr
        cr.execute(
            """SELECT c.conrelid::regclass::text, c.conname FROM pg_constraint c
            JOIN pg_class t ON t.oid = c.confrelid
            WHERE c.contype = 'f' AND t.relname LIKE 'sos\\_%'"""
        )
        for table, name in cr.fetchall():
            cr.execute(
                SQL(
                    "ALTER TABLE %s DROP CONSTRAINT %s",
                    SQL.identifier(table.strip('"')),
                    SQL.identifier(name),
                )
            )

    def _sos_check_families(self):
        names = self.mapped("name")
        going = [n for n in names if n.startswith("sos_") and n not in HARMLESS]
        if not going:
            return
        # sudo: an administrator reads no family, and is told how many there are
        count = self.env["sos.case"].sudo().search_count([])
        said = self.env["ir.config_parameter"].sudo().get_param(SAID)
        if count and str(said).strip() != str(count):
            raise UserError(
                self.env._(
                    "Families in this database: %(count)s. Uninstalling %(addons)s "
                    "deletes what is recorded about them, access log and change log "
                    "included, and only a backup brings it back. If that is what you "
                    "want, write their number into the system parameter %(said)s "
                    "first.",
                    count=count,
                    addons=", ".join(sorted(going)),
                    said=SAID,
                )
            )
