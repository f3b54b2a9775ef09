"""Text completion chunks, from a provider's text stream or from chat chunks."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from litellm.types.utils import TextCompletionResponse


class TextCompletionStreamWrapper:
    """Iterates over a text completion, blocking (`for`) or not (`async for`).

    `on_whole`, where it is set, is called with the whole text when the stream has come to its own end.
    """

    def __init__(
        self, completion_stream: Any, model: str | None, map_error: Callable[[Exception], Exception] | None = None
    ) -> None:
        self.completion_stream = completion_stream
        self.model = model
        self.created = int(time.time())
        self._map_error = map_error
        self._ready: deque[TextCompletionResponse] = deque()
        self.on_whole: Callable[[TextCompletionResponse], None] | None = None
        self._hidden_params: dict[str, Any] = {}
        self._kept: list[TextCompletionResponse] = []
        self._usage: Any = None

    def __iter__(self) -> Iterator[TextCompletionResponse]:
        return self

    def __aiter__(self) -> AsyncIterator[TextCompletionResponse]:
        return self

    def __next__(self) -> TextCompletionResponse:
        while not self._ready:
            try:
                arrived = next(self.completion_stream)
            except StopIteration:
                self._at_end()
                raise
            except Exception as error:
                raise self._mapped(error) from error
            self._arrived(arrived)
        return self._ready.popleft()

    async def __anext__(self) -> TextCompletionResponse:
        while not self._ready:
            try:
                waits = hasattr(self.completion_stream, "__anext__")
                arrived = await anext(self.completion_stream) if waits else next(self.completion_stream)
            except StopIteration:
                self._at_end()
                raise StopAsyncIteration from None
            except StopAsyncIteration:
                self._at_end()
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
            self._usage = chunk.get("usage") or self._usage
            if chunk.get("choices"):
                made = self._chunk(chunk)
                self._ready.append(made)
                if self.on_whole is not None:
                    self._kept.append(made)

    def _at_end(self) -> None:
        if self.on_whole is None or not self._kept:
            return
        texts: dict[int, str] = {}
        reasons: dict[int, Any] = {}
        for choice in (choice for chunk in self._kept for choice in chunk.choices):
            texts[choice.index] = texts.get(choice.index, "") + (choice.text or "")
            reasons[choice.index] = choice.finish_reason or reasons.get(choice.index)
        if not all(reasons.values()):
            return  # cut off
        whole = TextCompletionResponse(
            id=self._kept[0].id,
            object="text_completion",
            created=self.created,
            model=self.model,
            choices=[
                {"index": index, "text": text, "logprobs": None, "finish_reason": reasons[index]}
                for index, text in sorted(texts.items())
            ],
            usage=self._usage,
        )
        self._kept = []
        self.on_whole(whole)

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
