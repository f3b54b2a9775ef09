"""SAP's generative AI hub: chats as templates of AI Core's orchestration, whose answers hold OpenAI's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.llms.openai.chat import OpenAIChat, OpenAIChunks
from litellm.llms.openai_like.profiles import profile_of
from litellm.llms.wire import ChatCall, ErrorDetails, WireFormat, WireRequest, decode_json, encode_json, read_error
from litellm.secret_managers.sap import UNLOCATED, OrchestrationSigner, service_key

_PATH = "/v2/completion"
_ANSWERS = ("final_result", "orchestration_result")
_OF_TEMPLATE = ("tools", "response_format")


def chat_format(provider: str, model: str) -> WireFormat:
    """One format for all its models."""
    return SapChat(profile_of(provider))


class SapChat(OpenAIChat):
    """`POST /v2/completion` of the newest orchestration that runs, or of the one at `api_base`."""

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST, signed with a token for the service key."""
        key = service_key(call.api_key)
        headers = {"content-type": "application/json", **call.headers}
        body = encode_json(_orchestrated(self.body(call)))
        return WireRequest("POST", self.url(call), headers, body, OrchestrationSigner(key))

    def url(self, call: ChatCall) -> str:
        """Where the orchestration is, as far as it is known."""
        base = (call.api_base or UNLOCATED).rstrip("/")
        return base if base.endswith(_PATH) else base + _PATH

    def parse_response(self, call: ChatCall, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The answer in the orchestration's. Raises `WireError` when it holds none."""
        return super().parse_response(call, status, headers, answer_in(body))

    def stream_decoder(self, call: ChatCall) -> OpenAIChunks:
        """A decoder for one streamed reply."""
        return SapChunks()

    def error_details(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorDetails:
        """What the orchestration says about its refusal."""
        return read_error(body)


class SapChunks(OpenAIChunks):
    """Reads the chunks in an orchestration's events."""

    __slots__ = ()

    def feed(self, event: bytes) -> list[dict[str, Any]]:
        """The chunk of one event; none of one that tells of another module. Raises `WireError` for an error."""
        answer = answer_in(event)
        return super().feed(answer) if answer != b"null" else []


def _orchestrated(body: dict[str, Any]) -> dict[str, Any]:
    """A chat completion's body as an orchestration's."""
    messages = [{k: v for k, v in message.items() if v is not None} for message in body.pop("messages")]
    template: dict[str, Any] = {"template": messages}
    for name in _OF_TEMPLATE:
        if body.get(name):
            template[name] = body.pop(name)
    model = {"name": body.pop("model"), "version": body.pop("model_version", "latest")}
    config: dict[str, Any] = {}
    if body.pop("stream", None):
        config["stream"] = {"enabled": True}
        body.pop("stream_options", None)
    modules = {"prompt_templating": {"prompt": template, "model": {**model, "params": body}}}
    return {"config": {"modules": modules, **config}}


def answer_in(body: bytes) -> bytes:
    """The completion, or the chunk, in what the orchestration says; `body` itself where it holds none."""
    try:
        data = decode_json(body)
    except ValueError:
        return body
    if not isinstance(data, dict) or "error" in data:
        return body
    name = next((name for name in _ANSWERS if name in data), None)
    return body if name is None else encode_json(data[name] or None)
