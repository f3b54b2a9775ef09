"""Calls of tools in a stream, each once and in its place."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

from litellm.types.utils import ModelResponseStream


class ChatGPTToolCallNormalizer:
    """The chunks of `stream`, in which a call that is told again is dropped and calls are counted from 0."""

    def __init__(self, stream: Any = ()) -> None:
        self._stream = stream
        self._seen_ids: dict[str, int] = {}
        self._places: dict[Any, int] = {}
        self._arguments: dict[int, str] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["_stream"], name)

    def __iter__(self) -> Iterator[ModelResponseStream]:
        for chunk in self._stream:
            if (normal := self._normalize(chunk)) is not None:
                yield normal

    async def __aiter__(self) -> AsyncIterator[ModelResponseStream]:
        async for chunk in self._stream:
            if (normal := self._normalize(chunk)) is not None:
                yield normal

    def _normalize(self, chunk: ModelResponseStream) -> ModelResponseStream | None:
        """`chunk`, its calls in their places; None when it only repeats one."""
        calls = chunk.choices[0].delta.tool_calls if chunk.choices else None
        if not calls:
            return chunk
        kept = [call for call in calls if self._is_new(call)]
        if not kept and not chunk.choices[0].delta.content and chunk.choices[0].finish_reason is None:
            return None
        chunk.choices[0].delta.tool_calls = kept or None
        return chunk

    def _is_new(self, call: Any) -> bool:
        """Puts a call, or a piece of one, in its place; whether it says anything that was not said before."""
        piece = call.function.arguments or ""
        known = self._seen_ids.get(call.id) if call.id else None
        if call.id and known is None:
            known = self._seen_ids[call.id] = len(self._seen_ids)
            self._places[call.index] = known
            again = False
        else:
            known = self._places.get(call.index, call.index) if known is None else known
            again = bool(call.id) and piece in ("", self._arguments.get(known))
        call.index = known
        if not again:
            self._arguments[known] = self._arguments.get(known, "") + piece
        return not again
