from odoo import http

from odoo.addons.web.controllers.action import Action
from odoo.addons.web.controllers.dataset import DataSet


def may_write(controller, rule, args):
    """What is shown of a family is written down with it, so these calls get no cursor
    that only reads: Odoo would notice late, and do everything twice."""
    return False


class SosDataSet(DataSet):
    @http.route(readonly=may_write)
    def call_kw(self, model, method, args, kwargs, path=None):
        return super().call_kw(model, method, args, kwargs, path)

    @http.route(readonly=may_write)
    def call_button(self, model, method, args, kwargs, path=None):
        return super().call_button(model, method, args, kwargs, path)


class SosAction(Action):
    @http.route(readonly=may_write)
    def load_breadcrumbs(self, actions):
        return super().load_breadcrumbs(actions)
