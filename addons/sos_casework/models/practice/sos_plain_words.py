import re

from odoo import api, models

#: A sentence with more words than this is hard to follow when it is read aloud.
LONG_SENTENCE = 30
SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+")
WILL_NOT = re.compile(
    r"\b(?:will\s+(?:not|never|no longer|stop)|won['’]t|must(?:\s+not|n['’]t)"
    r"|not\s+to|no longer|never|stops?|stopping|no more)\b",
    re.IGNORECASE,
)
WILL = re.compile(
    r"\b(?:will|shall)\b(?!\s+(?:not|never|no longer|stop)\b)", re.IGNORECASE
)


class SosPlainWords(models.AbstractModel):
    """Hints on words: kind, quick to take in, and never in the way of saving.

    Jargon is the code set ``jargon``: the code is the word (``*`` stands for any
    ending), its name is what to say instead. A configurator adds to it.
    """

    _name = "sos.plain.words"
    _description = "Hints on plain words"

    @api.model
    def _get_jargon(self):
        """``[(pattern, what to say instead)]``; ask once for many texts."""
        # sudo: which words are jargon is no secret
        codes = self.env["sos.code"].sudo().search([("code_set", "=", "jargon")])
        return [
            (
                re.compile(
                    rf"\b{re.escape(code.code)}\b".replace(r"\*\b", r"\w*"),
                    re.IGNORECASE,
                ),
                code.name,
            )
            for code in codes
        ]

    @api.model
    def _hint_jargon(self, text, jargon):
        hints = []
        for pattern, instead in jargon:
            found = pattern.search(text)
            if found:
                hints.append(
                    self.env._(
                        "“%(word)s” is our word, not the family's. Perhaps: "
                        "%(instead)s.",
                        word=found.group(),
                        instead=instead,
                    )
                )
        return hints

    @api.model
    def _hint_long_sentences(self, text):
        lengths = [len(part.split()) for part in SENTENCE_END.split(text)]
        longest = max(lengths, default=0)
        if longest <= LONG_SENTENCE:
            return []
        return [
            self.env._("A sentence has %s words: two short ones read better.", longest)
        ]

    @api.model
    def _hint_children(self, text, children):
        """A text about children says their names."""
        words = text.casefold()
        missing = children._get_readable().filtered(
            lambda child: not any(
                name.casefold() in words for name in self._get_names(child)
            )
        )
        if not missing:
            return []
        names = ", ".join(self._get_names(child)[0] for child in missing)
        return [self.env._("Not named in it: %s.", names)]

    @api.model
    def _get_names(self, child):
        """What a child may be called in a text; the first is how we say it here."""
        names = [child.known_as, child.first_name]
        if not child.first_name:
            today = self.env["res.company"]._sos_today()
            names.append(child._get_stage(today).lower() or child.name)
        return [name for name in names if name]

    @api.model
    def _hint_only_negative(self, goal):
        """A goal says what people will do, not only what they will stop doing."""
        if WILL_NOT.search(goal) and not WILL.search(goal):
            return [
                self.env._(
                    "The goal only says what will not happen. What will the children "
                    "see people do instead?"
                )
            ]
        return []
