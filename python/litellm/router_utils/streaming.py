"""Streams through the router: an error before the first token is retried like any other, and each end is reported."""

from __future__ import annotations

from collections import deque
from typing import Any

from litellm.litellm_core_utils.streaming_handler import CustomStreamWrapper
from litellm.router_utils.call import RoutedCall, is_stream
from litellm.router_utils.effects import Plan, run_async, run_sync
from litellm.router_utils.pre_call_checks.encrypted_content_affinity_check import mark_response
from litellm.router_utils.response_headers import cost_of, usage_of

SAID = ("content", "tool_calls", "function_call", "reasoning_content", "thinking_blocks", "audio", "images", "refusal")


def says_something(item: Any) -> bool:
    """Whether a piece of a stream carries an answer: anything but a chat chunk with an empty delta does."""
    if isinstance(item, dict):
        return "choices" not in item or any(_part_says_something(choice) for choice in item["choices"])
    choices = getattr(item, "choices", None)
    if choices is None:
        return True
    for choice in choices:
        delta = getattr(choice, "delta", None)
        if getattr(choice, "finish_reason", None) or delta is None:
            return True
        if any(getattr(delta, name, None) for name in SAID):
            return True
    return False


def _part_says_something(choice: dict[str, Any]) -> bool:
    delta = choice.get("delta")
    return delta is None or bool(choice.get("finish_reason")) or any(delta.get(name) for name in SAID)


def cause_of(error: Exception) -> Exception:
    """What broke a stream: the SDK wraps it in an error that says how far the stream had come."""
    cause = getattr(error, "original_exception", None)
    return cause if isinstance(cause, Exception) else error


class RoutedStream:
    """Iterates over the provider's stream, blocking or not; anything else is asked of that stream.

    Pieces that say nothing are held back until one does, so that a stream that breaks before it says anything leaves
    no trace when another deployment answers instead.
    """

    def __init__(self, call: RoutedCall, plan: Plan, stream: Any) -> None:
        self._call, self._plan, self._hooks = call, plan, call.chooser.hooks
        self._ready: deque[Any] = deque()
        self._held: deque[Any] = deque()
        self._usage: tuple[int, int] = (0, 0)
        self._cost: float | None = None
        self._pieces = 0
        self._started = False
        self._open(stream)

    def _open(self, stream: Any) -> None:
        self._stream, self._attempt = stream, self._call.attempt
        self._held.clear()

    def __getattr__(self, name: str) -> Any:
        if name in ("_stream", "_attempt", "_plan"):
            raise AttributeError(name)
        return getattr(self._stream, name)

    @property
    def model_id(self) -> str | None:
        """The id of the deployment that answers."""
        return None if self._attempt is None else self._attempt.model_id

    def __iter__(self) -> Any:
        return self

    def __aiter__(self) -> Any:
        return self

    def __next__(self) -> Any:
        while not self._ready:
            try:
                item = next(self._stream)
            except StopIteration:
                self._at_end()
                if self._ready:
                    break
                raise
            except Exception as error:  # noqa: BLE001 - raised by the plan, or answered by another attempt
                self._at_error(error)
                self._reopen(*run_sync(self._plan, error=cause_of(error)))
            else:
                self._arrived(item)
        return self._ready.popleft()

    async def __anext__(self) -> Any:
        while not self._ready:
            try:
                item = await anext(self._stream)
            except StopAsyncIteration:
                self._at_end()
                if self._ready:
                    break
                raise
            except Exception as error:  # noqa: BLE001 - raised by the plan, or answered by another attempt
                self._at_error(error)
                self._reopen(*await run_async(self._plan, error=cause_of(error)))
            else:
                if self._hooks.active:
                    item = await self._hooks.chunk(self._call.endpoint.function, self._call.kwargs, item)
                self._arrived(item)
        return self._ready.popleft()

    def _reopen(self, result: Any, done: bool) -> None:
        if done or not is_stream(result):
            self._ready.append(result)
            self._started = True
        else:
            self._open(result)

    def _arrived(self, item: Any) -> None:
        if self._call.endpoint.items and self._attempt is not None:
            mark_response(item, self._attempt.model_id)
        self._held.append(item)
        self._pieces += 1
        usage = usage_of(item)
        if usage[0]:
            self._usage, self._cost = usage, cost_of(item)
        if not self._started and says_something(item):
            self._start()
        if self._started:
            self._ready.extend(self._held)
            self._held.clear()

    def _start(self) -> None:
        self._started = True
        if self._attempt is not None:
            self._attempt.first_token = self._call.log.clock()
        run_sync(self._plan)

    def _at_end(self) -> None:
        if not self._started:
            self._start()
        self._ready.extend(self._held)
        self._held.clear()
        if self._attempt is not None:
            tokens, completion = self._usage
            completion = completion or self._pieces
            self._call.log.succeeded(self._attempt, tokens or completion, completion, self._cost)

    def _at_error(self, error: Exception) -> None:
        """Raise `error` when the answer had begun: what was said cannot be taken back."""
        if self._started:
            if self._attempt is not None:
                self._call.log.failed(self._attempt, error)
            raise error

    def _abandon(self) -> None:
        self._plan.close()
        if self._attempt is not None:
            self._call.log.abandoned(self._attempt)

    def close(self) -> None:
        """End the stream where it is and free its deployment."""
        close = getattr(self._stream, "close", None)
        if close is not None:
            close()
        self._abandon()

    async def aclose(self) -> None:
        """End the stream where it is and free its deployment."""
        close = getattr(self._stream, "aclose", None)
        if close is not None:
            await close()
        self._abandon()

    def __del__(self) -> None:
        if "_plan" in self.__dict__:
            self._abandon()


class RoutedChatStream(RoutedStream, CustomStreamWrapper):
    """A routed stream of chat chunks: a `CustomStreamWrapper` to whoever asks."""


def routed_stream(call: RoutedCall, plan: Plan, stream: Any) -> RoutedStream:
    """The stream that the caller gets for the provider's `stream`."""
    kind = RoutedChatStream if isinstance(stream, CustomStreamWrapper) else RoutedStream
    return kind(call, plan, stream)
