from odoo.addons.sos_casework.tests.common import SosCommon


class TimeCommon(SosCommon):
    """Everybody who works with families is on the list of employees."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        staff = (
            cls.worker
            | cls.manager
            | cls.support
            | cls.outsider
            | cls.other_manager
            | cls.service_manager
        )
        cls.env["hr.employee"].create(
            [{"name": user.name, "user_id": user.id} for user in staff]
        )
        cls.lines = cls.env["account.analytic.line"]

    def _form_for_time(self, type_code="assessment", user=None):
        return self._open(type_code).with_user(user or self.worker)
