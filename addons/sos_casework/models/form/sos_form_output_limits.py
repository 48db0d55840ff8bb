import html
import re
from collections import defaultdict
from functools import cached_property

from ...tools.words import without_tags

#: Keys of a piece that hold no words.
NOT_WORDS = {"type", "line", "children", "persons", "kind", "key", "sha256", "code"}
#: A child's sentence with fewer words than this is too common to look for.
SENTENCE_WORDS = 4
#: One word of an address is looked for when it has this many letters: a postcode, or
#: the name of a house.
ADDRESS_LETTERS = 6


def plain(text):
    """The words of a text or of HTML, on one line."""
    return " ".join(html.unescape(without_tags(text)).split())


def walk_words(value):
    """All texts in a piece, whichever way it nests them."""
    if isinstance(value, str):
        yield plain(value)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key not in NOT_WORDS:
                yield from walk_words(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from walk_words(inner)


def literal(text):
    """A pattern for these words in this order, however they are spaced."""
    words = [re.escape(word) for word in re.findall(r"\w+", text)]
    pattern = r"(?<!\w)" + r"\W+".join(words) + r"(?!\w)"
    return re.compile(pattern, re.IGNORECASE) if words else None


class ReaderLimits:
    """What one reader may not have of one form, asked of the live record now: a limit
    that was set after the form was signed counts."""

    def __init__(self, form, audience, reader, content, document=None):
        self.form = form
        self.env = form.env
        self.audience = audience
        self.reader = reader
        self.content = content
        self.document = document
        # sudo: a limit counts whether or not the user may see what sets it
        self.case = form.sudo().case_id

    # ------------------------------------------------------------------ people

    @cached_property
    def _same(self):
        """Whom an id of a frozen document means today: records that were merged since
        are their kept one. If a merge was undone after the document was frozen, it may
        mean either: what is not for one of them is not for the other."""
        if not self.document:
            return {}
        merges = self.env["sos.merge"].sudo()
        return merges._get_people_since(self.document.sudo().frozen_at)

    def _who(self, ids):
        """Ids of the people whom ids in the document mean today."""
        people = set()
        for person_id in ids:
            people |= self._same.get(person_id, {person_id})
        return people - {None}

    # ---------------------------------------------------------------- children

    @cached_property
    def allowed(self):
        """Ids of the children whose part the reader may have."""
        today = self.env["res.company"]._sos_today()
        relations = self.env["sos.relationship"].sudo()
        current = relations.search(
            [
                ("person_id", "=", self.reader.id),
                "|",
                ("parental_responsibility", "=", True),
                ("carer", "=", True),
                "|",
                ("since", "=", False),
                ("since", "<=", today),
                "|",
                ("until", "=", False),
                ("until", ">=", today),
            ]
        )
        releases = self.env["sos.output.release"].sudo()
        released = releases.search(
            [
                ("case_id", "=", self.case.id),
                ("person_id", "=", self.reader.id),
                ("withdrawn_at", "=", False),
                ("form_id", "in", [False, self.form.id]),
            ]
        )
        allowed = {*current.other_id.ids, *released.child_id.ids}
        if self.audience == "child":
            allowed |= {self.reader.id}
        return allowed

    @cached_property
    def silent(self):
        """Ids of the children who do not want the reader to see their words."""
        wishes = self.env["sos.share.wish"].sudo()
        return set(
            wishes.search(
                [("person_id", "=", self.reader.id), ("share", "=", False)]
            ).child_id.ids
        )

    @cached_property
    def child_names(self):
        children = self.case.child_ids | self.form.sudo().child_ids.child_id
        return {child.id: child._get_called() for child in children}

    def _names(self, ids):
        persons = self.env["sos.person"].sudo().browse(sorted(ids))
        return ", ".join(person._get_called() for person in persons)

    # -------------------------------------------------------------- live lines

    @cached_property
    def live(self):
        """Children and speaker of each line as they are recorded today."""
        ids = defaultdict(set)
        for section in self.content["sections"]:
            for piece in section["pieces"]:
                if piece["line"]:
                    ids[piece["line"][0]].add(piece["line"][1])
        live = {}
        for model, line_ids in ids.items():
            if model not in self.env:
                continue
            names = self.env[model]._fields
            for line in self.env[model].sudo().browse(line_ids).exists():
                children, speakers = set(), set()
                for name in ("child_ids", "child_id"):
                    if name in names and names[name].comodel_name == "sos.person":
                        children |= set(line[name].ids)
                if "words_of_id" in names:
                    speakers |= set(line.words_of_id.ids)
                live[model, line.id] = (line, children, speakers)
        return live

    # ------------------------------------------------------------------- texts

    @cached_property
    def secret_addresses(self):
        """Patterns of the confidential addresses of everybody but the reader."""
        persons = self.case.member_ids.person_id | self.case.network_ids.person_id
        persons |= self.form.sudo().child_ids.child_id
        addresses = self.env["sos.address"].sudo()
        hidden = addresses.search(
            [
                ("confidential", "=", True),
                ("person_id", "in", (persons - self.reader).ids),
            ]
        )
        patterns = []
        for address in hidden:
            parts = [part.strip() for part in re.split(r"[,;\n]", address.text)]
            texts = {address.text, address.postcode or "", parts[0]}
            texts |= {part for part in parts if re.search(r"\d", part)}
            # a house number alone would be found everywhere
            patterns += [
                literal(text)
                for text in sorted(texts)
                if len(re.findall(r"\w+", text)) > 1 or len(text) >= ADDRESS_LETTERS
            ]
        return patterns

    @cached_property
    def secret_words(self):
        """Patterns of the sentences of children who do not want the reader to see
        them: they are not given in somebody else's text either."""
        sentences = set()
        for section in self.content["sections"]:
            for piece in section["pieces"]:
                for said in self._said_by_silent(piece):
                    for text in walk_words(said):
                        sentences |= set(re.split(r"(?<=[.!?…])\s+", text))
        return [
            literal(sentence)
            for sentence in sorted(sentences)
            if len(re.findall(r"\w+", sentence)) >= SENTENCE_WORDS
        ]

    def _said_by_silent(self, piece):
        if self._who({piece["speaker"]}) & self.silent:
            words = ("html", "text", "words", "parts", "view", "panels", "step")
            yield {name: piece[name] for name in words if name in piece}
        else:
            for inner in self._nested(piece):
                if self._who({inner.get("speaker")}) & self.silent:
                    words = ("words", "text", "reason", "higher")
                    yield {name: inner[name] for name in words if name in inner}

    @staticmethod
    def _nested(piece):
        for value in piece.values():
            if isinstance(value, list):
                yield from (inner for inner in value if isinstance(inner, dict))

    # --------------------------------------------------------------- decisions

    def has_child(self, child_id):
        """Whether the reader may have what the document says of this child."""
        return not self._who({child_id}) - self.allowed

    def get_reason(self, piece):
        """Why a piece is left out, or None when the reader may have it."""
        line, children, speakers = self.live.get(
            tuple(piece["line"] or ()), (None, set(), set())
        )
        env = self.env
        if piece["type"] == "address":
            # an address tells where somebody lives: only the reader's own is given
            own = self._who(piece["persons"]) == {self.reader.id}
            if not own or piece["confidential"] or (line and line.confidential):
                return env._("Addresses are not given to other people.")
            return None
        missing = (self._who(piece["children"]) | children) - self.allowed
        if missing:
            return env._(
                "It is also about %(children)s. %(reader)s has neither parental "
                "responsibility nor care there, and no release is recorded.",
                children=self._names(missing),
                reader=self.reader.name,
            )
        silent = (self._who({piece["speaker"]}) | speakers) & self.silent
        if silent:
            return self._silent_reason(silent)
        if line is not None and line._name == "sos.form" and line._needs_release():
            return self._get_release_reason()
        return None

    def get_text_reason(self, piece):
        """Why a piece is left out for what its words say, or None."""
        for text in walk_words(piece):
            if any(pattern.search(text) for pattern in self.secret_addresses):
                return self.env._(
                    "Its text has a confidential address of somebody else in it."
                )
            if any(pattern.search(text) for pattern in self.secret_words):
                return self._silent_reason(self.silent, quoted=True)
        return None

    def _silent_reason(self, children, quoted=False):
        names = self._names(children & set(self.child_names) or children)
        if quoted:
            return self.env._(
                "It repeats words that %(child)s does not want %(reader)s to see.",
                child=names,
                reader=self.reader.name,
            )
        return self.env._(
            "%(child)s does not want %(reader)s to see their own words.",
            child=names,
            reader=self.reader.name,
        )

    def filter_nested(self, piece):
        """The piece without what is nested in it and not for the reader.

        :return: the piece, and the reasons of what was left out
        """
        reasons, result = [], dict(piece)
        for name, value in piece.items():
            if not isinstance(value, list) or not value:
                continue
            if not isinstance(value[0], dict):
                continue
            kept = []
            for inner in value:
                silent = self._who({inner.get("speaker")}) & self.silent
                if silent:
                    reasons.append(self._silent_reason(silent))
                elif self._who(inner.get("children", ())) - self.allowed:
                    reasons.append(self.env._("It is also about another child."))
                else:
                    kept.append(inner)
            if name == "ratings":
                kept = self._filter_ratings(kept, reasons)
            result[name] = kept
        return result, reasons

    def _filter_ratings(self, ratings, reasons):
        """A number that was given in a form which the family may not have, and why,
        is part of that form."""
        kept = []
        for rating in ratings:
            trend = [r for r in rating["trend"] if r.get("form") not in self.kept_back]
            if len(trend) < len(rating["trend"]):
                reasons.append(self._get_release_reason())
            if trend:
                kept.append({**rating, "trend": trend, **trend[-1]})
        return kept

    @cached_property
    def kept_back(self):
        """Ids of this family's forms that are not released to it."""
        forms = self.case.form_ids.filtered(lambda form: form._needs_release())
        return set(forms.ids)

    def _get_release_reason(self):
        return self.env._("It comes from a form that is not released to the family.")

    def get_mentions(self, piece):
        """Names of children in a text whose part the reader may not have: nobody but
        the giver can judge whether the text may stand."""
        others = {
            name
            for child_id, name in self.child_names.items()
            if name and child_id not in self.allowed
        }
        return sorted(
            name
            for name in others
            if any(literal(name).search(text) for text in walk_words(piece))
        )
