"""What is left of a realtime session when it is over."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from litellm.types.responses_chat import HiddenResponse
from litellm.types.usage import Usage


class RealtimeSession(HiddenResponse):
    """A realtime session, or one response of it: the `usage` of its responses, and how many there were."""

    id: str | None = None
    object: str = "realtime.session"
    model: str | None = None
    responses: int = 0
    usage: Usage | None = None
    finished: bool = True
    """False where the session was cut before its provider told what it used: `usage` is then counted here."""

    def __init__(self, hidden_params: dict[str, Any] | None = None, **fields: Any) -> None:
        super().__init__(**fields)
        self._hidden_params = {} if hidden_params is None else hidden_params


class SessionObserver(Protocol):
    """Is told of the responses of a session, while it goes on."""

    async def began(self) -> bool:
        """The provider begins a response. False ends the session, and leaves the client's side open."""

    async def ended(self, response: RealtimeSession) -> bool:
        """A response is done: what it used, and in its `_hidden_params` what it cost. False ends the session."""


@dataclass(slots=True)
class Screened:
    """What becomes of one event of a session: what is sent on to each side, in order, and whether the session ends."""

    to_provider: list[str] = field(default_factory=list)
    to_client: list[str] = field(default_factory=list)
    ends: bool = False


class SessionScreen(Protocol):
    """Sees every event of a session before it is sent on, and may put others in its place."""

    async def client_said(self, message: str | bytes) -> Screened:
        """An event of the client's."""

    async def provider_said(self, message: str) -> Screened:
        """An event of the provider's."""
