"""What is asked of any search provider, and parts that several of their requests have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Query:
    """One search. `queries` are one or several; `own` goes to the provider as it is."""

    queries: tuple[str, ...]
    several: bool = False
    """Whether they were given as a list."""
    max_results: int | None = None
    domains: tuple[str, ...] = ()
    max_tokens_per_page: int | None = None
    country: str | None = None
    own: Mapping[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """All queries in one."""
        return " ".join(self.queries)

    def on_sites(self, joint: str = " ") -> str:
        """The queries, limited to the domains in the words of search engines."""
        if not self.domains:
            return self.text
        return f"({self.text}){joint}({' OR '.join(f'site:{domain}' for domain in self.domains)})"


def given(**values: Any) -> dict[str, Any]:
    """Those that are neither None nor empty."""
    return {name: value for name, value in values.items() if value is not None and value not in ((), [])}


def lower(value: str | None) -> str | None:
    """A country as those providers write it that want small letters."""
    return None if value is None else value.lower()


def capped(value: int | None, most: int) -> int | None:
    """`value`, or the most that a provider takes."""
    return None if value is None else min(value, most)
