"""A chat completion as plain data: the same call, without objects that its caller would only turn back into JSON."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from litellm.litellm_core_utils.usage_counts import countable
from litellm.pipeline.cost import cost_of
from litellm.pipeline.results import hidden_params
from litellm.pipeline.run import Run
from litellm.types.finish_reasons import OPENAI_FINISH_REASONS, map_finish_reason
from litellm.types.ids import new_id
from litellm.types.utils import Usage

_ALWAYS_TOLD = frozenset({"content", "refusal"})


class ChatData(dict[str, Any]):
    """An OpenAI chat.completion, with `_hidden_params` as a `ModelResponse` has them."""

    __slots__ = ("_hidden_params",)

    _hidden_params: dict[str, Any]


@dataclass(slots=True)
class _Answered:
    """What a price goes by."""

    model: str
    usage: Usage | None
    service_tier: Any
    choices: Any
    """Whose citations tell of a search."""
    _hidden_params: Mapping[str, Any] = field(default_factory=dict)


def finished(run: Run, data: dict[str, Any], headers: Any) -> ChatData:
    """`data`, an OpenAI chat.completion dict as a wire format read it, with what `ModelResponse` would add to it."""
    made = ChatData(
        {
            "id": data.get("id") or new_id(),
            "created": int(time.time()) if data.get("created") is None else data["created"],
            "model": data.get("model") or run.model,
            "object": data.get("object") or "chat.completion",
        }
    )
    told = countable(data.pop("usage", None))
    made.update((name, value) for name, value in data.items() if value is not None and name not in made)
    for choice in data.get("choices") or ():
        _complete(choice)
    usage = None if told is None else Usage(**told)
    if usage is not None:
        made["usage"] = usage.model_dump(exclude_none=True)
    hidden = hidden_params(run, headers)
    hidden["_response_ms"] = (time.perf_counter() - run.started) * 1000
    hidden["response_cost"] = cost_of(
        _Answered(made["model"], usage, data.get("service_tier"), made.get("choices")), run
    )
    hidden["provider_response_model"] = made["model"]
    made._hidden_params = hidden
    return made


def _complete(choice: dict[str, Any]) -> None:
    """A choice with a finish reason of OpenAI's and without fields that nothing is said in."""
    reason = choice.get("finish_reason")
    if reason and reason not in OPENAI_FINISH_REASONS:
        choice["provider_specific_fields"] = {
            **(choice.get("provider_specific_fields") or {}),
            "native_finish_reason": reason,
        }
        reason = map_finish_reason(reason)
    elif not choice.get("provider_specific_fields", True):
        del choice["provider_specific_fields"]
    choice["finish_reason"] = reason or "stop"
    choice.setdefault("index", 0)
    message = choice.get("message")
    if isinstance(message, dict):
        told = {name: value for name, value in message.items() if value is not None or name in _ALWAYS_TOLD}
        if not told.get("provider_specific_fields", True):
            del told["provider_specific_fields"]
        told["role"] = message.get("role") or "assistant"
        choice["message"] = told
