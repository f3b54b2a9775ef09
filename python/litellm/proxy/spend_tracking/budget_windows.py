"""How long a budget, or a key, lasts."""

from __future__ import annotations

import datetime
import re
import zoneinfo
from collections.abc import Callable

import litellm
from litellm.litellm_core_utils.accelerator import next_budget_reset
from litellm.proxy.db.tables.columns import utc_now

__all__ = ["FOREVER", "OWN_BUDGET", "after", "next_reset", "reset_offset", "time_zone", "utc_now", "window_start"]

_DURATION = re.compile(r"^(\d{1,9})(mo|[smhdw])$")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_DAY_S = 86400
_NAMES = {"hourly": "1h", "daily": "24h", "weekly": "7d", "monthly": "30d"}


def _parts(duration: str) -> tuple[int, str]:
    found = _DURATION.match(_NAMES.get(duration, duration))
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
    if not 12 <= index <= 9999 * 12:
        raise ValueError(f"{months} months: too long")
    return start.replace(year=index // 12, month=index % 12 + 1, day=1, hour=0, minute=0, second=0, microsecond=0)


def next_reset(now: datetime.datetime, duration: str) -> datetime.datetime:
    """When the budget window that `now` is in is over, aligned to the calendar as upstream does it.

    `1d` and `24h` end at midnight, `7d` and `1w` on Monday, `30d` and `1mo` on the first of the next month, in
    `litellm.timezone` (UTC); days begin at `litellm.budget_reset_time`. `now` and the answer are UTC. Raises ValueError
    for no duration, or a too long one.
    """
    return _where_days_end(_next_reset, now, duration)


def window_start(now: datetime.datetime, duration: str) -> datetime.datetime:
    """When the budget window that `now` is in began, in UTC.

    Days and months that the calendar does not group (`2d`, `3mo`) are counted from 1970, so that every process finds
    the same windows.
    """
    return _where_days_end(_window_start, now, duration)


def time_zone(name: str | None) -> zoneinfo.ZoneInfo | None:
    """The time zone of that name; None for UTC. Raises ValueError for a name of none."""
    if not name or name == "UTC":
        return None
    try:
        return zoneinfo.ZoneInfo(name)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError) as error:
        raise ValueError(f"{name!r}: no time zone that is known here; expected one as 'Asia/Bangkok'") from error


def reset_offset(given: str | None) -> datetime.timedelta:
    """How long after midnight days begin: `litellm.budget_reset_time`, `HH:MM` or `HH:MM:SS`. Raises ValueError."""
    if given is None:
        return datetime.timedelta()
    found = _CLOCK.fullmatch(str(given))
    if found is None:
        raise ValueError(f"{given!r}: expected a time of the day in quotes, as in '12:00'")
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return datetime.timedelta(hours=hours, minutes=minutes, seconds=seconds)


_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?")
_Boundary = Callable[[datetime.datetime, str], datetime.datetime]


def _where_days_end(boundary: _Boundary, now: datetime.datetime, duration: str) -> datetime.datetime:
    """`boundary` of local time, as UTC. Parts of a day are the same everywhere, and so is what never ends."""
    zone, offset = time_zone(vars(litellm).get("timezone")), reset_offset(vars(litellm).get("budget_reset_time"))
    number, unit = _parts(duration)
    if (zone is None and not offset) or duration == FOREVER or number * _SECONDS.get(unit, _DAY_S) < _DAY_S:
        return boundary(now, duration)
    local = now.replace(tzinfo=datetime.timezone.utc).astimezone(zone or datetime.timezone.utc).replace(tzinfo=None)
    try:
        end = boundary(local - offset, duration) + offset
        end = end.replace(tzinfo=zone or datetime.timezone.utc).astimezone(datetime.timezone.utc)
    except OverflowError as error:
        raise ValueError(f"{duration!r}: too long") from error
    return end.replace(tzinfo=None)


def _next_reset(now: datetime.datetime, duration: str) -> datetime.datetime:
    seconds = next_budget_reset(duration, now.replace(tzinfo=datetime.timezone.utc).timestamp())
    try:
        return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).replace(tzinfo=None)
    except (OverflowError, ValueError) as error:
        raise ValueError(f"{duration!r}: too long") from error


def _window_start(now: datetime.datetime, duration: str) -> datetime.datetime:
    number, unit = _parts(duration)
    if unit == "w":
        number, unit = 7 * number, "d"
    if unit == "mo" and number > 1:
        passed = (now.year - 1970) * 12 + now.month - 1
        return _month_start(now, -(passed % number))
    if unit == "d" and number not in (1, 7, 30):
        passed = (now - datetime.datetime(1970, 1, 1)).days
        return (now - datetime.timedelta(days=passed % number)).replace(hour=0, minute=0, second=0, microsecond=0)
    end = _next_reset(now, duration)
    if (number, unit) in ((1, "mo"), (30, "d")):
        return _month_start(end, -1)
    return end - datetime.timedelta(seconds=number * _SECONDS[unit])


OWN_BUDGET = ("proxy", "litellm-proxy-budget")
"""The kind and the name of the whole gateway's budget, as upstream names it."""
FOREVER = "100000d"
"""The window of a budget that never starts anew."""
