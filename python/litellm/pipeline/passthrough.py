"""Requests in a provider's own format, as steps: its account and errors are LiteLLM's, its reply stays its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

import httpx

import litellm
from litellm.llms.endpoint_wire import EndpointCall
from litellm.llms.passed import passed_request
from litellm.llms.wire import WireRequest, encode_json
from litellm.pipeline.attempt import exchange
from litellm.pipeline.effects import Steps, async_bytes, blocking_bytes
from litellm.pipeline.endpoint import resolve_endpoint
from litellm.pipeline.plain import CALL_OPTIONS
from litellm.pipeline.run import Run, retry_count

_STREAMS = ("streamGenerateContent", "converse-stream", "invoke-with-response-stream", "streamRawPredict")
_AWS = "aws_"


def steps(arguments: dict[str, Any], call_type: str) -> Steps[Any]:
    """The steps of a request: the reply, or its bytes as they come where a stream is asked for."""
    run = Run(arguments, call_type)
    try:
        run.resolve_provider()
        resolve_endpoint(run)
        run.retries = retry_count(run, False, None)
        stream = _streams(arguments)
        request = _request(run)
        run.show_url(request.url)
        reply = yield from exchange(run, request, stream=stream)
        if stream:
            run.log_stream()
            return _async_pieces(run, reply.response) if run.is_async else _pieces(run, reply.response)
        run.log_reply(reply)
        if run.logging is not None:
            run.logging.success(reply.response)
        return reply.response
    except Exception as error:
        raise run.failed(error) from error


def _streams(arguments: Mapping[str, Any]) -> bool:
    body = arguments.get("json")
    asked = isinstance(body, Mapping) and body.get("stream") is True
    return asked or any(name in str(arguments.get("endpoint")) for name in _STREAMS)


def _request(run: Run) -> WireRequest:
    arguments = run.arguments
    path = arguments.get("endpoint")
    if not isinstance(path, str) or not path:
        raise litellm.BadRequestError("endpoint: a path is needed", model=run.model, llm_provider=run.provider)
    known = arguments.get("litellm_metadata") or arguments.get("metadata") or {}
    group = known.get("model_group")
    if group:
        path = "/".join(_renamed(part, group, run.model) for part in path.split("/"))
    media, body = _body(run, group)
    query = {**(arguments.get("request_query_params") or {}), **(arguments.get("params") or {})}
    if query:
        path += ("&" if "?" in path else "?") + str(httpx.QueryParams(query))
    call = EndpointCall(
        run.provider, run.model, {}, {name: value for name, value in arguments.items() if name.startswith(_AWS)},
        run.api_base, run.api_key, arguments.get("extra_headers") or {},
        {name: arguments[name] for name in CALL_OPTIONS if name in arguments},
    )  # fmt: skip
    headers = {name.lower(): value for name, value in (arguments.get("request_headers") or {}).items()} | media
    return passed_request(call, str(arguments.get("method") or "POST"), path, headers, body)


def _renamed(part: str, group: str, model: str) -> str:
    """A part of a path, in which a group's name, perhaps with a method (`group:generateContent`), is the model's."""
    name, colon, method = part.partition(":")
    return model + colon + method if name == group else part


def _body(run: Run, group: str | None) -> tuple[dict[str, str], bytes]:
    """The media type and the bytes of the body, in which a router's name for the model is the provider's."""
    given = {name: run.arguments[name] for name in ("content", "data", "files") if name in run.arguments}
    value = run.arguments.get("json")
    if value is not None:
        if isinstance(value, Mapping) and group and value.get("model") == group:
            value = {**value, "model": run.model}
        return {"content-type": "application/json"}, encode_json(value)
    made = httpx.Request("POST", "http://unused.invalid", **given)
    media = made.headers.get("content-type")
    return ({"content-type": media} if media else {}), made.read()


def _pieces(run: Run, response: httpx.Response) -> Iterator[bytes]:
    try:
        yield from blocking_bytes(response)
    except httpx.HTTPError as error:
        raise run.failed(error) from error
    if run.logging is not None:
        run.logging.success(response)


async def _async_pieces(run: Run, response: httpx.Response) -> AsyncIterator[bytes]:
    try:
        async for piece in async_bytes(response):
            yield piece
    except httpx.HTTPError as error:
        raise run.failed(error) from error
    if run.logging is not None:
        run.logging.success(response)
