"""Types that the gateway's parts share, by upstream's names."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from litellm.proxy.spend_tracking.accounts import Account
    from litellm.proxy.spend_tracking.rate_limits import RateLimit


class LitellmUserRoles(str, Enum):
    """What a user may do."""

    PROXY_ADMIN = "proxy_admin"
    PROXY_ADMIN_VIEW_ONLY = "proxy_admin_viewer"
    ORG_ADMIN = "org_admin"
    INTERNAL_USER = "internal_user"
    INTERNAL_USER_VIEW_ONLY = "internal_user_viewer"
    TEAM = "team"
    CUSTOMER = "customer"


class ProxyException(Exception):
    """A refusal that the client is told: `code` is the HTTP status."""

    def __init__(
        self, message: str, type: str, param: str | None, code: int | str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.message, self.type, self.param, self.code = message, type, param, str(code)
        self.headers = dict(headers or {})


@dataclass(slots=True)
class UserAPIKeyAuth:
    """Who asks. `token` is the key's SHA-256; money is in USD, times are UTC without a zone."""

    token: str | None = None
    api_key: str | None = None
    """Given by a custom auth function in the place of `token`."""
    is_master_key: bool = False
    key_name: str | None = None
    key_alias: str | None = None
    user_role: str | None = None
    user_id: str | None = None
    user_email: str | None = None
    user_max_budget: float | None = None
    team_id: str | None = None
    team_alias: str | None = None
    team_metadata: dict[str, Any] = field(default_factory=dict)
    team_blocked: bool = False
    org_id: str | None = None
    end_user_id: str | None = None
    project_id: str | None = None
    models: list[str] = field(default_factory=list)
    team_models: list[str] = field(default_factory=list)
    allowed_models: tuple[frozenset[str], ...] = ()
    """Each of these must allow a model; see `model_access`."""
    allowed_agents: tuple[frozenset[str], ...] = ()
    """Ids of agents, and `group:` with names of their groups; each of these must allow an agent."""
    allowed_vector_stores: tuple[frozenset[str], ...] = ()
    """Each of these must allow a vector store; see `object_access`."""
    allowed_search_tools: tuple[frozenset[str], ...] = ()
    blocked_tools: frozenset[str] = frozenset()
    """Names of tools that requests may not offer to a model."""
    aliases: dict[str, str] = field(default_factory=dict)
    policies: tuple[str, ...] = ()
    """Of guardrails, by name: the key's and its team's."""
    allowed_routes: list[str] = field(default_factory=list)
    permissions: dict[str, Any] = field(default_factory=dict)
    max_budget: float | None = None
    spend: float = 0.0
    tpm_limit: int | None = None
    rpm_limit: int | None = None
    max_parallel_requests: int | None = None
    blocked: bool = False
    expires: datetime.datetime | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    request_tags: tuple[str, ...] = ()
    admin_of_organizations: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()
    accounts: tuple[Account, ...] = ()
    """The budgets that the caller's spend counts against, and what they allow."""
    model_accounts: Mapping[str, tuple[Account, ...]] = field(default_factory=dict)
    """Budgets that hold for one model only, by its name."""
    alternatives: tuple[UserAPIKeyAuth, ...] = ()
    """The same caller in its other teams: the first that may call a model does (`model_access.acting`)."""
    limits: tuple[RateLimit, ...] = ()
    model_limits: Mapping[str, tuple[RateLimit, ...]] = field(default_factory=dict)
    """Limits that hold for one model only, by its name."""

    @property
    def is_restricted(self) -> bool:
        """Whether what a request's body names has to be looked at."""
        return bool(self.allowed_models or self.allowed_vector_stores or self.blocked_tools)

    def model_dump(self, *, exclude_none: bool = False, **_ignored: Any) -> dict[str, Any]:
        """The fields as a mapping, as hooks written for LiteLLM ask for them."""
        found = {item.name: getattr(self, item.name) for item in fields(self)}
        return {name: value for name, value in found.items() if not exclude_none or value is not None}

    json = dict = model_dump

    def __post_init__(self) -> None:
        if self.api_key is not None and self.token is None:
            self.token = hashlib.sha256(self.api_key.encode()).hexdigest()
        self.api_key = self.token
