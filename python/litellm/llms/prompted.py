"""What formats share that complete a prompt: which parameters they take, and a reply that is one text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.litellm_core_utils.text_tokens import count_text_tokens
from litellm.llms.chunks import chunk, read_event, token_usage
from litellm.llms.openai.messages import as_dict
from litellm.llms.wire import (
    SHAPE_ERRORS,
    ChatCall,
    ErrorDetails,
    Framing,
    WireError,
    decode_object,
    misshapen,
    read_error,
)


class PromptedFormat:
    """A format without chat. Subclasses build the request and read the reply."""

    framing: Framing = "sse"
    shows_headers = False
    params: tuple[str, ...] = ()
    """OpenAI parameters that are taken."""
    renames: Mapping[str, str] = {}
    """OpenAI parameter name → the provider's."""

    def supported_params(self, provider: str, model: str) -> tuple[str, ...]:
        """OpenAI parameter names that `model` takes."""
        return self.params

    def map_params(self, provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
        """`params` under the provider's names."""
        return {self.renames.get(name, name): value for name, value in params.items() if name != "stream"}

    def headers(self, call: ChatCall) -> dict[str, str]:
        """Content type, authentication by bearer token, and what the caller adds."""
        headers = {"content-type": "application/json"}
        if call.api_key:
            headers["authorization"] = f"Bearer {call.api_key}"
        headers.update(call.headers)
        return headers

    def error_details(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorDetails:
        """What the provider says about its refusal."""
        return ErrorDetails(message=read_error(body).message)


def body_params(call: ChatCall) -> dict[str, Any]:
    """The parameters of `call` with the caller's `extra_body` laid over them."""
    params = dict(call.params)
    params.update(params.pop("extra_body", None) or {})
    return params


def texts_of(messages: list[Any]) -> list[str]:
    """The text of each message."""
    made = []
    for raw in messages:
        content = (raw if isinstance(raw, dict) else as_dict(raw)).get("content")
        if isinstance(content, list):
            content = "".join(str(part.get("text") or "") for part in content if isinstance(part, dict))
        made.append(str(content or ""))
    return made


def spaced(messages: list[Any]) -> str:
    """The texts of `messages` with a space between: how LiteLLM asks models whose template is not known."""
    return " ".join(texts_of(messages))


def text_reply(
    model: str | None, text: str, *, reason: str = "stop", usage: dict[str, Any] | None = None
) -> dict[str, Any]:
    """A chat.completion dict with one text."""
    message = {"role": "assistant", "content": text}
    made: dict[str, Any] = {"choices": [{"index": 0, "finish_reason": reason, "message": message}]}
    if model is not None:
        made["model"] = model
    made["usage"] = usage or token_usage(0, 0)
    return made


def counted_usage(prompt: str, text: str) -> dict[str, Any]:
    """Usage of a provider that counts nothing, counted here."""
    return token_usage(count_text_tokens(prompt), count_text_tokens(text))


class OneText(PromptedFormat):
    """A format whose reply is one text and no count of tokens; a stream gives it in one piece."""

    framing: Framing = "whole"

    def prompt(self, call: ChatCall) -> str:
        """What is asked, of which the tokens are counted."""
        raise NotImplementedError

    def text(self, data: dict[str, Any]) -> str:
        """The text of the reply `data`; empty when it holds none. Raises `WireError`, or what `misshapen` is told."""
        raise NotImplementedError

    def parse_response(self, call: ChatCall, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The reply as an OpenAI chat.completion dict. Raises `WireError` when it holds no text."""
        data = decode_object(body, status=None)
        try:
            text = self.text(data)
        except SHAPE_ERRORS as error:
            raise misshapen(error) from error
        if not isinstance(text, str) or not text:
            raise WireError("the reply holds no text", status=None)
        return text_reply(call.model, text, usage=counted_usage(self.prompt(call), text))

    def stream_decoder(self, call: ChatCall) -> WholeText:
        """The answer comes at once."""
        return WholeText(lambda body: self.parse_response(call, 200, {}, body))


class TextChunks:
    """A stream of JSON objects with a piece of text each, under the name `text`; `reason` names why it ended."""

    __slots__ = ("_reason", "_reasons", "_text")

    def __init__(self, text: str, reason: str | None = None, reasons: Mapping[str, str] | None = None) -> None:
        self._text = text
        self._reason = reason
        self._reasons = reasons or {}

    def feed(self, event: bytes) -> list[dict[str, Any]]:
        """The chunks of one event. Raises `WireError` when it cannot be read or says a failure."""
        data = read_event(event)
        made = []
        if data.get(self._text):
            made.append(chunk({"content": str(data[self._text])}))
        ended = data.get(self._reason) if self._reason else None
        if ended:
            made.append(chunk({}, self._reasons.get(str(ended), "stop")))
        return made

    def finish(self) -> list[dict[str, Any]]:
        """Nothing: every event was answered when it came."""
        return []


class WholeText:
    """A reply that comes at once, as the only chunk of a stream."""

    __slots__ = ("_read",)

    def __init__(self, read: Any) -> None:
        self._read = read

    def feed(self, event: bytes) -> list[dict[str, Any]]:
        """The reply as two chunks: its text, then its end and usage. Raises `WireError` when it cannot be read."""
        data = self._read(event)
        choice = data["choices"][0]
        last = chunk({}, choice["finish_reason"])
        last["usage"] = data["usage"]
        return [chunk({"content": choice["message"]["content"]}), last]

    def finish(self) -> list[dict[str, Any]]:
        """Nothing: the reply was whole."""
        return []
