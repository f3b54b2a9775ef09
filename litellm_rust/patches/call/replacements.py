"""What takes the place of upstream's `completion` and `acompletion`, and of the functions that send for them."""

from __future__ import annotations

import functools
import re
import sys
import time
from typing import Any, Final

from litellm_rust.patches.call.exchange import CURRENT, Answered, tapped
from litellm_rust.patches.call.mock import MOCK, Mocks
from litellm_rust.patches.call.service import Service, wrap_async, wrap_sync
from litellm_rust.patches.patch import Function
from litellm_rust.patches.route.call import WATCHED

_HEADERS: Final = "litellm.litellm_core_utils.core_helpers"
# Upstream says how long a call took that timed out, as from where it took over.
_TAKEN: Final = re.compile(r"time taken=[\d.]+ seconds")


@functools.cache
def service() -> Service:
    """The one service, shared by all the calls."""
    process: Any = sys.modules[_HEADERS].process_response_headers
    takes_flag = "preserve_litellm_internal_headers" in process.__code__.co_varnames

    def process_twice(headers: dict[str, str]) -> dict[str, Any]:
        # Upstream makes them when it reads the reply, and anew of the result when it adds its own figures.
        once = process(headers)
        made: dict[str, Any] = process(once, preserve_litellm_internal_headers=True) if takes_flag else process(once)
        return made

    return Service(sys.modules["litellm"], process_twice)


@functools.cache
def clients() -> Any:
    """The OpenAI clients of upstream, whose requests are sent natively."""
    from litellm_rust.patches.stream.client import Clients  # with the first request, for it takes time to load

    return Clients(sys.modules["litellm"], service().connections, service().state.busy_sending)


@functools.cache
def streams() -> Any:
    """The calls for streams that are served natively."""
    from litellm_rust.patches.stream.calls import StreamCalls  # with the first one, for it takes time to load

    return StreamCalls(sys.modules["litellm"], service(), sys.modules[_HEADERS].process_response_headers)


@functools.cache
def mocks() -> Mocks:
    """The calls with a `mock_response`."""
    return Mocks(sys.modules["litellm"], service())


def acompletion(original: Function, module: Any) -> Function:
    whole = wrap_async(original, service())

    async def acompletion(*args: Any, **kwargs: Any) -> Any:
        if WATCHED.get() is None:
            if kwargs.get("stream") is True:
                return await streams().acompletion(original, args, kwargs)
            if kwargs.get(MOCK) is not None:
                return await _mocked(original, args, kwargs)
        return await whole(*args, **kwargs)

    return acompletion


async def _mocked(original: Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    mock = mocks().admit(args, kwargs, "async")
    response = None if mock is None else mocks().answer(mock, is_async=True)
    if response is None:
        response = await original(*args, **kwargs)
        if mock is not None:
            mocks().learn(mock, response)
    return response


def completion(original: Function, module: Any) -> Function:
    whole = wrap_sync(original, service())

    def completion(*args: Any, **kwargs: Any) -> Any:
        if "acompletion" not in kwargs and kwargs.get("stream") is True:
            return streams().completion(original, args, kwargs)
        if kwargs.get(MOCK) is None or "acompletion" in kwargs:
            return whole(*args, **kwargs)
        mock = mocks().admit(args, kwargs, "sync")
        response = None if mock is None else mocks().answer(mock, is_async=False)
        if response is None:
            response = original(*args, **kwargs)
            if mock is not None:
                mocks().learn(mock, response)
        return response

    return completion


def send_async(original: Function, owner: Any) -> Function:
    return _send_async(original, streams=True)


def send_async_watched(original: Function, owner: Any) -> Function:
    """As `send_async` in shadow: what is sent is only watched."""
    return _send_async(original, streams=False)


def _send_async(original: Function, *, streams: bool) -> Function:
    async def make_openai_chat_completion_request(
        self: Any, openai_aclient: Any, data: Any, timeout: Any, logging_obj: Any
    ) -> Any:
        exchange = CURRENT.get()
        if exchange is not None and (exchange.streams or not data.get("stream")):
            openai_aclient = tapped(openai_aclient, exchange, is_async=True)
        elif exchange is None and streams:
            openai_aclient = clients().stand_in(openai_aclient, data, timeout, is_async=True)
        arguments = {"openai_aclient": openai_aclient, "data": data, "timeout": timeout, "logging_obj": logging_obj}
        if not isinstance(exchange, Answered) or exchange.began_s is None:
            return await original(self, **arguments)
        try:
            return await original(self, **arguments)
        except sys.modules["openai"].APITimeoutError as error:
            took_s = round(time.time() - exchange.began_s, 2)
            error.message = _TAKEN.sub(f"time taken={took_s} seconds", error.message)
            raise

    return make_openai_chat_completion_request


def send_sync(original: Function, owner: Any) -> Function:
    return _send_sync(original, streams=True)


def send_sync_watched(original: Function, owner: Any) -> Function:
    """As `send_sync` in shadow: what is sent is only watched."""
    return _send_sync(original, streams=False)


def _send_sync(original: Function, *, streams: bool) -> Function:
    def make_sync_openai_chat_completion_request(
        self: Any, openai_client: Any, data: Any, timeout: Any, logging_obj: Any
    ) -> Any:
        exchange = CURRENT.get()
        if exchange is not None and (exchange.streams or not data.get("stream")):
            openai_client = tapped(openai_client, exchange, is_async=False)
        elif exchange is None and streams:
            openai_client = clients().stand_in(openai_client, data, timeout, is_async=False)
        return original(self, openai_client=openai_client, data=data, timeout=timeout, logging_obj=logging_obj)

    return make_sync_openai_chat_completion_request
