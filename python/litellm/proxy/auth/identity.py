"""From the rows behind a key to what the request path asks: role, models, budgets, limits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from litellm.proxy._types import LitellmUserRoles, UserAPIKeyAuth
from litellm.proxy.agents.agent import GROUP
from litellm.proxy.auth.identity_repository import IdentityRows, owners_of, permissions_of
from litellm.proxy.db.repository import Row
from litellm.proxy.object_access import allowed_lists, blocked_in
from litellm.proxy.spend_tracking.accounts import Account, account, joined, window_account
from litellm.proxy.spend_tracking.rate_limits import RateLimit, limits_of, model_limits_of

ALL_TEAM_MODELS = "all-team-models"
NO_DEFAULT_MODELS = "no-default-models"


def principal(rows: IdentityRows, *, user_budget_on_team_keys: bool = False) -> UserAPIKeyAuth:
    """Who the key's holder is."""
    key, user, team = rows.key, rows.user or {}, rows.team or {}
    budget = key.get("litellm_budget_table") or {}
    limited = {name: _first(key.get(name), budget.get(name)) for name in _LIMITS}
    permissions = permissions_of(rows)
    organization_admin = {
        row["organization_id"] for row in rows.organization_roles if row["user_role"] == LitellmUserRoles.ORG_ADMIN
    }
    return UserAPIKeyAuth(
        token=key["token"],
        key_name=key["key_name"],
        key_alias=key["key_alias"],
        user_role=user.get("user_role") or (LitellmUserRoles.INTERNAL_USER.value if user else None),
        user_id=key["user_id"],
        user_email=user.get("user_email"),
        user_max_budget=user.get("max_budget"),
        team_id=key["team_id"],
        team_alias=team.get("team_alias"),
        team_metadata=dict(team.get("metadata") or {}),
        team_blocked=bool(team.get("blocked")),
        org_id=(rows.organization or {}).get("organization_id"),
        project_id=key.get("project_id"),
        models=list(key["models"] or ()),
        team_models=list(team.get("models") or ()),
        allowed_models=(*_allowed_models(rows), *allowed_lists(permissions, "models")),
        aliases=dict(key["aliases"] or {}),
        allowed_agents=tuple(_allowed_agents(rows)),
        allowed_vector_stores=allowed_lists(permissions, "vector_stores"),
        allowed_search_tools=allowed_lists(permissions, "search_tools"),
        blocked_tools=blocked_in(permissions),
        policies=(*(key["policies"] or ()), *(team.get("policies") or ())),
        allowed_routes=list(key["allowed_routes"] or ()),
        permissions=dict(key["permissions"] or {}),
        spend=float(key["spend"] or 0.0),
        blocked=bool(key["blocked"]),
        expires=key["expires"],
        metadata=dict(key["metadata"] or {}),
        admin_of_organizations=frozenset(organization_admin),
        teams=frozenset(user.get("teams") or ()),
        accounts=tuple(_accounts(rows, limited["max_budget"], user_budget_on_team_keys)),
        model_accounts=_model_accounts(rows),
        limits=tuple(_rate_limits(rows, limited)),
        model_limits=_model_limits(rows),
        **limited,
    )


_LIMITS = ("max_budget", "tpm_limit", "rpm_limit", "max_parallel_requests")


def _first(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)


def _allowed_models(rows: IdentityRows) -> Iterable[frozenset[str]]:
    """The lists that must each allow a model; an empty list allows all and is left out."""
    own, team = list(rows.key["models"] or ()), list((rows.team or {}).get("models") or ())
    grouped = [name for row in rows.access_groups for name in row["access_model_names"] or ()]
    if own and ALL_TEAM_MODELS not in own:
        yield frozenset([*own, *grouped])
    if team:
        yield frozenset([*team, *grouped])
    if rows.user and rows.user["models"] and not rows.team:
        yield frozenset(rows.user["models"])
    if rows.member and (rows.member["litellm_budget_table"] or {}).get("allowed_models"):
        yield frozenset(rows.member["litellm_budget_table"]["allowed_models"])
    if rows.organization and rows.organization["models"]:
        yield frozenset(rows.organization["models"])


def _allowed_agents(rows: IdentityRows) -> Iterable[frozenset[str]]:
    """The lists that must each allow an agent; one that names none is left out."""
    groups = {row["access_group_id"]: row["access_agent_ids"] or () for row in rows.access_groups}
    for owner in owners_of(rows):
        permission = rows.permissions.get(owner.get("object_permission_id") or "", {})
        found = {GROUP + name for name in permission.get("agent_access_groups") or ()}
        found |= {*(permission.get("agents") or ())}
        found |= {agent for name in owner.get("access_group_ids") or () for agent in groups.get(name, ())}
        if found:
            yield frozenset(found)


