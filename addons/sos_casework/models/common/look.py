"""What a call of a client shows, collected where it leaves the server."""

from contextlib import contextmanager
from functools import partial

from odoo import SUPERUSER_ID
from odoo.http import request
from odoo.service.server import thread_local

#: where a cursor keeps what is being shown by the call that goes on
LOOK = "sos.access.look"
#: and what the whole call shows beside that, until it is written before the commit
REST = "sos.access.look.rest"
#: records of these are named in the line, whoever embeds them; of others their family
MAIN_MODELS = ("sos.case", "sos.person", "sos.form")


class Look:
    """What one call of a user shows of families, in order: ``{model: {id: None}}``.

    :ivar shown: records of which values were shown
    :ivar named: records of which no more than the name was shown
    """

    def __init__(self, model=None):
        #: of what the call asked for records; none, if of something else
        self.model = model
        self.operation, self.detail = "opened", None
        self.shown, self.named = {}, {}

    def add(self, records):
        self._add(self.shown, records)

    def add_names(self, records):
        self._add(self.named, records)

    def _add(self, kept, records):
        # what a client is filling in is a new record of one that there is
        ids = [i for i in records._origin._ids if isinstance(i, int) and i]
        if ids:
            kept.setdefault(records._name, {}).update(dict.fromkeys(ids))

    def get(self):
        """What the line says: the records of its model, and people, families and
        forms within them too."""
        main = {}
        for kept in (self.shown, self.named):
            for model, ids in kept.items():
                if model in MAIN_MODELS or (kept is self.shown and model == self.model):
                    main.setdefault(model, {}).update(ids)
        return {model: list(ids) for model, ids in main.items()}

    def get_within(self):
        """Other records within: of these the line says the families."""
        within = {}
        for kept in (self.shown, self.named):
            for model, ids in kept.items():
                if model not in MAIN_MODELS:
                    within.setdefault(model, {}).update(ids)
        return {model: list(ids) for model, ids in within.items()}


@contextmanager
def looking(env, model=None):
    """Collect what is shown within. A call within another one adds to that."""
    cache = env.cr.cache
    look = cache[LOOK] = Look(model)
    try:
        yield look
    finally:
        del cache[LOOK]


def get_look(env):
    """:return: to what is added what a user is shown now, whichever way it leaves.
    None where Python reads for itself, or as superuser"""
    if env.su:
        return None
    look = env.cr.cache.get(LOOK)
    return _get_rest(env) if look is None else look


def _get_rest(env):
    """What a client's call shows outside of those ways of family records that write a
    line by themselves: it is written before the commit, or nothing is answered."""
    if not (request or getattr(thread_local, "rpc_model_method", "")):
        return None
    cr, uid = env.cr, env.uid
    # rights are asked for others as well; the one who called is who sees it
    if uid == SUPERUSER_ID or uid != env.transaction.default_env.uid:
        return None
    rest = cr.cache.setdefault(REST, {})
    look = rest.setdefault(uid, Look())
    # a savepoint that is undone takes the hook with it, and not what was shown
    if REST not in cr.precommit.data:
        cr.precommit.data[REST] = True
        cr.precommit.add(partial(_write_rest, env))
    return look


def _write_rest(env):
    look = env.cr.cache.get(REST, {}).pop(env.uid, None)
    if look and (look.shown or look.named):
        env["sos.access.log"]._write_look(look, fold=look.operation == "opened")


def logs(method):
    """The method writes a line of the log, so Odoo must not call it with a cursor
    that only reads."""
    method._readonly = False
    return method
