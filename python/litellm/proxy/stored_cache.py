"""Keeps the cache of responses in step with the settings in the database, which stand above the config's."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from litellm.proxy.db.database import Database
from litellm.proxy.db.followed import Followed
from litellm.proxy.db.repositories import CacheSettingsRepository
from litellm.proxy.response_cache import cache_of, embed_by
from litellm.proxy.secrecy import Secrecy

if TYPE_CHECKING:
    from litellm import Router

log = logging.getLogger("litellm.proxy.stored_cache")

TOPIC = "config:cache"


class StoredCache(Followed):
    """The settings in force, and `litellm.cache` made of them."""

    topic, things = TOPIC, "settings of the cache"

    def __init__(self, database: Database, secrecy: Secrecy, router: Router) -> None:
        super().__init__(database)
        self._secrecy, self._router = secrecy, router
        self.values: dict[str, Any] = {}
        """What is stored; nothing while the config decides."""

    async def load(self) -> None:
        """Cache as the database says now; settings that cannot be used are logged and left out."""
        import litellm

        async with self._database.read() as connection:
            stored = await CacheSettingsRepository(connection).values()
        try:
            values = self._secrecy.decrypt_all(stored)
            if not values or values == self.values:
                return
            litellm.cache = cache_of(values)
        except ValueError as error:
            log.error("the stored settings of the cache are left out: %s", error)
            return
        self.values = values
        embed_by(self._router)
