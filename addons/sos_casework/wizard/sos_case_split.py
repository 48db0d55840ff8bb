from odoo import api, fields, models
from odoo.fields import Command

from ..models.case.sos_case_split_choice import SplitChoice


class SosCaseSplit(models.TransientModel):
    """Which children go to a file of their own, who goes with them, and what goes
    and stays with that."""

    _name = "sos.case.split"
    _description = "Split a family file"

    case_id = fields.Many2one("sos.case", "Family", required=True, readonly=True)
    name = fields.Char("Name of the new file")
    line_ids = fields.One2many(
        "sos.case.split.line",
        "split_id",
        "People",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    problem_text = fields.Text("In the way", compute="_compute_texts")
    goes_text = fields.Text("Goes to the new file", compute="_compute_texts")
    stays_text = fields.Text("Stays in this file", compute="_compute_texts")
    reason = fields.Text()

    @api.depends("case_id")
    def _compute_line_ids(self):
        for wizard in self:
            members = wizard.case_id.member_ids.filtered(lambda m: not m.until)
            members = members.sorted(lambda m: (m.role != "child", m.id))
            wizard.line_ids = [
                Command.create(
                    {
                        "person_id": member.person_id.id,
                        "role": member.role,
                        "place": "stays" if member.role == "child" else "both",
                    }
                )
                for member in members
            ]

    def _get_people(self, place):
        lines = self.line_ids.filtered(lambda line: line.place == place)
        return lines.person_id._origin

    @api.depends("case_id", "line_ids.place")
    def _compute_texts(self):
        for wizard in self:
            case = wizard.case_id._origin
            children = wizard._get_people("goes") & case.child_ids
            goes, stays, problems = [], [], []
            if children and case.has_access("write"):
                problems = case._get_split_problems(children)
                goes, stays = wizard._describe(case, children)
            wizard.problem_text = "\n".join(problems)
            wizard.goes_text = "\n".join(goes)
            wizard.stays_text = "\n".join(stays)

    def _describe(self, case, children):
        """What goes and what stays: how many of which kind, a line each."""
        choice = SplitChoice(case, children)
        goes = [
            self._count(model, len(ids))
            for (model, _field), ids in choice.get_ids().items()
        ]
        stays = []
        signed = case.sudo().form_ids.filtered(
            lambda form: form.state in ("authorised", "complete")
        )
        if signed:
            stays.append(
                self.env._(
                    "Forms that are signed: %s. The new file leads here.", len(signed)
                )
            )
        totals = {}
        for name, line_id in choice.lines:
            if line_id not in choice.moving[name]:
                totals[name] = totals.get(name, 0) + 1
        stays += [self._count(name, number) for name, number in totals.items()]
        return sorted(goes), stays[: len(stays) - len(totals)] + sorted(
            stays[len(stays) - len(totals) :]
        )

    def _count(self, model, number):
        return f"{self.env[model]._description}: {number}"

    def action_split(self):
        """Split the file, and open the new one."""
        self.ensure_one()
        children = self._get_people("goes") & self.case_id.child_ids
        merge = self.case_id._split(
            self.name,
            children,
            self.reason,
            adults=self._get_people("goes") - children,
            both=self._get_people("both"),
        )
        return merge.sudo().merged_case_id.sudo(False)._get_open_action()
