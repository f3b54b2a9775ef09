"""Policies to begin with: guardrails that go together, to be made as they are or changed before."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from litellm.proxy.config.problems import ConfigError
from litellm.proxy.config.settings import ProxyConfig
from litellm.proxy.db.repository import Row
from litellm.proxy.guardrails.registry import BUILT_IN, build
from litellm.proxy.guardrails.spec import problems, spec_of
from litellm.proxy.guardrails.trying import outcome_of
from litellm.proxy.management_endpoints.common.context import bad_request

_LOCAL = frozenset({"litellm_content_filter", "hide-secrets", "detect_prompt_injection", "tool_permission"})
"""Guardrails that ask no service, and run no code that a request brings."""
_FILES = frozenset({"blocked_words_file", "category_file", "categories"})
_SEVERITY = ("passed", "masked", "unsupported", "error", "blocked")


@functools.cache
def templates() -> list[Row]:
    """Every template, as the UI shows it and makes a policy of it."""
    found: list[Row] = json.loads(Path(__file__).with_name("templates.json").read_text("utf-8"))
    return found


async def tried(definitions: list[dict[str, Any]], text: str) -> Row:
    """What the guardrails of a template would do with a text, each by itself. Raises ProxyException 400."""
    results = [await _tried(index, definition, text) for index, definition in enumerate(definitions)]
    worst = max((_SEVERITY.index(item["action"]) for item in results), default=0)
    return {"overall_action": _SEVERITY[worst], "results": results}


async def _tried(index: int, definition: Mapping[str, Any], text: str) -> Row:
    place = f"guardrail_definitions[{index}]"
    for key, message in problems(definition):
        raise bad_request(f"{place}.{key}: {message}", "guardrail_definitions")
    name, params = definition["guardrail_name"], definition["litellm_params"]
    if params["guardrail"] not in _LOCAL or params["guardrail"] not in BUILT_IN or _FILES & params.keys():
        details = "it asks a service, runs code or reads a file: try it once it is made"
        return {"guardrail_name": name, "action": "unsupported", "output_text": text, "details": details}
    try:
        guard = build(spec_of(definition), ProxyConfig())
    except ConfigError as error:
        raise bad_request(f"{place}: {error.problems[0].message}", "guardrail_definitions") from error
    return await outcome_of(guard, [text], {}, "request")
