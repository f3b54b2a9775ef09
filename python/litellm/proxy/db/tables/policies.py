"""Policies of guardrails with their versions, where they are attached, and what they did by day."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Table, UniqueConstraint

from litellm.proxy.db.tables.columns import (
    count,
    document,
    flag,
    identifier,
    metadata,
    moment,
    name_key,
    stamps,
    text,
    texts,
    whole,
)

policies = Table(
    "LiteLLM_PolicyTable", metadata, identifier("policy_id"), text("policy_name", required=True),
    whole("version_number", 1), text("version_status", "production"), text("parent_version_id"),
    flag("is_latest", True), moment("published_at"), moment("production_at"), text("inherit"), text("description"),
    texts("guardrails_add"), texts("guardrails_remove"), document("condition", "{}", required=False),
    document("pipeline", None), *stamps(),
    UniqueConstraint(
        "policy_name", "version_number", name="LiteLLM_PolicyTable_policy_name_version_number_key"
    ),
    Index("LiteLLM_PolicyTable_policy_name_version_status_idx", "policy_name", "version_status"),
)  # fmt: skip

policy_attachments = Table(
    "LiteLLM_PolicyAttachmentTable", metadata, identifier("attachment_id"), text("policy_name", required=True),
    text("scope"), texts("teams"), texts("keys"), texts("models"), texts("tags"), whole("priority"),
    flag("is_default"), *stamps(),
)  # fmt: skip

policy_days = Table(
    "LiteLLM_DailyPolicyMetrics", metadata, name_key("policy_id"), name_key("date"),
    count("requests_evaluated"), count("passed_count"), count("blocked_count"), count("flagged_count"),
    Column("avg_score", Float), Column("avg_latency_ms", Float), *stamps(by=False),
    Index("LiteLLM_DailyPolicyMetrics_date_idx", "date"),
)  # fmt: skip
