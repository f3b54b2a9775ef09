"""What a caller iterates over: chunks of one shape, whichever provider they come from.

`ChunkFlow` holds all that there is to decide and knows no I/O; `CustomStreamWrapper` only waits, blocking or not.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from litellm.litellm_core_utils.core_helpers import map_finish_reason
from litellm.litellm_core_utils.streaming_chunk_builder_utils import stream_chunk_builder, sum_usage
from litellm.litellm_core_utils.usage_counts import countable
from litellm.types.ids import new_id
from litellm.types.utils import Delta, ModelResponse, ModelResponseStream, StreamingChoices, Usage

_NO_COST_IN_USAGE = frozenset({"gemini", "vertex_ai", "vertex_ai_beta"})
"""Providers whose streams end without a cost in their usage, as upstream's do."""
_NO_USAGE = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
_CHUNK_FIELDS = frozenset(
    {
        "system_fingerprint", "service_tier", "citations", "provider_specific_fields", "vertex_ai_grounding_metadata",
        "vertex_ai_url_context_metadata", "vertex_ai_safety_ratings", "vertex_ai_safety_results",
        "vertex_ai_citation_metadata",
    }
)  # fmt: skip


class ChunkFlow:
    """The rules of a stream.

    The first chunk names the role and later ones do not; a chunk that says nothing is left out; the finish reason
    comes last, in a chunk of its own; usage comes after it, when it was asked for.

    Chunks are of `model`, or with `follows_model` of the model that the provider says; those with usage are of
    `usage_model`.
    """

    def __init__(
        self,
        *,
        model: str | None,
        provider: str | None,
        include_usage: bool = False,
        keep: bool = False,
        messages: list[Any] | None = None,
        hidden_params: dict[str, Any] | None = None,
        cost_of: Callable[[Any], float | None] | None = None,
        usage_model: str | None = None,
        follows_model: bool = False,
    ) -> None:
        self.model = model
        self.usage_model = usage_model or model
        self.follows_model = follows_model
        self.said_model = model
        self.provider = provider
        self.include_usage = include_usage
        self.keep = keep or include_usage
        self.messages = messages
        self.hidden_params = hidden_params if hidden_params is not None else {"custom_llm_provider": provider}
        self.cost_of = cost_of
        self.response_id: str | None = None
        self.created = int(time.time())
        self.kept: list[ModelResponseStream] = []
        self.usage: dict[str, Any] | None = None
        self._started = False
        self._called_tools = False
        self._finish: dict[int, str] = {}
        self._finish_fields: Any = None
        self._finish_model: str | None = None

    def take(self, chunk: dict[str, Any]) -> Any:
        """What the caller sees of `chunk`; None when that is nothing."""
        if self.response_id is None:
            self._begin(chunk)
        if chunk.get("hidden_params"):
            self.hidden_params.update(chunk["hidden_params"])
        usage = chunk.get("usage")
        if usage is not None:
            usage = chunk["usage"] = countable(usage)
        if usage is not None:
            self.usage = sum_usage([{"usage": self.usage}, {"usage": usage}])
        if self.follows_model and chunk.get("model"):
            self.said_model = chunk["model"]
        shown: list[Any] = []
        for choice in chunk.get("choices") or ():
            made = self._choice(choice)
            if made is not None:
                shown.append(made)
            if usage is not None and choice.get("finish_reason"):
                self._finish_model = self.usage_model
        if not shown:
            if self._finish and "provider_specific_fields" in chunk:
                self._finish_fields = chunk["provider_specific_fields"]
            return None
        made_chunk = self._chunk(shown, None if usage is None else self.usage_model)
        if not _CHUNK_FIELDS.isdisjoint(chunk):
            for name, value in chunk.items():
                if name in _CHUNK_FIELDS and value is not None:
                    made_chunk[name] = value
        return made_chunk

    def end(self) -> list[Any]:
        """The closing chunks: the finish reasons, then usage when it was asked for."""
        if self.response_id is None:
            self._begin({})
        finishes = self._finish or {0: "stop"}
        closing = []
        for index, reason in finishes.items():
            said = "tool_calls" if reason == "stop" and self._called_tools else reason
            last = self._chunk([self._part(index, {}, None, said)], self._finish_model)
            if self._finish_fields is not None:
                last["provider_specific_fields"] = self._finish_fields
            closing.append(last)
        self._close(closing)
        return closing

    def _close(self, closing: list[Any]) -> None:
        """Tells the usage: in a chunk of its own where it was asked for."""
        if self.include_usage:
            closing.append(self._usage_chunk())
        else:
            closing[-1]._hidden_params["usage"] = self._hidden_usage()

    def _hidden_usage(self) -> Usage:
        """The usage for whoever puts the stream together, with what it cost where that is known."""
        if self.usage is None:
            return Usage(**_NO_USAGE)
        usage = Usage(**self.usage)
        if self.cost_of is not None and self.provider not in _NO_COST_IN_USAGE:
            cost = self.cost_of(ModelResponse(model=self.model, usage=usage))
            if cost:
                usage["cost"] = cost
        return usage

    @property
    def started(self) -> bool:
        """Whether anything was shown."""
        return self._started

    @property
    def text(self) -> str:
        """The text of the first choice so far, where chunks are kept."""
        return "".join(chunk.choices[0].delta.content or "" for chunk in self.kept)

    def complete(self) -> Any:
        """The response that the kept chunks add up to."""
        return stream_chunk_builder(self.kept, messages=self.messages)

    def _begin(self, chunk: dict[str, Any]) -> None:
        self.response_id = chunk.get("id") or new_id()

    def _choice(self, choice: dict[str, Any]) -> Any:
        delta = choice.get("delta") or {}
        index = choice.get("index") or 0
        reason = choice.get("finish_reason")
        if reason:
            self._finish[index] = map_finish_reason(reason)
        if self._started:
            if len(delta) == 1 and delta.get("content"):  # what nearly every chunk is
                return self._part(index, delta, choice.get("logprobs"))
            if not _says_something(delta):
                return None
            if "role" in delta:
                delta = {k: v for k, v in delta.items() if k != "role"}
        elif not delta or (reason and not _says_something(delta)):
            return None
        else:
            self._started = True
            delta = {**delta, "role": delta.get("role") or "assistant"}
        if delta.get("tool_calls"):
            self._called_tools = True
        return self._part(index, delta, choice.get("logprobs"))

    def _part(self, index: int, delta: dict[str, Any], logprobs: Any = None, finish_reason: str | None = None) -> Any:
        """One choice of a chunk."""
        return StreamingChoices(finish_reason, index, Delta(**delta), logprobs)

    def _chunk(self, choices: list[Any], model: str | None = None) -> Any:
        named, hidden = model or self.said_model, dict(self.hidden_params)
        chunk = ModelResponseStream(choices, self.response_id, self.created, model=named, hidden_params=hidden)
        if self.keep:
            self.kept.append(chunk)
        return chunk

    def _usage_chunk(self) -> Any:
        if self.usage is not None:
            self.kept[-1]._hidden_params["usage"] = Usage(**self.usage)
        built = self.complete()
        self.kept[-1]._hidden_params.pop("usage", None)
        usage = built.usage
        cost = self.cost_of(built) if self.cost_of is not None else None
        if cost:
            usage.cost = cost
        chunk = self._chunk([StreamingChoices(index=0, delta=Delta())], self.usage_model)
        chunk["usage"] = usage
        return chunk


