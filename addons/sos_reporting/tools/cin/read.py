"""Reads the file of any census into rows, child by child.

The file may come from anybody: a document type, and with it every entity, is refused,
nothing is fetched, and what is read at a time stays small. What the census does not
know is passed over; whether the file is valid is asked of its schema, not here.
"""

import io
from xml.parsers import expat

from .. import census
from .rows import Census, CensusError, Layout, Row, get_layout, number_rows, parse

#: A census of 10,000 children is about 15 MB, 40 MB with much white space.
MAX_BYTES = 128 * 1024 * 1024
#: How much may come without anything of XML in it: one long word, one long comment.
MAX_SILENCE = 1024 * 1024
#: A census is eight elements deep.
MAX_DEPTH = 50
#: No child has nearly as many rows, no element of a census nearly as much text.
MAX_ROWS = 20_000
MAX_TEXT = 10_000
CHUNK = 64 * 1024

_OTHER = Layout({}, {}, {}, {})


def read_xml(source):
    """:param source: bytes, or a file opened for bytes
    :return: ``Census``, whose children are read while it is gone through
    :raise CensusError: now or while it is gone through, when the file cannot be read
    """
    file = io.BytesIO(source) if isinstance(source, bytes) else source
    reader = _Reader()
    children = _iter_children(file, reader)
    # the header stands before the first child
    first = next(children, None)
    _check_kind(reader.header, first)
    return Census(header=reader.header, children=_chain(first, children))


def _check_kind(header, first):
    """Other returns to the DfE begin with <Message>, too."""
    collections = [row["Collection"] for row in header.below("CollectionDetails")]
    if collections[:1] != ["CIN"] and (any(collections) or first is None):
        raise CensusError(
            "The file is a return of another kind: its header does not say that it is "
            "the children in need census (CIN)."
        )


def _chain(first, rest):
    if first is not None:
        yield first
        yield from rest


def _iter_children(file, reader):
    size = silence = 0
    while chunk := file.read(CHUNK):
        size += len(chunk)
        if size > MAX_BYTES:
            raise CensusError(
                f"The file is larger than {MAX_BYTES // 1024 // 1024} MB, which no "
                "census is."
            )
        heard = reader.heard
        reader.feed(chunk)
        silence = 0 if reader.heard > heard else silence + len(chunk)
        if silence > MAX_SILENCE:
            raise CensusError(
                "The file has a value that is longer than any of a census."
            )
        yield from reader.take()
    reader.feed(b"", last=True)
    yield from reader.take()


class _Reader:
    """Rows out of the events of a parser. ``stack`` holds for each element that is open
    its row (a wrapper and a value: the row that they stand in), the layout of what may
    stand in it, and the type of its own value or None."""

    def __init__(self):
        self.header = Row("Header")
        self.done = []
        self.position = 0
        self.count = 0
        self.heard = 0
        self.stack = []
        self.text = None
        self.size = 0
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._add_text

    def feed(self, chunk, last=False):
        try:
            self.parser.Parse(chunk, last)
        except expat.ExpatError as error:
            raise CensusError(
                f"The file is not XML: line {error.lineno} cannot be read."
            ) from None
        except (LookupError, ValueError):
            raise CensusError("The file says an encoding that is not known.") from None

    def take(self):
        """The children read since the last time."""
        done, self.done = self.done, []
        return done

    def _refuse(self, *_args):
        raise CensusError(
            "The file has a document type (DOCTYPE), which no census has."
        )

    def _start(self, tag, _attributes):
        name = tag.rpartition(":")[2]
        self.heard += 1
        if len(self.stack) > MAX_DEPTH:
            raise CensusError("The file has more elements in each other than a census.")
        if not self.stack:
            if name != "Message":
                raise CensusError(
                    "The file is not a children in need census: it does not begin with "
                    "<Message>."
                )
            self.stack.append((Row(name), get_layout(census.Message), None))
            return
        row, layout, _kind = self.stack[-1]
        self.text = None
        self.size = 0
        if name in layout.groups:
            self._open_row(name, get_layout(layout.groups[name]))
        elif name in layout.lists:
            self._open_row(name, _OTHER, layout.lists[name])
        elif name in layout.values:
            self.text = []
            self.stack.append((row, _OTHER, layout.values[name]))
        else:
            self.stack.append((row, layout.wrappers.get(name, _OTHER), None))

    def _open_row(self, name, layout, kind=None):
        self.count += 1
        if self.count > MAX_ROWS:
            raise CensusError(
                f"Line {self.parser.CurrentLineNumber}: a child has more than "
                f"{MAX_ROWS} entries, which no child of a census has."
            )
        self.text = [] if kind else None
        row = Row(name, line=self.parser.CurrentLineNumber)
        self.stack.append((row, layout, kind))

    def _add_text(self, text):
        self.heard += 1
        if self.text is not None:
            self.text.append(text)
            self.size += len(text)
            if self.size > MAX_TEXT:
                raise CensusError(
                    f"Line {self.parser.CurrentLineNumber}: a value is longer than any "
                    "of a census."
                )

    def _end(self, tag):
        name = tag.rpartition(":")[2]
        row, _layout, kind = self.stack.pop()
        if kind is not None:
            self._set(row, name, kind)
        if not self.stack:
            return
        above = self.stack[-1][0]
        if row is not above and row.element == name:
            self._close_row(row, above)
        elif name == "Reviews" and not row.below("CPPreviewDate"):
            # rule 8842Q asks for the day of a review that has none
            row.add(Row("CPPreviewDate", line=self.parser.CurrentLineNumber))

    def _set(self, row, name, kind):
        text = "".join(self.text or ())
        self.text = None
        # an element that stands twice is a matter of the schema; the first one counts
        if text.strip() and name not in row.texts:
            row.put(name, text, parse(kind, text))

    def _close_row(self, row, above):
        if row.element == "Child":
            self.position += 1
            self.count = 0
            self.done.append(number_rows(row, self.position))
        elif row.element == "Header":
            self.header = row
        else:
            above.add(row)
