"""Requests that belong together go to one deployment: of a caller, of a session, after a kept response.

Each is a name in `optional_pre_call_checks`, or, for one model group, in `model_group_affinity_config`.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from litellm.llms.responses.ids import decode_id
from litellm.router_utils.ask import Ask, Pool, metadata_value
from litellm.router_utils.deployments import Row
from litellm.router_utils.effects import Plan
from litellm.router_utils.pins import Pins
from litellm.router_utils.pre_call_checks.encrypted_content_affinity_check import origin_of_request
from litellm.router_utils.prompt_caching_cache import PromptCachingCache
from litellm.router_utils.virtual_groups import PRIORITY

logger = logging.getLogger("LiteLLM Router")

USER, SESSION, RESPONSES = "deployment_affinity", "session_affinity", "responses_api_deployment_check"
ENCRYPTED, PROMPT = "encrypted_content_affinity", "prompt_caching"
CHECKS = (
    PROMPT, "router_budget_limiting", RESPONSES, USER, SESSION, "forward_client_headers_by_model_group",
    "enforce_model_rate_limits", ENCRYPTED,
)  # fmt: skip
AFFINITIES = frozenset({USER, SESSION, RESPONSES, ENCRYPTED, PROMPT})
BY_GROUP = frozenset({USER, SESSION, RESPONSES, ENCRYPTED})
ALL = BY_GROUP | {PROMPT}
KEY_PREFIX = "deployment_affinity:v1"


def parse_checks(names: Iterable[str] | None) -> frozenset[str]:
    """The names of `optional_pre_call_checks`. Raises ValueError for an unknown one."""
    given = frozenset(names or ())
    if unknown := given - set(CHECKS):
        raise ValueError(f"optional_pre_call_checks: unknown {sorted(unknown)}; known: {list(CHECKS)}")
    return given


def _hashed(user: str) -> str:
    """A caller's key as it may stand in a shared cache; a SHA-256 already is one."""
    if len(user) == 64 and all(character in "0123456789abcdefABCDEF" for character in user):
        return user.lower()
    return hashlib.sha256(user.encode()).hexdigest()


def user_of(kwargs: Mapping[str, Any]) -> str | None:
    """Who calls: the hash of the key, or, without one, the user's id."""
    key = metadata_value(kwargs, "user_api_key_hash")
    if key is not None:
        return str(key)
    user = metadata_value(kwargs, "user_api_key_user_id")
    return None if user is None else f"user_id:{user}"


def session_of(kwargs: Mapping[str, Any]) -> str | None:
    """The session that the caller named, or None."""
    session = metadata_value(kwargs, "session_id")
    return None if session is None else str(session)


@dataclass
class DeploymentAffinity:
    """Finds and remembers the deployments that requests belong to. `ttl_s` is how long, in seconds."""

    pins: Pins
    prompts: PromptCachingCache
    checks: frozenset[str] = frozenset()
    ttl_s: float = 3600
    by_group: Mapping[str, Collection[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for group, names in self.by_group.items():
            if unknown := set(names) - BY_GROUP:
                logger.warning("model_group_affinity_config: %r: unknown %s ignored", group, sorted(unknown))

    @property
    def active(self) -> bool:
        """Whether any request may be kept together with others."""
        return bool(self.by_group) or not self.checks.isdisjoint(ALL)

    def _on(self, check: str, pool: Pool) -> bool:
        own = self.by_group.get(pool.names[0] if len(pool.names) == 1 else pool.group)
        if own is None or check == PROMPT:
            return check in self.checks
        return check in own or (check == ENCRYPTED and check in self.checks)

    def _keys(self, pool: Pool, kwargs: Mapping[str, Any]) -> list[tuple[str, float]]:
        """(key, seconds to keep it) of the session and of the caller."""
        if pool.strategy == PRIORITY:
            return []
        session_ttl = metadata_value(kwargs, "session_deployment_affinity_ttl")
        by_session = self._on(SESSION, pool) or session_ttl is not None
        by_user = self._on(USER, pool)
        if not by_session and not by_user:
            return []
        user, session = user_of(kwargs), session_of(kwargs)
        group = pool.names[0] if len(pool.names) == 1 else pool.group
        hashed = "unscoped" if user is None else _hashed(user)
        keys = []
        if by_session and session is not None:
            keys.append((f"{KEY_PREFIX}:session:{group}:{hashed}:{session}", float(session_ttl or self.ttl_s)))
        if by_user and user is not None:
            keys.append((f"{KEY_PREFIX}:{group}:{hashed}", self.ttl_s))
        return keys

    def find(self, pool: Pool, ask: Ask) -> Plan:
        """The deployments that the request should go to, the most binding first."""
        found: list[str] = []
        previous = ask.kwargs.get("previous_response_id")
        if self._on(RESPONSES, pool) and isinstance(previous, str) and (kept := decode_id(previous).model_id):
            found.append(kept)
        if self._on(ENCRYPTED, pool):
            found += origin_of_request(ask, pool)
        keys = [key for key, _ in self._keys(pool, ask.kwargs)]
        if keys:
            found += yield from self.pins.get(keys, ask.asynchronous)
        if self._on(PROMPT, pool) and pool.strategy != PRIORITY and len(pool.rows) > 1:
            keys = self.prompts.keys_to_try(ask.model, ask.messages)
            found += (yield from self.pins.get(keys, ask.asynchronous))[:1] if keys else []
        return found

    def chosen(self, pool: Pool, ask: Ask, row: Row) -> Plan:
        """Remember the deployment that the request now goes to."""
        for key, ttl_s in self._keys(pool, ask.kwargs):
            yield from self.pins.claim(key, row["model_info"]["id"], ttl_s, ask.asynchronous)
        return None

    def answered(self, pool: Pool, ask: Ask, row: Row) -> Plan:
        """Remember the deployment whose provider now has the prompt in its cache."""
        key = self.prompts.key_to_keep(ask.model, ask.messages) if self._on(PROMPT, pool) else None
        if key is not None:
            yield from self.pins.claim(key, row["model_info"]["id"], self.prompts.ttl_s, ask.asynchronous, replace=True)
        return None
