"""Documents of office programs (Office Open XML, OpenDocument): which kind one is, and
whether it holds a program, another file, or a part that is fetched from elsewhere. Told
by the list of its parts and what they are to each other, in whichever order they stand
and whatever they are called."""

import io
import re
import struct
import zipfile
import zlib

from lxml import etree

from .refused import refused

#: how documents of before 2007 begin, programs inside newer ones (macros, objects), and
#: what a newer one is packed into by a password
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LOCKED = "EncryptedPackage".encode("utf-16-le")
#: how programs begin
PROGRAMS = (OLD, b"MZ", b"\x7fELF", b"#!")
ARCHIVE = b"PK\x03\x04"

MOST_PARTS = 10_000
#: bytes: unpacked, all together, and of one part that is read
MOST_UNPACKED = 300 * 1024 * 1024
#: a table in a report is a document in a document, of so many bytes
DEEPEST = 2
MOST_INSIDE = 25 * 1024 * 1024

OOXML = "application/vnd.openxmlformats-officedocument."
MAIN = {
    f"{OOXML}{kind}.main+xml": f"{OOXML}{kind}"
    for kind in (
        "wordprocessingml.document",
        "spreadsheetml.sheet",
        "presentationml.presentation",
    )
}
OPENDOCUMENT = {
    f"application/vnd.oasis.opendocument.{kind}"
    for kind in ("presentation", "spreadsheet", "text")
}
#: kinds of parts, and of what parts are to each other, that are programs
PROGRAM_PARTS = re.compile(
    "macro|vba|activex|relationships/control$|ui/extensibility$", re.IGNORECASE
)
OBJECT_PARTS = re.compile("oleobject|afchunk", re.IGNORECASE)
#: parts that are filled from another document or program
ELSEWHERE_PARTS = re.compile("externallink|ddelink", re.IGNORECASE)
#: a link for people to follow; one to a file might start it
FOLLOWED = re.compile(r"(https?|mailto|tel):|(?!\w[\w+.-]*:)([^\\/]|/(?!/))|$", re.I)
#: a part that is not in the document itself
OUTSIDE = re.compile(r"\w[\w+.-]*:|\.\./|[\\/]")
BLANKS = re.compile(r"[\x00-\x20]+")
#: words in a field of Word that run a program
RUNS = re.compile(r"\bDDE(AUTO)?\b", re.IGNORECASE)
#: of OpenDocument: what runs or fetches something
OPEN_SCRIPTS = re.compile("basic|script|dialog", re.IGNORECASE)
OPEN_PROGRAMS = {"event-listener", "applet", "plugin"}
OPEN_ELSEWHERE = {"dde-source", "dde-link", "dde-connection-decl", "floating-frame"}


