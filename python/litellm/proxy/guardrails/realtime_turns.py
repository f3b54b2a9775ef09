"""Spoken turns of a realtime session that wait until a guardrail has read what was said."""

from __future__ import annotations

from litellm.proxy.guardrails.realtime_events import RESPONSE_CREATE


class SpokenTurns:
    """Where guardrails look at transcripts, no response begins before what was spoken was read."""

    def __init__(self) -> None:
        self.active = False
        self.answers_unasked = True
        """Whether the client wants an answer when the user stops to speak, without asking for it."""
        self._committing = 0
        self._asked_for: set[str] = set()
        self._waiting: set[str] = set()
        self._held: str | None = None

    def commits(self) -> None:
        """The client ends a turn itself."""
        self._committing += 1

    def committed(self, item_id: str) -> None:
        """The provider has the audio of a turn."""
        self._waiting.add(item_id)
        if self._committing:
            self._committing -= 1
            self._asked_for.add(item_id)

    def failed(self) -> str | None:
        """The provider refused something, perhaps the end of a turn: what waits for that alone is sent."""
        self._committing = max(0, self._committing - 1)
        return self._next()

    def holds(self, message: str) -> bool:
        """Whether a `response.create` of the client's has to wait; then it is kept."""
        if not self._committing and not self._waiting:
            return False
        self._held = message
        return True

    def passed(self, item_id: str) -> str | None:
        """What was spoken may be answered: the event that asks for it, if nothing else is waited for."""
        unasked = self.answers_unasked and item_id not in self._asked_for
        self._forget(item_id)
        asked = self._next()
        return asked or (RESPONSE_CREATE if unasked and not self._waiting else None)

    def refused(self, item_id: str) -> bool:
        """What was spoken is not answered; whether the client is yet to ask for the answer."""
        asks = item_id in self._asked_for and self._held is None
        self._forget(item_id)
        self._held = None
        return asks

    def _forget(self, item_id: str) -> None:
        self._waiting.discard(item_id)
        self._asked_for.discard(item_id)

    def _next(self) -> str | None:
        if self._committing or self._waiting:
            return None
        held, self._held = self._held, None
        return held
