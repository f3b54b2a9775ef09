"""When a failed request is sent again, and after how long."""

from __future__ import annotations

import random
from collections.abc import Mapping

FIRST_DELAY_S = 0.5
LONGEST_DELAY_S = 8.0
LONGEST_ASKED_DELAY_S = 60.0
RETRIED_STATUSES = frozenset({408, 409, 429})


def should_retry(status: int, headers: Mapping[str, str]) -> bool:
    """Whether a reply is worth a second try: the provider's word first, else by its status."""
    asked = headers.get("x-should-retry")
    if asked in ("true", "false"):
        return asked == "true"
    return status in RETRIED_STATUSES or status >= 500


def delay(attempt: int, headers: Mapping[str, str] | None = None) -> float:
    """Seconds before retry number `attempt` (from 0): what the provider asked for, else exponential with jitter."""
    asked = _asked_delay(headers) if headers is not None else None
    if asked is not None and 0 < asked <= LONGEST_ASKED_DELAY_S:
        return asked
    longest = min(FIRST_DELAY_S * 2.0**attempt, LONGEST_DELAY_S)
    return longest * (1 - 0.25 * random.random())


def _asked_delay(headers: Mapping[str, str]) -> float | None:
    for name, scale in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        value = headers.get(name)
        if value is not None:
            try:
                return float(value) / scale
            except ValueError:
                continue
    return None
