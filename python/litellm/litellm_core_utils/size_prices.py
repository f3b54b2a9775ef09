"""Prices by the size that a model's name tells, at the two providers that bill so.

Classes and their bounds (in billions of parameters) are the catalogue's own entries `together-ai-…` and
`fireworks-ai-…`; which class a name falls into as LiteLLM 1.106.2 prices such names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_BILLIONS = re.compile(r"(\d+)b")
_MILLIONS = re.compile(r"(\d+)m\b")
_EXPERTS = re.compile(r"(\d+)x(\d+)b")
_TOGETHER = (
    (4, "up-to-4b"),
    (8, "4.1b-8b"),
    (21, "8.1b-21b"),
    (41, "21.1b-41b"),
    (80, "41.1b-80b"),
    (110, "81.1b-110b"),
)
_TOGETHER_EMBEDDING = ((150, "embedding-up-to-150m"), (350, "embedding-151m-to-350m"))
_FIREWORKS = ((4, "up-to-4b"), (16, "4.1b-to-16b"))
_FIREWORKS_EXPERTS = ((56, "moe-up-to-56b"), (176, "56b-to-176b"))


def price_by_size(model: str, provider: str | None, call_type: str = "completion") -> str | None:
    """The catalogue's key of the class that prices `model`; None when its name tells no size, or nobody bills by it."""
    name = model.lower()
    if provider == "together_ai":
        by_millions = "embedding" in call_type
        size = (_MILLIONS if by_millions else _BILLIONS).search(name)
        found = _class_of(int(size[1]), _TOGETHER_EMBEDDING if by_millions else _TOGETHER) if size else None
        return f"together-ai-{found}" if found else None
    if provider == "fireworks_ai":
        return f"fireworks-ai-{_fireworks_class(name)}"
    return None


def _fireworks_class(name: str) -> str:
    if experts := _EXPERTS.search(name):
        return _class_of(int(experts[1]) * int(experts[2]), _FIREWORKS_EXPERTS) or "default"
    if size := _BILLIONS.search(name):
        return _class_of(int(size[1]), _FIREWORKS) or "above-16b"
    return "default"


def _class_of(size: int, classes: Sequence[tuple[int, str]]) -> str | None:
    return next((name for bound, name in classes if size <= bound), None)
