from odoo import api, fields, models
from odoo.exceptions import UserError


class SosAccessBlock(models.Model):
    """A user who may not know of a family or a person: their own family, a neighbour,
    a conflict of interest. Stronger than any role, allocation, name on a list or
    emergency.

    Who is blocked does not read this either: not why, and not who else.
    """

    _name = "sos.access.block"
    _inherit = ["sos.record.mixin"]
    _description = "Blocked user"
    _order = "ended_at desc, since desc, id desc"
    _rec_name = "user_id"
    _log_fields = ("user_id", "ended_at")
    _stamp_fields = ("since", "set_by_id")

    user_id = fields.Many2one("res.users", "Who", required=True, index=True)
    case_id = fields.Many2one(
        "sos.case",
        "Family file",
        index="btree_not_null",
        help="The user sees neither this file nor any person in it.",
    )
    person_id = fields.Many2one(
        "sos.person",
        "Person",
        index="btree_not_null",
        help="The user sees neither this person nor any family file they are in.",
    )
    reason = fields.Text("Why", required=True)
    since = fields.Datetime(
        readonly=True, required=True, default=lambda self: fields.Datetime.now()
    )
    set_by_id = fields.Many2one(
        "res.users",
        "Set by",
        readonly=True,
        required=True,
        default=lambda self: self.env.user,
    )
    ended_at = fields.Datetime("Lifted", readonly=True)
    ended_by_id = fields.Many2one("res.users", "Lifted by", readonly=True)

    _something = models.Constraint(
        "CHECK(num_nonnulls(case_id, person_id) = 1)",
        "A user is blocked from a family or from a person.",
    )
    _once_case = models.UniqueIndex(
        "(case_id, user_id) WHERE ended_at IS NULL",
        "This user is blocked from this family already.",
    )
    _once_person = models.UniqueIndex(
        "(person_id, user_id) WHERE ended_at IS NULL",
        "This user is blocked from this person already.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals["since"] = fields.Datetime.now()
            # as superuser it is the user who blocks themself
            vals["set_by_id"] = self.env.uid
        blocks = super().create(vals_list)
        (blocks.case_id | blocks.person_id.member_ids.case_id)._check_may_allocate()
        # Odoo asks the rules of a new record: here, of somebody who reads the family.
        # They may be blocked from it by what they have just done.
        blocks._log_creation()
        blocks._apply()
        return blocks

    def action_lift(self):
        """The user may know of the family again, as far as their role goes."""
        self.check_access("read")
        self.browse().check_access("create")
        for block in self.filtered(lambda b: not b.ended_at):
            if block.user_id == self.env.user:
                raise UserError(self.env._("Nobody lifts a block on themselves."))
            (block.case_id | block.person_id.member_ids.case_id)._check_may_allocate()
            # sudo: lifted by this method only
            block.sudo().write(
                {"ended_at": fields.Datetime.now(), "ended_by_id": self.env.uid}
            )
        self._apply()
        return True

    def _apply(self):
        """Who is blocked follows for every file and person it is about."""
        # sudo: whoever blocks themself reads none of it any more
        people = self.sudo().person_id
        people._refresh_blocked()
        cases = self.sudo().case_id | people.member_ids.case_id
        cases._refresh_blocked()

    def _get_log_owner(self):
        return {"case_id": self.case_id.id, "person_id": self.person_id.id}
