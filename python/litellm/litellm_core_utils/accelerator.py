"""The one door to the Rust core: everything else in `litellm` asks here."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ssl

    import httpx

    from litellm_rust.tokens import Encoding, MessageCounter


@cache
def encoding(name: str) -> Encoding:
    """The tiktoken encoding `name`, native or its twin as the flags say. Raises ValueError for an unknown one."""
    from litellm_rust import tokens

    return tokens.get_encoding(name)


def text_counter(model: str) -> Callable[[str], int]:
    """What counts a text's tokens for `model`, as upstream does."""
    from litellm_rust import tokens

    encoding = tokens.counting_encoding(model)
    return lambda text: tokens.count_text(text, encoding)


def tokenizer(json: str) -> Any:
    """The tokenizer of a `tokenizer.json`, given as text. Raises ValueError for what is none."""
    from litellm_rust import tokens

    return tokens.load_tokenizer(json)


def message_counter(model: str, count: Callable[[str], int] | None, **arguments: Any) -> MessageCounter:
    """What counts messages as upstream does for `model`, or their texts with `count` where it is given.

    Takes `MessageCounter`'s other arguments.
    """
    from litellm_rust import tokens

    if count is not None:
        return tokens.MessageCounter(count, **arguments)
    return tokens.message_counter(tokens.counting_encoding(model), **arguments)


def routing_table(**arguments: Any) -> Any:
    """A table of deployments to pick from, native or its twin as the flags say. Takes `RoutingTable`'s arguments."""
    from litellm_rust import routing

    return routing.RoutingTable(**arguments)


def event_stream_splitter(max_frame_bytes: int) -> Any:
    """A splitter for AWS's event stream, native or its twin as the flags say.

    `feed(bytes)` gives (string headers, payload) of each frame that is whole, and raises ValueError for a damaged one;
    `unfinished` says whether the bytes so far end inside a frame.
    """
    from litellm_rust import flags

    if flags.native("transport"):
        from litellm_rust.transport import EventStreamSplitter

        return EventStreamSplitter(max_frame_bytes=max_frame_bytes)
    from litellm_rust._twins.event_stream import EventStreamSplitter as Twin

    return Twin(max_frame_bytes=max_frame_bytes)


@cache
def transport_failure() -> type[Exception]:
    """What the Rust pool raises: its arguments are the name of httpx's exception and a message."""
    from litellm_rust.pool import TransportFailure

    return TransportFailure


def http_transport(verify: bool | str | ssl.SSLContext, limits: httpx.Limits) -> httpx.BaseTransport | None:
    """A blocking httpx transport over the Rust pool; None when the `transport` feature is off."""
    from litellm_rust import flags

    if not flags.native("transport"):
        return None
    from litellm_rust.transport import HttpxTransport

    return HttpxTransport(verify=verify, limits=limits)


def async_http_transport(verify: bool | str | ssl.SSLContext, limits: httpx.Limits) -> httpx.AsyncBaseTransport | None:
    """An asyncio httpx transport over the Rust pool; None when the `transport` feature is off."""
    from litellm_rust import flags

    if not flags.native("transport"):
        return None
    from litellm_rust.transport import AsyncHttpxTransport

    return AsyncHttpxTransport(verify=verify, limits=limits)


def limit_table() -> Any:
    """A table of request, token and parallel limits, native or its twin as the flags say."""
    from litellm_rust import limits

    return limits.LimitTable()


def budget_table() -> Any:
    """A table of budgets in pico-dollars, native or its twin as the flags say."""
    from litellm_rust import limits

    return limits.BudgetTable()


def gateway_is_native() -> bool:
    """Whether plain requests to the gateway are answered by Rust, as the flag `gateway` says."""
    from litellm_rust import flags

    return flags.native("gateway")


def gateway_server(**arguments: Any) -> tuple[Any, Any]:
    """A native front and the port that it announces its work on. Takes `GatewayServer`'s other arguments.

    Raises TypeError or ValueError for tables that are no native ones, OSError where the journals cannot be opened.
    """
    from litellm_rust._native import GatewayServer, WakePort

    port = WakePort()
    return GatewayServer(**arguments, port=port), port


def metrics_text() -> str:
    """The accelerator's own metrics in Prometheus' text format."""
    import litellm_rust

    return litellm_rust.metrics_text()


def redis_limits(client: Any, *, on_failure: Any, share: float) -> Any:
    """Limits in Redis, over an asyncio client: a `litellm_rust.redis_limits.AsyncRedisLimits`."""
    from litellm_rust.redis_limits import AsyncRedisLimits

    return AsyncRedisLimits(client, on_failure=on_failure, share=share)


def shared_deployments(client: Any, process: str, prefix: str) -> Any:
    """What routers share through the blocking Redis `client`: a `litellm_rust.redis_limits.RedisDeployments`.

    Its methods raise a ConnectionError while Redis fails. Raises ValueError for a client without `socket_timeout`.
    """
    from litellm_rust.redis_limits import RedisDeployments

    return RedisDeployments(client, process=process, prefix=prefix)


def async_shared_deployments(client: Any, like: Any) -> Any:
    """As `like`, made by `shared_deployments`, over an asyncio client."""
    from litellm_rust.redis_limits import AsyncRedisDeployments

    return AsyncRedisDeployments.sharing(like, client)


def deployment_counts() -> tuple[Any, Any]:
    """The tuples `Held` and `Limits` that `shared_deployments` takes."""
    from litellm_rust.redis_limits import deployments

    return deployments.Held, deployments.Limits


def next_budget_reset(duration: str, now: float) -> float:
    """The end of the budget period that `now` is in, in seconds since 1970. Raises ValueError for no duration."""
    from litellm_rust import limits

    return limits.next_reset(duration, now)
