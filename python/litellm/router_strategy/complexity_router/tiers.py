"""The tiers of difficulty."""

from __future__ import annotations

from enum import Enum


class ComplexityTier(str, Enum):
    """How hard a question is; each tier has models of its own."""

    SIMPLE = "SIMPLE"
    MEDIUM = "MEDIUM"
    COMPLEX = "COMPLEX"
    REASONING = "REASONING"


TIERS = tuple(ComplexityTier)


def known_tier(name: str, where: str) -> None:
    """Raises ValueError for what is no tier."""
    if name not in ComplexityTier.__members__:
        raise ValueError(f"{where}: {name!r} is no tier; the tiers are {', '.join(ComplexityTier.__members__)}")
