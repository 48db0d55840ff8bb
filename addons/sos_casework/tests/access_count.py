"""Counts what the tests of the access table try, and says it in one line a test."""

import logging
from collections import Counter

_logger = logging.getLogger(__name__)

#: what is said at the end of a run
LINES = []


class AccessCount:
    def __init__(self, title):
        self.title = title
        self.allowed = Counter()
        self.refused = Counter()

    def add(self, way, allowed, number=1):
        (self.allowed if allowed else self.refused)[way] += number

    def __len__(self):
        return self.allowed.total() + self.refused.total()

    def say(self):
        ways = ", ".join(
            f"{way} {self.allowed[way]}/{self.refused[way]}"
            for way in sorted(self.allowed | self.refused)
        )
        line = (
            f"{self.title}: {len(self)} tried, {self.allowed.total()} allowed, "
            f"{self.refused.total()} refused ({ways})"
        )
        _logger.info(line)
        LINES.append(line)
