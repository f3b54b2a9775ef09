"""The pass-through endpoints in the database: where upstream keeps them, in `LiteLLM_Config`'s `general_settings`."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from litellm.proxy.db import tables
from litellm.proxy.db.database import DATABASE_ERRORS, Database
from litellm.proxy.db.events import EVERYTHING
from litellm.proxy.db.repository import Repository
from litellm.proxy.pass_through_endpoints.configured import ConfiguredEndpoints

log = logging.getLogger("litellm.proxy.pass_through")

TOPIC = "config:pass_through_endpoints"
_ROW, _FIELD = "general_settings", "pass_through_endpoints"


class PassThroughRepository(Repository):
    """The list of endpoints in its row."""

    table, key = tables.settings, "param_name"

    def __init__(self, connection: AsyncConnection) -> None:
        super().__init__(connection)

    async def read(self, *, lock: bool = False) -> list[dict[str, Any]]:
        """The endpoints, as they are stored."""
        row = await self.get(_ROW, lock=lock)
        found = ((row or {}).get("param_value") or {}).get(_FIELD)
        return [dict(item) for item in found or () if isinstance(item, dict)]

    async def write(self, endpoints: list[dict[str, Any]]) -> None:
        """Put `endpoints` in the place of those that are there."""
        row = await self.get(_ROW, lock=True)
        value = {**((row or {}).get("param_value") or {}), _FIELD: endpoints}
        if row is None:
            await self.add({"param_name": _ROW, "param_value": value})
        else:
            await self.change(_ROW, {"param_value": value})


class StoredEndpoints:
    """Loads at the start, and again whenever a process says that an endpoint changed."""

    def __init__(self, database: Database, endpoints: ConfiguredEndpoints) -> None:
        self._database, self._endpoints = database, endpoints
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Load, and listen. Raises what an absent database raises."""
        await self.load()
        self._database.events.subscribe(self._changed)

    async def load(self) -> None:
        """Serve what the database has now."""
        async with self._database.read() as connection:
            rows = await PassThroughRepository(connection).read()
        self._endpoints.store(rows)

    def _changed(self, topic: str) -> None:
        if topic in (TOPIC, EVERYTHING):
            before = self._task
            self._task = asyncio.ensure_future(self._follow(before))

    async def _follow(self, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await asyncio.wait((before,))
        try:
            await self.load()
        except DATABASE_ERRORS as error:
            log.warning("stored pass-through endpoints are not known: %s", type(error).__name__)
