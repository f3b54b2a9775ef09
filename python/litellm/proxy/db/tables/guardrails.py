"""Guardrails of the database, what guardrails did by day, what health checks found, and settings of the cache."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Table

from litellm.proxy.db.tables.columns import (
    count,
    document,
    identifier,
    metadata,
    moment,
    name_key,
    stamps,
    text,
    tokens,
)

guardrails = Table(
    "LiteLLM_GuardrailsTable", metadata, identifier("guardrail_id"),
    Column("guardrail_name", text("").type, nullable=False, unique=True), document("litellm_params"),
    document("guardrail_info", None), text("team_id"), *stamps(by=False), text("status", "active"),
    moment("submitted_at"), moment("reviewed_at"),
    Index("LiteLLM_GuardrailsTable_status_idx", "status"),
)  # fmt: skip

guardrail_days = Table(
    "LiteLLM_DailyGuardrailMetrics", metadata, name_key("guardrail_id"), name_key("date"),
    count("requests_evaluated"), count("passed_count"), count("blocked_count"), count("flagged_count"),
    Column("avg_score", Float), Column("avg_latency_ms", Float), *stamps(by=False),
    Index("LiteLLM_DailyGuardrailMetrics_date_idx", "date"),
)  # fmt: skip

guardrail_runs = Table(
    "litellm_rust_guardrail_runs", metadata, identifier("id"), text("guardrail_id", required=True), text("policy_id"),
    moment("started_at", required=True), text("action", required=True), Column("latency_ms", Float), text("call_id"),
    text("model"), text("reason"),
    Index("litellm_rust_guardrail_runs_guardrail_idx", "guardrail_id", "started_at"),
    Index("litellm_rust_guardrail_runs_policy_idx", "policy_id", "started_at"),
    Index("litellm_rust_guardrail_runs_time_idx", "started_at"),
)  # fmt: skip

health_checks = Table(
    "LiteLLM_HealthCheckTable", metadata, identifier("health_check_id"), text("model_name", required=True),
    text("model_id"), text("status", required=True), tokens("healthy_count"), tokens("unhealthy_count"),
    text("error_message"), Column("response_time_ms", Float), document("details", None), text("checked_by"),
    moment("checked_at", required=True, now=True), *stamps(by=False),
    Index("LiteLLM_HealthCheckTable_model_name_idx", "model_name"),
    Index("LiteLLM_HealthCheckTable_checked_at_idx", "checked_at"),
)  # fmt: skip

cache_settings = Table(
    "LiteLLM_CacheConfig", metadata, name_key("id"), document("cache_settings"), *stamps(by=False),
)  # fmt: skip
