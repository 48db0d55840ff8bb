from odoo import models


class SosForm(models.Model):
    _inherit = "sos.form"

    def say_not_helpful(self, problem, section_code=None, proposal=None):
        """Put into the change register what does not help in this form.

        Kept of the form are its type and version only: nothing in the register leads
        back to the family.

        :param section_code: the section it is about, or the form as a whole
        :return: the idea
        """
        self.ensure_one()
        self.check_access("read")
        return self.env["sos.form.idea"].create(
            {
                **self._prepare_idea_values(section_code),
                "problem": problem,
                "proposal": proposal,
            }
        )

    def action_not_helpful(self, section_code=None):
        """The small window in which one says what does not help."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sos_learning_lab.sos_form_idea_action_quick"
        )
        values = self._prepare_idea_values(section_code)
        action["context"] = {f"default_{name}": value for name, value in values.items()}
        return action

    def _prepare_idea_values(self, section_code):
        return {
            "form_type_id": self.type_id.id,
            "seen_version_id": self.version_id.id,
            "section_code": section_code or False,
        }
