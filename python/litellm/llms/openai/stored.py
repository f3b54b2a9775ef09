"""OpenAI's stored things, files and batches, for OpenAI, Azure and servers that speak the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from litellm.llms.azure.address import DEFAULT_API_VERSION, V1_VERSIONS, api_version
from litellm.llms.azure.auth import auth_headers, signed_in
from litellm.llms.endpoint_wire import EndpointCall
from litellm.llms.multipart import Part, encode, form_fields, named_file
from litellm.llms.wire import WireRequest, encode_json

PROVIDERS = frozenset({"openai", "azure", "hosted_vllm", "litellm_proxy", "custom_openai", "openai_like"})
_ID = re.compile(r"\{(\w+)\}")
Build = Callable[[EndpointCall, dict[str, Any]], WireRequest]
"""Makes the request of a call and its arguments."""


def url(
    call: EndpointCall, path: str, query: Mapping[str, Any] | None = None, version: str | None = DEFAULT_API_VERSION
) -> str:
    """Where `path` (`/files`, `/batches/<id>`, …) is.

    `version` is Azure's where none is named; None for what only the version-less API has.
    """
    base = (call.api_base or "").rstrip("/")
    asked = dict(query or {})
    if call.provider == "azure":
        named = api_version(call.options, version) if version else call.options.get("api_version")
        base = base.removesuffix("/v1").removesuffix("/openai")
        base += "/openai/v1" if version is None or named in V1_VERSIONS else "/openai"
        if named:
            asked["api-version"] = named
    elif call.provider == "pg_vector" and not base.endswith("/v1"):
        base += "/v1"
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
    call: EndpointCall, method: str, path: str, body: Any = None, query: Mapping[str, Any] | None = None,
    version: str | None = DEFAULT_API_VERSION,
) -> WireRequest:  # fmt: skip
    """A request about a stored thing; `body` is sent as JSON."""
    made = headers(call)
    if method != "GET":
        made = {"content-type": "application/json", **made}
    content = b"" if body is None else encode_json(body)
    return signed(call, WireRequest(method, url(call, path, query, version), made, content))


def asks(
    method: str, path: str, *, body: tuple[str, ...] = (), query: tuple[str, ...] = (),
    headers: Mapping[str, str] | None = None, version: str | None = DEFAULT_API_VERSION,
) -> Build:  # fmt: skip
    """What builds a request to `path`, whose `{}` are ids among the arguments, with others in its body and query."""

    def build(call: EndpointCall, asked: dict[str, Any]) -> WireRequest:
        sent = None
        if method == "POST":
            sent = {name: asked[name] for name in body if name in asked} | (asked.get("extra_body") or {})
        searched = {name: asked[name] for name in query if name in asked}
        made = request(call, method, placed(path, asked), sent, searched, version)
        made.headers = {**(headers or {}), **made.headers}
        return made

    return build


def placed(path: str, asked: Mapping[str, Any]) -> str:
    """`path` with the ids that it names. Raises `ValueError` for one that is missing."""
    return _ID.sub(lambda found: named(found[1], asked.get(found[1])), path)


def upload(
    call: EndpointCall, file: Any, fields: dict[str, Any], path: str = "/files",
    version: str | None = DEFAULT_API_VERSION,
) -> WireRequest:  # fmt: skip
    """The form that stores `file`."""
    return form(call, [("file", named_file(file)), *form_fields(fields)], path, version)


def form(call: EndpointCall, parts: list[Part], path: str, version: str | None) -> WireRequest:
    """A POST of a form."""
    content_type, body = encode(parts)
    made = {**headers(call), "content-type": content_type}
    return signed(call, WireRequest("POST", url(call, path, version=version), made, body))


def signed(call: EndpointCall, made: WireRequest) -> WireRequest:
    """`made`, signed in to Azure where that needs it."""
    return signed_in(made, call.options) if call.provider == "azure" else made


def named(kind: str, identifier: Any) -> str:
    """The path of one file or batch. Raises `ValueError` when there is no id, rather than asking for all of them."""
    if not identifier or not isinstance(identifier, str):
        raise ValueError(f"{kind}: an id is needed, not {identifier!r}")
    return quote(identifier, safe="")
