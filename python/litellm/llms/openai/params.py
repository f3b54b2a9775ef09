"""Which OpenAI chat parameters a model takes, and what OpenAI's own model families make of them.

Source: OpenAI's API reference for chat completions, and LiteLLM 1.106.2 as observed through
`get_supported_openai_params` and `get_optional_params`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import litellm
from litellm.litellm_core_utils.model_facts import model_facts

OPENAI_CHAT_PARAMS: tuple[str, ...] = (
    "frequency_penalty", "logit_bias", "logprobs", "top_logprobs", "max_tokens", "max_completion_tokens",
    "modalities", "prediction", "n", "presence_penalty", "seed", "stop", "stream", "stream_options", "temperature",
    "top_p", "tools", "tool_choice", "function_call", "functions", "max_retries", "extra_headers",
    "parallel_tool_calls", "audio", "web_search_options", "service_tier", "safety_identifier", "prompt_cache_key",
    "prompt_cache_retention", "store", "response_format",
)  # fmt: skip
O_SERIES_REFUSED = frozenset({"frequency_penalty", "logprobs", "top_logprobs", "presence_penalty", "top_p"})
GPT5_REFUSED = frozenset(
    {"frequency_penalty", "logit_bias", "modalities", "prediction", "presence_penalty", "stop", "audio",
     "web_search_options"}
)  # fmt: skip
GPT5_REASONING_REFUSED = frozenset({"logprobs", "top_logprobs", "top_p"})
GPT5_SEARCH_PARAMS = (
    "max_tokens", "max_completion_tokens", "stream", "stream_options", "web_search_options", "service_tier",
    "safety_identifier", "response_format", "user", "store", "verbosity", "max_retries", "extra_headers",
)  # fmt: skip
NO_RESPONSE_FORMAT = frozenset({"gpt-4", "gpt-3.5-turbo-16k"})
EFFORT_FACTS = {
    "none": "supports_none_reasoning_effort",
    "minimal": "supports_minimal_reasoning_effort",
    "xhigh": "supports_xhigh_reasoning_effort",
}


_O_SERIES = re.compile(r"o\d(-|$)")
_GPT5 = re.compile(r"gpt-(5(?!-chat)|[6-9])")


def is_o_series(model: str) -> bool:
    """Whether `model` belongs to OpenAI's o1, o3 and o4 reasoning families."""
    return _O_SERIES.match(model.rsplit("/", 1)[-1]) is not None


def is_gpt5(model: str) -> bool:
    """Whether `model` is a reasoning model of GPT-5 or later (GPT-5's plain chat alias is not)."""
    return _GPT5.match(model.rsplit("/", 1)[-1]) is not None


def knows_developer(model: str) -> bool:
    """Whether `model` has instructions in the role of `developer`: OpenAI's reasoning models."""
    return is_gpt5(model) or is_o_series(model)


def is_known(model: str) -> bool:
    """Whether OpenAI's own catalogue lists `model` under this very name; fine-tuned models are not listed."""
    return bool(model_facts("openai", model)) and not model.startswith("ft:") and model != "container"


def supported_params(model: str, facts: Mapping[str, Any] | None = None) -> list[str]:
    """The parameters that OpenAI takes for `model`, in upstream's order.

    `facts` is what the catalogue says of it; None looks it up among OpenAI's.
    """
    if facts is None:
        facts = model_facts("openai", model)
    user = ["user"] if is_known(model) else []
    if is_gpt5(model):
        return _gpt5_params(model, facts, user)
    if is_o_series(model):
        return _o_series_params(facts, user)
    names = list(OPENAI_CHAT_PARAMS)
    if model in NO_RESPONSE_FORMAT:
        names.remove("response_format")
    return names + (user or ["reasoning_effort"])


def _gpt5_params(model: str, facts: Mapping[str, Any], user: list[str]) -> list[str]:
    if "search" in model:
        return list(GPT5_SEARCH_PARAMS)
    refused = GPT5_REFUSED
    if not facts.get("supports_none_reasoning_effort"):
        refused |= GPT5_REASONING_REFUSED
    if facts and not facts.get("supports_tool_choice"):
        refused |= {"tool_choice"}
    return [name for name in OPENAI_CHAT_PARAMS if name not in refused] + user + ["reasoning_effort", "verbosity"]


def _o_series_params(facts: Mapping[str, Any], user: list[str]) -> list[str]:
    refused = set(O_SERIES_REFUSED)
    if facts and not facts.get("supports_parallel_function_calling"):
        refused.add("parallel_tool_calls")
    if facts and not facts.get("supports_function_calling"):
        refused |= {"tools", "tool_choice", "function_call", "functions", "parallel_tool_calls"}
    if facts and not facts.get("supports_response_schema"):
        refused.add("response_format")
    return [name for name in OPENAI_CHAT_PARAMS if name not in refused] + user + ["reasoning_effort"]


def for_family(model: str, messages: list[Any]) -> list[Any]:
    """`messages` as the family of `model` takes them: some o-series models take the system's as the user's."""
    if not is_o_series(model) or not any(message.get("role") == "system" for message in messages):
        return messages
    facts = model_facts("openai", model)
    if not facts or facts.get("supports_system_messages"):
        return messages
    return [{**message, "role": "user"} if message.get("role") == "system" else message for message in messages]


def map_params(model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
    """`params` as OpenAI takes them for `model`: reasoning models rename `max_tokens` and fix the temperature.

    Raises `UnsupportedParamsError` for a value that the model refuses, unless `drop`.
    """
    mapped = dict(params)
    if is_gpt5(model):
        _gpt5(model, mapped, drop)
    elif is_o_series(model):
        _rename_max_tokens(mapped)
        if mapped.get("temperature", 1) != 1:
            _refuse(mapped, "temperature", "O-series models take temperature=1 only", model, drop)
    return mapped


def _gpt5(model: str, mapped: dict[str, Any], drop: bool) -> None:
    facts = model_facts("openai", model)
    _rename_max_tokens(mapped)
    effort = mapped.get("reasoning_effort")
    if isinstance(effort, dict):
        effort = mapped["reasoning_effort"] = effort.get("effort")
    fact = EFFORT_FACTS.get(effort) if isinstance(effort, str) else None
    if fact is not None and not facts.get(fact, fact == "supports_minimal_reasoning_effort"):
        _refuse(mapped, "reasoning_effort", f"{model} does not take reasoning_effort={effort}", model, drop)
    if (effort or facts.get("default_reasoning_effort")) == "none":
        return
    if mapped.get("temperature", 1) != 1:
        _refuse(mapped, "temperature", f"{model} takes temperature=1 only while it reasons", model, drop)
    for name in sorted(GPT5_REASONING_REFUSED & mapped.keys()):
        _refuse(mapped, name, f"{model} does not take {name} while it reasons", model, drop)


def _rename_max_tokens(mapped: dict[str, Any]) -> None:
    if "max_tokens" in mapped:
        limit = mapped.pop("max_tokens")
        mapped.setdefault("max_completion_tokens", limit)


def _refuse(mapped: dict[str, Any], name: str, why: str, model: str, drop: bool) -> None:
    if not drop:
        raise litellm.UnsupportedParamsError(
            message=f"{why}. To drop unsupported params set `litellm.drop_params = True`", model=None, llm_provider=None
        )
    mapped.pop(name)
