from odoo import fields, models


class SosPerson(models.Model):
    _inherit = "sos.person"

    block_ids = fields.One2many(
        "sos.access.block",
        "person_id",
        "Blocked from the person",
        groups="sos_casework.group_allocator,sos_casework.group_quality_auditor",
    )
    blocked_user_ids = fields.Many2many(
        "res.users",
        "sos_person_blocked_rel",
        "person_id",
        "user_id",
        "Blocked",
        readonly=True,
        copy=False,
        help="Worked out from who is blocked from the person or from a family file "
        "that they are in.",
    )

    def _refresh_blocked(self):
        """Who is blocked from the person, or from a file that they are in."""
        # sudo: the user whose change causes this may be the one who is blocked
        for person in self.sudo():
            # a merged record is the kept one's
            kept = person.merged_into_id or person
            blocks = kept.block_ids._get_acting()
            blocked = blocks.user_id | kept.member_ids.case_id.blocked_user_ids
            if blocked != person.blocked_user_ids:
                person.blocked_user_ids = blocked
                # the rules name the people that a user is blocked from
                self.env.registry.clear_cache()
