"""One authority a database: which company it is, and nobody of another one has a role,
which until now let service managers, auditors and analysts of any company read its
families."""

import logging

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.fields import Command

_logger = logging.getLogger(__name__)


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    companies = env["res.company"].union(
        *(company for (company,) in env["sos.case"]._read_group([], ["company_id"]))
    )
    if len(companies) > 1:
        raise UserError(
            env._(
                "This database holds the families of more than one company: %s. From "
                "this version on that is one authority a database. Before the upgrade, "
                "give each a database of its own, or all families the same authority.",
                ", ".join(companies.mapped("name")),
            )
        )
    authority = (
        companies
        or env["sos.team"].search([], order="id", limit=1).company_id
        or env["res.company"].search([("sos_la_code", "!=", False)], limit=1)
    )
    if not authority:
        return
    teams = env["sos.team"].search([("company_id", "!=", authority.id)])
    strangers = env["res.users"].search(
        [
            ("all_group_ids", "in", env["res.groups"]._sos_get_roles().ids),
            ("company_ids", "not in", authority.ids),
        ]
    )
    if strangers:
        _logger.warning(
            "no role in Casework any more, since they do not work for %s: %s",
            authority.name,
            strangers.mapped("login"),
        )
        giving = strangers.group_ids.filtered(
            lambda g: (g | g.all_implied_ids) & env["res.groups"]._sos_get_roles()
        )
        strangers.write({"group_ids": [Command.unlink(g.id) for g in giving]})
    authority._sos_make_authority()
    if teams:
        _logger.warning("teams of %s now: %s", authority.name, teams.mapped("name"))
        teams.company_id = authority
