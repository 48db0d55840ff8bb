from odoo import models


class SosCase(models.Model):
    _inherit = "sos.case"

    def _refresh_readers(self):
        """Work out again who may read each file, and store it.

        Stored, so that a record rule is one look into an index however many
        families the authority has.
        """
        # sudo: the user whose change causes this may not be a reader themselves
        for case in self.sudo():
            readers = case._get_readers()
            if readers != case.reader_ids:
                case.reader_ids = readers

    def _get_readers(self):
        """Restricted: the named readers, or who is allocated, the team's managers
        and its business support. Otherwise the team and everybody allocated."""
        self.ensure_one()
        current = self.allocation_ids.filtered(lambda a: a._is_current())
        chairs = self._get_chairs()
        allocated = current.user_id | chairs
        team = self.team_id.member_ids
        if not self.restricted:
            return team | allocated | current.team_id.member_ids
        if self.named_reader_ids:
            return self.named_reader_ids
        keepers = team.filtered(
            lambda user: user.has_groups(
                "sos_casework.group_team_manager,sos_casework.group_business_support"
            )
        )
        return allocated | keepers

    def _get_chairs(self):
        """Who chairs a meeting about the family reads its file: whoever writes the
        form names them, so it is only somebody whose role signs such a form."""
        chairs = self.env["res.users"]
        for form in self.form_ids.filtered(lambda f: f.state != "cancelled"):
            if form.type_id.authoriser_group_id in form.chair_id.all_group_ids:
                chairs |= form.chair_id
        return chairs
