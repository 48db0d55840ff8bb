from odoo import api, models
from odoo.exceptions import ValidationError


class MailMessage(models.Model):
    """No message is about a record of these addons, whoever writes it and by whichever
    way: messages are mailed, edited and shared."""

    _inherit = "mail.message"

    @api.constrains("model")
    def _check_not_about_a_family(self):
        if any((message.model or "").startswith("sos.") for message in self):
            raise ValidationError(
                self.env._(
                    "Nothing is sent or said as a message about a family. Write a "
                    "note in the family file instead."
                )
            )

    @api.constrains("attachment_ids")
    def _check_no_file_of_a_family(self):
        # sudo: whose the files are, and nothing else
        if self.sudo().attachment_ids._sos_of_families():
            raise ValidationError(
                self.env._(
                    "A file of a family does not go with a message. Give a copy of "
                    "the form instead: that is recorded."
                )
            )
