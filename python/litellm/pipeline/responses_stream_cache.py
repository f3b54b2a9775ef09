"""Streams of responses in the cache: their whole answers, and streams made of those."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from litellm.llms.responses.events import whole_events
from litellm.pipeline.caching import Streams, tell
from litellm.pipeline.responses_stream import ResponsesStream
from litellm.pipeline.run import Run
from litellm.types.responses import ResponsesAPIResponse


def _keep_response(stream: ResponsesStream, write_whole: Callable[[Any], None]) -> None:
    def completed(response: ResponsesAPIResponse) -> None:
        if response.status == "completed":
            write_whole(response)

    stream.on_whole = completed


def _replay_response(response: ResponsesAPIResponse, run: Run, hidden: dict[str, Any]) -> ResponsesStream:
    def completed(_: ResponsesAPIResponse) -> None:
        tell(run, response, hidden)

    stream = ResponsesStream(None, iter([whole_events(response.model_dump(exclude_none=True))]), hidden)
    stream.on_whole = completed
    return stream


RESPONSES_STREAMS = Streams(ResponsesStream, _keep_response, _replay_response)
