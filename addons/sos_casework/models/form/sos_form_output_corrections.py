from odoo import models

#: Facts that a family reads in its copy; the rest is the service's.
FAMILY_FACTS = {
    "held_on",
    "booked_on",
    "started_on",
    "chair_id",
    "decision_id",
    "category_id",
    "closure_reason_id",
    "against_reason",
    "confirmed_on",
    "not_part",
    "missing",
}


class SosForm(models.Model):
    _inherit = "sos.form"

    def _get_corrections(self, limits, left_out):
        """The corrections of a form as a reader of its copy may have them, each as
        plain data. A family reads what was corrected; why is the service's.

        :param limits: of a family's reader, or None
        :param left_out: where it is told what this reader does not get
        """
        entries = []
        for correction in self.correction_ids.filtered(
            lambda c: c.state == "done"
        ).sorted(lambda c: (c.decided_at, c.id)):
            entry = {
                "on": self.env["res.company"]
                ._sos_local_date(correction.decided_at)
                .isoformat(),
                "text": correction._get_sentence(),
            }
            if not limits:
                entry["reason"] = correction.reason
                entry["by"] = correction.asked_by_id.name
                entry["authorised_by"] = correction.decided_by_id.name
            elif correction.fact not in FAMILY_FACTS:
                continue
            else:
                piece = {
                    "type": "correction",
                    "line": None,
                    "children": correction.child_id.ids,
                    "speaker": None,
                    "text": entry["text"],
                }
                shown, reasons = self._filter_piece(piece, limits)
                if not shown:
                    left_out += [
                        {
                            "section": self.env._("Corrections"),
                            "reason": reason,
                            "count": 1,
                        }
                        for reason in reasons
                    ]
                    continue
            entries.append(entry)
        return entries