def _says_something(delta: dict[str, Any]) -> bool:
    """Whether a delta holds more than a role."""
    return any(value and key != "role" for key, value in delta.items())


class CustomStreamWrapper:
    """Iterates over a stream, blocking (`for`) or not (`async for`).

    `source` yields lists of chunk dicts, as they arrive. When the stream ends, breaks or is closed, `on_end` is
    called once, with the closing state and the exception, if any.
    """

    def __init__(
        self,
        completion_stream: Any,
        model: str | None = None,
        logging_obj: Any = None,
        custom_llm_provider: str | None = None,
        stream_options: dict[str, Any] | None = None,
        make_call: Callable[..., Any] | None = None,
        _response_headers: dict[str, Any] | None = None,
        *,
        flow: ChunkFlow | None = None,
        on_end: Callable[[ChunkFlow, BaseException | None], None] | None = None,
        map_error: Callable[[Exception], Exception] | None = None,
    ) -> None:
        self.completion_stream = completion_stream
        self.model = model
        self.custom_llm_provider = custom_llm_provider
        self.logging_obj = logging_obj
        self.stream_options = stream_options
        self.make_call = make_call
        self.flow = flow or ChunkFlow(
            model=model,
            provider=custom_llm_provider,
            include_usage=bool(stream_options and stream_options.get("include_usage")),
        )
        self._response_headers = _response_headers
        self._hidden_params = self.flow.hidden_params
        self._waiting: Iterator[dict[str, Any]] = iter(())
        self._closing: deque[ModelResponseStream] = deque()
        self._on_end = on_end
        self._map_error = map_error
        self._ended = False
        self._begun = False

    @property
    def response_id(self) -> str | None:
        """The id that every chunk carries; None before the first."""
        return self.flow.response_id

    @property
    def chunks(self) -> list[ModelResponseStream]:
        """The chunks so far, where they are kept."""
        return self.flow.kept

    def __iter__(self) -> Iterator[ModelResponseStream]:
        return self

    def __aiter__(self) -> AsyncIterator[ModelResponseStream]:
        return self

    def __next__(self) -> ModelResponseStream:
        try:
            while (shown := self._shown()) is None and not self._ended:
                self._take_in(next(self.completion_stream, None))
        except Exception as error:
            raise self._broken(error) from error
        if shown is None:
            raise StopIteration
        return shown

    async def __anext__(self) -> ModelResponseStream:
        try:
            while (shown := self._shown()) is None and not self._ended:
                if hasattr(self.completion_stream, "__anext__"):
                    self._take_in(await anext(self.completion_stream, None))
                else:
                    self._take_in(next(self.completion_stream, None))
        except Exception as error:
            raise self._broken(error) from error
        if shown is None:
            raise StopAsyncIteration
        return shown

    def _shown(self) -> ModelResponseStream | None:
        """The next chunk for the caller of those that have arrived: made when it is its turn, as many may wait."""
        for chunk in self._waiting:
            shown: ModelResponseStream | None = self.flow.take(chunk)
            if shown is not None:
                return shown
        return self._closing.popleft() if self._closing else None

    def _take_in(self, chunks: list[dict[str, Any]] | None) -> None:
        if chunks is None:
            self._closing.extend(self.flow.end())
            self._finish(None)
            return
        if self.logging_obj is not None and not self._begun:
            self._begun = True
            self.logging_obj.begin_stream()
        self._waiting = iter(chunks)

    def _broken(self, error: Exception) -> Exception:
        mapped = self._map_error(error) if self._map_error is not None else error
        self._finish(mapped)
        return mapped

    def _finish(self, error: BaseException | None) -> None:
        if not self._ended:
            self._ended = True
            left, self._waiting = self._waiting, iter(())
            if error is None:
                for chunk in left:  # of a stream that is closed early: its provider counts them as well
                    self.flow.take(chunk)
            if self._on_end is not None:
                self._on_end(self.flow, error)

    def close(self) -> None:
        """Ends the stream where it is and frees its connection."""
        close = getattr(self.completion_stream, "close", None)
        if close is not None:
            close()
        self._finish(None)

    async def aclose(self) -> None:
        """Ends the stream where it is and frees its connection."""
        close = getattr(self.completion_stream, "aclose", None)
        if close is not None:
            await close()
        else:
            self.close()
        self._finish(None)

    def __enter__(self) -> CustomStreamWrapper:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    async def __aenter__(self) -> CustomStreamWrapper:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.aclose()
