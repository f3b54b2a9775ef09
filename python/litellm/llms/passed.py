"""Requests in a provider's own format, made the provider's: its address and the proof of who asks."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from litellm.llms.azure.auth import auth_headers, signed_in
from litellm.llms.bedrock.request import RUNTIME, BedrockTarget
from litellm.llms.endpoint_wire import EndpointCall
from litellm.llms.vertex_ai.endpoint import VertexEndpoint, host
from litellm.llms.wire import WireRequest
from litellm.secret_managers.aws.signer import AwsSigner

_AGENTS = "bedrock-agent-runtime"
_NOT_PASSED = frozenset({
    "authorization", "api-key", "x-api-key", "x-goog-api-key", "ocp-apim-subscription-key", "proxy-authorization",
    "cookie", "host", "connection", "content-length", "transfer-encoding", "accept-encoding", "te", "upgrade",
})  # fmt: skip
"""Headers that are between two neighbours, or prove who asks."""
_VERSIONED = ("/v1", "/v1beta")


def passed_request(call: EndpointCall, method: str, path: str, headers: Mapping[str, str], body: bytes) -> WireRequest:
    """The request to `path` at the provider of `call`. Raises `ValueError` for a path that leaves the provider's."""
    if ".." in urlsplit(path).path.split("/"):
        raise ValueError("endpoint: expected a path below the provider's address")
    shown = {name.lower(): value for name, value in headers.items() if name.lower() not in _NOT_PASSED}
    made = WireRequest(method.upper(), _address(call.api_base or "", path), shown, body)
    if call.provider == "bedrock":
        return _at_bedrock(call, path, made)
    if call.provider in ("vertex_ai", "vertex_ai_beta"):
        place = VertexEndpoint(call.options, call.api_base, call.model)
        made.url, made.signer = _address(call.api_base or host(place.location), path), place.signer()
    elif call.provider in ("azure", "azure_ai"):
        made.headers.update(auth_headers(call.api_key, call.options, bearer=call.provider == "azure_ai"))
        made = signed_in(made, call.options)
    elif call.api_key:
        made.headers.update(_key(call.provider, call.api_key))
    if call.provider == "anthropic":
        made.headers.setdefault("anthropic-version", "2023-06-01")
    made.headers.update({name.lower(): value for name, value in call.headers.items()})
    return made


def _key(provider: str, key: str) -> dict[str, str]:
    named = {"anthropic": "x-api-key", "gemini": "x-goog-api-key"}.get(provider)
    return {named: key} if named else {"authorization": f"Bearer {key}"}


def _at_bedrock(call: EndpointCall, path: str, made: WireRequest) -> WireRequest:
    service = RUNTIME if path.lstrip("/").startswith("model/") else _AGENTS
    settings = dict(call.params)
    target = BedrockTarget(
        call.model, settings, api_base=call.api_base, api_key=call.api_key, headers=call.headers, service=service
    )
    made.url = _address(target.base, path)
    made.headers.update(call.headers)
    if target.api_key:
        made.headers["authorization"] = f"Bearer {target.api_key}"
    else:
        made.signer = AwsSigner(target.settings, "bedrock", target.region)
    return made


def _address(base: str, path: str) -> str:
    """`path` below `base`; a version that both name is named once."""
    root, below = base.rstrip("/"), f"/{path.lstrip('/')}"
    for version in _VERSIONED:
        if root.endswith(version) and below.startswith(f"{version}/"):
            return root.removesuffix(version) + below
    return root + below
