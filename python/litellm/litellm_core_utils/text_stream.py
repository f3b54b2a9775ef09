"""Text completion chunks, from a provider's text stream or from chat chunks."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from litellm.types.utils import TextCompletionResponse


class TextCompletionStreamWrapper:
    """Iterates over a text completion, blocking (`for`) or not (`async for`)."""

    def __init__(
        self, completion_stream: Any, model: str | None, map_error: Callable[[Exception], Exception] | None = None
    ) -> None:
        self.completion_stream = completion_stream
        self.model = model
        self.created = int(time.time())
        self._map_error = map_error
        self._ready: deque[TextCompletionResponse] = deque()

    def __iter__(self) -> Iterator[TextCompletionResponse]:
        return self

    def __aiter__(self) -> AsyncIterator[TextCompletionResponse]:
        return self

    def __next__(self) -> TextCompletionResponse:
        while not self._ready:
            try:
                arrived = next(self.completion_stream)
            except StopIteration:
                raise
            except Exception as error:
                raise self._mapped(error) from error
            self._arrived(arrived)
        return self._ready.popleft()

    async def __anext__(self) -> TextCompletionResponse:
        while not self._ready:
            try:
                arrived = await anext(self.completion_stream)
            except StopAsyncIteration:
                raise
            except Exception as error:
                raise self._mapped(error) from error
            self._arrived(arrived)
        return self._ready.popleft()

    def _mapped(self, error: Exception) -> Exception:
        return self._map_error(error) if self._map_error is not None else error

    def _arrived(self, arrived: Any) -> None:
        chunks = arrived if isinstance(arrived, list) else [arrived.model_dump()]
        for chunk in chunks:
            if chunk.get("choices"):
                self._ready.append(self._chunk(chunk))

    def _chunk(self, chunk: dict[str, Any]) -> TextCompletionResponse:
        choices = []
        for choice in chunk["choices"]:
            text = choice["text"] if "text" in choice else (choice.get("delta") or {}).get("content")
            reason = choice.get("finish_reason")
            choices.append(
                {
                    "index": choice.get("index") or 0,
                    "text": text or None if reason else text,
                    "logprobs": choice.get("logprobs"),
                    "finish_reason": reason,
                }
            )
        return TextCompletionResponse(
            id=chunk.get("id"),
            object="text_completion",
            created=self.created,
            model=self.model,
            choices=choices,
        )
