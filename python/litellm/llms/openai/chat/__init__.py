"""OpenAI's chat completions, for OpenAI and for every provider that speaks its format."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import litellm
from litellm.litellm_core_utils.model_facts import inherited_facts, model_facts
from litellm.llms.chunks import token_usage
from litellm.llms.openai import params as openai_params
from litellm.llms.openai.messages import clean_messages, read_reasoning, without_cache_control
from litellm.llms.openai.schema import response_format
from litellm.llms.openai_like.profile import Profile
from litellm.llms.openai_like.quirks import answer_by_tool, apply_quirks
from litellm.llms.wire import (
    ChatCall,
    ErrorDetails,
    Framing,
    WireError,
    WireRequest,
    decode_json,
    decode_object,
    encode_json,
    read_error,
)

KNOWN_MESSAGE_FIELDS = frozenset(
    {"content", "role", "tool_calls", "function_call", "audio", "reasoning_content", "thinking_blocks", "annotations",
     "images", "provider_specific_fields"}
)  # fmt: skip
PLAIN_MESSAGE_FIELDS = KNOWN_MESSAGE_FIELDS - {"thinking_blocks"}
"""Fields that are not repeated among the provider's own."""
TOOL_PARAMS = frozenset({"tools", "tool_choice", "parallel_tool_calls", "function_call", "functions"})
KNOWN_CHOICE_FIELDS = frozenset({"index", "message", "finish_reason", "logprobs", "enhancements"})


