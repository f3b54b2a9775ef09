"""The calls that `benchmark --upstream` measures, and how many times faster each is to be."""

from __future__ import annotations

import importlib
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from litellm_rust.commands.benchmark_cases import text_of
from litellm_rust.commands.provider import CHUNKS

MESSAGES: Final = [{"role": "user", "content": "Hello, how are you today?"}]
SIZES: Final = (1, 1_000)


@dataclass(frozen=True)
class Case:
    """One measured call."""

    name: str
    call: Callable[[], Awaitable[object]]
    goal: float = 1.0
    """How many times faster the accelerated call is to be, at least."""
    units: int = 1
    """How many units (chunks, say) one call yields."""


def _sync(function: Callable[[], object]) -> Callable[[], Awaitable[object]]:
    async def call() -> object:
        return function()

    return call


async def _drained(call: Awaitable[Any]) -> None:
    async for _ in await call:
        pass


def _drained_now(stream: Any) -> None:
    for _ in stream:
        pass


def _call(base: str) -> dict[str, Any]:
    return {"model": "openai/gpt-4o", "messages": MESSAGES, "api_base": base, "api_key": "sk-1"}


def _calls(litellm: Any, base: str) -> Iterator[Case]:
    call = _call(base)
    stream = {**call, "stream": True}
    counted = {**stream, "stream_options": {"include_usage": True}}
    yield Case("acompletion", lambda: litellm.acompletion(**call), 4)
    yield Case("completion", _sync(lambda: litellm.completion(**call)))
    yield Case("completion, mock_response", _sync(lambda: litellm.completion(**call, mock_response="hi")))
    for kind, options in ((f"a streamed chunk of {CHUNKS}", stream), ("the same with its usage", counted)):
        yield Case(f"acompletion, {kind}", lambda: _drained(litellm.acompletion(**options)), 8, CHUNKS)  # noqa: B023
        yield Case(f"completion, {kind}", _sync(lambda: _drained_now(litellm.completion(**options))), 8, CHUNKS)  # noqa: B023


def _handlers(litellm: Any, base: str) -> Iterator[Case]:
    """Calls to a provider without an SDK, whose requests go through upstream's own HTTP handlers."""
    call = {**_call(base), "model": "anthropic/claude-opus-4-5", "api_base": f"{base}/messages"}
    stream = {**call, "stream": True}
    yield Case("acompletion, Anthropic", lambda: litellm.acompletion(**call))
    yield Case("completion, Anthropic", _sync(lambda: litellm.completion(**call)))
    yield Case(f"acompletion, Anthropic, chunk of {CHUNKS}", lambda: _drained(litellm.acompletion(**stream)), 1, CHUNKS)
    yield Case(
        f"completion, Anthropic, chunk of {CHUNKS}",
        _sync(lambda: _drained_now(litellm.completion(**stream))),
        1,
        CHUNKS,
    )
    handlers = importlib.import_module("litellm.llms.custom_httpx.http_handler")
    body = {"model": "claude-opus-4-5", "messages": MESSAGES, "max_tokens": 9}
    asynchronous, blocking = handlers.AsyncHTTPHandler(), handlers.HTTPHandler()
    yield Case("AsyncHTTPHandler.post", lambda: asynchronous.post(f"{base}/messages", json=body))
    yield Case("HTTPHandler.post", _sync(lambda: blocking.post(f"{base}/messages", json=body)))


def _functions(litellm: Any, base: str) -> Iterator[Case]:
    response = litellm.completion(**_call(base))
    chunks = list(litellm.completion(**_call(base), stream=True))
    long = [{"role": "user", "content": text_of(225_000)}]
    yield Case(f"stream_chunk_builder of {len(chunks)}", _sync(lambda: litellm.stream_chunk_builder(chunks)))
    yield Case("completion_cost", _sync(lambda: litellm.completion_cost(response)), 3)
    yield Case("token_counter, short", _sync(lambda: litellm.token_counter(model="gpt-4o", messages=MESSAGES)), 5)
    yield Case("token_counter, 225 KB", _sync(lambda: litellm.token_counter(model="gpt-4o", messages=long)), 12)


def _routers(litellm: Any, base: str) -> Iterator[Case]:
    params = {"model": "openai/gpt-4o", "api_base": base}
    for size, selection, whole in zip(SIZES, (1, 50), (4, 10), strict=True):
        deployments = [
            {"model_name": "g", "litellm_params": {**params, "api_key": f"sk-{number}"}} for number in range(size)
        ]
        router = litellm.Router(deployments)
        of = f"of {size:,}"
        yield Case(f"get_available_deployment {of}", _sync(lambda: router.get_available_deployment("g")), selection)  # noqa: B023
        yield Case(f"Router.acompletion {of}", lambda: router.acompletion("g", MESSAGES), whole)  # noqa: B023
        yield Case(f"Router.completion {of}", _sync(lambda: router.completion("g", MESSAGES)))  # noqa: B023
        router.discard()


def cases(base: str) -> Iterator[Case]:
    """The calls against the provider at `base`, each to be measured before the next one is asked for."""
    # Modules of a foreign package, looked up by name.
    litellm: Any = importlib.import_module("litellm")
    for part in (_calls, _handlers, _functions, _routers):
        yield from part(litellm, base)
