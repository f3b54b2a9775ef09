"""A reply that is bytes: sound, or a file's content."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from typing import Any


class HttpxBinaryResponseContent:
    """The bytes of a reply, read as OpenAI's SDK lets them be read. `response` is the HTTP reply, if there is one."""

    def __init__(self, response: Any = None, content: bytes | None = None) -> None:
        self.response = response
        self._content = content
        self._hidden_params: dict[str, Any] = {}
        self._response_ms: float | None = None

    @property
    def content(self) -> bytes:
        """All of it."""
        if self._content is None:
            self._content = bytes(self.response.content) if self.response is not None else b""
        return self._content

    @property
    def text(self) -> str:
        """All of it, as UTF-8 text."""
        return self.content.decode("utf-8", "replace")

    @property
    def headers(self) -> Any:
        """The reply's headers."""
        return {} if self.response is None else self.response.headers

    def json(self, **_: Any) -> Any:
        """All of it, as JSON. Raises `ValueError` when it is not."""
        import json

        return json.loads(self.content)

    def read(self) -> bytes:
        """All of it."""
        return self.content

    async def aread(self) -> bytes:
        """All of it."""
        return self.content

    def iter_bytes(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """It, in pieces of `chunk_size` bytes."""
        size = chunk_size or max(len(self.content), 1)
        for start in range(0, len(self.content), size):
            yield self.content[start : start + size]

    def iter_text(self, chunk_size: int | None = None) -> Iterator[str]:
        """Its text, in pieces of `chunk_size` characters."""
        size = chunk_size or max(len(self.text), 1)
        for start in range(0, len(self.text), size):
            yield self.text[start : start + size]

    def iter_lines(self) -> Iterator[str]:
        """Its lines, without their ends."""
        yield from self.text.splitlines()

    def iter_raw(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """As `iter_bytes`."""
        return self.iter_bytes(chunk_size)

    async def aiter_bytes(self, chunk_size: int | None = None) -> AsyncIterator[bytes]:
        """`iter_bytes` on an event loop."""
        for piece in self.iter_bytes(chunk_size):
            yield piece

    async def aiter_lines(self) -> AsyncIterator[str]:
        """`iter_lines` on an event loop."""
        for line in self.iter_lines():
            yield line

    def write_to_file(self, file: str | os.PathLike[str]) -> None:
        """Writes it to the file at this path."""
        with open(file, "wb") as out:
            out.write(self.content)

    def stream_to_file(self, file: str | os.PathLike[str], *, chunk_size: int | None = None) -> None:
        """As `write_to_file`."""
        self.write_to_file(file)

    async def astream_to_file(self, file: str | os.PathLike[str], *, chunk_size: int | None = None) -> None:
        """As `write_to_file`."""
        self.write_to_file(file)

    def close(self) -> None:
        """Nothing: the reply is read."""

    async def aclose(self) -> None:
        """Nothing: the reply is read."""
