from odoo import api, fields, models
from odoo.tools import SQL


class SosOversight(models.Model):
    """What those who oversee the work are told at once, whether they may read the
    family or not: an overseer is blocked, a file is restricted, somebody asks for very
    many people. It holds a number, who and why, and nothing that hangs on a family, so
    that no rule about families takes it from them."""

    _name = "sos.oversight"
    _inherit = ["sos.append.only.mixin", "sos.access.mixin", "sos.reminder.mixin"]
    _description = "What overseers were told"
    _order = "id desc"
    _log_access = False

    kind = fields.Selection(
        [
            ("block", "An overseer is blocked"),
            ("restriction", "A file is restricted"),
            ("questions", "Very many questions"),
        ],
        required=True,
        readonly=True,
    )
    name = fields.Char("What happened", required=True, readonly=True)
    reference = fields.Char("File", readonly=True, index=True)
    user_id = fields.Many2one("res.users", "By", required=True, readonly=True)
    at = fields.Datetime("When", required=True, readonly=True)
    # read by `why` alone: somebody who is blocked reads nobody's reasons
    reason = fields.Text(readonly=True, groups=fields.NO_ACCESS)
    why = fields.Text(compute="_compute_why")

    @api.depends("reason", "reference")
    @api.depends_context("uid")
    def _compute_why(self):
        blocked, _people = self.env["sos.access.block"]._get_blocked_from()
        # sudo: the numbers of the files that the user is blocked from
        files = self.env["sos.case"].sudo().browse(blocked).mapped("reference")
        for notice in self:
            if notice.reference and notice.reference in files:
                notice.why = self.env._(
                    "You are blocked from this family, so the reason is not shown to "
                    "you. Who oversees with you can read it."
                )
            else:
                # sudo: shown here alone
                reason = notice.sudo().reason
                notice.why = reason or self.env._("No reason was given.")

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        # written by what it tells of; refused as a change is
        return self.write({})

    @api.model
    def _get_overseers(self):
        """Service managers and quality auditors."""
        users = self.env["res.users"]
        for role in ("service_manager", "quality_auditor"):
            # sudo: who has which role is no secret
            group = self.env.ref(f"sos_casework.group_{role}").sudo()
            users |= group._get_active_users()
        return users

    @api.model
    def _tell(self, kind, name, case=None, reason=None, users=None):
        """Write it down, and remind whoever oversees: at once, in this transaction.

        :param name: a number, a user and what they did, never a name of the family's
        :param case: the file that it is about
        :param users: who is told, if not all overseers
        """
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO sos_oversight
                    (kind, name, reference, user_id, at, reason)
                VALUES (%s, %s, %s, %s, %s, %s) RETURNING id""",
                kind,
                name,
                case and case.sudo().reference,
                self.env.uid,
                fields.Datetime.now(),
                (reason or "").strip() or None,
            )
        )
        told = (users or self._get_overseers()) - self.env.user
        activity = self.env.ref("sos_casework.mail_activity_type_oversight")
        today = self.env["res.company"]._sos_today()
        self.browse(rows[0])._remind(told, activity, name, today)

    @api.model
    def _tell_questions(self, limit):
        """Auditors hear once an hour of somebody who asks whether very many people are
        here already."""
        known = self.env.execute_query(
            SQL(
                """SELECT FROM sos_oversight WHERE kind = 'questions'
                    AND user_id = %s AND at > %s::timestamp - interval '1 hour'""",
                self.env.uid,
                fields.Datetime.now(),
            )
        )
        if known:
            return
        # sudo: who audits is no secret
        auditors = self.env.ref("sos_casework.group_quality_auditor").sudo()
        name = self.env._(
            "%(who)s asked within an hour whether more than %(limit)s people are here "
            "already",
            who=self.env.user.name,
            limit=limit,
        )
        self._tell("questions", name, users=auditors._get_active_users())

    def action_open_trace(self):
        """Who has done what in this file, by number."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sos_casework.sos_oversight_trace_action"
        )
        domain = [("reference", "=", self.reference)]
        return {**action, "domain": domain, "context": {}}

    def action_open_blocks(self):
        """Who is blocked, and who is to be: for who may read the family."""
        self.check_access("read")
        return self.env["ir.actions.act_window"]._for_xml_id(
            "sos_casework.sos_access_block_action"
        )
