"""From a checked config to running parts."""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from litellm.proxy._types import UserAPIKeyAuth
from litellm.proxy.agents.active import ActiveAgents, config_agents
from litellm.proxy.agents.stored import StoredAgents
from litellm.proxy.auth.identity import principal
from litellm.proxy.auth.identity_cache import MAX_ENTRIES, IdentityCache
from litellm.proxy.auth.identity_repository import identity_of
from litellm.proxy.auth.setup import check_functions, gate_of
from litellm.proxy.catalog import Catalog
from litellm.proxy.config.data_dir import data_dir
from litellm.proxy.config.overrides import RULES
from litellm.proxy.config.problems import ConfigError, ConfigProblem
from litellm.proxy.config.schema import describe
from litellm.proxy.config.settings import ProxyConfig
from litellm.proxy.db.database import Database, database_url
from litellm.proxy.db.opening import check_database_url
from litellm.proxy.estimate import PARTIAL_RESERVATIONS, PriceBook
from litellm.proxy.guardrails.active import ActiveGuardrails
from litellm.proxy.guardrails.stored import StoredGuardrails
from litellm.proxy.guardrails.usage import GuardrailCounts
from litellm.proxy.hooks.billing import CALLBACK, UNBILLED, Billing, load_billing
from litellm.proxy.hooks.chain import HookChain
from litellm.proxy.model_access import may_fall_back_to
from litellm.proxy.named_objects import named_object
from litellm.proxy.observability.alerting import alerts_of
from litellm.proxy.observability.observers import OWN, open_observability
from litellm.proxy.pass_through_endpoints.configured import ConfiguredEndpoints, PassThroughEndpoint
from litellm.proxy.pass_through_endpoints.stored import StoredEndpoints
from litellm.proxy.policies.active import ActivePolicies, config_policies
from litellm.proxy.policies.stored import StoredPolicies
from litellm.proxy.request_demands import check_demands
from litellm.proxy.request_subject import Guest, load_end_user, load_tag
from litellm.proxy.response_cache import CACHE_SETTINGS, configured_cache, embed_by
from litellm.proxy.search_endpoints.stored import StoredSearchTools
from litellm.proxy.search_endpoints.tools import ActiveSearchTools, config_tools
from litellm.proxy.secrecy import Secrecy
from litellm.proxy.spend_tracking.accounts import Account, window_account
from litellm.proxy.spend_tracking.budget_alerts import BudgetAlerts
from litellm.proxy.spend_tracking.budget_windows import (
    FOREVER,
    OWN_BUDGET,
    reset_offset,
    time_zone,
    utc_now,
    window_start,
)
from litellm.proxy.spend_tracking.ledger import Ledger
from litellm.proxy.spend_tracking.payloads import stores_prompts
from litellm.proxy.spend_tracking.priorities import Priorities
from litellm.proxy.spend_tracking.rate_limits import RateLimit, RateLimiter, limits_of
from litellm.proxy.spend_tracking.retention import retention_of
from litellm.proxy.spend_tracking.shared_budgets import status_of
from litellm.proxy.spend_tracking.shared_limits import shared_table
from litellm.proxy.state import GatewayState
from litellm.proxy.stored_cache import StoredCache
from litellm.proxy.stored_models import StoredModels

if TYPE_CHECKING:
    from litellm import Router

KEY_TTL_S = 60.0
"""How long a key is remembered before the database is asked again; `general_settings.user_api_key_cache_ttl`."""

_OF_THE_ROUTER = {
    "fallbacks": "fallbacks", "default_fallbacks": "default_fallbacks", "num_retries": "num_retries",
    "context_window_fallbacks": "context_window_fallbacks", "content_policy_fallbacks": "content_policy_fallbacks",
    "allowed_fails": "allowed_fails", "cooldown_time": "cooldown_time", "request_timeout": "timeout",
}  # fmt: skip
"""Settings of `litellm_settings` that the router goes by, and their names among its own."""
_TOKENS = {"input": "prompt_tokens", "output": "completion_tokens"}
_CALLBACK_LISTS = (
    "callbacks",
    "success_callback",
    "failure_callback",
    "input_callback",
    "service_callback",
    "audit_log_callbacks",
)


