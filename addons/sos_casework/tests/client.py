"""Calls as a client makes them, without the wire: what is shown is written at the end,
as before the commit."""

from contextlib import contextmanager

from odoo.service.model import call_kw
from odoo.service.server import thread_local


@contextmanager
def as_client(env, user, call="a call"):
    """:return: the environment of a call of this user, whose end is the commit"""
    transaction = env.transaction
    before = transaction.default_env
    env.flush_all()
    env.cr.precommit.run()
    env.invalidate_all()
    env.cr.cache.clear()
    thread_local.rpc_model_method = call
    try:
        transaction.default_env = mine = env(user=user)
        yield mine
        env.cr.flush()
    finally:
        thread_local.rpc_model_method = ""
        transaction.default_env = before


def call(env, user, model, method, *args, **kwargs):
    """:return: what the client gets, as it would be sent"""
    with as_client(env, user, f"{model}.{method}") as mine:
        return call_kw(mine[model], method, list(args), kwargs)
