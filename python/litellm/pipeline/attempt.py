"""Sending one request, again where that helps, until there is a reply to read."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any
from urllib.parse import urlencode

import httpx

from litellm.llms.custom_httpx.reply import Reply
from litellm.llms.wire import ErrorDetails, WireRequest, read_error
from litellm.pipeline import retries
from litellm.pipeline.effects import Call, Effect, Sleep
from litellm.pipeline.run import Run, refusal

ErrorReader = Callable[[int, Any, bytes], ErrorDetails]


def exchange(
    run: Run, request: WireRequest, *, stream: bool = False, details: ErrorReader | None = None
) -> Generator[Effect, Any, Reply]:
    """The reply to `request`, of a status below 400.

    A broken connection and a status that passes are tried again `run.retries` times. Raises the transport's error, or
    `BaseLLMException` with what the provider said, when the last attempt fails too.
    """
    if query := run.arguments.get("extra_query"):
        request.url += ("&" if "?" in request.url else "?") + urlencode(query, doseq=True)
    attempt = 0
    while True:
        run.log_request(request, stream=stream)
        try:
            reply: Reply = yield run.send((yield from _signed(run, request)), stream=stream)
        except (httpx.TransportError, OSError):
            if attempt >= run.retries:
                raise
            yield Sleep(retries.delay(attempt))
        else:
            if reply.status < 400:
                return reply
            if attempt >= run.retries or not retries.should_retry(reply.status, reply.headers):
                run.log_refusal(reply)
                said = details(reply.status, reply.headers, reply.body) if details else read_error(reply.body)
                raise refusal(said, reply, quoted=run.sdk and _quoted(run.provider, reply.status, said))
            yield Sleep(retries.delay(attempt, reply.headers))
        attempt += 1


def _quoted(provider: str, status: int, said: ErrorDetails) -> bool:
    """Whether an exception has the fields of the provider's error object: Azure's only for requests that are wrong."""
    return provider != "azure" or (status == 400 and said.code != "context_length_exceeded")


def _signed(run: Run, request: WireRequest) -> Generator[Effect, Any, WireRequest]:
    """`request` with its signature, which is made anew for each attempt: it holds the time."""
    signer = request.signer
    if signer is None:
        return request
    parts = {"method": request.method, "url": request.url, "headers": request.headers, "body": request.body}
    headers = yield Call(signer.async_sign if run.is_async else signer.sign, parts)
    located = getattr(signer, "located", None)  # for an address that only the credentials complete
    return WireRequest(request.method, located(request.url) if located else request.url, headers, request.body)
