"""Chat over a text completions API: the messages are the prompt, the continuation is the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.llms.azure.address import deployment_url
from litellm.llms.azure.chat import AzureChat
from litellm.llms.openai import completions
from litellm.llms.openai.chat import OpenAIChat, OpenAIChunks
from litellm.llms.openai_like.profile import OPENAI, Profile
from litellm.llms.openai_like.profiles import profile_of
from litellm.llms.wire import ChatCall, WireFormat, WireRequest, encode_json

FIM_PATH = "/fim/completions"
PARAMS: tuple[str, ...] = (
    "frequency_penalty", "logit_bias", "logprobs", "max_tokens", "max_completion_tokens", "n", "presence_penalty",
    "seed", "stop", "stream", "stream_options", "temperature", "top_p", "user", "best_of", "echo", "suffix",
    "max_retries", "extra_headers",
)  # fmt: skip

CODESTRAL_PARAMS: tuple[str, ...] = (
    "suffix", "temperature", "top_p", "max_tokens", "max_completion_tokens", "stream", "seed", "stop",
)  # fmt: skip

INCEPTION_PARAMS: tuple[str, ...] = (
    "max_tokens", "max_completion_tokens", "frequency_penalty", "presence_penalty", "stop", "stream", "stream_options",
    "suffix", "top_p",
)  # fmt: skip


def chat_format(provider: str, model: str) -> WireFormat:
    """The format of a provider that has no chat of its own."""
    if provider == "azure_text":
        return AzureTextChat(OPENAI)
    if provider == "text-completion-openai":
        return TextChat(OPENAI)
    return FimChat(profile_of(provider), whole_path=provider == "text-completion-codestral")


class TextChat(OpenAIChat):
    """POST /completions."""

    path = completions.PATH

    def supported_params(self, provider: str, model: str) -> list[str]:
        """Chat parameters that a text completion has too."""
        return list(PARAMS)

    def map_params(self, provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
        """`params`, with the only name that text completions have for the limit."""
        mapped = dict(params)
        limit = mapped.pop("max_completion_tokens", None)
        if limit is not None:
            mapped["max_tokens"] = limit
        return mapped

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST that continues the messages."""
        body: dict[str, Any] = {"model": call.model, "prompt": prompt_of(call.messages), **call.params}
        body.update(body.pop("extra_body", None) or {})
        if call.stream:
            body["stream"] = True
        else:
            body.pop("stream", None)
        return WireRequest("POST", self.url(call), self.headers(call), encode_json(body))

    def url(self, call: ChatCall) -> str:
        """Where `call` goes."""
        base = (call.api_base or "").rstrip("/")
        return base if base.endswith(self.path) else base + self.path

    def parse_response(self, call: ChatCall, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The continuation as a chat.completion dict. Raises `WireError` when there is none."""
        data = completions.parse_response(body)
        made: dict[str, Any] = {
            name: data[name] for name in ("id", "model", "usage", "system_fingerprint") if name in data
        }
        made["choices"] = [
            {
                "index": choice.get("index") or 0,
                "message": {"role": "assistant", "content": self.text(choice)},
                "finish_reason": choice.get("finish_reason") or "stop",
                **({"logprobs": choice["logprobs"]} if choice.get("logprobs") else {}),
            }
            for choice in data["choices"]
        ]
        return made

    def text(self, choice: Mapping[str, Any]) -> str | None:
        """The text of a choice."""
        return choice.get("text")

    def stream_decoder(self, call: ChatCall) -> TextChunks:
        """A decoder for one streamed reply."""
        return TextChunks(self)


class AzureTextChat(TextChat):
    """A deployment's text completions."""

    def url(self, call: ChatCall) -> str:
        """The deployment's endpoint."""
        return deployment_url(call.api_base, call.model, call.options, self.path)

    def headers(self, call: ChatCall) -> dict[str, str]:
        """Azure's."""
        return AzureChat(OPENAI).headers(call)


class FimChat(TextChat):
    """Mistral's and Inception's fill-in-the-middle APIs."""

    path = FIM_PATH
    names_itself = False

    def __init__(self, profile: Profile, *, whole_path: bool) -> None:
        super().__init__(profile)
        self.sdk_retries = False
        self.names_itself = False
        self.whole_path = whole_path

    def supported_params(self, provider: str, model: str) -> list[str]:
        """Chat parameters that the API has."""
        return list(CODESTRAL_PARAMS if self.whole_path else INCEPTION_PARAMS)

    def map_params(self, provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
        """`params` under the API's names."""
        mapped = super().map_params(provider, model, params, drop=drop)
        if self.whole_path and "seed" in mapped:
            mapped["random_seed"] = mapped.pop("seed")
        return mapped

    def url(self, call: ChatCall) -> str:
        """The path below the base, which for Codestral is the whole address."""
        base = (call.api_base or "").rstrip("/")
        return base if self.whole_path and base.endswith(self.path) else base + self.path

    def text(self, choice: Mapping[str, Any]) -> str | None:
        """The text of a choice, which Mistral gives as a message."""
        if self.whole_path and "message" in choice:
            return (choice["message"] or {}).get("content")
        return choice.get("text")


class TextChunks(OpenAIChunks):
    """Text completion chunks as chat chunks."""

    __slots__ = ("_format",)

    def __init__(self, wire: TextChat) -> None:
        super().__init__()
        self._format = wire

    def feed(self, event: bytes) -> list[dict[str, Any]]:
        """The chunk of one event, its texts as deltas."""
        return [self._as_chat(chunk) for chunk in super().feed(event)]

    def _as_chat(self, chunk: dict[str, Any]) -> dict[str, Any]:
        choices = []
        for choice in chunk.get("choices") or ():
            text = self._format.text(choice)
            if text is None and getattr(self._format, "whole_path", False):
                text = (choice.get("delta") or {}).get("content")
            delta = {"content": text} if text else {}
            made = {"index": choice.get("index") or 0, "delta": delta, "finish_reason": choice.get("finish_reason")}
            choices.append(made)
        return {**chunk, "object": "chat.completion.chunk", "choices": choices}


def prompt_of(messages: list[Any]) -> str:
    """The texts of all messages, one after the other."""
    texts = []
    for message in messages:
        content = message.get("content")
        if isinstance(content, list):
            texts += [part.get("text") or "" for part in content if part.get("type") == "text"]
        else:
            texts.append(content or "")
    return "".join(texts)
