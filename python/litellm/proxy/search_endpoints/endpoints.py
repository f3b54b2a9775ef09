"""The search tool routes. Searches themselves are LLM routes."""

from __future__ import annotations

from typing import Any

from litellm.proxy.guarded_router import guarded_router
from litellm.proxy.management_endpoints.common.context import InContext
from litellm.proxy.request_asked import may_search
from litellm.proxy.search_endpoints.schemas import SearchToolRequest, TestSearchToolRequest
from litellm.proxy.search_endpoints.service import SearchToolService

router = guarded_router("search")


@router.get("/v1/search/tools")
@router.get("/search/tools")
async def usable_tools(context: InContext) -> dict[str, Any]:
    """The tools that the key may search with."""
    tools = context.state.search_tools.active
    may = {
        tool.search_tool_name: tool
        for tool in tools
        if may_search(context.state, context.caller, tool.search_tool_name)
    }
    data = [
        {"search_tool_name": name, "search_provider": tool.provider}
        | ({"description": tool.info["description"]} if tool.info and "description" in tool.info else {})
        for name, tool in may.items()
    ]
    return {"object": "list", "data": data}


@router.get("/search_tools/list")
async def list_tools(context: InContext) -> dict[str, Any]:
    """Every tool that is served, without its secrets."""
    return {"search_tools": SearchToolService(context).listed()}


@router.get("/search_tools/ui/available_providers")
async def available_providers(context: InContext) -> dict[str, Any]:
    """Who can search."""
    from litellm.llms.search.providers import SEARCH_PROVIDERS

    rows = [{"provider_name": row.name, "ui_friendly_name": row.title} for row in SEARCH_PROVIDERS.values()]
    return {"providers": rows}


@router.post("/search_tools/test_connection")
async def test_connection(body: TestSearchToolRequest, context: InContext) -> dict[str, Any]:
    """One small search with these parameters, before a tool is made of them."""
    return await SearchToolService(context).try_out(body.litellm_params)


@router.post("/search_tools")
async def create_tool(body: SearchToolRequest, context: InContext) -> dict[str, Any]:
    """A new tool, served at once."""
    return await SearchToolService(context).new(body.search_tool)


@router.get("/search_tools/{search_tool_id}")
async def tool_info(search_tool_id: str, context: InContext) -> dict[str, Any]:
    """One tool, without its secrets."""
    return await SearchToolService(context).info(search_tool_id)


@router.put("/search_tools/{search_tool_id}")
async def update_tool(search_tool_id: str, body: SearchToolRequest, context: InContext) -> dict[str, Any]:
    """Another tool in the place of a stored one."""
    return await SearchToolService(context).replace(search_tool_id, body.search_tool)


@router.delete("/search_tools/{search_tool_id}")
async def delete_tool(search_tool_id: str, context: InContext) -> dict[str, Any]:
    """Delete a stored tool."""
    return await SearchToolService(context).delete(search_tool_id)
