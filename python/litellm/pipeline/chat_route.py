"""Which wire format a chat completion takes: the provider's chat API, or its Responses API for models that need it."""

from __future__ import annotations

import re
from typing import Any

import litellm
from litellm.litellm_core_utils.model_facts import model_facts
from litellm.llms.formats import chat_format
from litellm.llms.responses.native import PREFIX, model_name, profile_for, streams
from litellm.llms.wire import WireFormat
from litellm.pipeline.run import Run

_GPT5_MINOR = re.compile(r"gpt-5\.(\d+)")
_TOOLS_NEED_RESPONSES_FROM = 4
"""From GPT-5.4 on, OpenAI's chat API refuses function tools while the model reasons."""


def chat_wire(run: Run) -> WireFormat:
    """The format for `run`; a `responses/` before the model's name asks for the Responses API, and is taken off."""
    if profile_for(run.provider) is None:
        return chat_format(run.provider, run.model)
    if run.provider == "chatgpt":
        from litellm.llms.chatgpt.chat.transformation import ChatGPTChat

        run.model = model_name(run.model)
        return ChatGPTChat()
    prefixed = run.model.startswith(PREFIX)
    model = model_name(run.model)
    if not prefixed and not _needs_responses(run, model):
        return chat_format(run.provider, model)
    from litellm.llms.responses.chat_over import ResponsesChat

    run.model = model
    facts = model_facts(run.provider, model)
    return ResponsesChat(streams=not facts or streams(run.provider, model))


def _needs_responses(run: Run, model: str) -> bool:
    if run.provider == "openai" and litellm.route_all_chat_openai_to_responses:
        return True
    if model_facts(run.provider, model).get("mode") == "responses":
        return True
    arguments = run.arguments
    if run.provider == "xai":
        return arguments.get("web_search_options") is not None
    return run.provider in ("openai", "azure") and _reasons_with_tools(run.provider, model, arguments)


def _reasons_with_tools(provider: str, model: str, arguments: dict[str, Any]) -> bool:
    found = _GPT5_MINOR.search(model)
    if not found or int(found[1]) < _TOOLS_NEED_RESPONSES_FROM:
        return False
    if not any(tool.get("type") == "function" for tool in arguments.get("tools") or () if isinstance(tool, dict)):
        return False
    effort = arguments.get("reasoning_effort")
    if effort is not None:
        return bool(effort != "none")
    base = str(arguments.get("api_base") or arguments.get("base_url") or "")
    return provider == "azure" or not base or "api.openai.com" in base
