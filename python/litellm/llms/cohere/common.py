"""What both versions of Cohere's API share: names, addresses and headers."""

from __future__ import annotations

from urllib.parse import urlsplit

from litellm.llms.wire import ChatCall


def model_name(model: str) -> str:
    """`model` without the prefix that names the API's version."""
    return model.removeprefix("v2/").removeprefix("v1/")


def endpoint_url(api_base: str | None, path: str) -> str:
    """`api_base` as it is when it already names a path, else with `path`."""
    base = (api_base or "").rstrip("/")
    return base if urlsplit(base).path else base + path


def auth_headers(call: ChatCall) -> dict[str, str]:
    """Authentication by bearer token, and who asks."""
    headers = {"content-type": "application/json", "request-source": "unspecified:litellm"}
    if call.api_key:
        headers["authorization"] = f"Bearer {call.api_key}"
    headers.update(call.headers)
    return headers
