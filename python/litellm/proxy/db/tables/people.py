"""Who uses the gateway: users, teams, organisations, their members, end users."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table

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
from litellm.proxy.db.tables.keys import of_a_deletion


def _limits(*, daily: bool = True) -> list[AnyColumn]:
    found = [whole("max_parallel_requests"), limit("tpm_limit"), limit("rpm_limit")]
    return [*found, limit("tpd_limit")] if daily else found


users = Table(
    "LiteLLM_UserTable", metadata, name_key("user_id"), text("user_alias"), text("team_id"),
    Column("sso_user_id", text("").type, unique=True), text("organization_id"), text("object_permission_id"),
    text("password"), flag("password_reset_required", None), moment("last_breach_check_at"), texts("teams"),
    text("user_role"), money("max_budget"), spent(), text("user_email"), texts("models"), document("metadata"),
    *_limits(daily=False), text("budget_duration"), moment("budget_reset_at"), texts("allowed_cache_controls"),
    texts("policies"), document("model_spend"), document("model_max_budget"), *stamps(by=False),
)  # fmt: skip


def _of_a_team() -> list[AnyColumn]:
    """What live and deleted teams have in common."""
    return [
        text("team_alias"), text("organization_id"), text("object_permission_id"), texts("admins"), texts("members"),
        document("members_with_roles"), document("metadata"), money("max_budget"), money("soft_budget"), spent(),
        texts("models"), *_limits(), text("budget_duration"), moment("budget_reset_at"), flag("blocked"),
        *stamps(by=False), document("model_spend"), document("model_max_budget"),
        document("router_settings", required=False), texts("team_member_permissions"), texts("access_group_ids"),
        texts("policies"), whole("model_id"), flag("allow_team_guardrail_config"),
    ]  # fmt: skip


teams = Table(
    "LiteLLM_TeamTable", metadata, identifier("team_id"), *_of_a_team(), texts("default_team_member_models"),
    document("budget_limits", None),
    Index("LiteLLM_TeamTable_organization_id_idx", "organization_id"),
    Index("LiteLLM_TeamTable_team_alias_idx", "team_alias"),
    Index("LiteLLM_TeamTable_created_at_idx", "created_at"),
)  # fmt: skip

invitations = Table(
    "LiteLLM_InvitationLink", metadata, identifier("id"), text("user_id", required=True), flag("is_accepted"),
    moment("accepted_at"), moment("expires_at", required=True), moment("created_at", required=True, now=True),
    text("created_by", required=True), moment("updated_at", required=True, now=True),
    text("updated_by", required=True),
)  # fmt: skip

deleted_teams = Table(
    "LiteLLM_DeletedTeamTable", metadata, identifier("id"), text("team_id", required=True), *_of_a_team(),
    *of_a_deletion(),
    Index("LiteLLM_DeletedTeamTable_team_id_idx", "team_id"),
    Index("LiteLLM_DeletedTeamTable_deleted_at_idx", "deleted_at"),
)  # fmt: skip

team_model_aliases = Table(
    "LiteLLM_ModelTable", metadata, Column("id", Integer, primary_key=True, autoincrement=True),
    document("aliases", None), *stamps(),
)  # fmt: skip

team_memberships = Table(
    "LiteLLM_TeamMembership", metadata, name_key("user_id"), name_key("team_id"), spent(), spent("total_spend"),
    text("budget_id"),
)  # fmt: skip

organizations = Table(
    "LiteLLM_OrganizationTable", metadata, identifier("organization_id"), text("organization_alias", required=True),
    text("budget_id", required=True), document("metadata"), texts("models"), spent(), document("model_spend"),
    text("object_permission_id"), *stamps(),
)  # fmt: skip

organization_memberships = Table(
    "LiteLLM_OrganizationMembership", metadata, name_key("user_id"), name_key("organization_id"), text("user_role"),
    spent(), text("budget_id"), *stamps(by=False),
)  # fmt: skip

end_users = Table(
    "LiteLLM_EndUserTable", metadata, name_key("user_id"), text("alias"), spent(), text("allowed_model_region"),
    text("default_model"), texts("models"), text("budget_id"), text("object_permission_id"), flag("blocked"),
)  # fmt: skip
