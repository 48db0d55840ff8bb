"""What people write: kept whole, and harmless to whoever reads it."""

import re

from lxml import etree, html
from lxml.html import defs

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools import html_sanitize

#: Letters that nobody types and no database, printer or search can do with: control
#: characters (a pasted letter from a word processor has them), halves of letters,
#: invisible spaces, and those that make the text after them run backwards.
UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\u200b\u202d\u202e\u2060\ufeff]"
)
#: Line breaks of word processors.
BREAKS = re.compile("[\x0b\x0c\u2028\u2029]")

#: How many letters each kind of field takes.
LIMITS = {"char": 1_000, "text": 100_000, "html": 1_000_000}

#: Simple formatting; of any other tag only what stands in it is kept.
TAGS = frozenset(
    "a b blockquote br code div em h1 h2 h3 h4 h5 h6 hr i img li ol p pre s small span"
    " strong sub sup table tbody td tfoot th thead tr u ul".split()
)
ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
LINK = re.compile(r"(https?|mailto|tel):", re.IGNORECASE)
#: A picture that is in the text itself. Any other is fetched when somebody reads or
#: prints it, and tells another machine that they did.
PICTURE = re.compile(r"data:image/(png|jpe?g|gif|webp);base64,", re.IGNORECASE)


#: Where a tag may begin, and the tag if it is written as one. Outside of quotes no part
#: of it goes past a ``<``: two tries are never outside at the same place, nor both
#: in the same quotes, so each letter is looked at three times at most.
TAG = re.compile(
    r"""<(?:(/?)([a-z][a-z0-9]*(?::[a-z0-9]+)?)
        ((?:\s+[^\s"'<>/=]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+))?)*)
        \s*(/?)>)?""",
    re.IGNORECASE | re.VERBOSE,
)
#: What a browser takes for a tag. Anything else in angle brackets is words.
KNOWN_TAGS = (
    frozenset(defs.tags)
    | TAGS
    | frozenset(
        "animate data dialog frame main picture rb rtc search set slot template".split()
    )
)
#: An attribute without a value, and those that have none in HTML.
BARE = re.compile(r"""\s([^\s"'<>/=]+)(?=\s+[^\s=]|\s*$)""")
BARE_KNOWN = frozenset(
    "allowfullscreen async autofocus autoplay checked compact contenteditable controls"
    " default defer disabled download formnovalidate hidden inert ismap itemscope loop"
    " multiple muted nohref nomodule noshade novalidate nowrap open playsinline"
    " readonly required reversed selected".split()
)
QUOTED = re.compile(r"""=\s*(?:"[^"]*"|'[^']*')""")
#: What a browser leaves out with all that stands in it, when it is closed.
LEFT_OUT = {
    "<!--": "-->",
    "<![CDATA[": "]]>",
    "<!doctype": ">",
    "<!DOCTYPE": ">",
    "<?xml": ">",
}
#: Tags that are never closed.
SINGLE = frozenset("area base br col embed hr img input link meta source wbr".split())
#: The parser of HTML leaves out what is nested deeper than 255, and says nothing.
DEPTH = 200


def clean_text(text):
    """Plain text without letters that cannot be seen."""
    return UNSEEN.sub("", BREAKS.sub("\n", text))


def clean_html(text):
    """Text with simple formatting, and nothing in it that runs, fetches, hides other
    words or covers the page.

    :raise ValueError: for what cannot be read
    """
    text = keep_words(clean_text(text))
    _check_depth(text)
    text = html_sanitize(
        text,
        silent=False,
        sanitize_attributes=True,
        strip_style=True,
        strip_classes=True,
    )
    if "<" not in text:
        return text
    root = html.fragment_fromstring(text, create_parent="div")
    for element in list(root.iterdescendants()):
        _clean_element(element)
    whole = etree.tostring(root, encoding="unicode", method="html")
    return type(text)(whole[len("<div>") : whole.rindex("</div>")])


def _is_tag(match):
    name, attributes = match[2], match[3]
    if not name:
        return False
    if ":" in name:
        # a word processor's
        return True
    if name.lower() not in KNOWN_TAGS:
        return False
    if match[1]:
        return not attributes.strip()
    bare = BARE.findall(QUOTED.sub('=""', attributes)) if attributes else ()
    return all(word.lower() in BARE_KNOWN for word in bare)


def keep_words(text):
    """HTML in which only tags stand in angle brackets: whoever wrote “<Mum>” or
    “a<b and c>d” finds it again."""
    last = {start: text.rfind(end) for start, end in LEFT_OUT.items()}

    def keep(match):
        if _is_tag(match):
            return match[0]
        at = match.start()
        if text[at + 1 : at + 2] in ("!", "?"):
            for start, end in last.items():
                if text.startswith(start, at) and end > at:
                    return match[0]
        return f"&lt;{match[0][1:]}"

    return TAG.sub(keep, text)


def without_tags(text):
    """The words of a text or of HTML; of a text also those in angle brackets."""
    return TAG.sub(lambda match: " " if _is_tag(match) else match[0], text)


def _check_depth(text):
    depth = 0
    for match in TAG.finditer(text):
        closes, tag, _attributes, single = match.groups()
        if not tag:
            continue
        if closes:
            depth = max(depth - 1, 0)
        elif not single and tag.lower() not in SINGLE:
            depth += 1
        if depth > DEPTH:
            raise ValueError("nested too deeply")


def _clean_element(element):
    if not isinstance(element.tag, str):
        element.drop_tree()
        return
    if element.tag not in TAGS:
        element.drop_tag()
        return
    allowed = ATTRIBUTES.get(element.tag, ())
    for name in set(element.attrib) - set(allowed):
        del element.attrib[name]
    if "href" in element.attrib and not LINK.match(element.attrib["href"].strip()):
        del element.attrib["href"]
    if element.tag == "img" and not PICTURE.match(element.get("src", "").strip()):
        element.drop_tree()


class WrittenHtml(fields.Html):
    """What somebody writes, with simple formatting. Odoo's own field keeps pictures on
    other machines and styles, and in place of a text that it cannot read it stores the
    words “Unknown error when sanitizing”."""

    def _convert(self, value, record, validate):
        if value and validate:
            check_length(record.env, self, value)
            try:
                value = clean_html(value)
            except (ValueError, AssertionError, etree.LxmlError) as error:
                raise UserError(
                    record.env._(
                        "This text could not be read, so nothing was saved. Paste it "
                        "again without its formatting (Ctrl+Shift+V)."
                    )
                ) from error
        return super()._convert(value, record, validate)


def check_length(env, field, value):
    """:raise UserError: for a text that is longer than its field takes"""
    limit = LIMITS[field.type]
    if len(value) > limit:
        raise UserError(
            env._(
                "“%(field)s” takes %(limit)s letters at most, and this has %(length)s. "
                "Nothing was saved: put a long text into several parts, or add it as "
                "a file.",
                field=field._description_string(env),
                limit=f"{limit:,}",
                length=f"{len(value):,}",
            )
        )
