from datetime import timedelta

from odoo import fields, models

#: Who saves again within this time is still at the same piece of writing.
PAUSE = timedelta(minutes=15)


class SosFormAnswer(models.Model):
    """What stood in a section before, and who had written it.

    A text is saved many times while somebody types. The change log keeps what each
    writer found and what they left: a line is written when somebody else goes on,
    when the same person comes back after a pause, and when the form's state changes.
    What was written since the last line is the answer itself. So the log holds no
    half sentences, and grows by one line for each piece of writing.
    """

    _inherit = "sos.form.answer"

    def _log_left(self):
        """Before writing: what has been left by who wrote last goes to the log."""
        last_save = fields.Datetime.now() - PAUSE
        self.filtered(
            lambda answer: (
                answer.written_at
                and (
                    answer.written_by_id != self.env.user
                    or answer.written_at < last_save
                )
            )
        )._log_written()

    def _log_written(self):
        """What was written since the last line of the log, in the writer's name."""
        written = self.filtered("written_at")
        if not written:
            return
        # sudo: users have no right to write the log, only to cause it
        logs = self.env["sos.change.log"].sudo()
        known = logs.search_fetch(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", written.ids),
                ("field", "=", "body"),
            ],
            ["res_id", "new"],
            order="id",
        )
        before = {log.res_id: log.new or "" for log in known}
        rows = []
        for answer in written:
            old, new = before.get(answer.id, ""), answer._get_log_text("body")
            if old != new:
                rows.append(
                    {
                        **answer._get_log_owner(),
                        "res_model": answer._name,
                        "res_id": answer.id,
                        "field": "body",
                        "old": old,
                        "new": new,
                        "user_id": answer.written_by_id.id,
                        "at": answer.written_at,
                    }
                )
        logs.create(rows)
