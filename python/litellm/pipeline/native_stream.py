"""A provider's stream passed on as it came, read along for callbacks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import httpx

from litellm.litellm_core_utils.streaming_handler import ChunkFlow
from litellm.llms.sse import SSESplitter
from litellm.llms.wire import StreamDecoder, WireError
from litellm.pipeline.effects import async_bytes, blocking_bytes
from litellm.pipeline.run import Run


class NativeStream:
    """Passes the provider's bytes on; reads along only when a callback wants to know."""

    def __init__(self, run: Run, response: httpx.Response, decoder: StreamDecoder) -> None:
        self._run = run
        self._response = response
        self._decoder = decoder
        self._splitter = SSESplitter()
        self._flow = ChunkFlow(model=run.model, provider=run.provider, keep=True)
        self._told = run.logging is None

    def events(self) -> Iterator[bytes]:
        """The bytes, blocking. Raises the exceptions of `litellm.exceptions` when the stream breaks."""
        try:
            for data in blocking_bytes(self._response):
                self._read(data)
                yield data
        except httpx.HTTPError as error:
            raise self._failed(error) from error
        finally:
            self._done()

    async def async_events(self) -> AsyncIterator[bytes]:
        """The bytes, on an event loop."""
        try:
            async for data in async_bytes(self._response):
                self._read(data)
                yield data
        except httpx.HTTPError as error:
            raise self._failed(error) from error
        finally:
            self._done()

    def _failed(self, error: Exception) -> Exception:
        self._told = True
        return self._run.failed(error)

    def _read(self, data: bytes) -> None:
        if self._told:
            return
        try:
            for event in self._splitter.feed(data):
                for chunk in self._decoder.feed(event):
                    self._flow.take(chunk)
        except WireError as error:
            self._failed(error)  # the caller sees the provider's own words

    def _done(self) -> None:
        if self._told or self._run.logging is None:
            return
        self._told = True
        try:
            for chunk in self._decoder.finish():
                self._flow.take(chunk)
        except WireError as error:
            self._run.failed(error)
            return
        self._flow.end()
        self._run.logging.success(self._flow.complete())
