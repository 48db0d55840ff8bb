"""The children in need census as plain data, and its XML.

The order of the fields is the order of the elements in the message; each field
names its element, and a wrapper where the format has one. What is None or an empty
list is left out. ``record`` leads back to where the facts were taken from.
"""

import functools
import io
import re
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from xml.sax.saxutils import escape

from lxml import etree


def element(name, wrapper=None, many=False):
    """A field of a census structure.

    :param name: of the element; for a list, of each element
    :param wrapper: an element around them all
    """
    metadata = {"element": name, "wrapper": wrapper}
    if many or wrapper:
        return field(default_factory=list, metadata=metadata)
    return field(default=None, metadata=metadata)


@dataclass
class Record:
    """Where a part of a return comes from."""

    model: str
    id: int


@dataclass
class Identifiers:
    la_child_id: str | None = element("LAchildID")
    upn: str | None = element("UPN")
    former_upn: str | None = element("FormerUPN")
    upn_unknown: str | None = element("UPNunknown")
    born: date | None = element("PersonBirthDate")
    expected: date | None = element("ExpectedPersonBirthDate")
    sex: str | None = element("Sex")
    died: date | None = element("PersonDeathDate")


@dataclass
class Characteristics:
    ethnicity: str | None = element("Ethnicity")
    disabilities: list[str] = element("Disability", wrapper="Disabilities")


@dataclass
class Assessment:
    started: date | None = element("AssessmentActualStartDate")
    authorised: date | None = element("AssessmentAuthorisationDate")
    factors: list[str] = element(
        "AssessmentFactors", wrapper="FactorsIdentifiedAtAssessment"
    )
    record: Record | None = None


@dataclass
class NeedPlan:
    started: date | None = element("CINPlanStartDate")
    ended: date | None = element("CINPlanEndDate")
    record: Record | None = None


@dataclass
class Enquiry:
    started: date | None = element("S47ActualStartDate")
    target: date | None = element("InitialCPCtarget")
    conference: date | None = element("DateOfInitialCPC")
    not_required: bool | None = element("ICPCnotRequired")
    record: Record | None = None


@dataclass
class ProtectionPlan:
    started: date | None = element("CPPstartDate")
    ended: date | None = element("CPPendDate")
    initial_category: str | None = element("InitialCategoryOfAbuse")
    latest_category: str | None = element("LatestCategoryOfAbuse")
    previous: int | None = element("NumberOfPreviousCPP")
    reviews: list[date] = element("CPPreviewDate", wrapper="Reviews")
    record: Record | None = None


@dataclass
class Details:
    """One period of need."""

    referred: date | None = element("CINreferralDate")
    source: str | None = element("ReferralSource")
    need: str | None = element("PrimaryNeedCode")
    closed: date | None = element("CINclosureDate")
    closure_reason: str | None = element("ReasonForClosure")
    transfer_conference: date | None = element("DateOfInitialCPC")
    assessments: list[Assessment] = element("Assessments", many=True)
    need_plans: list[NeedPlan] = element("CINPlanDates", many=True)
    enquiries: list[Enquiry] = element("Section47", many=True)
    nfa: bool | None = element("ReferralNFA")
    protection_plans: list[ProtectionPlan] = element("ChildProtectionPlans", many=True)
    record: Record | None = None


@dataclass
class Child:
    identifiers: Identifiers | None = element("ChildIdentifiers")
    characteristics: Characteristics | None = element("ChildCharacteristics")
    details: list[Details] = element("CINdetails", many=True)
    record: Record | None = None


@dataclass
class Collection:
    collection: str | None = element("Collection")
    year: int | None = element("Year")
    reference_date: date | None = element("ReferenceDate")


@dataclass
class Source:
    level: str | None = element("SourceLevel")
    authority: str | None = element("LEA")
    software: str | None = element("SoftwareCode")
    release: str | None = element("Release")
    serial: str | None = element("SerialNo")
    made_at: datetime | None = element("DateTime")


@dataclass
class Header:
    collection: Collection | None = element("CollectionDetails")
    source: Source | None = element("Source")


@dataclass
class Message:
    header: Header | None = element("Header")
    children: list[Child] = element("Child", wrapper="Children")


def to_xml(message):
    """A ``Message`` as the bytes of its XML file, all of it in memory."""
    file = io.BytesIO()
    write_xml(file, message.header, message.children)
    return file.getvalue()


