from importlib.util import module_from_spec, spec_from_file_location

from odoo.tests import freeze_time, tagged
from odoo.tools import file_path

from .common_correction import CorrectionCommon

SCRIPT = "sos_casework/migrations/19.0.1.1.0/post-decisions_set_off.py"


@tagged("post_install", "-at_install")
@freeze_time("2026-09-07 10:00:00")
class TestSosCorrectionUpgrade(CorrectionCommon):
    """Decisions of an earlier version can be corrected as well."""

    def _upgrade(self):
        spec = spec_from_file_location("upgrade", file_path(SCRIPT))
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        module.migrate(self.env.cr, "19.0.1.0.0")

    def _get_notes(self):
        """What is noted of whole records; links between them follow from those."""
        lines = self.case.form_ids.child_ids
        return {
            (line, note["by"], note["model"], note["id"], note["old"] is None)
            for line in lines
            for note in line.set_off or []
            if note["model"] not in ("sos.form.child", "sos.case")
            and not (note["old"] and "latest_category_id" in note["old"])
        }

    def test_same_as_noted_at_the_time(self):
        with freeze_time("2026-08-31 10:00:00"):
            self._refer("strategy")
        with freeze_time("2026-09-01 10:00:00"):
            self._strategy()
        with freeze_time("2026-09-03 10:00:00"):
            self._enquiry()
        self._conference()
        with freeze_time("2026-10-07 10:00:00"):
            review = self._open("review_conference", user=self.support)
            review.write({"chair_id": self.chair.id, "held_on": "2026-10-07"})
            self._fill(review, self.support)
            self._decide(review, "continue", lines=self._line(review, self.sam))
            self._decide(review, "end_cin", lines=self._line(review, self.robin))
            self._sign(review, self.chair)
        with freeze_time("2026-10-20 10:00:00"):
            # which closing ended in no earlier version
            self.case._get_unfinished().action_cancel("Nobody began it.")
            self._sign(self._fill(self._open("closure"), decision="close"))
        noted = self._get_notes()
        self.assertGreater(len(noted), 30)
        self.case.form_ids.child_ids.set_off = False
        self._upgrade()
        self.assertEqual(self._get_notes(), noted)

    def test_decision_of_before_is_corrected(self):
        self._protected()
        form = self.case.form_ids.filtered(
            lambda f: f.type_code == "initial_conference"
        )
        self.case.form_ids.child_ids.set_off = False
        self._upgrade()
        self._correct(form, self._category("EMO"), self.sam, by=self.chair)
        self.assertEqual(self.sam.plan_ids.initial_category_id.code, "EMO")
        self._correct(form, self._decided(form, "cin"), self.robin, by=self.chair)
        self.assertEqual(self.robin.plan_ids.kind, "cin")
