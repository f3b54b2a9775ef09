"""Requests to Lago and its answers, without any I/O.

The routes, limits and error bodies are those of Lago's OpenAPI document (github.com/getlago/lago-openapi).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx

from moneta.errors import LagoNotFound, LagoRejected, LagoUnauthorized, LagoUnavailable, MonetaError

PROFILES: Mapping[str, Mapping[str, str]] = {
    "lago": {
        "usage": "/customers/{customer}/current_usage?external_subscription_id={subscription}",
        "balance": "/customers/{customer}/wallets?per_page=100",
    },
    "direct": {"usage": "/subscriptions/{subscription}/usage", "balance": "/customers/{customer}/balance"},
}
"""Where usage and balance are read, by profile; `moneta.paths` names one, or gives its own templates."""
TAKEN = "value_already_exist"
"""Lago's word for a transaction id that it has already: the event arrived before."""
MAX_PER_PAGE = 100


@dataclass(frozen=True, slots=True)
class Call:
    """One request: a path below `/api/v1` and, for a POST, its JSON as text."""

    method: str
    path: str
    body: str | None = None


def paths_of(profile: str | Mapping[str, str]) -> Mapping[str, str]:
    """The templates of a profile; a mapping replaces single ones of Lago's own."""
    return PROFILES[profile] if isinstance(profile, str) else {**PROFILES["lago"], **profile}


def filled(template: str, **values: str) -> str:
    """A path with ids in it, quoted."""
    return template.format(**{name: quote(value, safe="") for name, value in values.items()})


def batch_call(events: Sequence[str]) -> Call:
    """Send events, each given as JSON."""
    return Call("POST", "/events/batch", f'{{"events":[{",".join(events)}]}}')


def events_call(subscription: str, code: str, since: str, until: str, page: int) -> Call:
    """List events of a subscription between two moments (ISO 8601)."""
    query = httpx.QueryParams(
        external_subscription_id=subscription, code=code, timestamp_from=since, timestamp_to=until, page=page,
        per_page=MAX_PER_PAGE,
    )  # fmt: skip
    return Call("GET", f"/events?{query}")


def answer_of(response: httpx.Response) -> Any:
    """The JSON of a good answer. Raises MonetaError of the status's class."""
    status = response.status_code
    try:
        body = response.json() if response.content else None
    except ValueError:
        body = None
    if 200 <= status < 300:
        return body
    raise _error(status, body, response.headers)


def _error(status: int, body: Any, headers: Mapping[str, str]) -> MonetaError:
    code = body.get("code") or body.get("error") if isinstance(body, dict) else None
    message = f"Lago answers {status}" + (f": {code}" if code else "")
    if status in (401, 403):
        return LagoUnauthorized(message, status, body)
    if status == 404:
        return LagoNotFound(message, status, body)
    if status in (408, 425, 429) or status >= 500:
        return LagoUnavailable(message, status, body, _retry_after(headers))
    return LagoRejected(message, status, body)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds until Lago may be asked again: `X-RateLimit-Reset` or `Retry-After`."""
    given = headers.get("x-ratelimit-reset") or headers.get("retry-after")
    try:
        return min(max(float(given), 0.0), 300.0) if given else None
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a batch, by place in it: arrived, refused for a reason, and to be sent again at once."""

    arrived: Sequence[int] = ()
    refused: Mapping[int, str] = field(default_factory=dict)
    again: Sequence[Sequence[int]] = ()
    """Groups of places, each a batch of its own."""


def verdict(error: LagoRejected | None, size: int) -> Verdict:
    """Read the answer to a batch of `size` events.

    Lago refuses a whole batch for any event in it, and says which: `{"error_details": {"0": {"transaction_id":
    ["value_already_exist"]}}}`. Those it names are settled by that; the others are sent again. When it names none, the
    batch is halved until the culprit is alone.
    """
    everything = range(size)
    if error is None:
        return Verdict(arrived=list(everything))
    details = error.body.get("error_details") if isinstance(error.body, dict) else None
    named = _by_place(details, size)
    if not named:
        if size == 1:
            if _is_taken(details):
                return Verdict(arrived=[0])
            return Verdict(refused={0: _reason(details if details else error)})
        return Verdict(again=[list(everything[: size // 2]), list(everything[size // 2 :])])
    arrived = [place for place, what in named.items() if _is_taken(what)]
    refused = {place: _reason(what) for place, what in named.items() if not _is_taken(what)}
    rest = [place for place in everything if place not in named]
    return Verdict(arrived, refused, [rest] if rest else [])


def _by_place(details: Any, size: int) -> dict[int, Any]:
    if not isinstance(details, dict):
        return {}
    places = {key: int(key) for key in details if str(key).isdigit() and int(key) < size}
    return {place: details[key] for key, place in places.items()} if len(places) == len(details) else {}


def _is_taken(details: Any) -> bool:
    """Whether the only thing wrong with an event is that Lago has it."""
    return isinstance(details, dict) and set(details) == {"transaction_id"} and details["transaction_id"] == [TAKEN]


def _reason(what: Any) -> str:
    text = str(what) if isinstance(what, Exception) else json.dumps(what, separators=(",", ":"))
    return text[:1000]
