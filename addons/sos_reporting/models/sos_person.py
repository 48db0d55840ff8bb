from odoo import models
from odoo.exceptions import UserError


class SosPerson(models.Model):
    _inherit = "sos.person"

    def action_census_check(self):
        """What the next census would say of this child.

        :raise UserError: for somebody who is in no file as a child
        """
        self.ensure_one()
        self.check_access("read")
        members = self.env["sos.case.member"].search(
            [("person_id", "=", self.id), ("role", "=", "child")]
        )
        # the newest file that is open
        cases = members.case_id.sorted(lambda case: (not case.closed_on, case.id))
        if not cases:
            raise UserError(
                self.env._("The census asks about children of a family file only.")
            )
        return self.env["sos.census.check"]._open(cases[-1], self)
