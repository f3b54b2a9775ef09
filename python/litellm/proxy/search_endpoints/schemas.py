"""Bodies of the search tool routes, with upstream's fields."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict

from litellm.proxy.management_endpoints.common.fields import Fields, Id


class SearchToolParams(Fields):
    """`litellm_params`: who searches, and what each search by the tool has."""

    model_config = ConfigDict(extra="allow", protected_namespaces=())

    search_provider: Id
    api_key: str | None = None
    api_base: str | None = None
    timeout: float | None = None
    max_retries: int | None = None


class SearchToolFields(Fields):
    """A search tool."""

    search_tool_name: Id
    litellm_params: SearchToolParams
    search_tool_info: dict[str, Any] | None = None


class SearchToolRequest(Fields):
    """POST /search_tools, PUT /search_tools/{search_tool_id}."""

    search_tool: SearchToolFields


class TestSearchToolRequest(Fields):
    """POST /search_tools/test_connection."""

    __test__ = False

    litellm_params: SearchToolParams
