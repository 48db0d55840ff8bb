"""Families that never were, with full pathways: the same seed makes the same rows.

The rows are what the addons would have written had all of it been typed in; they go
into the database by COPY, since a large authority's worth of typing takes days.
"""

from .families import build, generate
from .plant import plant
from .world import World

__all__ = ["World", "build", "generate", "plant"]
