from odoo.tests import freeze_time

from .common import SosCommon
from .refusals import RefusalsMixin

#: The day on which things are put right.
LATER = "2026-09-09 10:00:00"


class CorrectionCommon(SosCommon, RefusalsMixin):
    """Forms that were signed on 7 September 2026, and corrected two days later."""

    def _ask(self, form, values=None, child=None, kind="fact", user=None):
        form = form.with_user(user or self.worker)
        return form.ask_correction(
            "It was typed wrong.", values or {}, child.id if child else None, kind
        )

    def _correct(self, form, values=None, child=None, kind="fact", by=None):
        """Asked by the worker and authorised."""
        with freeze_time(LATER):
            correction = self._ask(form, values, child, kind)
            correction.with_user(by or self.manager).action_authorise()
        return correction

    def _line(self, form, child):
        return form.child_ids.filtered(lambda line: line.child_id == child)

    def _category(self, code):
        return {"category_id": self._code("abuse_category", code).id}

    def _decided(self, form, code, **values):
        return {"decision_id": self._decision(form, code).id, **values}

    def _draft(self, type_code):
        return self.case.form_ids.filtered(
            lambda f: f.type_code == type_code and f.state == "draft"
        )
