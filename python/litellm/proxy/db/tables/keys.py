"""Virtual keys: live, deleted, and replaced ones that may still be in use for a while."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Table, Text, UniqueConstraint

from litellm.proxy.db.tables.columns import (
    AnyColumn,
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


def _of_a_key() -> list[AnyColumn]:
    """What live and deleted keys have in common."""
    return [
        text("key_name"), text("key_alias"), flag("soft_budget_cooldown"), spent(), spent("total_spend"),
        moment("expires"), texts("models"), document("aliases"), document("config"),
        document("router_settings", required=False), text("user_id"), text("team_id"), text("agent_id"),
        text("project_id"), document("permissions"), whole("max_parallel_requests"), document("metadata"),
        flag("blocked", None), limit("tpm_limit"), limit("rpm_limit"), limit("tpd_limit"), money("max_budget"),
        text("budget_duration"), moment("budget_reset_at"), texts("allowed_cache_controls"), texts("allowed_routes"),
        text("key_type"), texts("policies"), texts("access_group_ids"), document("model_spend"),
        document("model_max_budget"), document("budget_fallbacks"), text("budget_id"), text("organization_id"),
        text("object_permission_id"), *stamps(), moment("settings_updated_at"), moment("last_active"),
        whole("rotation_count", 0), flag("auto_rotate", None), text("rotation_interval"), moment("last_rotation_at"),
        moment("key_rotation_at"),
    ]  # fmt: skip


keys = Table(
    "LiteLLM_VerificationToken", metadata, name_key("token"), *_of_a_key(), document("budget_limits", None),
    Index("LiteLLM_VerificationToken_user_id_team_id_idx", "user_id", "team_id"),
    Index("LiteLLM_VerificationToken_team_id_idx", "team_id"),
    Index("LiteLLM_VerificationToken_budget_reset_at_expires_idx", "budget_reset_at", "expires"),
)  # fmt: skip

replaced_keys = Table(
    "LiteLLM_DeprecatedVerificationToken", metadata, identifier("id"), text("token", required=True),
    text("active_token_id", required=True), moment("revoke_at", required=True), moment("created_at", now=True),
    Index("LiteLLM_DeprecatedVerificationToken_token_key", "token", unique=True),
    Index("LiteLLM_DeprecatedVerificationToken_revoke_at_idx", "revoke_at"),
)  # fmt: skip


jwt_key_mappings = Table(
    "LiteLLM_JWTKeyMapping", metadata, identifier("id"), text("jwt_issuer", ""), text("jwt_claim_name", required=True),
    text("jwt_claim_value", required=True),
    Column("token", Text, ForeignKey(keys.c.token, ondelete="CASCADE", onupdate="CASCADE"), nullable=False),
    text("description"), flag("is_active", True), *stamps(),
    UniqueConstraint("jwt_issuer", "jwt_claim_name", "jwt_claim_value", name="LiteLLM_JWTKeyMapping_claim_key"),
)  # fmt: skip


def of_a_deletion() -> list[AnyColumn]:
    """Who deleted a row, and when."""
    return [
        moment("deleted_at", required=True, now=True), text("deleted_by"), text("deleted_by_api_key"),
        text("litellm_changed_by"),
    ]  # fmt: skip


deleted_keys = Table(
    "LiteLLM_DeletedVerificationToken", metadata, identifier("id"), text("token", required=True), *_of_a_key(),
    *of_a_deletion(),
    Index("LiteLLM_DeletedVerificationToken_token_idx", "token"),
    Index("LiteLLM_DeletedVerificationToken_deleted_at_idx", "deleted_at"),
)  # fmt: skip
