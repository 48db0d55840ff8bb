from odoo import api, models
from odoo.exceptions import AccessError


class IrRule(models.Model):
    _inherit = "ir.rule"

    @api.model
    def _eval_context(self):
        # numbers, not a relation of the user: everybody reads users, and a relation
        # would be a way from there into the families that somebody is blocked from
        cases, people = self.env["sos.access.block"]._get_blocked_from()
        return {
            **super()._eval_context(),
            "blocked_case_ids": cases,
            "blocked_person_ids": people,
            # what returns say of a child is kept by number
            "blocked_numbers": self.env["sos.access.block"]._get_blocked_numbers(),
        }

    @api.model
    def _compute_domain(self, model_name, mode="read"):
        if not self.env.su and model_name.startswith("sos."):
            self.env["sos.break.glass"]._end_on_time()
            # Odoo searches by a relation without working it out first
            self.env["sos.person"].flush_model(["reader_ids"])
        return super()._compute_domain(model_name, mode)

    def _make_access_error(self, operation, records):
        # Odoo's own words name the record and its company in debug mode. A name is
        # case content: who may not read a family learns nothing of it.
        about_family = records._name.startswith("sos.")
        if about_family:
            self.env["sos.access.log"]._refuse(operation, records._name, records._ids)
        if records._name == "ir.attachment":
            about_family = bool(records._sos_of_families())
        if about_family:
            return AccessError(
                self.env._(
                    "You have no access to this record. If you need it for your "
                    "work, ask the team that holds the family."
                )
            )
        return super()._make_access_error(operation, records)
