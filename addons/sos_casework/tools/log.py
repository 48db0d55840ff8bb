"""The log of the server says what went wrong and where, and nobody's words.

A message for a user names people, a failed query holds what was to be stored, a path
the name of a file: none of it belongs into a file that is kept, copied and read by
those who look after machines. What is kept of an error is its class, its place in the
code, and what PostgreSQL names of its own: code, table and constraint.
"""

import logging
import re
import sys
import threading
import traceback

import psycopg2

from odoo.tools import config
from odoo.tools.translate import LazyGettext

_logger = logging.getLogger(__name__)

#: the beginning of a query, up to the table
QUERY = re.compile(
    r"\s*(insert\s+into|update|delete\s+from|select|copy|\w+)(\s+\"?\w+\"?)?", re.I
)
#: what servers log of a request; names in code are lower case
REQUEST = re.compile(r"(?<![A-Z])([A-Z]+) (/.*?)(#[\w.]+)? (HTTP/\d(?:\.\d)?)")
CALLED = re.compile(r"#[a-z0-9_.]+")
#: how paths of Odoo begin, and whether the step after that is one of the code's too
STEPS = {
    **dict.fromkeys(("odoo", "my", "doc", "json", "logo"), 1),
    **dict.fromkeys(("web", "report", "mail", "websocket", "xmlrpc", "jsonrpc"), 2),
    **dict.fromkeys(("auth", "auth-timeout", "bus", "discuss", "html_editor"), 2),
    **dict.fromkeys(("base_import", "spreadsheet"), 2),
}
STEP = re.compile(r"[a-z_-]+")
#: a place in the code, before what Python warns of
WARNING = re.compile(r"^(.*?:\d+: \w+:).*", re.S)
#: loggers whose every text may come from a client
REQUEST_LOGGERS = ("werkzeug", "longpolling")
DOMAIN_LOGGERS = ("odoo.domains",)
#: texts shorter than this are found in everything
SHORT = 4

#: whether this thread is at it: to ask an error what it says may log something
stripping = threading.local()


def keeps_words():
    """Developers and tests work with people whom they have made up."""
    return bool(config["test_enable"] or config["dev_mode"])


def get_name(error):
    kind = type(error)
    return f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")


def describe(error):
    """One line on an error, without its message."""
    parts = [get_name(error)]
    if isinstance(error, psycopg2.Error):
        known = (error.pgcode, error.diag.table_name, error.diag.constraint_name)
        parts += [f"({', '.join(filter(None, known))})"] if any(known) else []
    if frames := traceback.extract_tb(error.__traceback__)[-1:]:
        parts.append(f"at {frames[0].filename}:{frames[0].lineno}, {frames[0].name}")
    return " ".join(parts)


def describe_whole(error):
    """The traceback of an error and of those that it came of, without messages."""
    parts = []
    seen = set()
    while error and id(error) not in seen:
        seen.add(id(error))
        frames = "".join(traceback.format_tb(error.__traceback__))
        parts.append(f"Traceback (most recent call last):\n{frames}{describe(error)}")
        error = error.__cause__ or (
            None if error.__suppress_context__ else error.__context__
        )
    return "\n\nand before that:\n".join(parts)


def get_text(said):
    """As it stands in the code: in whose language it would be said is looked for where
    there may be nobody, and that is logged."""
    if isinstance(said, LazyGettext):
        return said._translate("en_US")
    args = said.args if isinstance(said, BaseException) else ()
    return "" if any(isinstance(arg, LazyGettext) for arg in args) else str(said)


def get_texts(error):
    """What an error says, and those that it came of, the longest text first."""
    texts, seen = set(), set()
    while error and id(error) not in seen:
        seen.add(id(error))
        texts.update(get_text(said).strip() for said in (error, *error.args))
        error = error.__cause__ or error.__context__
    return sorted((t for t in texts if len(t) >= SHORT), key=len, reverse=True)


def get_way(path):
    """What a path says before names of files and records."""
    steps = path.partition("?")[0].strip("/").split("/")
    steps = steps[: STEPS.get(steps[0], 0)]
    return "/" + "/".join(s for s in steps if STEP.fullmatch(s))


def get_request(found):
    method, path, called, version = found.groups()
    called = called if called and CALLED.fullmatch(called) else ""
    return f"{method} {get_way(path)}{called} {version}"


def strip_argument(name, value):
    if isinstance(value, BaseException):
        return describe(value)
    if name == "odoo.sql_db" and isinstance(value, (str, bytes)):
        text = value.decode(errors="replace") if isinstance(value, bytes) else value
        return f"{found[0].strip()} …" if (found := QUERY.match(text)) else "…"
    if name in DOMAIN_LOGGERS and not isinstance(value, (int, float)):
        return type(value).__name__
    if name.startswith("odoo.http") and isinstance(value, str) and value[:1] == "/":
        return get_way(value)
    return value


def strip(record, nested=False):
    """Take the words out of a record of the log.

    :param nested: it was made while the words of an error were asked for
    """
    error = record.exc_info and record.exc_info[1]
    if isinstance(record.msg, BaseException):
        error = error or record.msg
        record.msg, record.args = "%s", (describe(record.msg),)
    if record.exc_info:
        if record.exc_info[1]:
            record.exc_text = describe_whole(record.exc_info[1])
        record.exc_info = None
    if isinstance(record.args, tuple):
        record.args = tuple(strip_argument(record.name, a) for a in record.args)
    elif isinstance(record.args, dict):
        record.args = {
            key: strip_argument(record.name, a) for key, a in record.args.items()
        }
    if record.name in REQUEST_LOGGERS:
        text = REQUEST.sub(get_request, record.getMessage())
        record.msg, record.args = text, ()
    elif record.name == "py.warnings":
        text = WARNING.sub(r"\1 …", record.getMessage())
        record.msg, record.args = text, ()
    # the same words as an argument, or already in the message
    if not nested and (error := error or sys.exc_info()[1]):
        text = message = record.getMessage()
        for words in get_texts(error):
            text = text.replace(words, f"[{get_name(error)}]")
        if text != message:
            record.msg, record.args = text, ()
    return record


def install():
    """Once for each process, however many databases it serves."""
    make = logging.getLogRecordFactory()
    if getattr(make, "without_words", False):
        return

    def make_record(*args, **kwargs):
        record = make(*args, **kwargs)
        if keeps_words():
            return record
        nested = getattr(stripping, "goes_on", False)
        try:
            stripping.goes_on = True
            return strip(record, nested)
        except Exception as error:
            # what is logged must not fail for that, nor come through as it is
            record.msg, record.args = "A line was left out: %s", (get_name(error),)
            record.exc_info = record.exc_text = None
            return record
        finally:
            stripping.goes_on = nested

    make_record.without_words = True
    logging.setLogRecordFactory(make_record)

    # what nobody catches is printed by Python, words and all
    def log_uncaught(args):
        _logger.critical("Nobody caught this", exc_info=args[:3])

    threading.excepthook = log_uncaught
