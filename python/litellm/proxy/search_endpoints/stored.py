"""Keeps the search tools that are served in step with those of the database."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from litellm.proxy.db.database import Database
from litellm.proxy.db.followed import Followed
from litellm.proxy.db.repositories import CredentialRepository, SearchToolRepository
from litellm.proxy.db.repository import Listing, Row
from litellm.proxy.sealed import opened
from litellm.proxy.search_endpoints.tools import ActiveSearchTools, SearchTool, problems
from litellm.proxy.secrecy import Secrecy

log = logging.getLogger("litellm.proxy.search_tools")

TOPIC = "search_tools"
CREDENTIAL = "litellm_credential_name"


class StoredSearchTools(Followed):
    """The tools that are served of them."""

    topic, things = TOPIC, "search tools"

    def __init__(self, database: Database, active: ActiveSearchTools, secrecy: Secrecy) -> None:
        super().__init__(database)
        self._active, self._secrecy = active, secrecy

    async def load(self) -> None:
        """Serve what the database has now; a tool that is wrong is logged and left out."""
        async with self._database.read() as connection:
            rows = await SearchToolRepository(connection).find()
            credentials, _ = await CredentialRepository(connection).page(Listing())
        known = {row["credential_name"]: row["credential_values"] for row in credentials}
        tools = []
        for row in rows:
            tool = tool_of(row, self._secrecy, known)
            wrong = [message for _, message in problems(_entry(tool))]
            if wrong:
                log.error("the stored search tool %s is left out: %s", tool.search_tool_name, "; ".join(wrong))
            else:
                tools.append(tool)
        self._active.store(tools)


def tool_of(row: Row, secrecy: Secrecy, credentials: Mapping[str, Any] | None = None) -> SearchTool:
    """The tool of a row, its secrets decrypted, and with `credentials` those of the credential that it names."""
    params = opened(row["litellm_params"], secrecy)
    if credentials is not None:
        named = credentials.get(params.pop(CREDENTIAL, None))
        params = {**(_opened_values(named, secrecy) if named else {}), **params}
    return SearchTool(
        row["search_tool_id"], row["search_tool_name"], params, row["search_tool_info"], False,
        row["created_at"], row["updated_at"],
    )  # fmt: skip


def _opened_values(values: Row, secrecy: Secrecy) -> dict[str, Any]:
    """A credential's values; none of one that was encrypted with another key."""
    try:
        return secrecy.decrypt_all(values)
    except ValueError as error:
        log.error("a search tool's credential cannot be read: %s", error)
        return {}


def _entry(tool: SearchTool) -> dict[str, Any]:
    return {"search_tool_name": tool.search_tool_name, "litellm_params": tool.params}
