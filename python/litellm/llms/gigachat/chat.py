"""GigaChat: OpenAI's chat with functions instead of tools, and a token by OAuth.

Source: Sber's GigaChat API reference.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Mapping
from typing import Any

from litellm.llms.gigachat.messages import convert_message, functions_of, read_message
from litellm.llms.openai.chat import DialectChunks, OpenAIChat, OpenAIChunks
from litellm.llms.openai.messages import as_dict
from litellm.llms.openai.schema import response_format
from litellm.llms.openai_like.profile import Profile
from litellm.llms.openai_like.quirks import JSON_TOOL
from litellm.llms.wire import ChatCall, Signer, WireError, WireFormat, WireRequest, encode_json
from litellm.secret_managers.token_exchange import ExchangedToken, TokenSource

AUTH_URL = "https://ngw.devices.sberbank.ru:9443/api/v2/oauth"
SCOPE = "GIGACHAT_API_PERS"
PARAMS: tuple[str, ...] = (
    "stream", "temperature", "top_p", "max_tokens", "max_completion_tokens", "stop", "tools", "tool_choice",
    "functions", "function_call", "response_format",
)  # fmt: skip
_LEFT_OUT = frozenset({"tools", "tool_choice", "stop", "stream", "response_format", "max_completion_tokens"})


def chat_format(provider: str, model: str) -> WireFormat:
    """One format for all its models."""
    return GigaChat(Profile(params=PARAMS, sdk_retries=False, choice_fields=False, message_fields=False))


class GigaChat(OpenAIChat):
    """`POST /chat/completions`."""

    def map_params(self, provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
        """`params` in GigaChat's terms: tools and a JSON schema are functions. A stop word is not known to it."""
        mapped = {name: value for name, value in params.items() if name not in _LEFT_OUT}
        if "max_completion_tokens" in params:
            mapped["max_tokens"] = params["max_completion_tokens"]
        if params.get("tools"):
            mapped["functions"] = functions_of(params["tools"])
            mapped["function_call"] = _choice(params.get("tool_choice"))
        wanted = response_format(params.get("response_format"))
        schema = (wanted.get("json_schema") or {}).get("schema") if isinstance(wanted, dict) else None
        if schema is not None:
            mapped["functions"] = [*mapped.get("functions", ()), {"name": JSON_TOOL, "parameters": schema}]
            mapped["function_call"] = {"name": JSON_TOOL}
            mapped["json_mode"] = True
        return mapped

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST, signed by a token for the credentials."""
        plain = [message if isinstance(message, dict) else as_dict(message) for message in call.messages]
        body: dict[str, Any] = {"model": call.model, "messages": [convert_message(message) for message in plain]}
        body.update({name: value for name, value in call.params.items() if name not in ("json_mode", "extra_body")})
        body.update(call.params.get("extra_body") or {})
        if call.stream:
            body["stream"] = True
        headers = {"content-type": "application/json", **call.headers}
        return WireRequest("POST", self.url(call), headers, encode_json(body), credentials_signer(call.api_key))

    def parse_response(self, call: ChatCall, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The reply as an OpenAI chat.completion dict, function calls as tool calls."""
        data = super().parse_response(call, status, headers, body)
        for choice in data["choices"]:
            read_message(choice, choice["message"], json_mode=bool(call.params.get("json_mode")))
        return data

    def stream_decoder(self, call: ChatCall) -> OpenAIChunks:
        """A decoder for one streamed reply."""
        return GigaChunks(json_mode=bool(call.params.get("json_mode")))


class GigaChunks(DialectChunks):
    """OpenAI's chunks, function calls as tool calls."""

    __slots__ = ("_json_mode",)

    def __init__(self, *, json_mode: bool) -> None:
        super().__init__()
        self._json_mode = json_mode

    def read_delta(self, choice: dict[str, Any], delta: dict[str, Any]) -> None:
        """A function call as a tool call."""
        read_message(choice, delta, json_mode=self._json_mode)


def credentials_signer(api_key: str | None) -> Signer:
    """What signs with a token for `api_key`, or `GIGACHAT_CREDENTIALS`. Raises `WireError` (401) without either."""
    credentials = api_key or os.environ.get("GIGACHAT_CREDENTIALS")
    if not credentials:
        raise WireError("GigaChat: no credentials: set `api_key` or GIGACHAT_CREDENTIALS", status=401)
    url = os.environ.get("GIGACHAT_AUTH_URL") or AUTH_URL
    scope = os.environ.get("GIGACHAT_SCOPE") or SCOPE
    request_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{url}#{scope}"))
    headers = (("authorization", f"Basic {credentials}"), ("rquid", request_id))
    return ExchangedToken(TokenSource(url, form=(("scope", scope),), headers=headers))


def _choice(choice: Any) -> Any:
    if isinstance(choice, dict):
        return {"name": (choice.get("function") or {}).get("name")}
    return "none" if choice == "none" else "auto"
