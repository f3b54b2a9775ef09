"""The waiting of a call, apart from its logic.

A call is a generator that yields what it waits for and is sent what came of it. The two drivers run the same
generator, one blocking, one on an event loop.
"""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx

from litellm.llms.custom_httpx import direct
from litellm.llms.custom_httpx.clients import TLSSettings, pool
from litellm.llms.custom_httpx.reply import Reply as Reply  # part of what effects speak of
from litellm.llms.wire import WireRequest

Result = TypeVar("Result")


@dataclass(slots=True)
class Send:
    """Send a request. Answered with a `Reply`; a refused or broken connection is raised inside the call."""

    request: WireRequest
    timeout: float | httpx.Timeout | None = None
    stream: bool = False
    verify: TLSSettings = True
    client: Any = None


@dataclass(slots=True)
class Sleep:
    """Wait for `seconds`."""

    seconds: float


@dataclass(slots=True)
class Call:
    """Call `function`, which may return an awaitable when it runs on an event loop. Answered with what it returns."""

    function: Callable[..., Any]
    kwargs: dict[str, Any]


Effect = Send | Sleep | Call
Steps = Generator[Effect, Any, Result]


def run_sync(steps: Steps[Result]) -> Result:
    """Runs `steps`, blocking."""
    try:
        effect = next(steps)
        while True:
            try:
                result = _perform(effect)
            except Exception as error:  # noqa: BLE001 - raised again, inside the call
                effect = steps.throw(error)
            else:
                effect = steps.send(result)
    except StopIteration as stop:
        value: Result = stop.value
        return value
    finally:
        steps.close()


async def run_async(steps: Steps[Result]) -> Result:
    """Runs `steps` on the running event loop."""
    try:
        effect = next(steps)
        while True:
            try:
                result = await _perform_async(effect)
            except Exception as error:  # noqa: BLE001 - raised again, inside the call
                effect = steps.throw(error)
            else:
                effect = steps.send(result)
    except StopIteration as stop:
        value: Result = stop.value
        return value
    finally:
        steps.close()


def _perform(effect: Effect) -> Any:
    if isinstance(effect, Sleep):
        time.sleep(effect.seconds)
        return None
    if isinstance(effect, Call):
        return effect.function(**effect.kwargs)
    given = _given_client(effect.client, httpx.Client)
    client: httpx.Client = given or pool.sync(effect.verify)
    if given is None and (sent := direct.send(client, effect.request, effect.timeout, stream=effect.stream)):
        return sent
    response = client.send(_request(client, effect), stream=True)
    if not effect.stream or response.status_code >= 400:
        try:
            response.read()
        finally:
            response.close()
    return Reply.of(response)


async def _perform_async(effect: Effect) -> Any:
    if isinstance(effect, Sleep):
        await asyncio.sleep(effect.seconds)
        return None
    if isinstance(effect, Call):
        result = effect.function(**effect.kwargs)
        return await result if inspect.isawaitable(result) else result
    if effect.request.body:  # as aiohttp, by which LiteLLM sends, names a body of which nothing is said
        effect.request.headers.setdefault("content-type", effect.request.media_type)
    given = _given_client(effect.client, httpx.AsyncClient)
    client: httpx.AsyncClient = given or pool.asynchronous(effect.verify)
    if given is None and (sent := await direct.asend(client, effect.request, effect.timeout, stream=effect.stream)):
        return sent
    response = await client.send(_request(client, effect), stream=True)
    if not effect.stream or response.status_code >= 400:
        try:
            await response.aread()
        finally:
            await response.aclose()
    return Reply.of(response)


def _request(client: httpx.Client | httpx.AsyncClient, effect: Send) -> httpx.Request:
    request = effect.request
    timeout = httpx.USE_CLIENT_DEFAULT if effect.timeout is None else effect.timeout
    return client.build_request(
        request.method, request.url, headers=request.headers, content=request.body, timeout=timeout
    )


def _given_client(client: Any, kind: type[Any]) -> Any:
    """The httpx client inside the `client` that a caller passed: itself, LiteLLM's handler, or an OpenAI client."""
    if client is None:
        return None
    for candidate in (client, getattr(client, "client", None), getattr(client, "_client", None)):
        if isinstance(candidate, kind):
            return candidate
    return None


def blocking_bytes(response: httpx.Response) -> Iterator[bytes]:
    """The bytes of a streamed reply, closed at the end whatever it is."""
    try:
        yield from response.iter_bytes()
    finally:
        response.close()


async def async_bytes(response: httpx.Response) -> AsyncIterator[bytes]:
    """The bytes of a streamed reply, closed at the end whatever it is."""
    try:
        async for data in response.aiter_bytes():
            yield data
    finally:
        await response.aclose()
