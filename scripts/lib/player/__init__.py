"""Plays cases (tests/cases/*.yaml) on a real Odoo database.

From Python, inside a transaction that the caller owns (nothing is committed)::

    import player

    played = player.play(env, "tests/cases/ashdown.yaml", as_at="2026-03-31")
    played.case                  # the family file, as superuser
    played.refs["mia"]           # a person, user, agency, form, danger statement…
    with played.clock():         # the as-at day again, for what depends on today
        ...

``env`` is any environment of an Odoo registry. Everything that is wrong, in the file
or while it is played, is a ``CaseError`` whose text is one line.
"""

from .casefile import CaseFile, load
from .errors import CaseError

__all__ = ["CaseError", "CaseFile", "Played", "load", "play"]


def play(env, path, as_at=None, on_event=None):
    """Play one file in the transaction of ``env`` and leave it uncommitted.

    :param env: an environment; users are acted as by the file's own references
    :param path: the file
    :param as_at: the day (date or ``YYYY-MM-DD``) up to which days go by after the
        last event; the last event's day if left out
    :param on_event: called with each event before it is performed
    :return: ``Played``: ``case``, ``refs``, ``as_at``, ``clock()``
    :raise CaseError: the file is wrong, or the system refused something
    """
    from .playing import play_file

    return play_file(env, load(path), as_at, on_event)


def __getattr__(name):
    # Played needs Odoo; loading and checking a file does not
    if name == "Played":
        from .playing import Played

        return Played
    raise AttributeError(name)
