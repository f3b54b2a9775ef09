"""What keys, teams, users, organisations and end users may use beside models, as `object_permission` says it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from litellm.proxy._types import ProxyException, UserAPIKeyAuth
from litellm.proxy.db.repository import Row
from litellm.proxy.guardrails.tool_calls import name_of, offered

Lists = tuple[frozenset[str], ...]
"""Each of these must allow a thing; none: nothing is forbidden."""

_STORE_FIELDS = frozenset({
    "vector_store_id", "vector_store_ids", "fileSearchStoreNames", "file_search_store_names",
})  # fmt: skip
"""Fields that name vector stores, wherever they are in a body: of tools, of tools' resources, of a retrieval."""
_GEMINI = "fileSearchStores/"
_STORES = re.compile(r"/(?:vector_stores|fileSearchStores)(?:/([^/:]+)|/?$)")
DENY_BY_DEFAULT = "vector_store_deny_by_default"


@dataclass(frozen=True, slots=True)
class Guarded:
    """What is looked at of a request: the lists that hold for who asks."""

    vector_stores: Lists = ()
    blocked_tools: frozenset[str] = frozenset()
    unnamed: bool = False
    """Whether a vector store that no list names may not be used (`general_settings.vector_store_deny_by_default`)."""

    def check(self, body: Mapping[str, Any], path: str = "", method: str = "") -> None:
        """Raises ProxyException 403 for a vector store or a tool that the caller may not use."""
        if self.vector_stores or self.unnamed:
            for store in (*_stores_in(body), *_stores_of(path, method)):
                self._check_store(store)
        if self.blocked_tools:
            for tool in [*offered(body), *_functions(body)]:
                if name_of(tool) in self.blocked_tools:
                    message = f"this key may not offer the tool {name_of(tool)[:200]!r}"
                    raise ProxyException(message, "tool_access_denied", "tools", 403)

    def _check_store(self, store: str) -> None:
        allowed = bool(self.vector_stores) and all(store in known for known in self.vector_stores)
        if not allowed:
            what = f"use the vector store {store[:200]!r}" if store else "list all vector stores, but some alone"
            raise ProxyException(f"this key may not {what}", "vector_store_access_denied", "vector_store_id", 403)


def guarded(auth: UserAPIKeyAuth, settings: Mapping[str, Any], guest: Guarded | None = None) -> Guarded | None:
    """What to look at for a caller, and for its end user; None where nothing is forbidden."""
    stores, tools = auth.allowed_vector_stores, auth.blocked_tools
    if guest is not None:
        stores, tools = (*stores, *guest.vector_stores), tools | guest.blocked_tools
    unnamed = bool(settings.get(DENY_BY_DEFAULT)) and not auth.is_master_key and not stores
    return Guarded(stores, tools, unnamed) if stores or tools or unnamed else None


def allowed_lists(permissions: Iterable[Row], name: str) -> Lists:
    """One field of several permissions; a list that names nothing is left out."""
    return tuple(frozenset(_known(found)) for row in permissions if (found := row.get(name)))


def blocked_in(permissions: Iterable[Row]) -> frozenset[str]:
    """The tools that any of them forbids."""
    return frozenset(tool for row in permissions for tool in row.get("blocked_tools") or ())


def _known(names: Iterable[str]) -> Iterator[str]:
    return (name.removeprefix(_GEMINI) for name in names)


def _functions(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = body.get("functions")
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _stores_in(value: Any) -> Iterator[str]:
    """The vector stores that a body names; what a client notes in `metadata` names none."""
    if isinstance(value, list):
        for item in value:
            yield from _stores_in(item)
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            if name in _STORE_FIELDS:
                given = inner if isinstance(inner, list) else [inner]
                yield from _known(item for item in given if isinstance(item, str) and item)
            elif name != "metadata":
                yield from _stores_in(inner)


def _stores_of(path: str, method: str) -> Iterator[str]:
    """The vector store that a path names; an empty name for all of them, which may be asked for, not made."""
    found = _STORES.search(path)
    if found is not None and (found[1] or method in ("GET", "HEAD")):
        yield found[1] or ""
