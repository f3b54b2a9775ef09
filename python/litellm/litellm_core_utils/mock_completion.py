"""Replies that a caller asks for instead of a provider's: `mock_response` and its relatives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import litellm
from litellm.types.ids import new_id

PIECE = 3
"""Characters in each chunk of a mocked stream."""
DEFAULT_TEXT = "This is a mock request"
USAGE = {"prompt_tokens": 10, "completion_tokens": 20, "total_tokens": 30}
"""What LiteLLM says that a mocked reply used."""


class MockException(Exception):
    """A failure that a caller asked for; mapped like a provider's."""

    status_code = 500

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = f"litellm.MockException: {message}"


def raise_mock_error(mock: Any, model: str, provider: str) -> None:
    """Raises the exception that `mock` asks for; returns when it asks for none."""
    if isinstance(mock, Exception):
        if type(mock).__module__.partition(".")[0] in ("openai", "litellm"):
            raise mock
        raise MockException(str(mock)) from mock
    if mock == "litellm.RateLimitError":
        raise litellm.RateLimitError(message="this is a mock rate limit error", llm_provider=provider, model=model)
    if mock == "litellm.ContextWindowExceededError":
        raise litellm.ContextWindowExceededError(
            message="this is a mock context window exceeded error", llm_provider=provider, model=model
        )
    if mock == "litellm.InternalServerError":
        raise litellm.InternalServerError(
            message="this is a mock internal server error", llm_provider=provider, model=model
        )
    if isinstance(mock, str) and mock.startswith("Exception: content_filter_policy"):
        raise litellm.BadRequestError(message=f"litellm.MockException: {mock}", llm_provider=provider, model=model)


def mock_reply(text: Any, tool_calls: list[Any] | None, n: int | None, model: str) -> dict[str, Any]:
    """A chat.completion dict that says `text`, `n` times."""
    message: dict[str, Any] = {"role": "assistant", "content": DEFAULT_TEXT if text is None else text}
    if tool_calls:
        message["tool_calls"] = tool_calls
    choices = [{"index": index, "finish_reason": "stop", "message": message} for index in range(n or 1)]
    return {"model": model, "choices": choices, "usage": USAGE}


def mock_chunks(text: str, tool_calls: list[Any] | None, n: int | None) -> Iterator[list[dict[str, Any]]]:
    """A stream that says `text` in small pieces, then calls the tools."""
    response_id = new_id()
    indexes = range(n or 1)
    for start in range(0, len(text), PIECE):
        piece = text[start : start + PIECE]
        yield [_chunk(response_id, [{"index": index, "delta": {"content": piece}} for index in indexes])]
    if tool_calls:
        calls = [{"index": position, **call} for position, call in enumerate(tool_calls)]
        yield [_chunk(response_id, [{"index": 0, "delta": {"tool_calls": calls}}])]
    reason = "tool_calls" if tool_calls else "stop"
    yield [_chunk(response_id, [{"index": index, "delta": {}, "finish_reason": reason} for index in indexes])]


def _chunk(response_id: str, choices: list[dict[str, Any]]) -> dict[str, Any]:
    return {"id": response_id, "choices": choices}
