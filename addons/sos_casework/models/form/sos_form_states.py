from odoo import fields, models
from odoo.exceptions import UserError

from .seen import Seen


class SosForm(models.Model):
    """Who may do what with a form next, and who is reminded of it: its writer when it
    was sent back, whoever signs it when it was submitted."""

    _inherit = "sos.form"

    def _may_authorise(self):
        """Whether the user has the role that authorises this form."""
        self.ensure_one()
        group = self.type_id.sudo().authoriser_group_id
        return bool(group and group in self.env.user.all_group_ids)

    def _check_may_authorise(self, doing):
        """The role is checked here and not in the button.

        :param doing: what is being done, as a sentence's verb
        :raise UserError: who may do it
        """
        for form in self:
            form.check_access("write")
            group = form.type_id.sudo().authoriser_group_id
            if not group:
                raise UserError(
                    self.env._("“%s” is not authorised by anybody.", form.type_id.name)
                )
            if not form._may_authorise():
                raise UserError(
                    self.env._(
                        "Only a %(role)s may %(doing)s “%(form)s”.",
                        role=group.name.lower(),
                        doing=doing,
                        form=form.type_id.name,
                    )
                )

    def _check_not_own(self):
        if any(form.submitted_by_id == self.env.user for form in self):
            raise UserError(
                self.env._(
                    "You submitted this form, and nobody authorises their own work. "
                    "Ask a colleague with the same role, or send it back."
                )
            )

    def _check_not_confirmed_by_me(self):
        """Confirming is authorising in advance: who did it does not submit as well."""
        if self.env.user in self.child_ids.confirmed_by_id:
            raise UserError(
                self.env._(
                    "You confirmed decisions of this form, and nobody authorises their "
                    "own work. Somebody else submits it."
                )
            )

    def _lock(self):
        """Two who press at the same moment queue here; the second sees the first.

        By family: what two of its forms set off must not be set off twice.
        """
        self.case_id._queue()
        self.invalidate_recordset(["state", "document_id"])

    def _set_state(self, values):
        if "state" in values:
            self.answer_ids._log_written()
        # sudo: state and signatures are written by these methods only, after the
        # checks above each call
        self.sudo().write(values)
        if "state" in values:
            self._sync_reminders()

    def action_submit(self):
        """Freeze the form and hand it to who authorises; a form that nobody
        authorises is complete."""
        self.check_access("write")
        self._lock()
        for form in self:
            form._check_editable()
            form._check_not_confirmed_by_me()
            Seen(form.child_ids).take_over()
            form._check_submission()
            form._set_state(
                {
                    "submitted_by_id": self.env.uid,
                    "submitted_at": fields.Datetime.now(),
                    "sent_back_reason": False,
                    "state": (
                        "submitted" if form.type_id.authoriser_group_id else "complete"
                    ),
                }
            )
            deadlines = self.env["sos.deadline"].sudo()
            today = self.env["res.company"]._sos_today()
            deadlines._meet_by_form(form, "submitted", today)
            if form.state == "complete":
                deadlines._meet_by_visit(form)
                form.child_ids._confirm(today)
            form._freeze()
        return True

    def action_authorise(self):
        """Sign exactly what was submitted, and let its decisions take effect."""
        self.check_access("write")
        self._lock()
        for form in self:
            if form.state in ("authorised", "complete"):
                raise UserError(self.env._("This form is authorised already."))
            if form.state != "submitted":
                raise UserError(
                    self.env._("A form is authorised after it was submitted.")
                )
            form._check_may_authorise(self.env._("authorise"))
            form._check_not_own()
            form._get_frozen()
            form._check_authorisation()
            today = self.env["res.company"]._sos_today()
            form._set_state(
                {
                    "authorised_by_id": self.env.uid,
                    "authorised_at": fields.Datetime.now(),
                    "state": "authorised",
                }
            )
            self.env["sos.deadline"].sudo()._meet_by_form(form, "authorised", today)
            form.child_ids._confirm(today)
            form._freeze_signed()
        return True

    def action_confirm_decisions(self):
        """Let the decisions of a meeting take effect before its minutes are signed."""
        self._lock()
        return self.child_ids.action_confirm()

    def action_send_back(self, reason=None):
        """Give a submitted form back to its writers, with a reason."""
        self._check_reason(reason)
        self._lock()
        for form in self:
            if form.state != "submitted":
                raise UserError(
                    self.env._("Only a form that waits for authorisation is sent back.")
                )
            if form.submitted_by_id != self.env.user:
                form._check_may_authorise(self.env._("send back"))
            form.check_access("write")
            form._set_state(
                {"state": "draft", "sent_back_reason": reason, "document_id": False}
            )
        return True

    def action_cancel(self, reason=None):
        """Cancel a form that is not signed, with a reason."""
        self._check_reason(reason)
        self.check_access("write")
        self._lock()
        for form in self:
            if form.state not in ("draft", "submitted"):
                raise UserError(
                    self.env._("A form that is authorised or cancelled stays so.")
                )
            if form.child_ids.filtered("confirmed_at"):
                raise UserError(
                    self.env._("A decision of this form is in effect, so it stays.")
                )
            form._cancel(reason)
        return True

    def _cancel(self, reason):
        self._set_state({"state": "cancelled", "cancel_reason": reason})
        self.env["sos.deadline"].sudo()._release_form(self)
        self.case_id._refresh_readers()

    def action_release(self, reason=None):
        """Let a form be given to the family that otherwise may not be."""
        self._check_reason(reason)
        for form in self:
            form._check_may_authorise(self.env._("release"))
            form._set_state({"released": True, "release_reason": reason})
        return True

    def _check_reason(self, reason):
        if not (reason or "").strip():
            raise UserError(self.env._("Say why: a reason is needed."))

    # --------------------------------------------------------------- reminders

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
            return kind, writer or self.case_id._get_worker()
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
