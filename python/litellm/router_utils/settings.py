"""A router's settings, checked once when it is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from pydantic import BaseModel, ValidationError

from litellm.types.router import AllowedFailsPolicy, RetryPolicy

# Upstream's defaults.
DEFAULT_NUM_RETRIES = 2
DEFAULT_TIMEOUT_S = 6000.0
DEFAULT_ALLOWED_FAILS = 3
DEFAULT_COOLDOWN_S = 5.0
DEFAULT_MAX_FALLBACKS = 5
DEFAULT_AFFINITY_TTL_S = 3600.0

STRATEGIES = (
    "simple-shuffle",
    "lar1",
    "least-busy",
    "latency-based-routing",
    "cost-based-routing",
    "usage-based-routing-v2",
    "usage-based-routing",
    "provider-budget-routing",
    "rate-limit-aware",
)

# Those that choose by what each deployment's minute has used.
COUNTING = frozenset({"usage-based-routing", "usage-based-routing-v2", "rate-limit-aware"})
# Those for which `rpm` and `tpm` are shares, not limits.
SHARING = frozenset({"simple-shuffle", "least-busy", "lar1", "provider-budget-routing"})


def check_strategy(strategy: Any) -> str:
    """The name of a strategy given by name or as a `RoutingStrategy`. Raises ValueError for an unknown one."""
    name = getattr(strategy, "value", strategy)
    if name not in STRATEGIES:
        raise ValueError(
            f"Invalid routing_strategy: {name!r}. Valid options: {list(STRATEGIES)}. "
            "Check 'router_settings.routing_strategy' in your config.yaml or the 'routing_strategy' argument of Router."
        )
    return str(name)


def check_fallbacks(fallbacks: list[Any] | None) -> None:
    """Raises ValueError for an item that is not a dictionary of one model and a list of models."""
    for item in fallbacks or []:
        if not isinstance(item, dict):
            raise ValueError(f"Item '{item}' is not a dictionary.")
        if len(item) != 1:
            raise ValueError(f"Dictionary '{item}' must have exactly one key, but has {len(item)} keys.")
        ((model, targets),) = item.items()
        if not isinstance(targets, list):
            raise ValueError(f"fallbacks of {model!r} must be a list of models, got {targets!r}")


def _policy(kind: type[BaseModel], value: Any, name: str) -> Any:
    if value is None or isinstance(value, kind):
        return value
    if not isinstance(value, Mapping):
        raise ValueError(f"{name} must be a {kind.__name__} or a dictionary, got {value!r}")
    if unknown := set(value) - set(kind.model_fields):
        raise ValueError(f"{name}: unknown {sorted(unknown)}; known: {sorted(kind.model_fields)}")
    try:
        return kind(**value)
    except ValidationError as error:
        raise ValueError(f"{name}: {error}") from error


@dataclass
class RouterSettings:
    """What decides retries, fallbacks, cooldown and timeouts. Times are in seconds."""

    routing_strategy: str = "simple-shuffle"
    routing_strategy_args: dict[str, Any] = field(default_factory=dict)
    num_retries: int = DEFAULT_NUM_RETRIES
    retry_after: float = 0
    retry_policy: RetryPolicy | None = None
    model_group_retry_policy: dict[str, RetryPolicy] = field(default_factory=dict)
    max_fallbacks: int = DEFAULT_MAX_FALLBACKS
    fallbacks: list[Any] | None = None
    context_window_fallbacks: list[Any] | None = None
    content_policy_fallbacks: list[Any] | None = None
    allowed_fails: int | None = None
    allowed_fails_policy: AllowedFailsPolicy | None = None
    cooldown_time: float | None = None
    disable_cooldowns: bool = False
    timeout: float = DEFAULT_TIMEOUT_S
    stream_timeout: float | None = None
    enable_pre_call_checks: bool = False
    enable_tag_filtering: bool = False
    tag_filtering_match_any: bool = True
    tag_routing_prefix: str = ""
    default_max_parallel_requests: int | None = None
    default_priority: int | None = None
    pass_through_all_models: bool = False
    enforce_model_rate_limits: bool = False
    enable_health_check_routing: bool = False
    health_check_staleness_s: float | None = None
    health_check_ignore_transient_errors: bool = False
    background_health_check_model_groups: frozenset[str] | None = None
    """The groups whose routing follows health checks; all when None."""
    enable_weighted_failover: bool = False
    optional_pre_call_checks: frozenset[str] = frozenset()
    provider_budget_config: Mapping[str, Any] | None = None
    deployment_affinity_ttl_s: float = DEFAULT_AFFINITY_TTL_S
    model_group_affinity_config: dict[str, Any] = field(default_factory=dict)
    cache_responses: bool = False
    caching_groups: list[Any] | None = None
    default_litellm_params: dict[str, Any] = field(default_factory=dict)

    version: ClassVar[int] = 0
    """Counts the changes, so that what follows from settings is worked out again only after one."""

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        self.__dict__["version"] = self.version + 1

    def __post_init__(self) -> None:
        self.routing_strategy = check_strategy(self.routing_strategy)
        for name in ("fallbacks", "context_window_fallbacks", "content_policy_fallbacks"):
            check_fallbacks(getattr(self, name))
        self.retry_policy = _policy(RetryPolicy, self.retry_policy, "retry_policy")
        self.allowed_fails_policy = _policy(AllowedFailsPolicy, self.allowed_fails_policy, "allowed_fails_policy")
        self.model_group_retry_policy = {
            group: _policy(RetryPolicy, policy, f"model_group_retry_policy.{group}")
            for group, policy in (self.model_group_retry_policy or {}).items()
        }
        for name in ("num_retries", "max_fallbacks", "timeout"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
                raise ValueError(f"{name} must be a number of at least 0, got {value!r}")

    @property
    def cooldown_s(self) -> float:
        """How long a deployment cools down when nothing more specific says."""
        return DEFAULT_COOLDOWN_S if self.cooldown_time is None else self.cooldown_time
