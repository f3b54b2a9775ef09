"""Whether a chat completion goes to a model's Responses API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from litellm.litellm_core_utils.model_facts import model_facts
from litellm.llms.responses.native import PREFIX, model_name
from litellm.pipeline.chat_route import chat_wire
from litellm.pipeline.run import Run


def responses_api_bridge_check(
    model: str,
    custom_llm_provider: str,
    web_search_options: Any = None,
    tools: Sequence[Mapping[str, Any]] | None = None,
    reasoning_effort: Any = None,
    reasoning_summary: Any = None,
    api_base: str | None = None,
) -> tuple[dict[str, Any], str]:
    """`(facts, model)`: what the catalogue says of the model, with `mode` `responses` where its chat goes there."""
    from litellm.llms.responses.chat_over import ResponsesChat

    given = {
        "model": model,
        "custom_llm_provider": custom_llm_provider,
        "web_search_options": web_search_options,
        "tools": tools,
        "reasoning_effort": reasoning_effort,
        "api_base": api_base,
        "callbacks": None,
    }
    run = Run({name: value for name, value in given.items() if value is not None}, "completion")
    over = isinstance(chat_wire(run), ResponsesChat)
    facts = dict(model_facts(custom_llm_provider, model_name(model) if model.startswith(PREFIX) else model))
    if over:
        facts["mode"] = "responses"
    return facts, run.model