def check(content, depth=0):
    """
    :return: the kind of a document
    :raise UserError: when it is none that is kept
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _Document(archive, depth).check()
    except (
        zipfile.BadZipFile,
        zlib.error,
        etree.XMLSyntaxError,
        EOFError,
        KeyError,
        NotImplementedError,
        OSError,
        RuntimeError,
        ValueError,
        struct.error,
    ) as error:
        raise refused("unread") from error


def _local(name):
    return name.rpartition("}")[2] if isinstance(name, str) else ""


class _Document:
    def __init__(self, archive, depth):
        self.archive = archive
        self.depth = depth
        self.parts = archive.infolist()
        self.names = {part.filename.lower() for part in self.parts}

    def check(self):
        if len(self.parts) > MOST_PARTS or (
            sum(part.file_size for part in self.parts) > MOST_UNPACKED
        ):
            raise refused("grows")
        if len(self.names) < len(self.parts):
            # programs do not agree which of two parts of one name they open
            raise refused("unread")
        if any(part.flag_bits & 1 for part in self.parts):
            raise refused("locked")
        if "[content_types].xml" in self.names:
            kind = self._check_office()
        elif "mimetype" in self.names:
            kind = self._check_open()
        else:
            raise refused("kind")
        self._check_contents()
        return kind

    def _read(self, part):
        """Elements of a part that is XML, without what its text calls in."""
        with self.archive.open(part) as stream:
            for _event, element in etree.iterparse(
                stream, resolve_entities=False, no_network=True, load_dtd=False
            ):
                yield element
                parent = element.getparent()
                if parent is None and element.getroottree().docinfo.doctype:
                    raise refused("unread")
                # a document of a thousand pages is not held in memory
                element.clear()
                while parent is not None and element.getprevious() is not None:
                    del parent[0]

    def _check_contents(self):
        """How each part begins, whatever it says that it is."""
        for part in self.parts:
            with self.archive.open(part) as stream:
                head = stream.read(8)
                if head.startswith(ARCHIVE):
                    if self.depth == DEEPEST or part.file_size > MOST_INSIDE:
                        raise refused("inside")
                    check(head + stream.read(), self.depth + 1)
            if head.startswith(OLD):
                vba = "vba" in part.filename.lower()
                raise refused("macros" if vba else "inside")
            if head.startswith(PROGRAMS):
                raise refused("inside")

    # ---------------------------------------------------------------- Office XML

    def _check_office(self):
        kinds = []
        for part in self.parts:
            name = part.filename.lower()
            if name == "[content_types].xml":
                for element in self._read(part):
                    kind = element.get("ContentType", "")
                    self._check_kind(kind)
                    kinds += [MAIN[kind]] if kind in MAIN else []
            elif name.endswith(".rels"):
                for element in self._read(part):
                    self._check_relation(element)
            elif name.startswith("word/") and name.endswith(".xml"):
                self._check_fields(part)
        if len(kinds) != 1:
            raise refused("kind")
        return kinds[0]

    def _check_kind(self, kind):
        if PROGRAM_PARTS.search(kind):
            raise refused("macros")
        if ELSEWHERE_PARTS.search(kind):
            raise refused("elsewhere")
        if OBJECT_PARTS.search(kind):
            raise refused("inside")

    def _check_relation(self, element):
        kind = element.get("Type", "")
        self._check_kind(kind)
        if element.get("TargetMode", "").lower() != "external":
            return
        link = kind.lower().endswith("/hyperlink")
        if not link or not FOLLOWED.match(BLANKS.sub("", element.get("Target", ""))):
            raise refused("elsewhere")

    def _check_fields(self, part):
        """A field may be in pieces: it is read as Word puts it together."""
        words = []
        for element in self._read(part):
            name = _local(element.tag)
            if name == "instrText":
                words.append(element.text or "")
            elif name == "fldSimple":
                words += [" ", *element.attrib.values(), " "]
            elif name == "fldChar":
                words.append(" " if "end" in element.attrib.values() else "")
        if RUNS.search("".join(words)):
            raise refused("elsewhere")

    # -------------------------------------------------------------- OpenDocument

    def _check_open(self):
        with self.archive.open("mimetype") as stream:
            kind = stream.read(100).decode("ascii").strip()
        if kind not in OPENDOCUMENT:
            raise refused("kind")
        for part in self.parts:
            name = part.filename.lower()
            if name.startswith(("basic/", "scripts/")):
                raise refused("macros")
            if name == "meta-inf/manifest.xml":
                for element in self._read(part):
                    if _local(element.tag) == "encryption-data":
                        raise refused("locked")
                    for name, value in element.attrib.items():
                        if _local(name) == "media-type" and OPEN_SCRIPTS.search(value):
                            raise refused("macros")
            elif name.endswith((".xml", ".rdf")):
                for element in self._read(part):
                    self._check_open_element(element)
        return kind

    def _check_open_element(self, element):
        tag = _local(element.tag)
        if tag in OPEN_PROGRAMS:
            raise refused("macros")
        if tag in OPEN_ELSEWHERE:
            raise refused("elsewhere")
        for name, value in element.attrib.items():
            if _local(name) != "href":
                continue
            link = BLANKS.sub("", value)
            if OUTSIDE.match(link) and not (tag == "a" and FOLLOWED.match(link)):
                raise refused("elsewhere")
