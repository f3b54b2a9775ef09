"""Assistants, threads, their messages and runs, as OpenAI's API describes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.types.openai_object import OpenAIObject

_PLAIN = frozenset({"metadata", "parameters", "schema"})
"""Objects whose keys are the caller's: they stay dicts."""


class AssistantObject(OpenAIObject):
    """An object of the assistants' API; its parts are attributes, all the way down."""

    id: str | None = None
    object: str | None = None

    def __init__(self, id: str | None = None, object: str | None = None, **params: Any) -> None:
        parts = {name: value if name in _PLAIN else _parts(value) for name, value in params.items()}
        self._fill({"id": id, "object": object}, parts)


def _parts(value: Any) -> Any:
    if isinstance(value, list):
        return [_parts(item) for item in value]
    return AssistantObject(**value) if isinstance(value, Mapping) else value


class Assistant(AssistantObject):
    """A model with instructions and tools."""


class AssistantDeleted(AssistantObject):
    """An assistant that is gone."""


class Thread(AssistantObject):
    """A conversation."""


class Message(AssistantObject):
    """What was said in a thread."""


class Run(AssistantObject):
    """An assistant at work on a thread."""


class RunStep(AssistantObject):
    """A step of a run."""


class AssistantStreamEvent(OpenAIObject):
    """What happened in a run: `event` is its name (`thread.message.delta`), `data` what it is about."""

    event: str
    data: Any

    def __init__(self, event: str, data: Mapping[str, Any]) -> None:
        kind = next((kind for start, kind in _KINDS if event.startswith(start)), AssistantObject)
        self._fill({"event": event, "data": kind(**data)}, {})


_KINDS: tuple[tuple[str, type[AssistantObject]], ...] = (
    ("thread.run.step", RunStep), ("thread.run", Run), ("thread.message", Message), ("thread.created", Thread),
)  # fmt: skip