def write_xml(file, header, children):
    """Write the census as it comes: never more than one child of it is in memory.

    :param file: takes bytes
    :param children: any iterable of ``Child``
    """
    write_parts(file, header, (to_part(child) for child in children))


def write_parts(file, header, parts):
    """The same of children that are text already (``to_part``)."""

    def write(text):
        file.write(text.encode())

    write("<?xml version='1.0' encoding='UTF-8'?>\n<Message>\n")
    if header:
        write(_to_text("Header", header, "  "))
    write("  <Children>\n")
    for part in parts:
        write(part)
    write("  </Children>\n</Message>")


def to_part(child):
    """A ``Child`` as the lines of its element in the file."""
    return _to_text("Child", child, "    ")


def _to_text(name, item, indent):
    lines = []
    _append(lines, name, item, indent)
    return "".join(lines)


@functools.cache
def _get_parts(kind, indent):
    """What is told of a structure at some depth: name of the field, element, depth,
    what stands before a value and after it, before all values and after them."""
    parts = []
    for part in fields(kind):
        if "element" not in part.metadata:
            continue
        element_name, wrapper = part.metadata["element"], part.metadata["wrapper"]
        place = f"{indent}    " if wrapper else f"{indent}  "
        parts.append(
            (
                part.name,
                element_name,
                place,
                f"{place}<{element_name}>",
                f"</{element_name}>\n",
                f"{indent}  <{wrapper}>\n" if wrapper else "",
                f"{indent}  </{wrapper}>\n" if wrapper else "",
            )
        )
    return parts


def _append(lines, name, item, indent):
    """Written out as text: to build nodes first takes twice the time."""
    lines.append(f"{indent}<{name}>\n")
    for field_name, element_name, place, start, end, first, last in _get_parts(
        type(item), indent
    ):
        value = getattr(item, field_name)
        if value is None or value == []:
            continue
        if first:
            lines.append(first)
        for one in value if type(value) is list else (value,):
            if write := _get_writer(type(one)):
                lines.append(f"{start}{write(one)}{end}")
            else:
                _append(lines, element_name, one, place)
        if last:
            lines.append(last)
    lines.append(f"{indent}</{name}>\n")


def to_text(value):
    """A value as it is written in the message, before it is made safe for it."""
    return value if isinstance(value, str) else _get_writer(type(value))(value)


#: How each kind of value is written in the file; the first that fits.
WRITERS = {
    # most are codes, in which nothing can be to escape
    str: lambda value: value if value.isalnum() else escape(value),
    bool: lambda value: "1" if value else "0",
    int: str,
    datetime: lambda value: value.isoformat(timespec="seconds"),
    date: date.isoformat,
}


@functools.cache
def _get_writer(kind):
    """None: a structure."""
    return next((write for of, write in WRITERS.items() if issubclass(kind, of)), None)


def is_valid(file, schema_path):
    """Whether a file keeps to an XML Schema, read as a stream.

    :param file: of bytes, from where it stands
    """
    schema = etree.XMLSchema(etree.parse(schema_path))
    try:
        for _, child in etree.iterparse(file, tag="Child", schema=schema):
            # what was read is let go, with what stands before it
            child.clear()
            while child.getprevious() is not None:
                del child.getparent()[0]
    except etree.XMLSyntaxError:
        return False
    return True


#: What the checker says of an element that is not there, if it knows which one it is.
MISSING = re.compile(r"Expected is \( (\w+) \)")


def find_schema_errors(xml, schema_path):
    """What keeps an XML file from being valid.

    :param bytes xml: the file
    :param schema_path: of an XML Schema
    :return: (line, element that is wrong or missing, number of the child or None, words
        of the checker) each
    """
    schema = etree.XMLSchema(etree.parse(schema_path))
    document = etree.fromstring(xml)
    if schema.validate(document):
        return []
    children = [
        (child.sourceline, child.findtext("ChildIdentifiers/LAchildID"))
        for child in document.iter("Child")
    ]
    errors = []
    for error in schema.error_log:
        before = [number for line, number in children if line <= error.line]
        # the path ends in /Name or /Name[2]; of what is missing it leads to what came
        # instead
        name = (error.path or "").rsplit("/", 1)[-1].split("[")[0]
        missing = MISSING.search(error.message)
        name = missing[1] if missing else name
        errors.append((error.line, name, before[-1] if before else None, error.message))
    return errors
