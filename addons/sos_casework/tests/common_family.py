from odoo import Command
from odoo.tests import freeze_time

from .common import SosCommon


class FullFamilyCommon(SosCommon):
    """The family Hill with something of every kind in its file."""

    def _fill_family(self):
        """At least one record of every model."""
        worker = self.env(user=self.worker)
        case, sam, alex = self.case.id, self.sam.id, self.alex.id
        self._protected()
        form = self.case.form_ids.filtered(lambda f: f.type_code == "contact")
        worker["sos.address"].create({"person_id": alex, "text": "1 High Street"})
        worker["sos.person.flag"].create(
            {"person_id": alex, "text": "A dog.", "review_on": "2026-12-01"}
        )
        worker["sos.case.note"].create(
            {
                "case_id": case,
                "kind_id": self._code("note_kind", "phone").id,
                "text": "Alex rang.",
            }
        )
        danger = worker["sos.danger"].create(
            {"case_id": case, "text": "We worry.", "goal": "Sam is safe."}
        )
        worker["sos.rating"].create(
            {"case_id": case, "danger_id": danger.id, "person_id": alex, "score": 4}
        )
        worker["sos.opinion"].create(
            {
                "case_id": case,
                "danger_id": danger.id,
                "person_id": alex,
                "opinion": "agrees",
            }
        )
        worker["sos.map.line"].create(
            {"case_id": case, "kind": "strength", "text": "Up on time every day."}
        )
        worker["sos.bottom.line"].create(
            {"case_id": case, "danger_id": danger.id, "text": "Three people know."}
        )
        worker["sos.network.member"].create({"case_id": case, "person_id": alex})
        plan = worker["sos.safety.plan"].create(
            {
                "case_id": case,
                "rule_ids": [
                    Command.create({"case_id": case, "text": "Nana sleeps over."})
                ],
            }
        )
        worker["sos.journal.entry"].create(
            {"rule_id": plan.rule_ids.id, "written_by_id": alex, "kept": "kept"}
        )
        worker["sos.voice"].create(
            {"case_id": case, "child_id": sam, "tool": "words", "words": "I sing."}
        )
        worker["sos.share.wish"].create(
            {"case_id": case, "child_id": sam, "person_id": alex, "share": True}
        )
        worker["sos.words.pictures"].create(
            {"case_id": case, "panel_ids": [Command.create({"text": "Once…"})]}
        )
        worker["sos.timeline.step"].create({"case_id": case, "step": "Meet."})
        worker["sos.form.addendum"].create({"form_id": form.id, "text": "More."})
        self.env["sos.allocation"].with_user(self.manager).create(
            {"case_id": case, "user_id": self.worker.id}
        )
        self.case.with_user(self.auditor).web_read({"name": {}})
        with freeze_time("2026-10-07 10:00:00"):
            review = self._open("review_conference", user=self.support)
            review.write({"chair_id": self.chair.id, "held_on": "2026-10-07"})
            self._sign(self._fill(review, self.support, "continue"), self.chair)
