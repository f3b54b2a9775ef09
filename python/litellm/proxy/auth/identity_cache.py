"""Who was seen lately, so that a request does not ask the database; forgotten when a process changes it."""

from __future__ import annotations

import asyncio
import collections
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from litellm.proxy.db.events import EVERYTHING

Found = TypeVar("Found")

MAX_ENTRIES = 50_000
MISS_TTL_S = 2.0
"""How long what does not exist is remembered: long enough to blunt a flood of unknown keys."""

Load = Callable[[str], Awaitable[tuple[Found, set[str]] | None]]


class IdentityCache(Generic[Found]):
    """At most `most` things for `ttl_s` seconds each, forgotten by the topics that they depend on."""

    def __init__(self, kind: str, load: Load[Found], ttl_s: float, most: int = MAX_ENTRIES) -> None:
        self._kind, self._load, self._ttl_s, self._most = kind, load, ttl_s, most
        self._entries: collections.OrderedDict[str, tuple[float, Found | None, set[str]]] = collections.OrderedDict()
        self._dependents: dict[str, set[str]] = {}
        self._loading: dict[str, asyncio.Future[Found | None]] = {}
        self._changes = 0
        self.dropped: Callable[[str], None] = lambda name: None
        """Told of each thing that is forgotten."""

    def known(self, name: str) -> Found | None:
        """What is remembered of that name now."""
        entry = self._entries.get(name)
        return entry[1] if entry is not None and entry[0] > time.monotonic() else None

    def remembers(self, name: str) -> bool:
        """Whether `dropped` will be told of that name, also where there is no such thing."""
        return name in self._entries

    async def get(self, name: str) -> Found | None:
        """The thing of that name; None when there is none. Raises what the database raises."""
        entry = self._entries.get(name)
        if entry is not None and entry[0] > time.monotonic():
            return entry[1]
        loading = self._loading.get(name)
        if loading is None:
            loading = self._loading[name] = asyncio.ensure_future(self._fetch(name))
            loading.add_done_callback(lambda done: self._fetched(name, done))
        return await asyncio.shield(loading)

    async def _fetch(self, name: str) -> Found | None:
        """Look it up, once for all that ask at the same time."""
        changes = self._changes
        loaded = await self._load(name)
        found, topics = loaded if loaded is not None else (None, set())
        if changes == self._changes:  # else it may be stale already: use it once, and do not remember it
            self._remember(name, found, topics | {f"{self._kind}:{name}"})
        return found

    def _fetched(self, name: str, done: asyncio.Future[Found | None]) -> None:
        if self._loading.get(name) is done:
            del self._loading[name]
        if not done.cancelled():
            done.exception()  # whoever waits has it; with nobody left, it is not a failure that was never looked at

    def _remember(self, name: str, found: Found | None, topics: set[str]) -> None:
        self._drop(name)
        self._entries[name] = (time.monotonic() + (MISS_TTL_S if found is None else self._ttl_s), found, topics)
        for topic in topics:
            self._dependents.setdefault(topic, set()).add(name)
        if len(self._entries) > self._most:
            self._drop(next(iter(self._entries)))

    def _drop(self, name: str) -> None:
        entry = self._entries.pop(name, None)
        if entry is not None:
            self.dropped(name)
        for topic in entry[2] if entry is not None else ():
            names = self._dependents.get(topic)
            if names is not None:
                names.discard(name)
                if not names:
                    del self._dependents[topic]

    def changed(self, topic: str) -> None:
        """Look up again, at the next use, what depends on `topic`."""
        self._changes += 1
        self._loading.clear()  # who asks from now on must see the change
        if topic == EVERYTHING:
            for name in list(self._entries):
                self._drop(name)
        for name in list(self._dependents.get(topic, ())):
            self._drop(name)
