"""A request in a provider's own format, with the account of a model, blocking and on an event loop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.pipeline.pairs import Asked, asked, pair
from litellm.pipeline.passthrough import steps

__all__ = ["allm_passthrough_route", "llm_passthrough_route"]


def _llm_passthrough_route(
    *,
    method: str,
    endpoint: str,
    model: str,
    custom_llm_provider: str | None = None,
    api_base: str | None = None,
    api_key: str | None = None,
    request_query_params: Mapping[str, Any] | None = None,
    request_headers: Mapping[str, str] | None = None,
    content: bytes | str | None = None,
    data: Mapping[str, Any] | None = None,
    files: Any = None,
    json: Any = None,
    params: Mapping[str, Any] | None = None,
    client: Any = None,
    **kwargs: Any,
) -> Asked[Any]:
    """Sends `json`, `content`, or a form of `data` and `files`, to the path `endpoint` at the provider of `model`.

    The provider's key is added, and takes the place of those in `request_headers`. Returns the `httpx.Response`, or an
    iterator of its bytes where the request asks for a stream. Raises the exceptions of `litellm.exceptions`.
    """
    return asked(steps, locals(), kwargs)


llm_passthrough_route, allm_passthrough_route = pair("llm_passthrough_route", _llm_passthrough_route)
