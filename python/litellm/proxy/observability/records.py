"""What is told of a call once it has ended, to metrics and traces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from litellm.proxy._types import UserAPIKeyAuth


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call, whatever its end was. Times are seconds since 1970."""

    auth: UserAPIKeyAuth
    call_type: str
    model: str
    """The name that was asked for."""
    endpoint: str
    call_id: str
    client_ip: str
    status: str
    """`success`, `failure`, `client_gone`, or `refused` for a call that was not sent."""
    started: float
    ended: float
    first_piece_at: float | None = None
    sent_at: float | None = None
    usage: Mapping[str, Any] = field(default_factory=dict)
    cost_usd: float = 0.0
    hidden: Mapping[str, Any] = field(default_factory=dict)
    """What the SDK and the router say of the deployment: `model_id`, `litellm_model_name`, `llm_provider`, …"""
    error: BaseException | None = None

    @property
    def failed(self) -> bool:
        """Whether the client did not get an answer."""
        return self.status in ("failure", "refused")

    @property
    def error_status(self) -> str:
        """The HTTP status of the error, `500` where it names none; `200` without an error."""
        if self.error is None:
            return "200"
        found = getattr(self.error, "status_code", None) or getattr(self.error, "code", None)
        return str(found) if str(found).isdigit() else "500"


class Observer(Protocol):
    """Told of every call; quick, and never raises."""

    def ended(self, record: CallRecord) -> None: ...
