"""Completions in a format of the application's own: `litellm.adapters` say how it is turned into OpenAI's and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import litellm
from litellm.integrations.custom_logger import CustomLogger
from litellm.pipeline.arguments import SETTINGS

_INPUTS = frozenset({"messages", "input", "prompt", "model"})


def adapter_completion(*, adapter_id: str, **kwargs: Any) -> Any:
    """`completion` of a request in the format of the adapter of this id, answered in that format.

    Raises ValueError when there is no such adapter, and what `completion` raises.
    """
    adapter = _adapter(adapter_id)
    return _back(adapter, litellm.completion(**_chat(adapter, kwargs)), kwargs)


async def aadapter_completion(*, adapter_id: str, **kwargs: Any) -> Any:
    """`adapter_completion` on an event loop."""
    adapter = _adapter(adapter_id)
    return _back(adapter, await litellm.acompletion(**_chat(adapter, kwargs)), kwargs)


def _adapter(adapter_id: str) -> CustomLogger:
    for item in litellm.adapters:
        if item["id"] == adapter_id:
            adapter: CustomLogger = item["adapter"]
            return adapter
    raise ValueError(f"adapter_id: litellm.adapters has none of the id {adapter_id!r}")


def _chat(adapter: CustomLogger, kwargs: dict[str, Any]) -> dict[str, Any]:
    """The request as the adapter translates it; LiteLLM's own settings stay as they are."""
    translated = adapter.translate_completion_input_params(kwargs=dict(kwargs))
    if translated is None:
        raise ValueError("adapter_id: the adapter translates no requests")
    request = dict(translated) if isinstance(translated, Mapping) else translated.model_dump(exclude_none=True)
    settings = {name: value for name, value in kwargs.items() if name in SETTINGS and name not in _INPUTS}
    return {**settings, **request}


def _back(adapter: CustomLogger, answer: Any, kwargs: Mapping[str, Any]) -> Any:
    if kwargs.get("stream"):
        return adapter.translate_completion_output_params_streaming(completion_stream=answer)
    return adapter.translate_completion_output_params(response=answer)
