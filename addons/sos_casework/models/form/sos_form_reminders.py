from odoo import models


class SosForm(models.Model):
    """Whoever has to do something with a form is reminded of it: its writer when it was
    sent back, whoever signs it when it was submitted. Goes when that is done."""

    _name = "sos.form"
    _inherit = ["sos.form", "sos.reminder.mixin"]

    def _set_state(self, values):
        result = super()._set_state(values)
        if "state" in values:
            self._sync_reminders()
        return result

    def _sync_reminders(self):
        """Make the reminders of these forms what they should be.

        Can run any number of times: what is right is left as it is.
        """
        today = self.env["res.company"]._sos_today()
        # sudo: reminders are the system's own
        for form in self.sudo():
            kind, users = form._get_reminder()
            kept = form.activity_ids.filtered(
                lambda a, kind=kind, users=users: (
                    a.activity_type_id == kind and a.user_id in users
                )
            )
            (form.activity_ids - kept).unlink()
            summary = f"{form.type_id.name} – {form.reference}"
            form._remind(users - kept.user_id, kind, summary, today)

    def _get_reminder(self):
        """What somebody is reminded of, and who: an activity type and users."""
        self.ensure_one()
        if self.state == "submitted":
            kind = self.env.ref("sos_casework.mail_activity_type_sign")
            return kind, self._get_signers()
        if self.state == "draft" and self.sent_back_reason:
            kind = self.env.ref("sos_casework.mail_activity_type_sent_back")
            writer = self.submitted_by_id & self.case_id.reader_ids
            return kind, writer or self.case_id.lead_id
        return self.env["mail.activity.type"], self.env["res.users"]

    def _get_signers(self):
        """The chair, or the family's manager; else all of the role who read the family.
        Nobody signs what they submitted themselves."""
        readers = self.case_id.reader_ids - self.submitted_by_id
        may_sign = readers & self.type_id.authoriser_group_id.all_user_ids
        first = (self.chair_id | self.case_id._get_manager()) & may_sign
        return first[:1] or may_sign

    def _follow_readers(self):
        """Reminders go to who signs, and who writes, today."""
        waiting = [("state", "=", "submitted")]
        back = [("state", "=", "draft"), ("sent_back_reason", "!=", False)]
        self.search(["|", *waiting, "&", *back])._sync_reminders()

    def _may_close_reminder(self):
        return False