def _accounts(rows: IdentityRows, key_budget: float | None, user_on_team_keys: bool) -> Iterable[Account]:
    key, user, team, organization = rows.key, rows.user, rows.team, rows.organization
    own, key_row = key["metadata"] or {}, key.get("litellm_budget_table") or {}
    soft = _first(own.get("soft_budget"), key_row.get("soft_budget"))
    raised = own if own.get("temp_budget_increase") else key_row
    found = [account("key", key["token"], key_budget, soft_budget=soft, raise_of=raised)]
    if user is not None and (team is None or user_on_team_keys):
        found.append(account("user", user["user_id"], user["max_budget"]))
    if team is not None:
        found.append(account("team", team["team_id"], team["max_budget"], soft_budget=team["soft_budget"]))
    if organization is not None:
        found.append(_shared("organization", organization["organization_id"], organization))
    if team is not None and rows.member is not None:
        found.append(_shared("team_member", joined(team["team_id"], rows.member["user_id"]), rows.member))
    if rows.organization_member is not None:
        member = rows.organization_member
        name = joined(member["organization_id"], member["user_id"])
        found.append(_shared("organization_member", name, member))
    for kind, row, column in (("key", key, "token"), ("team", team, "team_id")):
        for entry in (row or {}).get("budget_limits") or ():
            if isinstance(entry, dict) and entry.get("budget_duration"):
                found.append(
                    window_account(kind, (row or {})[column], entry["budget_duration"], entry.get("max_budget"))
                )
    return (item for item in found if item is not None)


def _shared(kind: str, name: str, row: Row) -> Account | None:
    budget = row["litellm_budget_table"] or {}
    return account(kind, name, budget.get("max_budget"), soft_budget=budget.get("soft_budget"), raise_of=budget)


def _model_accounts(rows: IdentityRows) -> Mapping[str, tuple[Account, ...]]:
    """`model_max_budget` of the key, its user and its team: a model's name → a budget, or its parts."""
    found: dict[str, list[Account]] = {}
    owners = (("key", rows.key, "token"), ("user", rows.user, "user_id"), ("team", rows.team, "team_id"))
    for kind, row, column in owners:
        budgets: Any = (row or {}).get("model_max_budget")
        for model, given in budgets.items() if isinstance(budgets, dict) else ():
            parts = given if isinstance(given, dict) else {"budget_limit": given}
            limit = _first(parts.get("max_budget"), parts.get("budget_limit"))
            duration = parts.get("budget_duration") or parts.get("time_period") or "1mo"
            made = window_account(f"{kind}_model", f"{(row or {})[column]}|{model}", duration, limit)
            if made is not None:
                found.setdefault(model, []).append(made)
    return {model: tuple(accounts) for model, accounts in found.items()}


def _rate_limits(rows: IdentityRows, key_limits: Mapping[str, Any]) -> Iterable[RateLimit]:
    key = rows.key
    yield from limits_of("api_key", key["token"], key_limits)
    if rows.user is not None:
        yield from limits_of("user", rows.user["user_id"], rows.user)
    if rows.team is not None:
        yield from limits_of("team", rows.team["team_id"], rows.team)
        if rows.member is not None:
            member = f"{rows.team['team_id']}:{rows.member['user_id']}"
            yield from limits_of("team_member", member, rows.member["litellm_budget_table"])
    if rows.organization is not None:
        of = rows.organization["litellm_budget_table"]
        yield from limits_of("organization", rows.organization["organization_id"], of)
    if rows.organization_member is not None:
        member = f"{rows.organization_member['organization_id']}:{rows.organization_member['user_id']}"
        yield from limits_of("organization_member", member, rows.organization_member["litellm_budget_table"])


def _model_limits(rows: IdentityRows) -> Mapping[str, tuple[RateLimit, ...]]:
    found: dict[str, list[RateLimit]] = {}
    sources: list[tuple[str, Row | None, str]] = [
        ("model_per_key", rows.key, "token"), ("model_per_user", rows.user, "user_id"),
        ("model_per_team", rows.team, "team_id"), ("model_per_organization", rows.organization, "organization_id"),
    ]  # fmt: skip
    for descriptor, row, column in sources:
        if row is not None:
            for model, limits in model_limits_of(descriptor, row[column], row["metadata"] or {}).items():
                found.setdefault(model, []).extend(limits)
    return {model: tuple(limits) for model, limits in found.items()}
