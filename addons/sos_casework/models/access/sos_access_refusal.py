import logging
from functools import partial

from odoo import SUPERUSER_ID, api, models

from ..common.look import LOOK

_logger = logging.getLogger(__name__)


class SosAccessLog(models.Model):
    """What is refused is written in a transaction of its own once the user's has
    ended: a refusal undoes everything that was done with it, its line stays."""

    _inherit = "sos.access.log"

    @api.model
    def _refuse(self, operation, res_model, ids=()):
        """Keep for later that the user was refused this. Nothing that goes wrong
        with the log hides the refusal itself.

        :param operation: read, write, create or unlink
        """
        try:
            look = self.env.cr.cache.get(LOOK)
            if not ids and look:
                # the whole model was refused: these are what was asked for
                ids = look.get().get(res_model, ())
            ids = [i for i in ids if isinstance(i, int)]
            line = self._prepare_line("refused", res_model, ids, operation)
            cr = self.env.cr
            refused = cr.postrollback.data.get(self._name)
            if refused is None:
                refused = cr.postrollback.data[self._name] = {}
                write = partial(self._write_refused, self.env.registry, refused)
                # one of the two comes; both outlive a savepoint
                cr.postcommit.add(write)
                cr.postrollback.add(write)
            refused[self.env.uid, operation, res_model, tuple(ids)] = line
        except Exception:  # pylint: disable=broad-except
            _logger.exception("A refusal did not get into the access log.")

    @staticmethod
    def _write_refused(registry, refused):
        try:
            with registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                log = env["sos.access.log"]
                for line in refused.values():
                    env.execute_query(log._get_insert(line))
        except Exception:  # pylint: disable=broad-except
            _logger.exception("A refusal did not get into the access log.")
