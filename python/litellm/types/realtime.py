"""What is left of a realtime session when it is over."""

from __future__ import annotations

from typing import Any

from litellm.types.responses_chat import HiddenResponse
from litellm.types.usage import Usage


class RealtimeSession(HiddenResponse):
    """A realtime session that has ended: the `usage` of all its responses, and how many there were."""

    id: str | None = None
    object: str = "realtime.session"
    model: str | None = None
    responses: int = 0
    usage: Usage | None = None

    def __init__(self, hidden_params: dict[str, Any] | None = None, **fields: Any) -> None:
        super().__init__(**fields)
        self._hidden_params = {} if hidden_params is None else hidden_params
