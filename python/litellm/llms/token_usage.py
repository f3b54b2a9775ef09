"""Usage that counts `input_tokens` and `output_tokens`: Anthropic's, or the Responses API's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.llms.anthropic.response import convert_usage


def token_usage(usage: Mapping[str, Any]) -> dict[str, Any]:
    """Such usage by chat's names. The Responses API's `input_tokens` include the cached ones, Anthropic's do not."""
    if "input_tokens_details" not in usage:
        return convert_usage(dict(usage), "")
    prompt, completion = (int(usage.get(f"{kind}_tokens") or 0) for kind in ("input", "output"))
    made: dict[str, Any] = {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
    }
    for theirs, ours in (("input", "prompt"), ("output", "completion")):
        if isinstance(usage.get(f"{theirs}_tokens_details"), dict):
            made[f"{ours}_tokens_details"] = usage[f"{theirs}_tokens_details"]
    if isinstance(usage.get("server_tool_use"), dict):
        made["server_tool_use"] = usage["server_tool_use"]
    return made