async def open_state(config: ProxyConfig, master_key: str, router: Router, billing: Billing = UNBILLED) -> GatewayState:
    """The running parts for `config`, the database open."""
    import litellm

    folder = data_dir()
    database = Database(database_url(config.general_settings.raw, folder), folder)
    await database.start()
    alerts = alerts_of(config)
    hard_too = bool(config.general_settings.raw.get("alerting"))
    ledger = Ledger(
        database, folder, exceeded_status=status_of(config.litellm_settings),
        allow_without_database=config.general_settings.allow_requests_on_db_unavailable, billing=billing,
        alerts=BudgetAlerts(database, alerts, hard_too=hard_too),
    )  # fmt: skip
    await ledger.start()
    ttl_s = float(config.general_settings.raw.get("user_api_key_cache_ttl") or KEY_TTL_S)
    catalog = Catalog(config, router)
    prices = PriceBook(
        catalog.deployments_of,
        reserved_output_tokens=config.general_settings.reserved_output_tokens,
        partial=config.general_settings.partial_reservations,
    )
    priorities = Priorities(config.litellm_settings, catalog.deployments_of)

    def deployments_changed() -> None:
        prices.forget()
        priorities.forget()

    catalog.changed = deployments_changed
    stores_models = _stores_models(config)
    if stores_models and kept(config, "models"):
        await StoredModels(database, catalog, Secrecy(master_key)).start()
    pass_through = configured_endpoints(config)
    if kept(config, "pass_through_endpoints"):
        await StoredEndpoints(database, pass_through).start()
    identities, end_users, tags = _caches(config, database, ttl_s)
    shared, redis = shared_table(config) or (None, None)
    guardrails = ActiveGuardrails()
    guardrails.configure(config)
    if kept(config, "guardrails"):
        await StoredGuardrails(database, guardrails, Secrecy(master_key), config).start()
    policies = ActivePolicies()
    policies.configure(config)
    if kept(config, "policies"):
        await StoredPolicies(database, policies).start()
    agents = ActiveAgents()
    agents.configure(config)
    await StoredAgents(database, agents, Secrecy(master_key)).start()
    search_tools = ActiveSearchTools(router)
    search_tools.configure(config)
    if kept(config, "tools"):
        await StoredSearchTools(database, search_tools, Secrecy(master_key)).start()
    counts = GuardrailCounts(database)
    stored_cache = StoredCache(database, Secrecy(master_key), router)
    await stored_cache.start()
    return GatewayState(
        config=config,
        master_key=master_key,
        router=router,
        database=database,
        identities=identities,
        end_users=end_users,
        tags=tags,
        ledger=ledger,
        limiter=RateLimiter(shared),
        priorities=priorities,
        limited_tokens=_TOKENS.get(str(config.general_settings.raw.get("token_rate_limit_type")), "total_tokens"),
        redis=redis,
        alerts=alerts,
        stores_prompts=stores_prompts(config),
        retention=retention_of(config, database),
        observability=open_observability(config, folder),
        own_accounts=own_accounts(config),
        own_limits=own_limits(config),
        guardrails=guardrails,
        guardrail_counts=counts,
        policies=policies,
        agents=agents,
        search_tools=search_tools,
        hooks=HookChain(lambda: litellm.callbacks, guardrails=guardrails, told=counts.told, policies=policies),
        prices=prices,
        catalog=catalog,
        pass_through=pass_through,
        stored_cache=stored_cache,
        billing=billing,
        stores_models=stores_models,
        gate=gate_of(config),
    )


def kept(config: ProxyConfig, kind: str) -> bool:
    """Whether the database's objects of a kind are served: `general_settings.supported_db_objects`, all without it."""
    kinds = config.general_settings.raw.get("supported_db_objects")
    return kinds is None or kind in kinds


