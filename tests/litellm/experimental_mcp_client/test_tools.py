"""MCP's tools in OpenAI's words."""

from __future__ import annotations

from types import SimpleNamespace

from litellm.experimental_mcp_client.tools import transform_mcp_tool_to_openai_tool


def test_a_tool_becomes_a_function() -> None:
    schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    made = transform_mcp_tool_to_openai_tool(SimpleNamespace(name="weather", description=None, inputSchema=schema))
    assert made["type"] == "function"
    assert made["function"]["name"] == "weather"
    assert made["function"]["description"] == ""
    assert made["function"]["parameters"]["required"] == ["city"]
