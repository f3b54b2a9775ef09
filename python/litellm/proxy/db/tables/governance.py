"""What is shared out and looked after: budgets, tags, access groups, models, credentials, settings, the audit log."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Table

from litellm.proxy.db.tables.columns import (
    document,
    flag,
    identifier,
    limit,
    metadata,
    moment,
    money,
    name_key,
    spent,
    stamps,
    text,
    texts,
    whole,
)

budgets = Table(
    "LiteLLM_BudgetTable", metadata, identifier("budget_id"), money("max_budget"), money("soft_budget"),
    whole("max_parallel_requests"), limit("tpm_limit"), limit("rpm_limit"), limit("tpd_limit"),
    document("model_max_budget", None), text("budget_duration"), moment("budget_reset_at"), texts("allowed_models"),
    money("temp_budget_increase"), moment("temp_budget_expiry"), *stamps(),
)  # fmt: skip

tags = Table(
    "LiteLLM_TagTable", metadata, name_key("tag_name"), text("description"), texts("models"),
    document("model_info", None), spent(), text("budget_id"), moment("created_at", now=True), text("created_by"),
    moment("updated_at", now=True),
)  # fmt: skip

access_groups = Table(
    "LiteLLM_AccessGroupTable", metadata, identifier("access_group_id"),
    Column("access_group_name", text("").type, nullable=False, unique=True), text("description"),
    texts("access_model_names"), texts("access_mcp_server_ids"), texts("access_agent_ids"),
    texts("assigned_team_ids"), texts("assigned_key_ids"), *stamps(),
)  # fmt: skip

models = Table(
    "LiteLLM_ProxyModelTable", metadata, identifier("model_id"), text("model_name", required=True),
    document("litellm_params", "{}"), document("model_info", None), flag("blocked"), *stamps(),
)  # fmt: skip

credentials = Table(
    "LiteLLM_CredentialsTable", metadata, identifier("credential_id"),
    Column("credential_name", text("").type, nullable=False, unique=True), text("display_name"),
    document("credential_values"), document("credential_info", None), *stamps(),
)  # fmt: skip

settings = Table(
    "LiteLLM_Config", metadata, name_key("param_name"), document("param_value", None), moment("last_run_at"),
    Column("reload_revision", BigInteger, nullable=False, server_default="0"),
)  # fmt: skip

sso_settings = Table(
    "LiteLLM_SSOConfig", metadata, name_key("id"), document("sso_settings"), *stamps(by=False),
)  # fmt: skip

ui_settings = Table(
    "LiteLLM_UISettings", metadata, name_key("id"), document("ui_settings"), *stamps(by=False),
)  # fmt: skip

audit_log = Table(
    "LiteLLM_AuditLog", metadata, identifier("id"), moment("updated_at", required=True, now=True),
    text("changed_by", ""), text("changed_by_api_key", ""), text("action", required=True),
    text("table_name", required=True), text("object_id", required=True), document("before_value", None),
    document("updated_values", None),
    Index("LiteLLM_AuditLog_updated_at_idx", "updated_at"),
)  # fmt: skip
