"""What an API is that clients speak over a chat completion: pure functions from its requests and to its replies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from litellm.llms.openai_like.quirks import effort_of

_NOTHING: Mapping[str, Any] = {}


class InvalidRequest(ValueError):
    """A body that is no request of the API. Its text names the field at fault."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What the models that are asked take."""

    native: bool = False
    """Whether they speak the very API, so that what only it can say is handed on."""
    params: frozenset[str] = field(default_factory=frozenset)
    """OpenAI parameters that they take."""
    top_k: bool = True
    """Whether they take `top_k`, which OpenAI's API refuses."""


class InboundStream(Protocol):
    """Makes one stream of the API's own."""

    def feed(self, chunk: Mapping[str, Any]) -> bytes:
        """What one chat.completion.chunk dict comes to; may be nothing."""

    def finish(self, took_s: float) -> bytes:
        """The end of a stream that took so many seconds."""


@dataclass(frozen=True, slots=True)
class InboundFormat:
    """An API: `to_chat` reads its requests, `to_reply` and `stream` (of a model's name) say what the chat answered."""

    providers: frozenset[str]
    """Those that speak it themselves."""
    to_chat: Callable[[Mapping[str, Any], Reach], dict[str, Any]]
    """A request as a chat's arguments, without the model. Raises `InvalidRequest`."""
    to_reply: Callable[[Mapping[str, Any], float], dict[str, Any]]
    """A chat.completion dict, which took so many seconds, as a reply."""
    stream: Callable[[str], InboundStream]
    media_type: str
    """Of a stream."""


def object_of(value: Any, what: str) -> Mapping[str, Any]:
    """`value`, an object; an empty one for None. Raises `InvalidRequest` that names `what`."""
    if value is None:
        return _NOTHING
    if not isinstance(value, Mapping):
        raise InvalidRequest(f"{what}: expected an object")
    return value


def objects_of(value: Any, what: str) -> list[Mapping[str, Any]]:
    """`value`, a list of objects; an empty one for None. Raises `InvalidRequest` that names `what`."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise InvalidRequest(f"{what}: expected a list")
    return [object_of(item if item is not None else "", f"{what}[{at}]") for at, item in enumerate(value)]


def thinking_of(budget: int | None, reach: Reach) -> dict[str, Any]:
    """The arguments that ask for thinking: by its budget of tokens where the models take one, else by an effort."""
    if budget is not None and "thinking" in reach.params:
        return {"thinking": {"type": "enabled", "budget_tokens": budget}}
    return {"reasoning_effort": effort_of(budget) if budget is not None else "medium"}


class CallPieces:
    """Puts the calls of a streamed chat together, for APIs that tell a call when it is whole."""

    def __init__(self) -> None:
        self._calls: dict[int, dict[str, Any]] = {}

    def add(self, piece: Mapping[str, Any]) -> None:
        """Take in one entry of a delta's `tool_calls`."""
        call = self._calls.setdefault(piece.get("index") or 0, {"function": {"name": None, "arguments": ""}})
        function = piece.get("function") or {}
        if piece.get("id"):
            call["id"] = piece["id"]
        if function.get("name"):
            call["function"]["name"] = function["name"]
        call["function"]["arguments"] += function.get("arguments") or ""
        if piece.get("provider_specific_fields"):
            call["provider_specific_fields"] = piece["provider_specific_fields"]

    def whole(self) -> list[dict[str, Any]]:
        """All calls, in order."""
        return [call for _, call in sorted(self._calls.items())]
