from odoo import fields, models
from odoo.exceptions import UserError


class SosCase(models.Model):
    _inherit = "sos.case"

    block_ids = fields.One2many(
        "sos.access.block",
        "case_id",
        "Blocked from the family",
        groups="sos_casework.group_allocator,sos_casework.group_quality_auditor",
    )
    blocked_user_ids = fields.Many2many(
        "res.users",
        "sos_case_blocked_rel",
        "case_id",
        "user_id",
        "Blocked",
        readonly=True,
        copy=False,
        help="Worked out: from the family, or from one of its people.",
    )

    def _refresh_blocked(self):
        """Work out again who is blocked from these files and from their people."""
        # sudo: the user whose change causes this may be the one who is blocked
        for case in self.sudo():
            # a merged file is the kept one's
            kept = case.merged_into_id or case
            blocks = kept.block_ids | kept.member_ids.person_id.block_ids
            blocked = blocks._get_acting().user_id
            if blocked == case.blocked_user_ids:
                continue
            case.blocked_user_ids = blocked
            # the rules name the families that a user is blocked from
            self.env.registry.clear_cache()
            case._refresh_readers()
            case._check_has_reader()
            case.deadline_ids._sync_reminders()
            case.emergency_ids._sync_reminders()
        self.sudo().member_ids.person_id._refresh_blocked()

    def _check_has_reader(self):
        """Service managers read what is not restricted; a restricted file that its
        last reader is blocked from would be lost."""
        # sudo: the user may have taken themself out
        if any(case.restricted and not case.reader_ids for case in self.sudo()):
            raise UserError(
                self.env._(
                    "Nobody could read this restricted file any more. Name another "
                    "reader first."
                )
            )

    def action_block_myself(self):
        """“I know this family”: the user sees no more of it, whatever their role."""
        self.ensure_one()
        self.check_access("read")
        # sudo: anybody may do this for themself, and nothing else
        self.env["sos.access.block"].sudo().create(
            {
                "user_id": self.env.uid,
                "case_id": self.id,
                "reason": self.env._("They said that they know this family."),
            }
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sos_casework.sos_case_action"
        )
        return {**action, "target": "main"}
