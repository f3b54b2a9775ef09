"""How long a budget, or a key, lasts."""

from __future__ import annotations

import datetime
import re

_DURATION = re.compile(r"^(\d+)(mo|[smhdw])$")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def utc_now() -> datetime.datetime:
    """Now, UTC without a zone, as the tables have it."""
    return datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)


def _parts(duration: str) -> tuple[int, str]:
    found = _DURATION.match(duration)
    if found is None or int(found[1]) == 0:
        raise ValueError(f"{duration!r}: expected a number and one of s, m, h, d, w, mo, as in '30d'")
    return int(found[1]), found[2]


def after(start: datetime.datetime, duration: str) -> datetime.datetime:
    """`duration` (`30s`, `15m`, `1h`, `7d`, `1w`, `1mo`) after `start`. Raises ValueError for anything else."""
    number, unit = _parts(duration)
    if unit == "mo":
        return _month_start(start, number)
    try:
        return start + datetime.timedelta(seconds=number * _SECONDS[unit])
    except OverflowError as error:
        raise ValueError(f"{duration!r}: too long") from error


def _month_start(start: datetime.datetime, months: int) -> datetime.datetime:
    index = start.year * 12 + start.month - 1 + months
    if index // 12 > 9999:
        raise ValueError(f"{months} months: too long")
    return start.replace(year=index // 12, month=index % 12 + 1, day=1, hour=0, minute=0, second=0, microsecond=0)


def next_reset(now: datetime.datetime, duration: str) -> datetime.datetime:
    """When a budget window that runs now is over, aligned to the calendar as upstream does it.

    `1d` and `24h` end at midnight, `7d` and `1w` on Monday, `30d` and `1mo` on the first of the next month (UTC);
    others after their length.
    """
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if duration in ("1d", "24h"):
        return midnight + datetime.timedelta(days=1)
    if duration in ("7d", "1w"):
        return midnight + datetime.timedelta(days=7 - now.weekday())
    if duration in ("30d", "1mo"):
        return _month_start(now, 1)
    return after(now, duration)
