"""OpenAI's stored things, files and batches, for OpenAI, Azure and servers that speak the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from litellm.llms.azure.address import V1_VERSIONS, api_version
from litellm.llms.azure.auth import auth_headers, signed_in
from litellm.llms.endpoint_wire import EndpointCall
from litellm.llms.multipart import Part, encode, form_fields, named_file
from litellm.llms.wire import WireRequest, encode_json

PROVIDERS = frozenset({"openai", "azure", "hosted_vllm", "litellm_proxy", "custom_openai", "openai_like"})


def url(call: EndpointCall, path: str, query: Mapping[str, Any] | None = None) -> str:
    """Where `path` (`/files`, `/batches/<id>`, …) is."""
    base = (call.api_base or "").rstrip("/")
    asked = dict(query or {})
    if call.provider == "azure":
        version = api_version(call.options)
        base = base.removesuffix("/v1").removesuffix("/openai")
        base += "/openai/v1" if version in V1_VERSIONS else "/openai"
        asked["api-version"] = version
    return base + path + (f"?{urlencode(asked)}" if asked else "")


def headers(call: EndpointCall) -> dict[str, str]:
    """Authentication, and what the caller adds."""
    made: dict[str, str] = {}
    if call.provider == "azure":
        made.update(auth_headers(call.api_key, call.options))
    elif call.api_key:
        made["authorization"] = f"Bearer {call.api_key}"
    organization = call.options.get("organization")
    if organization:
        made["openai-organization"] = organization
    made.update(call.headers)
    return made


def request(
    call: EndpointCall, method: str, path: str, body: Any = None, query: Mapping[str, Any] | None = None
) -> WireRequest:
    """A request about a stored thing; `body` is sent as JSON."""
    made = headers(call)
    if method != "GET":
        made = {"content-type": "application/json", **made}
    content = b"" if body is None else encode_json(body)
    return _signed_in(call, WireRequest(method, url(call, path, query), made, content))


def upload(call: EndpointCall, file: Any, fields: dict[str, Any]) -> WireRequest:
    """The form that stores `file`."""
    parts: list[Part] = [("file", named_file(file)), *form_fields(fields)]
    content_type, body = encode(parts)
    made = {**headers(call), "content-type": content_type}
    return _signed_in(call, WireRequest("POST", url(call, "/files"), made, body))


def _signed_in(call: EndpointCall, made: WireRequest) -> WireRequest:
    return signed_in(made, call.options) if call.provider == "azure" else made


def named(kind: str, identifier: Any) -> str:
    """The path of one file or batch. Raises `ValueError` when there is no id, rather than asking for all of them."""
    if not identifier or not isinstance(identifier, str):
        raise ValueError(f"{kind}: an id is needed, not {identifier!r}")
    return quote(identifier, safe="")
