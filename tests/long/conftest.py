"""What the tests of this folder have in common."""

from collections import Counter

import pytest


@pytest.fixture(scope="session")
def tried():
    """Counts what was tried, ``(way, what became of it)``; said at the end."""
    counts = Counter()
    yield counts
    print("\n\nTried over HTTP behind the proxy:")
    by_way = {}
    for (way, result), number in counts.items():
        by_way.setdefault(way, []).append(f"{number} {result}")
    for way in sorted(by_way, key=lambda way: (int(way.partition(" ")[0]), way)):
        print(f"  {way}: {', '.join(sorted(by_way[way]))}")


@pytest.fixture
def visit(service, tried):
    """A visitor with a role: ``visit("practitioner")``."""
    # the addons are found only when the tests begin
    from running.visitor import Visitor

    return lambda role: Visitor(service, role, tried)
