"""Who may use which route: one table, deny by default. A route that is not in it is for proxy admins alone.

Access is by group; `ROLES` says which groups a role may use. What a caller may see or change *within* a route (its own
keys, its team's members) is the service's to decide.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from functools import lru_cache

from litellm.proxy._types import LitellmUserRoles as Role
from litellm.proxy.endpoints.forwarded_table import FORWARDED
from litellm.proxy.pass_through_endpoints.providers import BUILT_IN


class Access(Enum):
    """Groups of routes."""

    PUBLIC = "anybody, without a key"
    LLM = "any key: calls to models, and what is known of models"
    INFO = "any key: what it may see of itself, its user and its teams"
    SPEND = "users: their own spend"
    KEYS = "users that may change things: their own keys"
    SELF_MANAGED = "admins of the team or organisation in question, which the service checks"
    ORGANIZATION = "admins of the organisation in question, which the service checks"
    PEOPLE = "admins of organisations, what is theirs; and whoever may look at everything"
    VIEW = "whoever may look at everything"
    ADMIN = "proxy admins"
    MASTER = "the master key alone"


_EVERYBODY = frozenset({Access.PUBLIC, Access.LLM})
_VIEWER = _EVERYBODY | {Access.INFO, Access.SPEND}
_USER = _VIEWER | {Access.KEYS, Access.SELF_MANAGED}
NO_ROLE = "key without a user"
MASTER_KEY = "master key"
"""Not a role of a user: who shows the master key itself."""

ROLES: Mapping[str, frozenset[Access]] = {
    MASTER_KEY: frozenset(Access),
    Role.PROXY_ADMIN.value: frozenset(Access) - {Access.MASTER},
    Role.PROXY_ADMIN_VIEW_ONLY.value: _VIEWER | {Access.VIEW, Access.PEOPLE},
    Role.ORG_ADMIN.value: _USER | {Access.ORGANIZATION, Access.PEOPLE},
    Role.INTERNAL_USER.value: _USER,
    Role.INTERNAL_USER_VIEW_ONLY.value: _VIEWER,
    Role.TEAM.value: _EVERYBODY | {Access.INFO},
    NO_ROLE: _EVERYBODY | {Access.INFO},
    Role.CUSTOMER.value: _EVERYBODY,
}

_PAGES = (
    "internal_user_settings", "default_team_settings", "ui_theme_settings", "mcp_semantic_filter_settings",
    "mcp_tool_search_settings", "websearch_interception_settings", "user_banner", "ui_settings",
)  # fmt: skip

_DAYS = (
    "", "/aggregated", "/aggregated/keys", "/aggregated/model_top_keys", "/aggregated/search", "/export",
)  # fmt: skip


def _days(*entities: str) -> list[str]:
    """The routes of what was spent by day on each of these kinds of entity."""
    return [f"/{entity}/daily/activity{path}" for entity in entities for path in _DAYS]


_TABLE: Mapping[Access, tuple[str, ...]] = {
    Access.PUBLIC: ("/health/liveliness", "/health/liveness", "/health/readiness", "/health/drain", "/routes",
        "/public/litellm_model_cost_map", "/moneta/webhook", "/sso/key/generate", "/sso/login",
        "/sso/callback", "/sso/readiness", "/login", "/v2/login", "/logout", "/fallback/login", "/ui", "/ui/session",
        "/ui/{path}", "/onboarding/get_token", "/onboarding/claim_token", "/public/providers",
        "/public/providers/fields", "/public/model_hub", "/public/model_hub/info", "/robots.txt",
        "/public/v1/model_hub", "/public/v1/model_hub/{facet}", "/public/complexity_router/scorer_defaults",
        "/public/endpoints", "/public/agents/fields", "/public/agent_hub", "/public/mcp_hub", "/public/skill_hub"),
    Access.LLM: (
        "/chat/completions", "/completions", "/embeddings", "/messages", "/messages/count_tokens", "/models",
        "/models/{model_id}", "/model/info", "/model_group/info", "/engines/{model}/models",
        "/guardrails/apply_guardrail", "/apply_guardrail",
        "/utils/token_counter", "/utils/supported_openai_params", "/utils/model_info", "/utils/transform_request",
        "/images/generations", "/images/edits", "/images/variations", "/audio/speech", "/audio/transcriptions",
        "/realtime", "/search", "/search/{search_tool_name}", "/search/tools",
        "/rag/query", "/rag/ingest",
        "/a2a/{agent_id}", "/a2a/{agent_id}/message/send", "/a2a/{agent_id}/.well-known/agent-card.json",
        "/a2a/{agent_id}/.well-known/agent.json", "/v1/agents:GET", "/v1/agents/{agent_id}:GET",
        "/audio/translations", "/moderations", "/rerank", "/v2/rerank", "/responses", "/responses/{response_id}",
        "/responses/{response_id}/input_items", "/responses/{response_id}/cancel", "/responses/compact",
        "/models/{model}:generateContent", "/models/{model}:streamGenerateContent", "/models/{model}:countTokens",
        "/v2/chat", "/api/chat", "/api/generate", "/api/tags", "/api/version", "/api/show", "/api/ps",
        "/model/{model}/converse", "/model/{model}/converse-stream",
        *(row.path for row in FORWARDED), "/{configured pass-through}",
        *(template for row in BUILT_IN for template in row.templates),
    ),
    Access.INFO: (
        "/key/info", "/key/list", "/key/health", "/team/info", "/team/list", "/v2/team/list",
        "/team/available", "/user/info",
        "/organization/list", "/health", "/get/ui_settings", "/get/ui_theme_settings", "/get/user_banner",
        "/team/{team_id}/members/me", "/user/password/change", "/get/latest_release_info", "/model/deprecations",
        "/moneta/usage", "/moneta/balance",
        "/guardrails/list", "/v2/guardrails/list", "/team/metadata_schema", "/utils/dotprompt_json_converter",
    ),
    Access.SPEND: (
        "/spend/logs", "/spend/logs/v2", "/spend/tags", "/spend/calculate", "/spend/keys", "/spend/users",
        "/key/spend/report", "/user/spend/report", "/team/spend/report", "/organization/spend/report",
        *_days("user", "team", "tag", "organization"), "/user/daily/activity/aggregated/cache_leakage_keys",
        "/tag/list",
    ),
    Access.KEYS: (
        "/key/generate", "/key/update", "/key/delete", "/key/block", "/key/unblock", "/key/regenerate",
        "/key/{key}/regenerate", "/key/{key}/reset_spend", "/key/bulk_update", "/key/aliases",
        "/key/service-account/generate", "/team/key/bulk_update",
    ),
    Access.SELF_MANAGED: (
        "/team/update", "/team/member_add", "/team/member_delete", "/team/member_update", "/team/bulk_member_add",
        "/team/permissions_list", "/team/permissions_update", "/team/spend/by_user",
        "/team/{team_id}/member/{user_id}/reset_spend", "/team/{team_id}/member/{user_id}/reset_budget",
        "/team/{team_id}/callback", "/team/{team_id}/callback/{callback_name}", "/team/{team_id}/disable_logging",
        "/guardrails/register", "/team/{team_id}", "/team/model/add", "/team/model/delete",
    ),
    Access.ORGANIZATION: (
        "/team/new", "/team/delete", "/team/block", "/team/unblock", "/organization/update",
        "/organization/member_add", "/organization/member_update", "/organization/member_delete",
        "/organization/delete", "/user/new", "/invitation/new", "/invitation/info", "/invitation/delete",
    ),
    Access.PEOPLE: ("/user/list", "/organization/info"),
    Access.VIEW: (
        "/guardrails/submissions", "/guardrails/submissions/{guardrail_id}", "/guardrails/ui/add_guardrail_settings",
        "/guardrails/ui/provider_specific_params", "/guardrails/ui/major_airlines",
        "/guardrails/ui/category_yaml/{category_name}", "/guardrails/usage/overview",
        "/guardrails/usage/detail/{guardrail_id}", "/guardrails/usage/logs", "/policy/templates",
        *_days("agent"), "/guardrails/{guardrail_id}:GET",
        "/moneta/status", "/moneta/customers", "/moneta/wallets", "/moneta/dead_letters",
        "/policy/list", "/policy/info/{policy_name}", "/policy/test", "/policy/validate", "/policies/resolve",
        "/policies/usage/overview", "/policies/list", "/policies/attachments/list", "/policies/{policy_id}:GET",
        "/policies/attachments/estimate-impact", "/policies/attachments/{attachment_id}:GET", "/policies/compare",
        "/policies/name/{policy_name}/versions:GET", "/policies/{policy_id}/resolved-guardrails",
        "/guardrails/{guardrail_id}/info", "/cache/ping", "/cache/redis/info", "/cache/settings:GET",
        "/health/backlog", "/health/readiness/details", "/health/license", "/health/shared-status",
        "/health/history", "/health/latest", "/credentials/{credential_name}/jwks",
        "/credentials/migrate-encryption/check",
        "/budget/list", "/budget/settings", "/budget/info", "/customer/info", "/customer/list",
        *_days("customer"), "/audit", "/audit/{id}", "/user/available_users", "/tag/info", "/tag/distinct", "/tag/dau",
        "/tag/wau", "/tag/mau", "/tag/summary", "/tag/user-agent/per-user-analytics", "/model-insights",
        "/model-insights/tasks", "/credentials:GET",
        "/credentials/by_name/{credential_name}", "/credentials/by_model/{model_id}", "/access_group/list",
        "/access_group/{access_group}/info", "/v1/access_group:GET", "/v1/access_group/{access_group_id}:GET",
        "/v1/unified_access_group:GET", "/v1/unified_access_group/{access_group_id}:GET", "/global/spend",
        "/global/spend/keys", "/global/spend/teams", "/global/spend/models", "/global/spend/end_users",
        "/global/spend/tags", "/global/spend/logs", "/global/spend/report", "/global/spend/provider",
        "/search_tools/list", "/search_tools/{search_tool_id}:GET", "/search_tools/ui/available_providers",
        "/global/spend/all_tag_names", "/global/activity", "/global/activity/model", "/provider/budgets",
        "/spend/capture_rate", "/config/field/info", "/config/list", "/get/config/callbacks",
        "/config/cost_discount_config:GET", "/config/cost_margin_config:GET",
        "/config/block_requests_for_models_without_pricing:GET", "/get/internal_user_settings",
        "/get/default_team_settings", "/get/mcp_semantic_filter_settings", "/get/mcp_tool_search_settings",
        "/get/websearch_interception_settings", "/team/permissions_bulk_list", "/metrics", "/active/callbacks",
    ),
    Access.ADMIN: (
        "/search_tools", "/search_tools/{search_tool_id}", "/search_tools/test_connection",
        "/moneta/replay",
        "/v1/agents:POST", "/v1/agents/{agent_id}", "/v1/agents/make_public", "/v1/agents/{agent_id}/make_public",
        "/v1/a2a/discover",
        "/policies", "/policies/{policy_id}", "/policies/{policy_id}/status", "/policies/attachments",
        "/policies/attachments/{attachment_id}", "/policies/name/{policy_name}/versions", "/policies/test-pipeline",
        "/policy/templates/test",
        "/policies/name/{policy_name}/all-versions",
        "/guardrails", "/guardrails/{guardrail_id}", "/guardrails/submissions/{guardrail_id}/approve",
        "/guardrails/submissions/{guardrail_id}/reject", "/guardrails/validate_blocked_words_file",
        "/guardrails/test_custom_code", "/utils/test_policies_and_guardrails", "/cache/delete", "/cache/flushall",
        "/cache/settings:POST", "/cache/settings/test", "/health/services",
        "/credentials/migrate-encryption",
        "/config/update", "/reload/config", "/reload/model_cost_map", "/config/field/update", "/config/field/delete",
        "/config/callback/delete", "/add/allowed_ip", "/delete/allowed_ip", "/config/cost_discount_config:PATCH",
        "/config/cost_margin_config:PATCH", "/config/block_requests_for_models_without_pricing:PATCH",
        "/get/allowed_ips", "/get/sso_settings", *(f"/update/{page}" for page in (*_PAGES, "sso_settings")),
        "/jwt/key/mapping/new", "/jwt/key/mapping/update", "/jwt/key/mapping/delete", "/jwt/key/mapping/list",
        "/jwt/key/mapping/info",
        "/user/update", "/user/delete", "/user/bulk_update", "/organization/new", "/budget/new", "/budget/update",
        "/budget/delete", "/customer/new", "/customer/update", "/customer/delete", "/customer/block",
        "/customer/unblock", "/tag/new", "/tag/update", "/tag/delete", "/credentials:POST",
        "/credentials/{credential_name}", "/model/new", "/model/update", "/model/delete", "/model/{model_id}/update",
        "/model/block", "/model/unblock", "/access_group/new", "/access_group/{access_group}/update",
        "/access_group/{access_group}/delete", "/v1/access_group:POST", "/v1/access_group/{access_group_id}:PUT",
        "/v1/access_group/{access_group_id}:DELETE", "/v1/unified_access_group:POST",
        "/v1/unified_access_group/{access_group_id}:PUT", "/v1/unified_access_group/{access_group_id}:DELETE",
        "/invitation/update", "/health/test_connection", "/model_group/make_public",
        "/team/permissions_bulk_update", "/config/pass_through_endpoint", "/config/pass_through_endpoint/{endpoint_id}",
        "/config/pass_through_endpoint/team/{team_id}",
    ),
    Access.MASTER: ("/global/spend/reset",),
}  # fmt: skip

_RULES: Mapping[str, Access] = {path: access for access, paths in _TABLE.items() for path in paths}
_KNOWN = frozenset(path.partition(":")[0] for path in _RULES)
_PARAMETER = re.compile(r"\{(\w+):path\}")
_PREFIXES = ("/v1", "/v1beta", "/openai/v1", "/engines/{model}", "/openai/deployments/{model}", "/openai")
_SYNONYMS = (("/end_user/", "/customer/"),)

LLM_GROUPS = frozenset(
    {"llm_api_routes", "openai_routes", "anthropic_routes", "google_routes", "mapped_pass_through_routes"}
)
"""Names of all LLM routes in a key's `allowed_routes`."""
INFO_GROUPS: Mapping[str, frozenset[Access]] = {
    "public_routes": frozenset({Access.PUBLIC}),
    "info_routes": frozenset({Access.INFO}),
    "spend_tracking_routes": frozenset({Access.SPEND}),
    "global_spend_tracking_routes": frozenset({Access.VIEW}),
    "key_management_routes": frozenset({Access.KEYS}),
    "management_routes": frozenset(
        {
            Access.INFO,
            Access.KEYS,
            Access.SELF_MANAGED,
            Access.ORGANIZATION,
            Access.PEOPLE,
            Access.VIEW,
            Access.ADMIN,
        }
    ),
}


@lru_cache(maxsize=2048)
def access_of(route: str, method: str = "POST") -> Access | None:
    """The group of a route, which is named by its template, as in `/key/{key}/regenerate`; None for an unknown one."""
    route = plain(route)
    for name in (f"{route}:{method}", route):
        if name in _RULES:
            return _RULES[name]
    return None


def plain(route: str) -> str:
    """A route's template in the spelling of the table."""
    route = _PARAMETER.sub(r"{\1}", route)
    route = route.rstrip("/") or route
    if route in _KNOWN:
        return route
    for theirs, ours in _SYNONYMS:
        if route.startswith(theirs):
            return ours + route[len(theirs) :]
    for prefix in _PREFIXES:
        rest = route.removeprefix(prefix)
        if rest != route and (rest in _RULES or f"{rest}:GET" in _RULES):
            return rest
    return route


def listed() -> frozenset[str]:
    """Every route in the table, without the method."""
    return _KNOWN
