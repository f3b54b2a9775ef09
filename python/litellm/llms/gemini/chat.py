"""Gemini's generateContent as the far side of a chat completion, at Google AI Studio."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import litellm
from litellm.llms.gemini import models, params as gemini_params
from litellm.llms.gemini.messages import InvalidMessage, convert_messages, said_by_users
from litellm.llms.gemini.parts import RESOLUTIONS
from litellm.llms.gemini.response import MISSHAPEN, UNREADABLE, convert_response
from litellm.llms.gemini.stream import GeminiChunks
from litellm.llms.wire import (
    ChatCall,
    ErrorDetails,
    Framing,
    WireError,
    WireRequest,
    decode_json,
    encode_json,
    read_error,
)

API_BASE = "https://generativelanguage.googleapis.com/v1beta"


class GeminiChat:
    """The generateContent format."""

    framing: Framing = "sse"
    defers_refusals = True
    """A refused stream says so when it is read, as upstream's does."""
    shows_headers = False
    stream_provider = "vertex_ai_beta"
    """What upstream calls the provider in the errors of a stream, whichever of Google's it is."""

    def supported_params(self, provider: str, model: str) -> list[str]:
        """OpenAI parameter names that `model` takes."""
        return gemini_params.supported_params(provider, model)

    def map_params(self, provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
        """`params` in Gemini's terms. Raises `UnsupportedParamsError` for values the model refuses."""
        return gemini_params.map_params(provider, model, params, drop=drop)

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST to the model's generateContent. Raises `WireError` (status 400) for messages it cannot say."""
        return self.content_request(call, chat_method(call.stream), self.body(call))

    def content_request(self, call: ChatCall, method: str, body: Mapping[str, Any]) -> WireRequest:
        """The POST of `body`, which is in Gemini's own format, to a method of the model."""
        url = model_url(call.api_base, call.model, method)
        return WireRequest("POST", url, api_key_headers(call.api_key, call.headers), encode_json(body))

    def body(self, call: ChatCall) -> dict[str, Any]:
        """The request body of `call`."""
        try:
            told = call.messages
            if not models.takes_instructions(call.provider, call.model):
                told = said_by_users(told)
            system, contents = convert_messages(told, call.model)
        except InvalidMessage as error:
            raise WireError(f"Invalid Message passed in: {error}", status=400) from error
        body: dict[str, Any] = {"contents": contents}
        if system:
            body["system_instruction"] = {"parts": system}
        if litellm.vertex_ai_safety_settings is not None:
            body["safetySettings"] = litellm.vertex_ai_safety_settings
        body.update(gemini_params.body_fields(call.params))
        if not models.thinks_by_level(call.model):
            _raise_resolution(contents, body)
        if call.provider == "gemini":
            body.pop("labels", None)
        else:
            _label(call.options, body)
        extra = call.params.get("extra_body")
        if extra:
            body.update(extra)
        return body

    def parse_response(self, call: ChatCall, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The reply as an OpenAI chat.completion dict. Raises `WireError` when it is not one of Gemini's."""
        try:
            data = decode_json(body)
        except ValueError as error:
            kind = headers.get("content-type", "no content type")
            message = f"the provider's reply is not valid JSON but {len(body)} bytes of {kind}"
            raise WireError(message, status=UNREADABLE) from error
        if not isinstance(data, dict):
            raise WireError("the provider's reply is not a JSON object", status=UNREADABLE)
        try:
            return convert_response(data)
        except MISSHAPEN as error:
            raise WireError("the provider's reply is not shaped as Gemini's are", status=UNREADABLE) from error

    def stream_decoder(self, call: ChatCall) -> GeminiChunks:
        """A decoder for one streamed reply."""
        return GeminiChunks()

    def error_details(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorDetails:
        """What Google says about its refusal."""
        return google_error(body)


def _raise_resolution(contents: list[dict[str, Any]], body: dict[str, Any]) -> None:
    """Until Gemini 3 the resolution of media holds for the whole request: the highest that any part asks for."""
    order = list(RESOLUTIONS.values())
    asked = []
    for content in contents:
        for part in content["parts"]:
            resolution = part.pop("media_resolution", None)
            if resolution is not None:
                asked.append(order.index(resolution["level"]))
    if asked:
        body.setdefault("generationConfig", {}).setdefault("mediaResolution", order[max(asked)])


def _label(options: Mapping[str, Any], body: dict[str, Any]) -> None:
    """Labels for Vertex AI's bill: the caller's, or those that a proxy's caller gave as `requester_metadata`."""
    if "labels" in body:
        return
    given = (options.get("metadata") or {}).get("requester_metadata")
    if isinstance(given, Mapping):
        labels = {key: value for key, value in given.items() if isinstance(value, str)}
        if labels:
            body["labels"] = labels


def chat_method(stream: bool) -> str:
    """The method that answers a chat, whole or in pieces."""
    return "streamGenerateContent?alt=sse" if stream else "generateContent"


def model_url(api_base: str | None, model: str, method: str) -> str:
    """The address of a model's method below `api_base`, which may already name the model, or the method too."""
    base = (api_base or API_BASE).rstrip("/")
    name = method.split("?")[0]
    if base.endswith(f":{name}"):
        return base + method[len(name) :]
    if base.endswith(f"/models/{model}"):
        return f"{base}:{method}"
    kind = "" if model.startswith("tunedModels/") else "models/"
    return f"{base}/{kind}{models.bare_name(model)}:{method}"


def api_key_headers(api_key: str | None, added: Mapping[str, str]) -> dict[str, str]:
    """The headers of every request to Google AI Studio."""
    headers = {"content-type": "application/json"}
    if api_key:
        headers["x-goog-api-key"] = api_key
    headers.update(added)
    return headers


def google_error(body: bytes) -> ErrorDetails:
    """What Google says about its refusal, which it may wrap into a list of one."""
    try:
        parsed = decode_json(body)
    except ValueError:
        return read_error(body)
    if isinstance(parsed, list) and parsed:
        body = encode_json(parsed[0])
    details = read_error(body)
    # its `code` is the HTTP status and its `status` a word for it, which say nothing new
    return ErrorDetails(message=details.message)


def chat_format(provider: str, model: str) -> GeminiChat:
    """The chat format of every model at Google AI Studio."""
    return GeminiChat()
