"""One request's limits and money: admitted, reserved, and settled exactly once, whatever its end is."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from litellm.litellm_core_utils.rules import REFUSED
from litellm.proxy._types import ProxyException, UserAPIKeyAuth
from litellm.proxy.deployment_used import take_hidden_params
from litellm.proxy.estimate import Estimate
from litellm.proxy.metering import Metered, is_cached, meter_response
from litellm.proxy.money import pico_to_usd
from litellm.proxy.observability.records import CallRecord
from litellm.proxy.spend_tracking.accounts import Account
from litellm.proxy.spend_tracking.ledger import Reservation
from litellm.proxy.spend_tracking.payloads import Payload
from litellm.proxy.spend_tracking.rate_limits import Admission, RateLimit
from litellm.proxy.state import GatewayState


@dataclass(slots=True)
class Charge:
    """What a request is counted as: its kind, the model asked for, and where it came from."""

    state: GatewayState
    auth: UserAPIKeyAuth
    call_type: str
    model: str
    endpoint: str
    call_id: str
    ip_address: str = ""
    session_id: str | None = None
    noted: Mapping[str, Any] | None = None
    """What the client wants in its spend log."""
    agent_id: str | None = None
    """The agent that is asked, where it is one."""
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    """The gateway's own id, which money is settled under; a client cannot choose it."""
    started: float = field(default_factory=time.time)
    estimate: Estimate = field(default_factory=Estimate)
    reservation: Reservation | None = None
    admission: Admission | None = None
    payload: Payload | None = None
    """What is asked and answered, where it is kept with the log."""
    unused: list[Any] = field(default_factory=list)
    """Answers that were paid for, and that a rule refused: the client gets another, or none."""
    settled: bool = False
    sent_at: float | None = None
    first_piece_at: float | None = None

    async def admit(self, limits: Sequence[RateLimit]) -> None:
        """Use the limits. Raises ProxyException 429."""
        priorities = self.state.priorities
        limits = priorities.limits_of(self.auth, self.model, limits)
        try:
            self.admission = await self.state.limiter.admit(limits)
        except ProxyException as error:
            self._tell(Metered(), "refused", None, error)
            raise
        priorities.admitted(limits, self.admission.remaining)

    async def reserve(self, estimate: Estimate, accounts: Sequence[Account]) -> None:
        """Set the estimate aside. Raises ProxyException when a budget does not allow it."""
        self.estimate = estimate
        self.reservation = await self.state.ledger.reserve(
            self.auth, self.request_id, self.model, estimate.total_pico, accounts,
            estimate.so_far(0),  # what is sent is paid for, even if this process dies
            partial(self.state.prices.least, estimate) if estimate.may_be_partial else None,
        )  # fmt: skip
        REFUSED.set(self.unused)
        self.sent_at = time.time()

    def progress(self, pieces: int) -> None:
        """A checkpoint of a stream: what it has cost after `pieces` pieces."""
        if self.first_piece_at is None:
            self.first_piece_at = time.time()
        if self.reservation is not None:
            self.reservation.progress(self.estimate.so_far(pieces))

    def refused(self, error: BaseException | None = None) -> None:
        """The request was not sent: give its limits back."""
        self._tell(Metered(), "refused", None, error)
        if self.admission is not None:
            self.state.limiter.end(self.admission, 0)

    def _tell(
        self, metered: Metered, status: str, hidden: Mapping[str, Any] | None, error: BaseException | None
    ) -> None:
        if self.state.observability.active:
            record = CallRecord(
                self.auth, self.call_type, self.model, self.endpoint, self.call_id, self.ip_address, status,
                self.started, time.time(), self.first_piece_at, self.sent_at, metered.usage,
                pico_to_usd(metered.cost_pico), hidden or {}, error,
            )  # fmt: skip
            self.state.observability.ended(record)

    async def settle(
        self, metered: Metered, status: str, hidden: Mapping[str, Any] | None = None, error: BaseException | None = None
    ) -> None:
        """Settle what was reserved, whatever the end is (`success`, `failure`, `client_gone`); the first end counts."""
        if self.settled:
            return
        self.settled = True
        if hidden is not None and is_cached(hidden):
            metered = Metered(metered.usage)
        for answer in self.unused:
            metered = metered.plus(meter_response(answer, take_hidden_params(answer, self.state.router)))
        if self.reservation is not None:
            kept = None
            if self.payload is not None:
                kept = await self.state.hooks.logged(self.auth, dict(self.payload.request), self.payload.columns())
            await self.reservation.settle(
                metered.usage, metered.cost_pico, status, call_type=self.call_type, model_group=self.model,
                hidden_params=hidden or {}, started=self.started, error=error, call_id=self.call_id,
                ip_address=self.ip_address, endpoint=self.endpoint, session_id=self.session_id,
                spend_logs_metadata=self.noted, agent_id=self.agent_id,
                first_piece_at=self.first_piece_at, payload=kept,
            )  # fmt: skip
        self._tell(metered, status, hidden, error)
        if status == "failure" and not isinstance(error, ProxyException):
            self.state.priorities.failed(self.model)
        self.state.prices.saw(self.estimate.group, int(metered.usage.get("completion_tokens") or 0))
        if self.admission is not None:
            self.state.limiter.end(self.admission, int(metered.usage.get(self.state.limited_tokens) or 0))
