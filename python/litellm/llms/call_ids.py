"""Ids of calls for APIs whose calls may have none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class CallIds:
    """Gives calls without an id one, and finds it again for their answers, by name and in their order."""

    def __init__(self) -> None:
        self._open: dict[str, list[str]] = {}
        self._count = 0

    def called(self, call: Mapping[str, Any]) -> str:
        """The id of a call: its own `id`, or a new one."""
        name = str(call.get("name"))
        self._count += 1
        call_id = str(call.get("id") or f"call_{name}_{self._count}")
        self._open.setdefault(name, []).append(call_id)
        return call_id

    def answered(self, answer: Mapping[str, Any]) -> str:
        """The id of the call that `answer` is for: its own `id`, else that of the oldest call of its `name`."""
        name = str(answer.get("name"))
        waiting = self._open.get(name) or []
        call_id = answer.get("id")
        if call_id is None:
            return waiting.pop(0) if waiting else f"call_{name}"
        if call_id in waiting:
            waiting.remove(call_id)
        return str(call_id)

    def waits(self, call_id: Any) -> bool:
        """Whether the call with that id has no answer yet."""
        return any(call_id in waiting for waiting in self._open.values())

    def oldest(self) -> str | None:
        """The name of the call that has waited longest for its answer."""
        return next((name for name, waiting in self._open.items() if waiting), None)
