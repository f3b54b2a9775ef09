"""What both of Ollama's endpoints share: addresses, headers, and what a reply lacks or counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from litellm.litellm_core_utils.text_tokens import count_text_tokens
from litellm.llms.chunks import token_usage
from litellm.llms.wire import ChatCall, WireError


def ollama_url(api_base: str | None, path: str) -> str:
    """Where a call goes: its base URL and the path, which the base may already hold."""
    base = (api_base or "").rstrip("/")
    return base if base.endswith(path) else base + path


def ollama_headers(call: ChatCall) -> dict[str, str]:
    """Authentication where there is a key (Ollama itself asks for none), and what the caller adds."""
    headers = {"authorization": f"Bearer {call.api_key}"} if call.api_key else {}
    headers.update(call.headers)
    return headers


def reply_failure(data: Mapping[str, Any], missing: str) -> WireError:
    """The error that a reply without its `missing` part says or amounts to."""
    error = data.get("error")
    return WireError(str(error) if error else f"the provider's reply holds no {missing!r}", status=None)


def usage_of(data: Mapping[str, Any], count_prompt: Callable[[], int]) -> dict[str, Any]:
    """The tokens that Ollama counted; those of the texts where it did not say, the prompt's by `count_prompt`."""
    said = data.get("message") or {}
    reply = str((said.get("content") if isinstance(said, dict) else "") or data.get("response") or "")
    asked, made = data.get("prompt_eval_count"), data.get("eval_count")
    return token_usage(
        int(asked) if asked is not None else count_prompt(),
        int(made) if made is not None else count_text_tokens(reply),
    )
