"""Telling callbacks of a chat completion that somebody else has sent: the steps of the same call, with its answer."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from litellm.litellm_core_utils.litellm_logging import Logging
from litellm.llms.custom_httpx.reply import Reply
from litellm.pipeline.arguments import given
from litellm.pipeline.chat import run_steps
from litellm.pipeline.effects import Send
from litellm.pipeline.run import Run

Opened = Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer as it came, and when. Times are seconds since 1970."""

    status: int
    headers: Sequence[tuple[bytes, bytes]]
    body: bytes
    started: float
    sent: float
    ended: float
    first: float | None = None
    """When the first piece of a stream came."""
    error: tuple[str, str] | None = None
    """The name of httpx's exception that a stream broke off with, and its words."""
    abandoned: bool = False
    """Whether nobody read the stream to its end."""


async def retell(arguments: dict[str, Any], answered: Answered, opened: Opened) -> None:
    """Tell the callbacks of a call with `arguments`, as if it had just been made; nothing is sent.

    `opened` is given the response, or the stream, before they are told how it ended. Raises what making the request or
    reading the answer raises, unless callbacks were told of that.
    """
    arguments = given({}, arguments)
    past = arguments["litellm_logging_obj"] = _Past(arguments, answered)
    run = Run(arguments, "acompletion")
    run.started = time.perf_counter() - (answered.ended - answered.sent)
    try:
        response = _again(run, answered)
        opened(response)
        if arguments.get("stream"):
            await _read(response, answered)
    except Exception:
        if not past.has_failed:
            raise


def _again(run: Run, answered: Answered) -> Any:
    """What the steps of `run` give for the answer."""
    steps = run_steps(run)
    try:
        effect = next(steps)
        if not isinstance(effect, Send):
            raise TypeError(f"expected a request, got {type(effect).__name__}")
        steps.send(_reply(answered, stream=effect.stream))
    except StopIteration as stop:
        return stop.value
    finally:
        steps.close()
    raise TypeError("expected one request")


async def _read(stream: Any, answered: Answered) -> None:
    try:
        if answered.abandoned:
            await anext(stream, None)
        else:
            async for _ in stream:
                pass
    finally:
        await stream.aclose()


class _Past(Logging):
    """The record of a call that is over."""

    def __init__(self, arguments: dict[str, Any], answered: Answered) -> None:
        super().__init__(
            model=arguments.get("model") or "",
            messages=arguments.get("messages"),
            stream=arguments.get("stream"),
            call_type="acompletion",
            start_time=datetime.fromtimestamp(answered.started),
            litellm_call_id=arguments.get("litellm_call_id"),
            litellm_trace_id=arguments.get("litellm_trace_id"),
            kwargs=arguments,
        )
        self._answered = answered
        self.has_failed = False

    def pre_call(
        self, input: Any = None, api_key: Any = None, model: str | None = None, additional_args: Any = None
    ) -> None:
        """Note the request, as of when it was sent."""
        super().pre_call(input, api_key, model, additional_args)
        sent = datetime.fromtimestamp(self._answered.sent)
        self.model_call_details["api_call_start_time"] = self.model_call_details["first_api_call_start_time"] = sent

    def begin_stream(self) -> None:
        """Note when the first chunk arrived."""
        if self._answered.first is not None:
            self.model_call_details["completion_start_time"] = datetime.fromtimestamp(self._answered.first)

    def success(self, response: Any, *, end_time: datetime | None = None, cache_hit: bool | None = None) -> None:
        """Tell of the answer, as of when it was whole."""
        super().success(response, end_time=datetime.fromtimestamp(self._answered.ended), cache_hit=cache_hit)

    def failure(self, error: Exception, *, end_time: datetime | None = None) -> None:
        """Tell of the failure, as of when it was."""
        self.has_failed = True
        super().failure(error, end_time=datetime.fromtimestamp(self._answered.ended))


def _reply(answered: Answered, *, stream: bool) -> Reply:
    if not stream:
        return Reply(answered.status, answered.headers, answered.body)
    request = httpx.Request("POST", "http://answered")
    body = _Body(answered, request)
    return Reply.of(httpx.Response(answered.status, headers=list(answered.headers), stream=body, request=request))


class _Body(httpx.AsyncByteStream):
    def __init__(self, answered: Answered, request: httpx.Request) -> None:
        self._answered, self._request = answered, request

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._answered.body
        if self._answered.error is not None:
            name, words = self._answered.error
            broken: httpx.TransportError = getattr(httpx, name)(words, request=self._request)
            raise broken
