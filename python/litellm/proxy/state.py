"""Everything that lives as long as the gateway: made at its start, handed to each endpoint, closed at its end."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from litellm.proxy._types import UserAPIKeyAuth
from litellm.proxy.agents.active import ActiveAgents
from litellm.proxy.auth.custom_auth import CustomAuth
from litellm.proxy.auth.gate import Gate
from litellm.proxy.auth.identity_cache import IdentityCache
from litellm.proxy.auth.jwt.authenticator import JwtAuth
from litellm.proxy.catalog import Catalog
from litellm.proxy.config.settings import ProxyConfig
from litellm.proxy.db.database import Database
from litellm.proxy.estimate import PriceBook
from litellm.proxy.guardrails.active import ActiveGuardrails
from litellm.proxy.guardrails.usage import GuardrailCounts
from litellm.proxy.hooks.billing import UNBILLED, Billing
from litellm.proxy.hooks.chain import HookChain
from litellm.proxy.live_config import LiveConfig
from litellm.proxy.observability.alerting import Alerts
from litellm.proxy.observability.observers import Observability
from litellm.proxy.pass_through_endpoints.configured import ConfiguredEndpoints
from litellm.proxy.policies.active import ActivePolicies
from litellm.proxy.request_subject import Guest
from litellm.proxy.search_endpoints.tools import ActiveSearchTools
from litellm.proxy.spend_tracking.accounts import Account
from litellm.proxy.spend_tracking.ledger import Ledger
from litellm.proxy.spend_tracking.priorities import Priorities
from litellm.proxy.spend_tracking.rate_limits import RateLimit, RateLimiter
from litellm.proxy.spend_tracking.retention import Retention
from litellm.proxy.stored_cache import StoredCache

if TYPE_CHECKING:
    from litellm import Router
    from litellm.proxy.auth.oauth2 import OAuth2
    from litellm.proxy.auth.proxy_headers import ProxyHeaders
    from litellm.proxy.batch_billing import BatchBilling
    from litellm.proxy.health_endpoints.checks import BackgroundChecks
    from litellm.proxy.native.front import NativeFront


@dataclass(slots=True)
class GatewayState:
    """The gateway's parts."""

    config: ProxyConfig
    master_key: str
    router: Router
    database: Database
    identities: IdentityCache[UserAPIKeyAuth]
    """Who a key belongs to, by the key's SHA-256."""
    end_users: IdentityCache[Guest]
    tags: IdentityCache[Guest]
    ledger: Ledger
    limiter: RateLimiter
    priorities: Priorities
    hooks: HookChain
    prices: PriceBook
    catalog: Catalog
    gate: Gate
    pass_through: ConfiguredEndpoints
    stored_cache: StoredCache
    guardrails: ActiveGuardrails = field(default_factory=ActiveGuardrails)
    agents: ActiveAgents = field(default_factory=ActiveAgents)
    policies: ActivePolicies = field(default_factory=ActivePolicies)
    search_tools: ActiveSearchTools = field(default_factory=ActiveSearchTools)
    guardrail_counts: GuardrailCounts | None = None
    billing: Billing = UNBILLED
    native: NativeFront | None = None
    """The Rust server in front of this application, if there is one."""
    live: LiveConfig = field(init=False)
    """Follows changes of the config."""
    batches: BatchBilling = field(init=False)
    """Bills batches when they have ended."""
    custom_auth: CustomAuth | None = None
    jwt: JwtAuth | None = None
    oauth2: OAuth2 | None = None
    proxy_headers: ProxyHeaders | None = None
    stores_models: bool = False
    """Whether deployments may be changed while the gateway runs (`general_settings.store_model_in_db`)."""
    limited_tokens: str = "total_tokens"
    """Which tokens of a call's usage count for limits (`general_settings.token_rate_limit_type`)."""
    redis: Any = None
    """The client of the Redis that limits are counted in, if there is one."""
    stores_prompts: bool = False
    """Whether what is asked and answered is kept with the log of spend."""
    checks: BackgroundChecks | None = None
    retention: Retention | None = None
    observability: Observability = field(default_factory=Observability)
    alerts: Alerts = field(default_factory=Alerts)
    own_accounts: tuple[Account, ...] = ()
    """The budget of the whole gateway, if there is one."""
    own_limits: tuple[RateLimit, ...] = ()
    """The limit of the whole gateway, if there is one (`general_settings.global_max_parallel_requests`)."""
    draining: bool = False
    settlements: set[asyncio.Task[Any]] = field(default_factory=set)
    """Settlements under way; the drain waits for them."""

    def keep(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` to its end, out of reach of a client that leaves."""
        task = asyncio.ensure_future(work)
        self.settlements.add(task)
        task.add_done_callback(self.settlements.discard)

    async def drain(self, timeout_s: float) -> None:
        """Wait for the settlements under way."""
        self.draining = True
        if self.settlements:
            await asyncio.wait(set(self.settlements), timeout=timeout_s)
