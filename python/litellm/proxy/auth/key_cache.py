"""Keys that were looked up lately, so that a request does not ask the database."""

from __future__ import annotations

import collections
import time

from litellm.proxy._types import UserAPIKeyAuth
from litellm.proxy.db.key_repository import KeyRepository

MAX_KEYS = 50_000
MISS_TTL_S = 2.0
"""How long a key that does not exist is remembered: long enough to blunt a flood, short enough for a new replica."""


class KeyCache:
    """At most `MAX_KEYS` keys for `ttl_s` seconds each; a change made here is seen at once."""

    def __init__(self, repository: KeyRepository, ttl_s: float = 60.0) -> None:
        self._repository, self._ttl_s = repository, ttl_s
        self._entries: collections.OrderedDict[str, tuple[float, UserAPIKeyAuth | None]] = collections.OrderedDict()

    async def get(self, token: str) -> UserAPIKeyAuth | None:
        """The key with this SHA-256; None when there is none."""
        entry = self._entries.get(token)
        now = time.monotonic()
        if entry is not None and entry[0] > now:
            return entry[1]
        row = await self._repository.get(token)
        found = UserAPIKeyAuth.from_row(row) if row is not None else None
        self._entries[token] = (now + (self._ttl_s if found else MISS_TTL_S), found)
        self._entries.move_to_end(token)
        if len(self._entries) > MAX_KEYS:
            self._entries.popitem(last=False)
        return found

    def forget(self, token: str) -> None:
        """Look the key up again at its next use."""
        self._entries.pop(token, None)
