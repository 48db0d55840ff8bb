from odoo import api, fields, models
from odoo.tools import SQL

#: Who may read a family that they do not work with. Everybody else is a reader of it.
OUTSIDERS = "sos_casework.group_service_manager,sos_casework.group_quality_auditor"


class SosAccessNotice(models.Model):
    """Somebody outside the allocation looked at a family: its lead worker is told, once
    a day for each who looks, by an activity. Its words are a role, a user and a
    reference, never a name of the family's."""

    _name = "sos.access.notice"
    _inherit = ["sos.record.mixin", "sos.reminder.mixin"]
    _description = "Somebody outside looked"
    _order = "id desc"
    _log_access = False

    case_id = fields.Many2one(
        "sos.case", "Family file", required=True, index=True, readonly=True
    )
    viewer_id = fields.Many2one("res.users", "Who", required=True, readonly=True)
    roles = fields.Char("As", readonly=True)
    day = fields.Date(required=True, readonly=True)
    at = fields.Datetime("First at", required=True, readonly=True)
    name = fields.Char("What happened", required=True, readonly=True)

    _once_a_day = models.Constraint(
        "UNIQUE(case_id, viewer_id, day)", "This has been told already."
    )

    @api.model
    def _tell(self, operation, case_id, person_id):
        """Tell whoever holds the family, if the user is not one of its readers.

        Costs nothing for those who work with families, one look-up for others.
        """
        user = self.env.user
        if operation != "emergency" and not user.has_groups(OUTSIDERS):
            return
        day = self.env["res.company"]._sos_today()
        about = SQL("id = %s", case_id)
        if not case_id:
            about = SQL(
                """id IN (SELECT case_id FROM sos_case_member
                WHERE person_id = %s AND until IS NULL AND active)
                AND closed_on IS NULL""",
                person_id,
            )
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM sos_case WHERE %s AND NOT EXISTS (
                    SELECT FROM sos_access_notice
                    WHERE case_id = sos_case.id AND viewer_id = %s AND day = %s
                ) AND (%s OR NOT EXISTS (
                    SELECT FROM sos_case_reader_rel
                    WHERE case_id = sos_case.id AND user_id = %s
                ))""",
                about,
                user.id,
                day,
                operation == "emergency",
                user.id,
            )
        )
        for (case,) in rows:
            self._create_notice(self.env["sos.case"].browse(case), day)

    @api.model
    def _create_notice(self, case, day):
        # sudo: who looks has no right to write, and need not see who is told
        case = case.sudo()
        user = self.env.user
        roles = user._sos_get_roles_text()
        name = self.env._(
            "%(who)s (%(roles)s) looked at %(reference)s",
            who=user.name,
            roles=roles.lower(),
            reference=case.reference,
        )
        # two requests of one screen may come here at the same moment: the second one
        # waits for the first, and Odoo starts it again
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO sos_access_notice
                    (case_id, viewer_id, roles, day, at, name)
                VALUES (%s, %s, %s, %s, %s, %s)
                ON CONFLICT DO NOTHING RETURNING id""",
                case.id,
                user.id,
                roles,
                day,
                fields.Datetime.now(),
                name,
            )
        )
        for (notice,) in rows:
            kind = self.env.ref("sos_casework.mail_activity_type_looked")
            self.browse(notice)._remind(case._get_worker(), kind, name, day)

    def action_who_looked(self):
        """Everything that was looked at in this family file."""
        self.ensure_one()
        return self.case_id.action_who_looked()
