"""What was asked and answered, kept with the log of spend where `store_prompts_in_spend_logs` is on; bounded."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from litellm.proxy.config.settings import ProxyConfig

MAX_TEXT = 2048
"""Characters of one text, the middle of a longer one is left out; environment `MAX_STRING_LENGTH_PROMPT_IN_DB`."""
MAX_ITEMS = 500
"""Members of one list or mapping, and values of a payload in all times ten."""
MAX_DEPTH = 12
_LEFT_OUT = frozenset({"metadata", "litellm_metadata", "api_key", "extra_headers", "proxy_server_request"})
"""Fields of a request that are the gateway's own, or secret."""


@dataclass(slots=True)
class Payload:
    """Of one call."""

    request: Mapping[str, Any]
    response: Any = None
    texts: list[str] = field(default_factory=list)
    size: int = 0

    def piece(self, chunk: Any) -> None:
        """A piece of a stream; texts beyond the limit are not kept."""
        text = _text_of(chunk)
        if text and self.size < MAX_TEXT * 4:
            self.texts.append(text)
            self.size += len(text)

    def columns(self) -> dict[str, Any]:
        """The columns of the log."""
        asked = {name: value for name, value in self.request.items() if name not in _LEFT_OUT}
        response = {"content": "".join(self.texts)} if self.texts else _plain(self.response)
        prompt: Any = next((asked[name] for name in ("messages", "input", "prompt", "contents") if name in asked), {})
        return {
            "messages": bounded(prompt), "response": bounded(response), "proxy_server_request": bounded(asked),
        }  # fmt: skip


def stores_prompts(config: ProxyConfig) -> bool:
    """`general_settings.store_prompts_in_spend_logs`, else the environment's `STORE_PROMPTS_IN_SPEND_LOGS`; off."""
    given = config.general_settings.raw.get("store_prompts_in_spend_logs")
    return bool(given) if given is not None else os.environ.get("STORE_PROMPTS_IN_SPEND_LOGS", "").lower() == "true"


def bounded(value: Any) -> Any:
    """`value` as JSON that every database takes, with long texts, long lists and deep nesting cut."""
    given = os.environ.get("MAX_STRING_LENGTH_PROMPT_IN_DB", "")
    return _bounded(value, int(given) if given.isdigit() else MAX_TEXT, MAX_DEPTH, [MAX_ITEMS * 10])


def _bounded(value: Any, most: int, depth: int, left: list[int]) -> Any:
    left[0] -= 1
    if left[0] < 0 or depth == 0:
        return "…"
    if isinstance(value, str):
        return _cut(value, most)
    if isinstance(value, Mapping):
        items = list(value.items())[:MAX_ITEMS]
        return {_cut(str(name), 256): _bounded(item, most, depth - 1, left) for name, item in items}
    if isinstance(value, (list, tuple)):
        return [_bounded(item, most, depth - 1, left) for item in value[:MAX_ITEMS]]
    if value is None or isinstance(value, (bool, int)) or (isinstance(value, float) and abs(value) < 1e308):
        return value
    return _cut(str(value), most)


def _cut(text: str, most: int) -> str:
    if len(text) > most:
        left_out = len(text) - most
        text = f"{text[: most * 2 // 3]}… ({left_out} characters left out) …{text[-(most // 3) :]}"
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def _plain(response: Any) -> Any:
    if response is None or isinstance(response, (dict, list, str)):
        return response if response is not None else {}
    dump = getattr(response, "model_dump", None)
    return dump(exclude_none=True) if dump is not None else {}


def _text_of(chunk: Any) -> str:
    if isinstance(chunk, bytes):
        return chunk.decode("utf-8", "replace")
    choices = chunk.get("choices") if isinstance(chunk, dict) else getattr(chunk, "choices", None)
    delta: Any = None
    if choices:
        delta = choices[0].get("delta") if isinstance(choices[0], dict) else getattr(choices[0], "delta", None)
    elif isinstance(found := chunk.get("delta") if isinstance(chunk, dict) else getattr(chunk, "delta", None), str):
        return found
    text = delta.get("content") if isinstance(delta, dict) else getattr(delta, "content", None)
    return text if isinstance(text, str) else ""
