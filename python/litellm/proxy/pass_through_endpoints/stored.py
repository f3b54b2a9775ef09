"""The pass-through endpoints in the database: where upstream keeps them, in `LiteLLM_Config`'s `general_settings`."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from litellm.proxy.db import tables
from litellm.proxy.db.database import Database
from litellm.proxy.db.followed import Followed
from litellm.proxy.db.repository import Repository
from litellm.proxy.pass_through_endpoints.configured import ConfiguredEndpoints

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


class StoredEndpoints(Followed):
    """The endpoints that are served of them."""

    topic, things = TOPIC, "pass-through endpoints"

    def __init__(self, database: Database, endpoints: ConfiguredEndpoints) -> None:
        super().__init__(database)
        self._endpoints = endpoints

    async def load(self) -> None:
        """Serve what the database has now."""
        async with self._database.read() as connection:
            rows = await PassThroughRepository(connection).read()
        self._endpoints.store(rows)