class OpenAIChat:
    """The chat completions format, with one provider's quirks."""

    framing: Framing = "sse"
    follows_model = False
    """Whether the chunks of a stream are named as the provider names them."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.sdk_retries = profile.sdk_retries
        self.names_itself = profile.names_itself
        self.names_provider_in_usage = (
            profile.sdk_retries and profile.names_provider_in_model and not self.follows_model
        )

    def supported_params(self, provider: str, model: str) -> list[str]:
        """OpenAI parameter names that `model` takes."""
        if provider == "openai":
            return openai_params.supported_params(model)
        elsewhere = self._elsewhere(provider, model)
        facts = {**inherited_facts(provider, model), **elsewhere, **model_facts(provider, model)}
        if self.profile.openai_families and openai_params.is_gpt5(model):
            return openai_params.supported_params(model, model_facts("openai", model.rsplit("/", 1)[-1]) or facts)
        names = list(self.profile.params or openai_params.OPENAI_CHAT_PARAMS)
        if self.profile.tools_need_catalogue and not facts.get("supports_function_calling"):
            names = [name for name in names if name not in TOOL_PARAMS]
        for rule in self.profile.when:
            if rule.holds(model, facts):
                names = rule.applied(names)
        return names

    @staticmethod
    def _elsewhere(provider: str, model: str) -> Mapping[str, Any]:
        """What the catalogue says of a model that `provider` only resells, and says nothing of itself."""
        bare = model.removeprefix(f"{provider}/")
        return litellm.model_cost.get(bare, {}) if model_facts(provider, model) else {}

    def map_params(self, provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
        """`params` as the provider takes them. Raises `UnsupportedParamsError` for values it refuses."""
        mapped = openai_params.map_params(model, params, drop=drop) if provider == "openai" else dict(params)
        if "response_format" in mapped:
            mapped["response_format"] = response_format(mapped["response_format"])
        return apply_quirks(self.profile, provider, model, mapped)

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST to the provider's chat completions endpoint."""
        return WireRequest("POST", self.url(call), self.headers(call), encode_json(self.body(call)))

    def body(self, call: ChatCall) -> dict[str, Any]:
        """The request body of `call`."""
        keep_marks = self.profile.keeps_marks(call.model, call.api_base)
        messages = clean_messages(
            call.messages,
            self.profile,
            keep_marks=keep_marks,
            developer=_knows_developer(call),
        )
        if call.provider in ("openai", "azure"):
            messages = openai_params.for_family(call.model, messages)
        body: dict[str, Any] = {"model": call.model, "messages": messages}
        body.update(self.profile.fixed_params)
        body.update(call.params)
        body.pop("json_mode", None)
        if self.profile.prompted_choice and body.get("tool_choice") == "required":
            del body["tool_choice"]
            body["messages"] = [*messages, {"role": "user", "content": self.profile.prompted_choice}]
        if call.stream and self.profile.streams_usage:
            body.setdefault("stream_options", {"include_usage": True})
        if "tools" in body and not keep_marks:
            body["tools"] = without_cache_control(body["tools"])
        extra = body.pop("extra_body", None)
        if extra:
            body.update(extra)
        if call.stream:
            body["stream"] = True
        elif self.profile.says_stream:
            body["stream"] = False
        else:
            body.pop("stream", None)
        return body

    def url(self, call: ChatCall) -> str:
        """Where `call` goes: its base URL and the chat path, which the base may already hold."""
        base = (call.api_base or "").rstrip("/")
        path = self.profile.path
        return base if base.endswith(path) else base + path

    def headers(self, call: ChatCall) -> dict[str, str]:
        """Content type, authentication and what the profile and the caller add."""
        headers = {"content-type": "application/json", **self.profile.headers}
        if call.api_key:
            headers[self.profile.auth_header] = self.profile.auth_scheme + call.api_key
        organization = call.options.get("organization")
        if organization and self.profile.sdk_retries:
            headers["openai-organization"] = organization
        headers.update(call.headers)
        return headers

    def parse_response(self, call: ChatCall, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The reply as an OpenAI chat.completion dict. Raises `WireError` when it holds no choice."""
        data = decode_object(body, status=self.profile.unreadable_status)
        choices = data.get("choices")
        if not isinstance(choices, list) or not choices:
            if not self.profile.names_empty_reply and not data.get("error"):
                raise litellm.APIError(500, f"{call.provider}'s reply for {call.model} holds no choices", "", "")
            raise refusal_in_body(data, self.profile.unreadable_status)
        for index, choice in enumerate(choices):
            if not isinstance(choice, dict):
                raise WireError(f"choice {index} of the provider's reply is not an object")
            self._read_choice(choice)
            if call.params.get("json_mode"):
                answer_by_tool(choice)
        if self.profile.choice_fields and not isinstance(data.get("usage"), dict):
            data["usage"] = token_usage(0, 0)
        tiers = self.profile.known_service_tiers
        if tiers is not None and data.get("service_tier") not in (None, *tiers):
            data["service_tier"] = "auto"
        if self.profile.names_provider_in_model:
            data["model"] = f"{call.provider}/{data.get('model') or call.model}"
        return data

    def _read_choice(self, choice: dict[str, Any]) -> None:
        message = choice.get("message")
        if not isinstance(message, dict):
            raise WireError("a choice of the provider's reply has no message")
        specific = {k: v for k, v in message.items() if k not in PLAIN_MESSAGE_FIELDS}
        read_reasoning(message)
        if not self.profile.choice_fields:
            return
        if self.profile.message_fields or specific:
            for name in specific.keys() - KNOWN_MESSAGE_FIELDS:
                message.pop(name, None)
            message["provider_specific_fields"] = {**(message.get("provider_specific_fields") or {}), **specific}
        if message.get("tool_calls") and choice.get("finish_reason") == "stop":
            choice["finish_reason"] = "tool_calls"
        fields = {k: v for k, v in choice.items() if k not in KNOWN_CHOICE_FIELDS}
        choice.setdefault("provider_specific_fields", fields)

    def stream_decoder(self, call: ChatCall) -> OpenAIChunks:
        """A decoder for one streamed reply."""
        return OpenAIChunks()

    def error_details(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorDetails:
        """What the provider says about its refusal."""
        return read_error(body)


class OpenAIChunks:
    """Reads chat.completion.chunk events, which are already in our shape."""

    __slots__ = ("_any",)

    def __init__(self) -> None:
        self._any = False

    def feed(self, event: bytes) -> list[dict[str, Any]]:
        """The chunk of one event; none for `[DONE]`. Raises `WireError` for an error sent inside the stream."""
        try:
            chunk = decode_json(event)
        except ValueError as error:
            if event.strip() in (b"", b"[DONE]"):
                return []
            quoted = event[:2000].decode("utf-8", "replace")
            raise WireError(f"an event of the provider's stream is not valid JSON: {quoted!r}") from error
        if not isinstance(chunk, dict):
            raise WireError(f"an event of the provider's stream is not an object: {event[:200]!r}")
        if chunk.get("error"):
            raise refusal_in_body(chunk)
        choices = chunk.get("choices")
        if choices:
            delta = choices[0].get("delta")
            if delta and "reasoning" in delta:
                read_reasoning(delta)
        self._any = True
        return [chunk]

    def finish(self) -> list[dict[str, Any]]:
        """Nothing: OpenAI's chunks stand alone."""
        return []


class DialectChunks(OpenAIChunks):
    """OpenAI's chunks from a provider whose deltas are its own: a subclass's `read_delta` puts each right."""

    __slots__ = ()

    def feed(self, event: bytes) -> list[dict[str, Any]]:
        """The chunk of one event. Raises `WireError` for an error sent inside the stream."""
        chunks = super().feed(event)
        for chunk in chunks:
            for choice in chunk.get("choices") or ():
                if isinstance(choice, dict) and isinstance(choice.get("delta"), dict):
                    self.read_delta(choice, choice["delta"])
        return chunks

    def read_delta(self, choice: dict[str, Any], delta: dict[str, Any]) -> None:
        """Change one choice and its delta into OpenAI's terms, in place."""
        raise NotImplementedError


def refusal_in_body(data: dict[str, Any], unreadable_status: int | None = 500) -> WireError:
    """The error that `data`, which should have been a reply, holds, or amounts to (of `unreadable_status`)."""
    error = data.get("error")
    if not error:
        return WireError("the provider's reply holds no choices", status=unreadable_status)
    details = read_error(encode_json(data))
    status = error.get("code") if isinstance(error, dict) else None
    if isinstance(status, str) and status.isdigit():
        status = int(status)
    if not isinstance(status, int) or not 400 <= status < 600:
        status = 500
    return WireError(details.message, status=status, details=details)


def _knows_developer(call: ChatCall) -> bool:
    if call.provider == "azure":
        return openai_params.is_o_series(call.model)
    return call.provider == "openai" and openai_params.knows_developer(call.model)
