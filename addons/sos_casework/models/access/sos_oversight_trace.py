from odoo import api, fields, models
from odoo.tools import SQL

from .sos_access_log import OPERATIONS


class SosOversightTrace(models.Model):
    """That somebody looked at a family or changed something in it: its number, who,
    when and what kind of record, and no words. Overseers read it of every family, of
    those that are restricted to others and of those that they are blocked from too, so
    that nobody takes a family out of all sight."""

    _name = "sos.oversight.trace"
    _inherit = ["sos.access.mixin"]
    _description = "What was done, by number"
    _auto = False
    _order = "at desc, id desc"
    _rec_name = "reference"
    _sos_group_codes = ("reference", "res_model")
    _depends = {
        "sos.access.log": ["at", "user_id", "operation", "res_model", "case_id"]
        + ["person_id"],
        "sos.change.log": ["at", "user_id", "res_model", "case_id", "person_id"],
        "sos.case": ["reference"],
        "sos.person": ["reference"],
    }

    reference = fields.Char("Number", readonly=True, help="Of a file or a person.")
    at = fields.Datetime("When", readonly=True)
    user_id = fields.Many2one("res.users", "Who", readonly=True)
    operation = fields.Selection(
        [*OPERATIONS, ("changed", "Changed")], "Did what", readonly=True
    )
    res_model = fields.Char("Model", readonly=True)
    kind = fields.Char("Kind of record", compute="_compute_kind")

    @api.depends("res_model")
    def _compute_kind(self):
        for line in self:
            model = self.env["ir.model"]._get(line.res_model)
            line.kind = model.name or line.res_model

    @property
    def _table_query(self):
        looks, changes = SQL("2 * log.id"), SQL("2 * log.id + 1")
        arms = []
        for table, number, operation in (
            ("sos_access_log", looks, SQL("log.operation")),
            ("sos_change_log", changes, SQL("'changed'")),
        ):
            # each arm by an index, also where a client asks for one number
            for owner, only in (
                (SQL("sos_case AS owner ON owner.id = log.case_id"), SQL("TRUE")),
                (
                    SQL("sos_person AS owner ON owner.id = log.person_id"),
                    SQL("log.case_id IS NULL"),
                ),
            ):
                arms.append(
                    SQL(
                        """SELECT %s AS id, owner.reference, log.at, log.user_id,
                            %s AS operation, log.res_model
                        FROM %s AS log JOIN %s WHERE %s""",
                        number,
                        operation,
                        SQL.identifier(table),
                        owner,
                        only,
                    )
                )
        return SQL(" UNION ALL ").join(arms)
