"""What the search tool routes do with the tools of the database."""

from __future__ import annotations

from typing import Any

from litellm.proxy.db.database import Transaction
from litellm.proxy.db.repositories import SearchToolRepository
from litellm.proxy.db.repository import Row
from litellm.proxy.management_endpoints.common.context import Context, bad_request, not_found, plain
from litellm.proxy.sealed import HIDDEN, masked, opened, sealed
from litellm.proxy.search_endpoints.schemas import SearchToolFields, SearchToolParams
from litellm.proxy.search_endpoints.stored import TOPIC, tool_of
from litellm.proxy.search_endpoints.tools import SearchTool, problems
from litellm.proxy.secrecy import Secrecy

TABLE = "LiteLLM_SearchToolsTable"
TEST_QUERY = "test query"
TEST_TIMEOUT_S = 15.0


class SearchToolService:
    """Search tools. Their secrets are never shown."""

    def __init__(self, context: Context) -> None:
        self._context, self._secrecy = context, Secrecy(context.state.master_key)

    def listed(self) -> list[Row]:
        """Every tool that is served."""
        return [shown(tool) for tool in self._context.state.search_tools.active]

    async def info(self, search_tool_id: str) -> Row:
        """One tool, served or stored."""
        for tool in self._context.state.search_tools.active:
            if tool.from_config and tool.search_tool_id == search_tool_id:
                return shown(tool)
        async with self._context.read() as connection:
            row = await SearchToolRepository(connection).get(search_tool_id)
        if row is None:
            raise not_found("search tool", "search_tool_id")
        return shown(tool_of(row, self._secrecy))

    async def new(self, given: SearchToolFields) -> Row:
        """A new tool, served at once."""
        row = _checked(given)
        async with self._context.write() as transaction:
            rows = SearchToolRepository(transaction.connection)
            if await rows.first(search_tool_name=given.search_tool_name) is not None:
                raise bad_request(
                    f"search_tool_name: there is a search tool {given.search_tool_name!r}", "search_tool_name"
                )
            made = await rows.add({**row, "litellm_params": sealed(row["litellm_params"], self._secrecy)})
            await self._note(transaction, "created", None, made)
        return shown(tool_of(made, self._secrecy))

    async def replace(self, search_tool_id: str, given: SearchToolFields) -> Row:
        """Another tool in the place of a stored one; a secret that is given as it is shown stays."""
        row = _checked(given)
        async with self._context.write() as transaction:
            rows = SearchToolRepository(transaction.connection)
            before = await rows.get(search_tool_id, lock=True)
            if before is None:
                raise not_found("search tool", "search_tool_id")
            known = opened(before["litellm_params"], self._secrecy)
            params = {
                name: known.get(name) if value == HIDDEN else value for name, value in row["litellm_params"].items()
            }
            after = await rows.change(search_tool_id, {**row, "litellm_params": sealed(params, self._secrecy)})
            await self._note(transaction, "updated", before, after)
        return shown(tool_of(after or before, self._secrecy))

    async def delete(self, search_tool_id: str) -> Row:
        """Delete a stored tool."""
        async with self._context.write() as transaction:
            removed = await SearchToolRepository(transaction.connection).remove([search_tool_id])
            if not removed:
                raise not_found("search tool", "search_tool_id")
            await self._note(transaction, "deleted", removed[0], None)
        return {
            "message": f"Search tool {search_tool_id} deleted successfully",
            "search_tool_name": removed[0]["search_tool_name"],
        }

    async def try_out(self, params: SearchToolParams) -> Row:
        """One small search with these parameters."""
        import litellm

        given = params.model_dump(exclude_unset=True)
        _check({"search_tool_name": "test", "litellm_params": given})
        given.setdefault("timeout", TEST_TIMEOUT_S)
        try:
            found = await litellm.asearch(query=TEST_QUERY, max_results=1, num_retries=0, **given)
        except tuple(litellm.LITELLM_EXCEPTION_TYPES) as error:
            return {"status": "error", "message": str(error), "error_type": type(error).__name__}
        name = params.search_provider
        return {
            "status": "success", "message": f"Successfully connected to {name} search provider",
            "test_query": TEST_QUERY, "results_count": len(found.results),
        }  # fmt: skip

    async def _note(self, transaction: Transaction, action: str, before: Row | None, after: Row | None) -> None:
        transaction.changed(TOPIC)
        row = after or before or {}
        await self._context.audit(transaction, action, TABLE, str(row.get("search_tool_id")), before, after)


def _checked(given: SearchToolFields) -> dict[str, Any]:
    row = given.model_dump(exclude_unset=True)
    _check(row)
    row.setdefault("search_tool_info", None)
    return row


def _check(row: Row) -> None:
    for key, message in problems(row):
        raise bad_request(f"{key}: {message}", key)


def shown(tool: SearchTool) -> Row:
    """A tool as the API tells of it."""
    times = plain({"created_at": tool.created_at, "updated_at": tool.updated_at})
    return {
        "search_tool_id": tool.search_tool_id, "search_tool_name": tool.search_tool_name,
        "litellm_params": masked(tool.params), "search_tool_info": tool.info, **times,
        "is_from_config": tool.from_config,
    }  # fmt: skip
