"""Whether a PDF acts by itself, holds other files or is locked. A PDF is things with
names, some of them packed: each name in it is looked at, of older states of the
document and of what nothing leads to as well: programs do not agree what they open."""

import re
import zlib

from .refused import refused

#: bytes that are read and unpacked of one PDF, and at once
MOST_WORK = 300 * 1024 * 1024
STEP = 64 * 1024

#: what a thing is called, and what that means
NAMES = {
    "JavaScript": "pdf_acts",
    "Launch": "pdf_acts",
    "ImportData": "pdf_acts",
    "SubmitForm": "pdf_acts",
    "RichMedia": "pdf_acts",
    "GoToR": "pdf_acts",
    "GoToE": "pdf_acts",
    "EmbeddedFile": "pdf_files",
    "EmbeddedFiles": "pdf_files",
    "FileAttachment": "pdf_files",
    "Encrypt": "locked",
}
#: names so short that they stand in any picture by chance: of the document itself only
SHORT = {"JS": "pdf_acts", "XFA": "pdf_acts"}
STREAM = re.compile(rb"(?<!end)stream *(?:\r\n?|\n)")
#: more streams than these, or a longer description of one, no program writes
MOST_STREAMS = 100_000
LONGEST_ABOUT = 20_000
#: a stream of things, which is unpacked here only if it is packed as all programs do
THINGS = re.compile(rb"/ObjStm\b")
HOLDS_THINGS = re.compile(rb"/First\b|/ObjStm\b")
PREDICTED = re.compile(rb"/Predictor\b")
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")


def _get_pattern(names):
    """These names, any letter of which may be written by its number."""
    spelled = "|".join("".join(map(_spell, name)) for name in names)
    return re.compile(rf"/({spelled})(?![A-Za-z0-9#_.-])".encode())


def _spell(letter):
    # not by a flag for small and large letters, with which the search takes far longer
    number = "".join(f"[{d}{d.upper()}]" for d in f"{ord(letter):02x}")
    return f"(?:{letter}|#{number})"


PACKED_OTHERWISE = _get_pattern(
    ["ASCIIHexDecode", "ASCII85Decode", "LZWDecode", "RunLengthDecode"]
)
LONG_NAMES = _get_pattern(NAMES)
SHORT_NAMES = _get_pattern(SHORT)


def _unescape(text):
    return ESCAPED.sub(lambda match: bytes([int(match[1], 16)]), text)


def _check_names(pattern, reasons, text):
    if match := pattern.search(text):
        raise refused(reasons[_unescape(match[1]).decode()])


def check(content):
    """:raise UserError: when a PDF is none that is kept"""
    _check_names(LONG_NAMES, NAMES, content)
    for text in _get_unpacked(content):
        _check_names(SHORT_NAMES, SHORT, text)
    if THINGS.search(content) and PACKED_OTHERWISE.search(content):
        raise refused("unread")
    work = 0
    for number, match in enumerate(STREAM.finditer(content)):
        holds = _holds_things(content, match.start())
        for text, read in _unpack(content, match.end()):
            # streams may lie in each other, so what is read again counts again
            work += len(text) + read
            if work > MOST_WORK or number > MOST_STREAMS:
                raise refused("grows")
            _check_names(LONG_NAMES, NAMES, text)
            if holds:
                _check_names(SHORT_NAMES, SHORT, text)


def _get_unpacked(content):
    """What stands outside of streams."""
    end = 0
    while match := STREAM.search(content, end):
        yield content[end : match.start()]
        end = content.find(b"endstream", match.end())
        if end < 0:
            end = match.end()
            break
    yield content[end:]


def _holds_things(content, start):
    """Whether a stream holds other things, by the description before it."""
    about = content[max(start - LONGEST_ABOUT, 0) : start]
    about = _unescape(about.rpartition(b"endobj")[2])
    holds = bool(HOLDS_THINGS.search(about))
    if holds and PREDICTED.search(about):
        raise refused("unread")
    return holds


def _unpack(content, at):
    """What is packed from there, in pieces that share an edge, and how much was read
    for each. Nothing is held whole: a small file may be very large unpacked."""
    unpacker = zlib.decompressobj()
    view = memoryview(content)
    edge = b""
    try:
        while at < len(content) and not unpacker.eof:
            packed = view[at : at + STEP]
            at += len(packed)
            read = len(packed)
            while packed:
                text = unpacker.decompress(packed, STEP)
                packed = unpacker.unconsumed_tail
                yield edge + text, read
                edge, read = text[-100:], 0
    except zlib.error:
        # a picture, or a page that is not packed: it was looked at as it is
        return
