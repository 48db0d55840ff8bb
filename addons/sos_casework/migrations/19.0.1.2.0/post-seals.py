"""What was destroyed before has no seal that says so: the destructions get the numbers
of what they took out, and the next seal names them. Where the fingerprints are kept is
told to the server and not to the database any more."""

import logging

from odoo import SUPERUSER_ID, api

from odoo.addons.sos_casework.models.access.sos_access_seal import (
    as_ranges,
    from_ranges,
)

_logger = logging.getLogger(__name__)


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    _keep_numbers(env)
    parameters = env["ir.config_parameter"]
    if path := parameters.get_param("sos_casework.seal_file"):
        _logger.warning(
            "The parameter sos_casework.seal_file is not read any more. Set "
            "SOS_SEAL_FILE=%s in the environment of the server.",
            path,
        )
        parameters.set_param("sos_casework.seal_file", False)


def _keep_numbers(env):
    seals = env["sos.access.seal"].search([("removed_at", "!=", False)])
    destructions = env["sos.destruction"].search(
        [("kind", "=", "access_log"), ("state", "=", "destroyed")],
        order="destroyed_at, id",
    )
    for destruction in destructions:
        gone = seals.filtered(lambda s, d=destruction: s.last_at.date() < d.before)
        ids = sorted(n for seal in gone for n in from_ranges(seal.ids_text))
        if ids:
            destruction.removed_rows = {"sos.access.log": as_ranges(ids)}
        seals -= gone
