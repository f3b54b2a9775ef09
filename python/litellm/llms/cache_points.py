"""`cache_control_injection_points`: marks of what to cache, put into messages and tools on the caller's behalf.

A point is `{"location": "message", "role": …, "index": …, "control": …}`: the message at `index` (negative from the
end), else every message of `role`. `{"location": "tool_config"}` marks the last tool.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from litellm.llms.openai.messages import as_dict

EPHEMERAL = {"type": "ephemeral"}


def with_cache_points(messages: list[Any], points: Iterable[Mapping[str, Any]]) -> list[Any]:
    """`messages`, those marked that `points` name; the messages given are not changed."""
    marked = list(messages)
    for point in points:
        if point.get("location") == "message":
            for place in _places(marked, point):
                marked[place] = _marked(marked[place], point.get("control") or EPHEMERAL)
    return marked


def tools_with_cache_points(tools: Any, points: Iterable[Mapping[str, Any]]) -> Any:
    """`tools`, the last of them marked where one of `points` asks for it."""
    control = next((p.get("control") or EPHEMERAL for p in points if p.get("location") == "tool_config"), None)
    if control is None or not isinstance(tools, list) or not tools:
        return tools
    return [*tools[:-1], {**tools[-1], "cache_control": control}]


def _places(messages: list[Any], point: Mapping[str, Any]) -> list[int]:
    index = point.get("index")
    if index is not None:
        place = int(index) + (len(messages) if int(index) < 0 else 0)
        return [place] if 0 <= place < len(messages) else []
    return [place for place, message in enumerate(messages) if as_dict(message).get("role") == point.get("role")]


def _marked(message: Any, control: Any) -> dict[str, Any]:
    plain = as_dict(message)
    content = plain.get("content")
    if isinstance(content, list) and content and isinstance(content[-1], dict):
        return {**plain, "content": [*content[:-1], {**content[-1], "cache_control": control}]}
    return {**plain, "cache_control": control}