def configured_endpoints(config: ProxyConfig) -> ConfiguredEndpoints:
    """The config's pass-through endpoints. Raises ConfigError for one that is wrong."""
    rows = config.general_settings.raw.get("pass_through_endpoints") or ()
    problems = []
    for index, row in enumerate(rows):
        try:
            PassThroughEndpoint.model_validate(row)
        except ValidationError as error:
            key = f"general_settings.pass_through_endpoints[{index}]"
            problems += [
                config.problem(".".join([key, *map(str, item["loc"])]), item["msg"])
                for item in error.errors(include_input=False)
            ]
    if problems:
        raise ConfigError(problems)
    return ConfiguredEndpoints(rows)


def own_limits(config: ProxyConfig) -> tuple[RateLimit, ...]:
    """The whole gateway's limit: `general_settings.global_max_parallel_requests`."""
    limit = config.general_settings.raw.get("global_max_parallel_requests")
    return tuple(limits_of("global", "gateway", {"max_parallel_requests": limit}))


def own_accounts(config: ProxyConfig) -> tuple[Account, ...]:
    """The whole gateway's budget: `litellm_settings.max_budget`, for each `budget_duration`. Raises ConfigError."""
    duration = str(config.litellm_settings.get("budget_duration") or FOREVER)
    try:
        window_start(utc_now(), duration)
    except ValueError as error:
        place = "litellm_settings.budget_duration"
        raise ConfigError([config.problem(place, str(error))]) from error
    found = window_account(*OWN_BUDGET, duration, config.litellm_settings.get("max_budget"))
    return () if found is None else (found,)


def _stores_models(config: ProxyConfig) -> bool:
    """`general_settings.store_model_in_db`, else the environment's `STORE_MODEL_IN_DB`."""
    given = config.general_settings.raw.get("store_model_in_db")
    return bool(given) if given is not None else os.environ.get("STORE_MODEL_IN_DB", "").lower() == "true"


def _caches(
    config: ProxyConfig, database: Database, ttl_s: float
) -> tuple[IdentityCache[UserAPIKeyAuth], IdentityCache[Guest], IdentityCache[Guest]]:
    """The caches of keys, end users and tags, told of every change."""
    user_too = config.general_settings.raw.get("apply_user_budget_to_team_keys") is True
    default_budget_id = config.litellm_settings.get("max_end_user_budget_id")

    async def load_key(token: str) -> tuple[UserAPIKeyAuth, set[str]] | None:
        async with database.read() as connection:
            rows = await identity_of(connection, token, utc_now())
        if rows is None:
            return None
        return principal(rows, user_budget_on_team_keys=user_too), rows.topics()

    most = int(config.general_settings.raw.get("user_api_key_cache_max_size") or MAX_ENTRIES)
    identities = IdentityCache("key", load_key, ttl_s, most)
    end_users = IdentityCache("end_user", lambda name: load_end_user(database, name, default_budget_id), ttl_s, most)
    tags = IdentityCache("tag", lambda name: load_tag(database, name), ttl_s, most)
    for cache in (identities, end_users, tags):
        database.events.subscribe(cache.changed)
    return identities, end_users, tags


def build_router(config: ProxyConfig) -> Router:
    """The router for the config's deployments, which a semantic cache may use. Raises as `router_of`."""
    router = router_of(config)
    embed_by(router)
    return router


def router_of(config: ProxyConfig) -> Router:
    """A router for the config's deployments. Raises ConfigError when it refuses a setting."""
    from litellm import Router  # the SDK loads when the gateway starts, not when its command line is read

    accepted = set(inspect.signature(Router.__init__).parameters)
    settings = {name: value for name, value in router_settings(config).items() if name in accepted}
    try:
        settings["fallback_access_check"] = may_fall_back_to
        return Router(model_list=[dict(entry) for entry in config.model_list], **settings)
    except (TypeError, ValueError) as error:
        raise ConfigError([_refused_by_router(config, settings, str(error))]) from error


def _refused_by_router(config: ProxyConfig, settings: Mapping[str, Any], refusal: str) -> ConfigProblem:
    """A refusal of the router's constructor, at the setting that it names."""
    section, _, rest = refusal.partition(": ")
    if section == "model_list":
        return config.problem(section, rest)
    named = next((f".{name}" for name in settings if re.search(rf"\b{name}\b", refusal)), "")
    return config.problem(f"router_settings{named}", refusal)


