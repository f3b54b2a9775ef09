"""The tools that a request offers and those that a reply calls, in every API's shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from litellm.proxy.guardrails.texts import got


def offered(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A request's tools, as it gives them."""
    given = data.get("tools")
    return [tool for tool in given if isinstance(tool, dict)] if isinstance(given, list) else []


def name_of(tool: Mapping[str, Any]) -> str:
    """The name of an offered tool; of a built-in one, its type."""
    function = tool.get("function")
    inner = function if isinstance(function, Mapping) else tool
    return str(inner.get("name") or tool.get("type") or "")


def called(reply: Any) -> list[dict[str, Any]]:
    """The calls of a whole reply, in OpenAI's chat shape."""
    return list(_called(reply))


def _called(reply: Any) -> Iterator[dict[str, Any]]:
    for choice in got(reply, "choices") or ():
        for call in got(got(choice, "message"), "tool_calls") or ():
            function = got(call, "function")
            yield _call(got(call, "id"), got(function, "name"), got(function, "arguments"))
    for name in ("content", "output"):
        items = got(reply, name)
        for item in items if isinstance(items, (list, tuple)) else ():
            kind = got(item, "type")
            if kind in ("tool_use", "function_call", "mcp_call"):
                yield _call(got(item, "call_id") or got(item, "id"), got(item, "name"), _arguments(item))
    for candidate in got(reply, "candidates") or ():
        for part in got(got(candidate, "content"), "parts") or ():
            call = got(part, "functionCall") or got(part, "function_call")
            if call is not None:
                yield _call(got(call, "id"), got(call, "name"), got(call, "args"))


def called_in_event(event: Any) -> Iterator[dict[str, Any]]:
    """The calls that an event of a stream begins or continues; a continuation has no name."""
    for choice in got(event, "choices") or ():
        for call in got(got(choice, "delta"), "tool_calls") or ():
            function = got(call, "function")
            yield {**_call(got(call, "id"), got(function, "name"), got(function, "arguments")),
                   "index": got(call, "index")}  # fmt: skip
    block = got(event, "content_block") or got(event, "item")
    if block is not None and got(block, "type") in ("tool_use", "function_call"):
        yield {**_call(got(block, "id"), got(block, "name"), _arguments(block)), "index": got(event, "index")}
    if got(event, "candidates"):
        yield from _called(event)


def _arguments(item: Any) -> Any:
    found = got(item, "arguments")
    return got(item, "input") if found is None else found


def _call(identifier: Any, name: Any, arguments: Any) -> dict[str, Any]:
    return {"id": identifier, "type": "function", "function": {"name": name, "arguments": arguments}}
