"""Tools of the Model Context Protocol in OpenAI's words, and OpenAI's calls in MCP's."""

from __future__ import annotations

import importlib
import json
from typing import Any


def transform_mcp_tool_to_openai_tool(mcp_tool: Any) -> dict[str, Any]:
    """`mcp_tool` as an entry of a chat's `tools`."""
    parameters = {"type": "object", "properties": {}, "additionalProperties": False, **(mcp_tool.inputSchema or {})}
    function = {"name": mcp_tool.name, "description": mcp_tool.description or "", "parameters": parameters}
    return {"type": "function", "function": {**function, "strict": False}}


def transform_openai_tool_call_request_to_mcp_tool_call_request(openai_tool: Any) -> Any:
    """A tool call of a chat (object or dict) as the request to the MCP server.

    Raises ValueError when its arguments are not a JSON object; needs the `mcp` package.
    """
    call = openai_tool if isinstance(openai_tool, dict) else openai_tool.model_dump()
    function = call["function"]
    arguments = json.loads(function.get("arguments") or "{}")
    if not isinstance(arguments, dict):
        raise ValueError(f"the arguments of {function['name']} are not a JSON object")
    return importlib.import_module("mcp.types").CallToolRequestParams(name=function["name"], arguments=arguments)
