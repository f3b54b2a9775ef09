"""Streams of text completions in the cache: their whole answers, and streams made of those."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from litellm.litellm_core_utils.text_stream import TextCompletionStreamWrapper
from litellm.pipeline.caching import PIECE, Streams, tell
from litellm.pipeline.run import Run
from litellm.types.utils import TextCompletionResponse


def _keep_text(stream: TextCompletionStreamWrapper, write_whole: Callable[[Any], None]) -> None:
    stream.on_whole = write_whole


def _replay_text(response: TextCompletionResponse, run: Run, hidden: dict[str, Any]) -> TextCompletionStreamWrapper:
    def ended(_: TextCompletionResponse) -> None:
        tell(run, response, hidden)

    stream = TextCompletionStreamWrapper(_text_chunks(response.model_dump()), run.model, run.map_error)
    stream.on_whole = ended
    stream._hidden_params = hidden
    return stream


def _text_chunks(response: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
    """A text completion as the chunks of a stream, word by word."""
    for choice in response["choices"]:
        index = choice.get("index", 0)
        for piece in PIECE.findall(choice.get("text") or ""):
            yield [{"id": response["id"], "choices": [{"index": index, "text": piece}]}]
        last = {"index": index, "text": "", "finish_reason": choice.get("finish_reason")}
        yield [{"id": response["id"], "choices": [last]}]


TEXT_STREAMS = Streams(TextCompletionStreamWrapper, _keep_text, _replay_text)