def router_settings(config: ProxyConfig) -> dict[str, Any]:
    """`router_settings`, and where they are silent, what `litellm_settings` say of routing."""
    given = config.litellm_settings
    return {own: given[name] for name, own in _OF_THE_ROUTER.items() if name in given} | dict(config.router_settings)


def build_parts(config: ProxyConfig) -> tuple[Router, Billing]:
    """All that can be made, and judged, of `config` without opening a database. Raises ConfigError."""
    check_values(config)
    check_database_url(config)
    apply_litellm_settings(config)
    check_functions(config)
    router = build_router(config)
    configured_endpoints(config)
    alerts_of(config)
    ActiveGuardrails().configure(config)
    config_policies(config)
    config_agents(config)
    config_tools(config)
    own_accounts(config)
    return router, load_billing(config)


def check_values(config: ProxyConfig) -> None:
    """Raises ConfigError for values that no type can rule out."""
    general = config.general_settings
    if general.partial_reservations not in PARTIAL_RESERVATIONS:
        remedy = f"expected one of {', '.join(PARTIAL_RESERVATIONS)}"
        place = "general_settings.partial_reservations"
        raise ConfigError([config.problem(place, remedy)])
    if general.reserved_output_tokens < 1:
        place = "general_settings.reserved_output_tokens"
        raise ConfigError([config.problem(place, "expected 1 or more")])
    check_demands(config)
    try:
        reset_offset(config.litellm_settings.get("budget_reset_time"))
    except ValueError as error:
        place = "litellm_settings.budget_reset_time"
        raise ConfigError([config.problem(place, str(error))]) from error
    try:
        time_zone(config.litellm_settings.get("timezone"))
    except ValueError as error:
        raise ConfigError([config.problem("litellm_settings.timezone", str(error))]) from error


def apply_litellm_settings(config: ProxyConfig) -> None:
    """Set `litellm.<name>` for each of `litellm_settings`; callbacks and rules named `file.object` are imported."""
    import litellm

    named = named_settings(config)
    if "cache" in config.litellm_settings:
        litellm.cache = configured_cache(config)
    for name, value in config.litellm_settings.items():
        if name in CACHE_SETTINGS:
            continue
        setattr(litellm, name, named.get(name, value))


def named_settings(config: ProxyConfig) -> dict[str, list[Any]]:
    """Callbacks and rules of `litellm_settings`, those named `file.object` imported. Raises ConfigError."""
    found: dict[str, list[Any]] = {}
    for name in (*_CALLBACK_LISTS, *RULES):
        if name not in config.litellm_settings:
            continue
        value, place = config.litellm_settings[name], f"litellm_settings.{name}"
        names = value if isinstance(value, list) else [value]
        found[name] = [load_object(item, config, place) for item in names if item not in (CALLBACK, *OWN)]
        if name in RULES and not all(map(callable, found[name])):
            remedy = "expected functions, each named file.function"
            raise ConfigError([config.problem(place, remedy)])
    if rows := config.litellm_settings.get("custom_provider_map"):
        found["custom_provider_map"] = [_with_handler(row, config) for row in rows]
    return found


def _with_handler(row: Any, config: ProxyConfig) -> dict[str, Any]:
    """A row of `custom_provider_map` with its handler imported. Raises ConfigError."""
    place = "litellm_settings.custom_provider_map"
    if not isinstance(row, dict) or not row.get("provider") or not row.get("custom_handler"):
        remedy = "expected provider and custom_handler, which is named file.object"
        raise ConfigError([config.problem(place, remedy)])
    handler = load_object(row["custom_handler"], config, place)
    if isinstance(handler, str):
        remedy = f"custom_handler: expected file.object, got {handler!r}"
        raise ConfigError([config.problem(place, remedy)])
    return {**row, "custom_handler": handler}


def load_object(name: Any, config: ProxyConfig, key: str) -> Any:
    """What `file.object` beside the config, or `package.module.object`, names; anything else is itself.

    Raises ConfigError, which names `key`.
    """
    if not isinstance(name, str):
        remedy = f"expected the name of a callback, got {describe(name)}: callbacks take no settings here"
        raise ConfigError([config.problem(key, remedy)])
    if "." not in name:
        return name
    return named_object(name, config, key)
