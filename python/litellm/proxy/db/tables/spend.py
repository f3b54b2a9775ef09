"""What was spent: a row a request, sums by day, windows of budgets that a key or a team has several of."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import BigInteger, Column, Index, Table, UniqueConstraint

from litellm.proxy.db.tables.columns import (
    AnyColumn,
    blank,
    count,
    document,
    identifier,
    metadata,
    moment,
    name_key,
    spent,
    text,
    tokens,
    whole,
)

spend_logs = Table(
    "LiteLLM_SpendLogs", metadata, name_key("request_id"), text("call_type", required=True), text("api_key", ""),
    spent(), tokens("total_tokens"), tokens("prompt_tokens"), tokens("completion_tokens"),
    moment("startTime", required=True), moment("endTime", required=True), whole("request_duration_ms"),
    moment("completionStartTime"), text("model", ""), blank("model_id"), blank("model_group"),
    blank("custom_llm_provider"), blank("api_base"), blank("user"), document("metadata", required=False),
    blank("cache_hit"), blank("cache_key"), document("request_tags", "[]", required=False), text("team_id"),
    text("organization_id"), text("end_user"), text("requester_ip_address"), document("messages", required=False),
    document("response", required=False), text("session_id"), text("status"), text("mcp_namespaced_tool_name"),
    text("billing_agent_id"), text("agent_id"), document("proxy_server_request", required=False),
    text("litellm_call_id"), moment("created_at", now=True), moment("updated_at", now=True),
    Index("LiteLLM_SpendLogs_startTime_idx", "startTime"),
    Index("LiteLLM_SpendLogs_startTime_request_id_idx", "startTime", "request_id"),
    Index("LiteLLM_SpendLogs_end_user_idx", "end_user"),
    Index("LiteLLM_SpendLogs_session_id_idx", "session_id"),
    Index("LiteLLM_SpendLogs_litellm_call_id_idx", "litellm_call_id"),
    Index("LiteLLM_SpendLogs_api_key_startTime_idx", "api_key", "startTime"),
)  # fmt: skip

DAILY_SUMS = (
    "prompt_tokens", "completion_tokens", "cache_read_input_tokens", "cache_creation_input_tokens", "spend",
    "api_requests", "successful_requests", "failed_requests", "total_response_time_ms", "timed_requests",
)  # fmt: skip
"""The columns that a day's rows add up."""
DAILY_KEYS = ("date", "api_key", "model", "custom_llm_provider", "mcp_namespaced_tool_name", "endpoint")
"""With the entity's own column: what a day's rows are told apart by."""


def _daily(table: str, entity: str, *more: AnyColumn) -> Table:
    savings = (
        "compression_savings",
        "prompt_caching_savings",
        "gateway_injected_caching_savings",
        "autorouter_savings",
    )
    return Table(
        table, metadata, identifier("id"), text(entity), text("date", required=True), text("api_key", required=True),
        text("model"), text("model_group"), text("custom_llm_provider"), text("mcp_namespaced_tool_name"),
        text("endpoint"), *(count(name) for name in DAILY_SUMS if name != "spend"), spent(),
        count("compression_saved_tokens"), *(spent(f"{name}_spend") for name in savings), *more,
        moment("created_at", now=True), moment("updated_at", required=True, now=True),
        UniqueConstraint(entity, *DAILY_KEYS, name=f"{table}_day_key"),
        Index(f"{table}_date_idx", "date"), Index(f"{table}_{entity}_date_idx", entity, "date"),
    )  # fmt: skip


DAILY: Mapping[str, Table] = {
    "user_id": _daily("LiteLLM_DailyUserSpend", "user_id"),
    "team_id": _daily("LiteLLM_DailyTeamSpend", "team_id", spent("ptu_flat_cost")),
    "organization_id": _daily("LiteLLM_DailyOrganizationSpend", "organization_id"),
    "end_user_id": _daily("LiteLLM_DailyEndUserSpend", "end_user_id"),
    "agent_id": _daily("LiteLLM_DailyAgentSpend", "agent_id"),
    "tag": _daily("LiteLLM_DailyTagSpend", "tag", text("request_id")),
}
"""Each entity's column → its table of days."""

budget_windows = Table(
    "LiteLLM_BudgetWindowSpend", metadata, name_key("entity_type"), name_key("entity_id"),
    name_key("window_duration"), moment("window_start", required=True), spent(), moment("created_at", now=True),
    moment("updated_at", required=True, now=True),
)  # fmt: skip

holds = Table(
    "litellm_rust_budget_holds", metadata, name_key("account"), name_key("owner"),
    Column("pico", BigInteger, nullable=False), Index("litellm_rust_budget_holds_owner_idx", "owner"),
)  # fmt: skip
"""What each running gateway process has set aside of a budget, in pico-dollars: its alone to give out."""

processes = Table("litellm_rust_processes", metadata, name_key("owner"), moment("seen_at", required=True))
"""Gateway processes; the holds of one that was not seen for a while count for nothing."""

events = Table(
    "litellm_rust_events", metadata, Column("id", BigInteger().with_variant(whole("x").type, "sqlite"),
    primary_key=True, autoincrement=True), text("topic", required=True),
)  # fmt: skip
"""What other processes must know, where the database cannot tell them itself (SQLite)."""

batches = Table(
    "litellm_rust_batches", metadata, name_key("request_id"), text("batch_id", required=True),
    text("provider", required=True), text("model", ""), document("who"), moment("created_at", required=True),
    moment("looked_at", required=True), Index("litellm_rust_batches_looked_at_idx", "looked_at"),
)  # fmt: skip
"""Batches that a provider works on, and whom each is counted for; `request_id` is what its spend is logged under."""
