"""The tables, with upstream's names and columns, so that an existing LiteLLM database opens as it is."""

from litellm.proxy.db.tables.agents import agents, object_permissions
from litellm.proxy.db.tables.columns import metadata
from litellm.proxy.db.tables.governance import (
    access_groups,
    audit_log,
    budgets,
    credentials,
    models,
    settings,
    sso_settings,
    tags,
    ui_settings,
)
from litellm.proxy.db.tables.guardrails import cache_settings, guardrail_days, guardrail_runs, guardrails, health_checks
from litellm.proxy.db.tables.keys import deleted_keys, jwt_key_mappings, keys, replaced_keys
from litellm.proxy.db.tables.people import (
    deleted_teams,
    end_users,
    invitations,
    organization_memberships,
    organizations,
    team_memberships,
    team_model_aliases,
    teams,
    users,
)
from litellm.proxy.db.tables.policies import policies, policy_attachments, policy_days
from litellm.proxy.db.tables.spend import (
    DAILY,
    DAILY_KEYS,
    DAILY_SUMS,
    batches,
    budget_windows,
    events,
    holds,
    processes,
    spend_logs,
)
from litellm.proxy.db.tables.tools import search_tools

__all__ = [
    "DAILY", "DAILY_KEYS", "DAILY_SUMS", "access_groups", "agents", "audit_log", "batches", "budget_windows", "budgets",
    "cache_settings", "credentials", "deleted_keys", "deleted_teams", "end_users", "events", "guardrail_days",
    "guardrail_runs", "guardrails", "health_checks", "holds", "invitations", "jwt_key_mappings", "keys", "metadata",
    "models", "object_permissions", "organization_memberships", "organizations", "policies", "policy_attachments",
    "policy_days", "processes", "replaced_keys", "search_tools", "settings", "spend_logs",
    "sso_settings", "tags", "team_memberships", "team_model_aliases", "teams", "ui_settings", "users",
]  # fmt: skip
