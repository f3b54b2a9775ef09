"""A provider on loopback that answers what a test scripts, in order, and remembers what it was asked."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.support.http11 import Exchange, Request, serving


@dataclass
class Answer:
    """One scripted answer. A list of bytes is sent as a chunked body, piece by piece."""

    body: bytes | list[bytes]
    status: int = 200
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False
    """Whether the connection is dropped instead of the body's end."""


class Scripted:
    """The server's script and memory. The last answer is repeated."""

    def __init__(self) -> None:
        self.base = ""
        self.asked: list[Request] = []
        self._answers: deque[Answer] = deque()

    def will(self, *answers: Answer) -> None:
        """Answer so from now on, and forget what was asked."""
        self.asked.clear()
        self._answers = deque(answers)

    def will_say(self, value: Any, **answer: Any) -> None:
        """Answer with `value` as JSON."""
        self.will(Answer(json.dumps(value).encode(), **answer))

    @property
    def last(self) -> dict[str, Any]:
        """The body of the last request."""
        body: dict[str, Any] = self.asked[-1].json()
        return body

    async def handle(self, request: Request, exchange: Exchange) -> None:
        """Answer one request."""
        self.asked.append(request)
        answer = self._answers.popleft() if len(self._answers) > 1 else self._answers[0]
        exchange.headers = dict(answer.headers)
        if isinstance(answer.body, bytes):
            await exchange.send(answer.status, answer.body, answer.content_type)
            return
        await exchange.start_stream(answer.content_type)
        for piece in answer.body:
            await exchange.chunk(piece)
        if answer.cut:
            exchange.cut()
        else:
            await exchange.end_stream()


@contextmanager
def running() -> Iterator[Scripted]:
    """A scripted provider on a port of its own, in a thread of its own."""
    script = Scripted()
    with serving(script.handle) as port:
        script.base = f"http://127.0.0.1:{port}"
        yield script
