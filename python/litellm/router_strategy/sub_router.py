"""Sub-routers: deployments `auto_router/…` that decide from the request which model group answers it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel, ValidationError

from litellm.router_utils.ask import Ask
from litellm.router_utils.deployments import Row
from litellm.router_utils.effects import Plan
from litellm.router_utils.pins import Pins

PREFIX = "auto_router/"
Stated = TypeVar("Stated", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a sub-router needs of its router.

    `call(endpoint name, asynchronous)` is a method of the router; `rows()` are all of its deployments.
    """

    call: Callable[[str, bool], Callable[..., Any]]
    rows: Callable[[], Sequence[Row]]
    pins: Pins


class SubRouter(Protocol):
    """Decides which model group answers a request."""

    def route(self, ask: Ask) -> Plan:
        """A `PreRoutingHookResponse`, or None when the request says nothing to decide by."""


def stated_preferences(
    rows: Sequence[Row], names: Sequence[str], place: tuple[str, type[Stated]], owner: str
) -> dict[str, tuple[Stated, Mapping[str, Any]]]:
    """(what it says of itself, its `model_info`) of the first deployment of each of the model groups `names`.

    `place` is the field of `model_info` and what it holds. Raises ValueError for one that is missing or says it wrong.
    """
    field, kind = place
    found: dict[str, tuple[Stated, Mapping[str, Any]]] = {}
    for row in rows:
        name, info = row["model_name"], row["model_info"]
        if name not in names or name in found:
            continue
        try:
            found[name] = kind(**(info.get(field) or {})), info
        except (TypeError, ValidationError) as error:
            raise ValueError(f"{name!r}: model_info.{field}: {error}") from error
    if missing := [name for name in names if name not in found]:
        raise ValueError(f"{owner!r}: available_models: no deployments of {missing}")
    return found


def text_of(content: Any) -> str:
    """The text of a message's content, whether it is a string or parts."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    parts = (part.get("text") for part in content if isinstance(part, Mapping))
    return " ".join(part for part in parts if isinstance(part, str)).strip()


def texts_of(ask: Ask, role: str) -> Iterator[str]:
    """The texts of one role, the last first."""
    items = ask.messages
    if items is None:
        items = [{"role": "user", "content": ask.input}] if isinstance(ask.input, str) else ask.input or ()
    for item in reversed(items):
        if isinstance(item, Mapping) and item.get("role") == role and (text := text_of(item.get("content"))):
            yield text


def question_of(ask: Ask) -> str | None:
    """What the user said last, or None when there is no user's message."""
    return next(texts_of(ask, "user"), None)


def instructions_of(ask: Ask) -> str | None:
    """The last system message, or None."""
    return next(texts_of(ask, "system"), None)


def internal_metadata(ask: Ask, origin: str) -> dict[str, Any]:
    """The metadata of a call that a sub-router makes for a request: who pays for it, and what it is for."""
    source = ask.kwargs.get("metadata") or ask.kwargs.get("litellm_metadata") or {}
    caller = {name: value for name, value in source.items() if str(name).startswith("user_api_key")}
    return {**caller, "internal_call_origin": origin}
