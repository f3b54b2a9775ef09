"""What a provider's endpoint other than chat is: pure functions from one resolved call to a request and back.

A format says which of OpenAI's parameters it takes, builds the request, and reads the reply into the arguments of the
endpoint's response class. It does no I/O. What it leaves out behaves as OpenAI's own endpoint does.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from litellm.llms.wire import ChatCall, ErrorDetails, WireError, WireRequest, decode_json, encode_json, read_error


@dataclass(slots=True)
class EndpointCall:
    """One call of an endpoint other than chat, resolved."""

    provider: str
    model: str
    inputs: dict[str, Any]
    """What the endpoint works on: `prompt`, `input`, `file`, or `query` and `documents`."""
    params: dict[str, Any]
    """Parameters in the provider's own terms, as `EndpointFormat.map_params` returned them."""
    api_base: str | None = None
    api_key: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    """Settings that never reach the body: `api_version`, `organization`, `azure_ad_token`, …"""
    replies: list[Any] = field(default_factory=list)
    """What a format that asks several times has been answered so far."""

    def as_chat(self) -> ChatCall:
        """A chat call with the same address, keys and headers."""
        return ChatCall(
            provider=self.provider, model=self.model, messages=[], params={}, api_base=self.api_base,
            api_key=self.api_key, headers=self.headers, options=self.options,
        )  # fmt: skip


class EndpointFormat:
    """One endpoint of one provider API. Subclasses say at least how a request is built and a reply read."""

    path: str = ""
    sdk_retries: bool = True
    """Whether a failed request is sent again as OpenAI's SDK would."""
    names_call: bool = True
    """Whether an error names the provider and the model, as LiteLLM's mapped exceptions do."""
    tells_codes: tuple[bool, bool] = (True, True)
    """Whether errors have the fields of the provider's error object: those of blocking calls, and of the others."""
    shows_model: bool = False
    """Whether `_hidden_params` names the model of a response with usage, so that it can be priced alone."""
    error_class: str | None = None
    """Name of the exception class that a refusal is raised as, where it is not mapped to LiteLLM's."""

    def supported_params(self, provider: str, model: str) -> Collection[str] | None:
        """OpenAI parameter names that `model` takes; None for all of them."""
        return None

    def map_params(self, provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
        """`params` (OpenAI names, all supported) in the provider's own terms. With `drop`, unsupported values go."""
        return dict(params)

    def shown_provider(self, provider: str) -> str | None:
        """The `custom_llm_provider` of `_hidden_params`; None for none."""
        return provider

    def url(self, call: EndpointCall) -> str:
        """Where `call` goes: its base URL and the path, which the base may already hold."""
        base = (call.api_base or "").rstrip("/")
        return base if base.endswith(self.path) else base + self.path

    def headers(self, call: EndpointCall) -> dict[str, str]:
        """Authentication by bearer token, and what the caller adds."""
        headers: dict[str, str] = {}
        if call.api_key:
            headers["authorization"] = f"Bearer {call.api_key}"
        headers.update(call.headers)
        return headers

    def json_request(self, call: EndpointCall, body: dict[str, Any]) -> WireRequest:
        """A POST of `body`, with the caller's `extra_body` laid over it."""
        extra = body.pop("extra_body", None)
        if extra:
            body.update(extra)
        headers = {"content-type": "application/json", **self.headers(call)}
        return WireRequest("POST", self.url(call), headers, encode_json(body))

    def build_request(self, call: EndpointCall) -> WireRequest:
        """The HTTP request for `call`."""
        raise NotImplementedError

    def sign_in(self, call: EndpointCall, request: WireRequest) -> WireRequest:
        """`request`, with a signer where the provider's credentials have to be fetched."""
        return request

    def next_request(
        self, call: EndpointCall, headers: Mapping[str, str], body: bytes
    ) -> tuple[WireRequest, float] | None:
        """For an API that has to be asked again: the next request, and the seconds to wait before it."""
        return None

    def parse_response(self, call: EndpointCall, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The arguments of the response class. Raises `WireError` when `body` is not a reply."""
        raise NotImplementedError

    def error_details(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorDetails:
        """What a reply with an error status says. Never raises."""
        return read_error(body)


def read_json(body: bytes) -> Any:
    """`body` as JSON. Raises `WireError`, quoting the start of the body, when it is not."""
    try:
        return decode_json(body)
    except ValueError as error:
        raise WireError(
            f"the provider's reply is not valid JSON: {body[:2000].decode('utf-8', 'replace')!r}"
        ) from error
