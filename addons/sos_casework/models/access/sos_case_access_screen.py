from markupsafe import Markup

from odoo import api, fields, models


class SosCase(models.Model):
    """Who may see the file and why, in one look."""

    _inherit = "sos.case"

    access_html = fields.Html(
        "Who may see this file", compute="_compute_access_html", sanitize=False
    )
    all_block_ids = fields.Many2many(
        "sos.access.block",
        compute="_compute_all_block_ids",
        string="Blocked users",
        groups="sos_casework.group_allocator,sos_casework.group_quality_auditor",
        help="From the family, or from one of its people.",
    )

    @api.depends(
        "reader_ids",
        "blocked_user_ids",
        "restricted",
        "named_reader_ids",
        "team_id",
        "allocation_ids.user_id",
        "allocation_ids.since",
        "allocation_ids.until",
    )
    def _compute_access_html(self):
        row = Markup(
            "<dt class='col-sm-3 text-muted'>%s</dt><dd class='col-sm-9'>%s</dd>"
        )
        for case in self:
            rows = Markup("").join(
                row % (why, who) for why, who in case._get_access_rows() if who
            )
            case.access_html = Markup("<dl class='row mb-0'>%s</dl>") % (rows,)

    @api.depends("block_ids", "member_ids.person_id.block_ids")
    def _compute_all_block_ids(self):
        for case in self:
            case.all_block_ids = case.block_ids | case.member_ids.person_id.block_ids

    def action_block(self):
        """Ask whom to block from this family, and why."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Block somebody"),
            "res_model": "sos.access.block",
            "views": [[False, "form"]],
            "target": "new",
            "context": {"default_case_id": self.id},
        }

    def _get_access_rows(self):
        """:return: list of (why, names), each user under the first reason they have"""
        self.ensure_one()
        # sudo: who reads the file is shown to its readers, whoever they are
        case = self.sudo()
        words = {
            "named": self.env._("Named"),
            "allocated": self.env._("Work with the family"),
            "chair": self.env._("Chair a meeting"),
            "team": self.env._("In the team %s", case._get_access_teams()),
            "emergency": self.env._("In an emergency"),
        }
        if case.restricted:
            words["team"] = self.env._(
                "Manage or support the team %s", case.team_id.name
            )
        reasons = case._get_readers_by_reason()
        blocked = case.blocked_user_ids
        rows, shown = [], blocked
        for key, why in words.items():
            users = reasons.get(key, blocked) - shown
            shown |= users
            rows.append((why, case._get_names(users)))
        if not case.restricted:
            for name in ("service_manager", "quality_auditor"):
                group = self.env.ref(f"sos_casework.group_{name}").sudo()
                users = group._get_active_users() - shown
                rows.append((group.name, case._get_names(users)))
        rows.append((self.env._("Blocked: see nothing"), case._get_names(blocked)))
        return rows

    def _get_access_teams(self):
        current = self.allocation_ids.filtered(lambda a: a._is_current())
        return ", ".join((self.team_id | current.team_id).mapped("name"))

    def _get_names(self, users):
        roles = dict(
            self.env["sos.allocation"]._fields["role"]._description_selection(self.env)
        )
        current = self.allocation_ids.filtered(lambda a: a._is_current())
        names = []
        for user in users.sorted("name"):
            role = roles.get(
                current.filtered(lambda a, u=user: a.user_id == u)[:1].role
            )
            names.append(f"{user.name} ({role.lower()})" if role else user.name)
        return ", ".join(names)
