import re
from collections import defaultdict
from functools import cached_property

from lxml import etree, html

from ..form.sos_form_output_limits import literal
from .held import get_person_fields

#: What a line of the record belongs to, nearest first.
ANCHORS = ("rule_id", "story_id", "danger_id", "plan_id", "form_id", "document_id")
CHILDREN = ("child_ids", "child_id")
SPACES = re.compile(r"\s+")
BLOCKS = {"p", "div", "li", "tr", "br", "ul", "ol", "table", "h1", "h2", "h3", "h4"}


def words_of_html(text):
    """The words of HTML, a line a paragraph."""
    if not (text or "").strip():
        return ""
    root = html.fromstring(f"<div>{text}</div>")
    for element in root.iter(etree.Element):
        # what was typed keeps its lines, the source of a page does not
        if "sos_text" not in (element.get("class") or ""):
            element.text = SPACES.sub(" ", element.text or "")
        element.tail = SPACES.sub(" ", element.tail or "")
        if element.tag in BLOCKS:
            element.tail = f"\n{element.tail}"
            if element.tag != "br":
                element.text = f"\n{element.text or ''}"
        elif element.tag in ("td", "th"):
            element.tail = f" | {element.tail}"
    lines = (" ".join(line.split()) for line in root.text_content().splitlines())
    return "\n".join(line for line in (line.strip(" |") for line in lines) if line)


class PersonSource:
    """Whom a request is about, and which other people a text or a row names."""

    def __init__(self, request):
        self.request = request
        # sudo: that the user may read every file was checked; nothing is left out of
        # what is held because a rule knows only one of a person's files
        self.env = request.env(su=True, context={"active_test": False})
        self.person = self.env["sos.person"].browse(request.person_id.id)
        self.cases = self.env["sos.case"].browse(request.case_ids.ids)
        # fingerprints of the pictures and files that are pieces already
        self.files = set()

    # ------------------------------------------------------------------ people

    @cached_property
    def members(self):
        return self.cases.member_ids.filtered(
            lambda m: m.active and m.person_id == self.person
        )

    @cached_property
    def is_child(self):
        return "child" in self.members.mapped("role") or self.person.kind == "child"

    @cached_property
    def belongs(self):
        """Ids of the files whose pieces without a name are about the person too."""
        lines = self.members.filtered(lambda m: m.role in ("child", "adult"))
        return set(lines.case_id.ids)

    @cached_property
    def children(self):
        """Ids of the children by file."""
        return {case.id: set(case.child_ids.ids) for case in self.cases}

    @cached_property
    def people(self):
        """Everybody whom the files know, and who is related to the person."""
        people = self.cases.member_ids.person_id | self.cases.network_ids.person_id
        relations = self.person.relation_ids | self.person.inverse_relation_ids
        return people | relations.person_id | relations.other_id | self.person

    def add_people(self, ids):
        """People whom a row names count as well, when they come up in a text."""
        self.people |= self.env["sos.person"].browse(ids)

    @cached_property
    def own_names(self):
        person = self.person
        names = {person.name, *person.name_ids.mapped("first_name")}
        names.update(person.name_ids.mapped("text"))
        return {name.lower() for name in names if name and len(name) > 1}

    @cached_property
    def names(self):
        """Names of other people, in small letters, and whose they are."""
        names = defaultdict(set)
        # the name of the family itself tells nothing of anybody in it
        common = {(self.person.last_name or "").lower()}
        common |= {(case.name or "").lower() for case in self.cases} | self.own_names
        for other in self.people - self.person:
            own = {other.name, *other.name_ids.mapped("text")}
            for part in ("first_name", "last_name"):
                own.update(other.name_ids.mapped(part))
            for name in filter(None, own):
                key = " ".join(name.lower().split())
                if len(key) > 1 and key not in common:
                    names[key].add(other.id)
        return dict(names)

    @cached_property
    def pattern(self):
        """One pattern for the names of everybody but the person."""
        return self._get_pattern(self.names)

    @cached_property
    def own_pattern(self):
        return self._get_pattern(self.own_names)

    @staticmethod
    def _get_pattern(names):
        longest = sorted(names, key=len, reverse=True)
        words = (r"\s+".join(map(re.escape, name.split())) for name in longest)
        found = "|".join(words)
        return (
            re.compile(rf"(?<!\w)(?:{found})(?!\w)", re.IGNORECASE) if found else None
        )

    def find_names(self, text):
        """Names of other people as a text writes them."""
        if not (self.pattern and text):
            return []
        return list(dict.fromkeys(self.pattern.findall(text)))

    def find_people(self, text):
        ids = set()
        for name in self.find_names(text):
            ids |= self.names[" ".join(name.lower().split())]
        return ids

    def find_self(self, text):
        return bool(self.own_pattern and text and self.own_pattern.search(text))

    # -------------------------------------------------------------------- rows

    def get_ids(self, record):
        """Ids of the people whom a row names in its fields."""
        ids = set()
        for name in get_person_fields(self.env, record._name):
            ids |= set(record[name].ids)
        return ids

    def get_about(self, record):
        """Ids of the children whom a row is about, by itself or by what it belongs
        to; empty: nobody is named, so all of the family."""
        if record._name == "sos.form":
            return set(record.child_ids.child_id.ids)
        for name in CHILDREN:
            field = record._fields.get(name)
            if field and field.comodel_name == "sos.person" and record[name]:
                return set(record[name].ids)
        for name in ANCHORS:
            if name in record._fields and record[name]:
                return self.get_about(record[name])
        return set()

    def weigh(self, ids, about, case_id, text):
        """Whether a piece is about the person, and whom else it names.

        :param ids: people named by fields; ``about``: children it is about
        """
        whole = not about or about >= self.children.get(case_id, set())
        inside = case_id in self.belongs
        theirs = self.person.id in ids | about or self.find_self(text)
        if whole and inside:
            theirs = theirs or not self.is_child or not about
        named = ids | (set() if whole and inside else about)
        third = (named | self.find_people(text)) - {self.person.id}
        return theirs, third

    # ------------------------------------------------------------- why to look

    @cached_property
    def secret_addresses(self):
        addresses = self.env["sos.address"].search(
            [("person_id", "in", self.people.ids), ("confidential", "=", True)]
        )
        return [
            literal(text)
            for address in addresses
            for text in (address.text, address.postcode)
            if text and len(text) > 4
        ]

    @cached_property
    def is_silent(self):
        """Whether the child does not want who asks to see their words."""
        wishes = self.env["sos.share.wish"].search(
            [
                ("child_id", "=", self.person.id),
                ("person_id", "=", self.request.asker_id.id),
                ("share", "=", False),
            ]
        )
        return bool(self.request.asker_id and wishes)

    def get_reasons(self, third, text, own_words=False, confidential=False):
        """Why a piece is not given before somebody has looked at it."""
        env, reasons = self.request.env, []
        if third:
            people = self.env["sos.person"].browse(sorted(third))
            names = ", ".join(people.mapped("display_name"))
            reasons.append(env._("Names %s.", names))
        if confidential or any(p.search(text or "") for p in self.secret_addresses):
            reasons.append(env._("A confidential address."))
        if own_words and self.is_silent:
            reasons.append(
                env._("The child does not want who asks to see their words.")
            )
        return " ".join(reasons)
