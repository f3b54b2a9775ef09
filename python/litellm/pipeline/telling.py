"""How often callbacks hear of a reply before the outcome: `log_post_api_call`, provider by provider.

Observed of LiteLLM 1.106.2, whose clients differ in it, so that a callback moved here is called as often as it was.
"""

from __future__ import annotations

from dataclasses import dataclass

Times = tuple[int, int]
"""Times for a blocking call, and for one on an event loop."""
_ONCE: Times = (1, 1)
_NEVER: Times = (0, 0)


@dataclass(frozen=True, slots=True)
class Telling:
    """What callbacks are told of a provider's replies."""

    reply: Times = _ONCE
    """Of a whole reply."""
    stream: Times = _ONCE
    """Of a stream that begins."""
    refusal: Times = _NEVER
    early_reply: bool = False
    """On an event loop also before the request is sent, when it is for a whole reply."""
    early_stream: bool = False
    """The same for a stream."""
    forgets: tuple[str, ...] = ()
    """Fields of the request that the record no longer has once the reply is there."""


_USUAL = Telling()
_SILENT = Telling(reply=_NEVER, stream=_NEVER)
_CHAT = {
    "openai": Telling(stream=(1, 0), refusal=(1, 0), early_stream=True),
    "azure": Telling(stream=(1, 0), refusal=(0, 1), early_stream=True),
    "anthropic": Telling(stream=(2, 1), refusal=(0, 1), early_reply=True, early_stream=True),
    "cohere": _SILENT,
    "cohere_chat": _SILENT,
    "deepseek": Telling(refusal=(1, 0)),
    "hosted_vllm": Telling(reply=(2, 1)),
}
_BY_CALL = {
    "text_completion": Telling(reply=(1, 2), forgets=("input",)),
    "responses": Telling(forgets=("input", "api_key")),
    "embedding": Telling(refusal=_ONCE),
    "moderation": _SILENT,
    "speech": _SILENT,
    "image_edit": _SILENT,
    "rerank": _SILENT,
    "get_responses": _SILENT,
}
_BY_SDK = ("image_generation", "transcription")
"""Endpoints of which only what OpenAI's SDK, or Bedrock's, was answered is told."""


def telling(call_type: str, provider: str, *, sdk: bool) -> Telling:
    """What callbacks are told in a call of this type; `sdk` when the provider is spoken to as OpenAI's SDK would."""
    kind = call_type.removeprefix("a") if call_type != "anthropic_messages" else call_type
    if kind == "completion":
        return _CHAT.get(provider, _USUAL)
    if kind == "text_completion" and provider == "azure_text":
        return Telling(stream=(1, 0), early_stream=True)
    if kind == "embedding" and provider == "cohere":
        return Telling(refusal=(1, 0))
    if kind in _BY_SDK and not sdk and provider != "bedrock":
        return _SILENT
    return _BY_CALL.get(kind, _USUAL)
