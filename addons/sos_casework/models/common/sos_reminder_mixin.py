from lxml import etree

from odoo import api, models

#: What the bell asks for when somebody clicks on it (Odoo's activity_menu.js).
BELL = """<search>
    <separator invisible="1"/>
    <filter invisible="1" name="filter_activities_my" string="Mine"
        domain="[('activity_user_id', '=', uid)]"/>
    <separator invisible="1"/>
    <filter invisible="1" name="activities_overdue" string="Late"
        domain="[('my_activity_date_deadline', '&lt;', 'today')]"/>
    <filter invisible="1" name="activities_today" string="Today"
        domain="[('my_activity_date_deadline', '=', 'today')]"/>
    <filter invisible="1" name="activities_upcoming_all" string="Coming"
        domain="[('my_activity_date_deadline', '&gt;', 'today')]"/>
</search>"""


class SosReminderMixin(models.AbstractModel):
    """Reminds users by Odoo's activities. Their words are a reference and a step,
    never a name; they send nothing and make no followers; they end with what they
    remind of, and nobody takes away a colleague's."""

    _name = "sos.reminder.mixin"
    _inherit = ["mail.activity.mixin"]
    _description = "Reminds"

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "search":
            arch.extend(etree.fromstring(BELL))
        return arch, view

    def _may_close_reminder(self):
        """Whether a user may end their own reminder before its work is done."""
        return True

    def _keep_reminder(self, existing, kind, user, due_on, summary):
        """One reminder of this kind, for this user, on this record and day.

        :param existing: reminders that may become this one; the rest of them go
        """
        self.ensure_one()
        values = {
            "res_id": self.id,
            "user_id": user.id,
            "date_deadline": due_on,
            "summary": summary,
        }
        keep, extra = existing[:1], existing[1:]
        extra.unlink()
        if not keep:
            self._remind(user, kind, summary, due_on)
            return
        changed = {
            name: value
            for name, value in values.items()
            if (keep[name].id if name == "user_id" else keep[name]) != value
        }
        if changed:
            # quick update: an activity that is assigned sends a mail otherwise
            keep.with_context(mail_activity_quick_update=True).write(changed)

    def _remind(self, users, kind, summary, due_on):
        """Remind users of this record; nothing is sent.

        :param kind: ``mail.activity.type``
        :param summary: a reference and a step, never a name of the family's
        """
        self.ensure_one()
        # quick update: an activity that is assigned sends a mail otherwise. sudo:
        # reminders are the system's own
        activities = self.env["mail.activity"].sudo()
        activities.with_context(mail_activity_quick_update=True).create(
            [
                {
                    "res_model_id": self.env["ir.model"]._get_id(self._name),
                    "res_id": self.id,
                    "activity_type_id": kind.id,
                    "automated": True,
                    "user_id": user.id,
                    "summary": summary,
                    "date_deadline": due_on,
                }
                for user in users
            ]
        )

    # Odoo's activities post, mail and subscribe on the record that they hang on.
    # Nothing about a family leaves by mail.

    @api.private
    def message_subscribe(self, *args, **kwargs):
        return True

    @api.private
    def message_notify(self, *args, **kwargs):
        return self.env["mail.message"]

    @api.private
    def message_post_with_source(self, *args, **kwargs):
        return self.env["mail.message"]
