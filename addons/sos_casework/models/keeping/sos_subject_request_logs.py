from collections import defaultdict

from odoo import models
from odoo.fields import Domain
from odoo.tools import format_date


class SosSubjectRequest(models.Model):
    """Gathering, what the system itself keeps: what was changed, and who looked."""

    _inherit = "sos.subject.request"

    def _gather_changes(self, source):
        """What was changed, one piece for each record: its words before and after."""
        logs = source.env["sos.change.log"].search(
            Domain("case_id", "in", source.cases.ids)
            | Domain("person_id", "=", source.person.id),
            order="res_model, res_id, at, id",
        )
        by_record = defaultdict(lambda: source.env["sos.change.log"])
        for log in logs:
            by_record[log.res_model, log.res_id] |= log
        for (model, res_id), lines in by_record.items():
            if model not in source.env or model.startswith("sos.subject."):
                continue
            record = source.env[model].browse(res_id).exists()
            about = self._get_row_owner(source, record) if record else {}
            name = source.env[model]._description
            yield self._prepare_piece(
                source,
                f"changes,{model},{res_id}",
                (80, self.env._("What was changed")),
                "\n".join(map(self._get_change_text, lines)),
                title=self.env._("Changes: %s", name),
                author=", ".join(dict.fromkeys(lines.user_id.mapped("name"))),
                **{
                    "case_id": lines[:1].case_id.id,
                    **about,
                    "on_date": self.env["res.company"]._sos_local_date(lines[-1:].at),
                },
            )

    def _get_change_text(self, log):
        day = self.env["res.company"]._sos_local_date(log.at)
        return self.env._(
            "%(day)s, %(what)s: “%(old)s” became “%(new)s”",
            day=format_date(self.env, day, date_format="d MMMM y"),
            what=log.label,
            old=log.old or "",
            new=log.new or "",
        )

    def _gather_looks(self, source):
        """How often the record was looked at, month by month. Who it was is about
        the member of staff, and is told only where there is a reason to."""
        domain = Domain("person_id", "=", source.person.id)
        # the files are the person's own where they are a member of the family
        domain |= Domain("case_id", "in", list(source.belongs))
        counts = source.env["sos.access.log"]._read_group(
            domain, ["at:month", "operation"], ["__count", "user_id:count_distinct"]
        )
        names = dict(
            source.env["sos.access.log"]
            ._fields["operation"]
            ._description_selection(self.env)
        )
        lines = [
            self.env._(
                "%(month)s, %(what)s: %(count)s times, by %(people)s members of staff",
                month=format_date(self.env, month, date_format="MMMM y"),
                what=names.get(operation, operation).lower(),
                count=count,
                people=people,
            )
            for month, operation, count, people in counts
        ]
        if lines:
            yield self._prepare_piece(
                source,
                "looks",
                (90, self.env._("Who looked at the record")),
                "\n".join(lines),
                title=self.env._("How often the record was looked at"),
                ids={source.person.id},
                on_date=self.env["res.company"]._sos_today(),
            )
