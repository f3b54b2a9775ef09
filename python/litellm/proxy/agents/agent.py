"""An agent as the config or the database describes it."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from litellm.proxy._types import UserAPIKeyAuth
from litellm.proxy.common_utils.addresses import web_address
from litellm.proxy.config.problems import suggestion

A2A = "a2a"
PRICES = ("cost_per_query", "input_cost_per_token", "output_cost_per_token")
"""Of `litellm_params`, in USD."""
GROUP = "group:"
"""What stands before the name of a group of agents, beside agents' ids."""
_LIMITS = ("rpm_limit", "tpm_limit")
_KEYS = frozenset({
    "agent_id", "agent_name", "agent_card_params", "litellm_params", "static_headers", "extra_headers", "enabled",
    "agent_access_groups", "access_group_ids", *_LIMITS,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Agent:
    """`card` is its A2A card, `params` its `litellm_params`; requests to it carry `static_headers`."""

    agent_id: str
    agent_name: str
    card: Mapping[str, Any]
    params: Mapping[str, Any] = field(default_factory=dict)
    static_headers: Mapping[str, str] = field(default_factory=dict)
    extra_headers: Sequence[str] = ()
    """The client's headers that are sent on."""
    groups: Sequence[str] = ()
    limits: Mapping[str, int] = field(default_factory=dict)
    enabled: bool = True
    from_config: bool = True
    row: Mapping[str, Any] = field(default_factory=dict, compare=False)
    """What the database knows beside."""

    @property
    def url(self) -> str:
        """Where it is asked."""
        return str(self.card["url"])

    def price(self, name: str) -> float:
        """One of `PRICES`, in USD."""
        return float(self.params.get(name) or 0.0)

    def may_be_called(self, auth: UserAPIKeyAuth) -> bool:
        """Whether a caller's key and team both allow it; who names no agents allows all."""
        known = {self.agent_id, *(GROUP + group for group in self.groups)}
        return all(not allowed.isdisjoint(known) for allowed in auth.allowed_agents)


def config_id(entry: Mapping[str, Any]) -> str:
    """The id of an agent of the config: LiteLLM's, so that permissions which name it hold here too."""
    return hashlib.sha256(str(dict(entry)).encode()).hexdigest()


def agent_of(entry: Mapping[str, Any]) -> Agent:
    """The agent of a checked entry of the config's `agent_list`."""
    return Agent(
        str(entry.get("agent_id") or config_id(entry)), entry["agent_name"], dict(entry["agent_card_params"]),
        dict(entry.get("litellm_params") or {}), dict(entry.get("static_headers") or {}),
        tuple(entry.get("extra_headers") or ()), tuple(entry.get("agent_access_groups") or ()), limits_in(entry),
        entry.get("enabled") is not False,
    )  # fmt: skip


def limits_in(entry: Mapping[str, Any]) -> dict[str, int]:
    """The limits of an entry that are set."""
    return {name: int(entry[name]) for name in _LIMITS if entry.get(name) is not None}


def problems(entry: Any, *, api: bool = False) -> Iterator[tuple[str, str]]:
    """What is wrong with an entry of the config, or with a body of the `api`: (key below it, message)."""
    if not isinstance(entry, Mapping):
        yield "", "expected a mapping with agent_name and agent_card_params"
        return
    for key in entry:
        if key not in _KEYS and not api:
            yield str(key), f"unknown key{suggestion(str(key), _KEYS)}"
    name = entry.get("agent_name")
    if not isinstance(name, str) or not name or "/" in name:
        yield "agent_name", "a text without / is required: the name that requests ask for"
    yield from _card_problems(entry.get("agent_card_params"))
    params = entry.get("litellm_params")
    if isinstance(params, Mapping):
        yield from _params_problems(params)
    elif params is not None:
        yield "litellm_params", "expected a mapping"
    yield from _header_problems(entry)
    for limit in _LIMITS:
        value = entry.get(limit)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
            yield limit, "expected a whole number of 0 or more"


def _card_problems(card: Any) -> Iterator[tuple[str, str]]:
    url = card.get("url") if isinstance(card, Mapping) else None
    if web_address(url) is None:
        yield "agent_card_params.url", "an http:// or https:// address is required: where the agent is asked"


def _params_problems(params: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if params.get("custom_llm_provider") not in (None, "", A2A, "a2a_agent"):
        yield "litellm_params.custom_llm_provider", "only agents that speak A2A are served here"
    for name in PRICES:
        value = params.get(name)
        if value is not None and not _is_price(value):
            yield f"litellm_params.{name}", "expected US dollars, 0 or more"


def _header_problems(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    static = entry.get("static_headers")
    if static is not None and not (
        isinstance(static, Mapping) and all(_is_header(name) and _is_header(value) for name, value in static.items())
    ):
        yield "static_headers", "expected a mapping of names to texts"
    for name in ("extra_headers", "agent_access_groups"):
        given = entry.get(name)
        if given is not None and not (isinstance(given, list) and all(isinstance(item, str) for item in given)):
            yield name, "expected a list of texts"


def _is_header(value: Any) -> bool:
    return isinstance(value, str) and value.isascii() and value.isprintable()


def _is_price(given: Any) -> bool:
    if isinstance(given, bool):
        return False
    try:
        return 0 <= float(given) < math.inf
    except (TypeError, ValueError):
        return False
