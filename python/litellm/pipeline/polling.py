"""Asking again until a provider has finished."""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping
from typing import Any, Protocol, TypeGuard

import litellm
from litellm.llms.custom_httpx.reply import Reply
from litellm.llms.wire import ErrorDetails, WireFormat, WireRequest
from litellm.pipeline.attempt import ErrorReader, exchange
from litellm.pipeline.effects import Effect, Sleep
from litellm.pipeline.run import Run

LONGEST_POLLING_S = 600.0
"""How long a provider that has to be asked again is asked, unless the call has a timeout of its own."""


class Polled(Protocol):
    """A format whose first reply need not be the result."""

    def next_request(self, call: Any, headers: Mapping[str, str], body: bytes) -> tuple[WireRequest, float] | None:
        """The next request, and the seconds to wait before it; None when `body` is the result."""

    def error_details(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorDetails:
        """What a reply with an error status says. Never raises."""


class PolledFormat(Polled, WireFormat, Protocol):
    """A whole chat format that is polled."""


def is_polled(wire: Any) -> TypeGuard[PolledFormat]:
    """Whether a format is a `Polled` one."""
    return hasattr(wire, "next_request")


def exchange_until_done(run: Run, wire: Polled, call: Any, request: WireRequest) -> Generator[Effect, Any, Reply]:
    """The reply that holds the result: that of `request`, or of those that have to follow it.

    Raises `litellm.Timeout` when it takes longer than the call's timeout, or `LONGEST_POLLING_S`.
    """
    timeout = run.timeout(False)
    last = time.monotonic() + (timeout if isinstance(timeout, float) else LONGEST_POLLING_S)
    while True:
        reply = yield from exchange(run, request, details=_details(run, wire))
        following = wire.next_request(call, reply.headers, reply.body)
        if following is None:
            return reply
        request, pause = following
        if time.monotonic() + pause > last:
            raise litellm.Timeout(
                message=f"{run.provider} has not finished in time", model=run.model, llm_provider=run.provider
            )
        yield Sleep(pause)


def _details(run: Run, wire: Polled) -> ErrorReader:
    """What reads a refusal, or its message alone where the format says so."""
    if getattr(wire, "tells_codes", (True, True))[run.is_async]:
        return wire.error_details
    return lambda status, headers, body: ErrorDetails(wire.error_details(status, headers, body).message)
