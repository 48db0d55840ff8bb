from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

#: Set for one transaction by who removes what is past its time, see ``_remove_rows``.
RETENTION = "sos.retention"

FUNCTION = """
CREATE OR REPLACE FUNCTION sos_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    -- the arguments are columns that are filled in once, later; with a ~ before them,
    -- columns that follow from another row
    names text[] := ARRAY(SELECT ltrim(name, '~') FROM unnest(TG_ARGV) AS name);
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('sos.retention', true) = 'on' THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF to_jsonb(NEW) - names = to_jsonb(OLD) - names
            AND NOT EXISTS (
                SELECT FROM unnest(TG_ARGV) AS name
                WHERE to_jsonb(OLD) ->> name IS NOT NULL
                    AND to_jsonb(OLD) -> name <> to_jsonb(NEW) -> name
            )
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'Rows are only added to %: none is changed or deleted.',
        TG_TABLE_NAME;
END $$
"""


class SosAppendOnlyMixin(models.AbstractModel):
    """Rows that are only added: through Odoo nobody changes or deletes one, whatever
    their rights, and the database itself refuses it as well."""

    _name = "sos.append.only.mixin"
    _description = "Rows that are only added"

    #: columns that are filled in once, after the row was written
    _set_once = ()
    #: columns that follow from another row
    _follows = ()

    def init(self):
        super().init()
        if self._abstract:
            return
        table = SQL.identifier(self._table)
        names = [*self._set_once, *(f"~{name}" for name in self._follows)]
        columns = SQL(", ").join(SQL("%s", name) for name in names)
        for statement in (
            SQL(FUNCTION.replace("%", "%%")),
            SQL("DROP TRIGGER IF EXISTS sos_append_only ON %s", table),
            SQL("DROP TRIGGER IF EXISTS sos_append_only_whole ON %s", table),
            SQL(
                """CREATE TRIGGER sos_append_only BEFORE UPDATE OR DELETE ON %s
                FOR EACH ROW EXECUTE FUNCTION sos_append_only(%s)""",
                table,
                columns,
            ),
            SQL(
                """CREATE TRIGGER sos_append_only_whole BEFORE TRUNCATE ON %s
                FOR EACH STATEMENT EXECUTE FUNCTION sos_append_only()""",
                table,
            ),
        ):
            self.env.cr.execute(statement)

    def write(self, vals):  # pylint: disable=method-required-super
        # nothing of it ever changes, so there is nothing to hand on
        raise UserError(
            self.env._("“%s” is only added to. Nothing in it is changed.", self._label)
        )

    # at_uninstall: as in sos.record.mixin, so that no context key passes it by
    @api.ondelete(at_uninstall=True)
    def _unlink_except_append_only(self):
        raise UserError(
            self.env._("“%s” is only added to. Nothing in it is deleted.", self._label)
        )

    @property
    def _label(self):
        return self.env["ir.model"]._get(self._name).name

    @api.model
    def _remove_rows(self, condition):
        """Delete rows that are past their time: the only way to.

        :param SQL condition: which
        :return: how many
        """
        cr = self.env.cr
        cr.execute(SQL("SELECT set_config(%s, 'on', true)", RETENTION))
        table = SQL.identifier(self._table)
        cr.execute(SQL("DELETE FROM %s WHERE %s", table, condition))
        count = cr.rowcount
        cr.execute(SQL("SELECT set_config(%s, 'off', true)", RETENTION))
        self.invalidate_model()
        return count
