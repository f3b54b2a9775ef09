"""The repositories of the entities: one table each, and the few queries that are their own."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from litellm.proxy.db import tables
from litellm.proxy.db.repository import Repository, Row


class KeyRepository(Repository):
    """Virtual keys, known by their SHA-256."""

    table, key = tables.keys, "token"

    async def replaced_by(self, token: str) -> Row | None:
        """What is known of the key that took the place of this one: `active_token_id`, `revoke_at`."""
        replaced = tables.replaced_keys
        row = (await self.connection.execute(select(replaced).where(replaced.c.token == token))).mappings().first()
        return dict(row) if row else None

    async def replace(self, old: str, new: str, revoke_at: Any) -> None:
        """Note that `new` took the place of `old`, which still works until `revoke_at`."""
        replaced = tables.replaced_keys
        await self.connection.execute(delete(replaced).where(replaced.c.token == old))
        await self.connection.execute(
            update(replaced).where(replaced.c.active_token_id == old).values(active_token_id=new)
        )
        await self.connection.execute(replaced.insert().values(token=old, active_token_id=new, revoke_at=revoke_at))

    async def archive(self, rows: Collection[Row], by: Row) -> None:
        """Keep what deleted keys were; `by` says who deleted them."""
        names = {column.name for column in tables.deleted_keys.columns}
        kept = [{name: value for name, value in row.items() if name in names} | by for row in rows]
        if kept:
            await self.connection.execute(tables.deleted_keys.insert(), kept)


class UserRepository(Repository):
    """Internal users."""

    table, key = tables.users, "user_id"


class InvitationRepository(Repository):
    """Invitations of users to choose a password."""

    table, key = tables.invitations, "id"


class TeamRepository(Repository):
    """Teams."""

    table, key = tables.teams, "team_id"

    async def archive(self, rows: Collection[Row], by: Row) -> None:
        """Keep what deleted teams were; `by` says who deleted them."""
        names = {column.name for column in tables.deleted_teams.columns}
        kept = [{name: value for name, value in row.items() if name in names} | by for row in rows]
        if kept:
            await self.connection.execute(tables.deleted_teams.insert(), kept)


class TeamMemberRepository(Repository):
    """Who is in which team, what each spent there and may spend."""

    table, key = tables.team_memberships, "team_id"

    async def of(self, team_id: str, user_id: str) -> Row | None:
        """One membership, with its budget as `litellm_budget_table`."""
        row = await self.first(team_id=team_id, user_id=user_id)
        return row and await with_budget(self, row)

    async def set_budget(self, team_id: str, user_id: str, budget_id: str | None) -> None:
        """Give a membership a budget."""
        members = self.table
        where = (members.c.team_id == team_id, members.c.user_id == user_id)
        await self.connection.execute(update(members).where(*where).values(budget_id=budget_id))

    async def set_spend(self, team_id: str, user_id: str, usd: float) -> None:
        """Set what a member has spent in the team's current window."""
        members = self.table
        where = (members.c.team_id == team_id, members.c.user_id == user_id)
        await self.connection.execute(update(members).where(*where).values(spend=usd))

    async def leave(self, team_id: str, user_ids: Collection[str]) -> None:
        """End memberships."""
        members = self.table
        await self.connection.execute(
            delete(members).where(members.c.team_id == team_id, members.c.user_id.in_(user_ids))
        )

    async def of_users(self, user_ids: Collection[str]) -> list[Row]:
        """Every membership of these users."""
        return await self.find(self.table.c.user_id.in_(user_ids))


class OrganizationRepository(Repository):
    """Organisations."""

    table, key = tables.organizations, "organization_id"


class OrganizationMemberRepository(Repository):
    """Who is in which organisation, in which role."""

    table, key = tables.organization_memberships, "organization_id"

    async def change_member(self, organization_id: str, user_id: str, changes: Row) -> Row | None:
        """Change a membership; the row as it is then."""
        members = self.table
        where = (members.c.organization_id == organization_id, members.c.user_id == user_id)
        done = await self.connection.execute(update(members).where(*where).values(**changes).returning(members))
        row = done.mappings().first()
        return dict(row) if row else None

    async def leave(self, organization_id: str, user_ids: Collection[str]) -> None:
        """End memberships."""
        members = self.table
        where = (members.c.organization_id == organization_id, members.c.user_id.in_(user_ids))
        await self.connection.execute(delete(members).where(*where))


class EndUserRepository(Repository):
    """End users, which upstream also calls customers."""

    table, key = tables.end_users, "user_id"

    async def ensure(self, user_id: str) -> None:
        """Make the row if it is not there; spend may be making it at the same moment."""
        dialect = postgresql if self.connection.dialect.name == "postgresql" else sqlite
        row = dialect.insert(self.table).values(user_id=user_id, models=[])
        await self.connection.execute(row.on_conflict_do_nothing(index_elements=["user_id"]))


class BudgetRepository(Repository):
    """Budgets that entities share."""

    table, key = tables.budgets, "budget_id"

    async def users_of(self, budget_ids: Collection[str]) -> bool:
        """Whether an organisation, which cannot be without one, has one of these budgets."""
        owners = tables.organizations
        query = select(owners.c.organization_id).where(owners.c.budget_id.in_(budget_ids)).limit(1)
        return (await self.connection.execute(query)).first() is not None

    async def detach(self, budget_ids: Collection[str]) -> None:
        """Take budgets that are about to go from everything that has them."""
        for table in (tables.keys, tables.team_memberships, tables.organization_memberships, tables.end_users,
                      tables.tags):  # fmt: skip
            await self.connection.execute(update(table).where(table.c.budget_id.in_(budget_ids)).values(budget_id=None))


class TagRepository(Repository):
    """Tags."""

    table, key = tables.tags, "tag_name"


class AccessGroupRepository(Repository):
    """Access groups."""

    table, key = tables.access_groups, "access_group_id"


class ModelRepository(Repository):
    """Deployments that are kept in the database."""

    table, key = tables.models, "model_id"


class CredentialRepository(Repository):
    """Provider credentials."""

    table, key = tables.credentials, "credential_name"


class JwtKeyMappingRepository(Repository):
    """Which virtual key the holders of tokens with a certain claim use."""

    table, key = tables.jwt_key_mappings, "id"

    async def active(self, claim: str, value: str, issuer: str) -> Row | None:
        """The mapping that holds for a claim's value, that of its issuer before one for any."""
        columns = self.table.c
        found = await self.find(
            columns.jwt_claim_name == claim, columns.jwt_claim_value == value, columns.is_active.is_(True),
            columns.jwt_issuer.in_((issuer, "")),
        )  # fmt: skip
        return max(found, key=lambda row: row["jwt_issuer"] or "", default=None)


class SettingsRepository(Repository):
    """Settings that stand in the place of the config file's, by section."""

    table, key = tables.settings, "param_name"

    async def sections(self) -> dict[str, dict[str, Any]]:
        """Every section."""
        rows = await self.find()
        return {row["param_name"]: row["param_value"] for row in rows if isinstance(row["param_value"], dict)}

    async def section(self, name: str) -> dict[str, Any]:
        """One section; empty when there is none. Nobody else changes it until the end of the transaction."""
        row = await self.get(name, lock=True)
        return dict((row or {}).get("param_value") or {})

    async def store(self, name: str, values: dict[str, Any]) -> None:
        """Keep a section."""
        if await self.change(name, {"param_value": values}) is None:
            await self.add({"param_name": name, "param_value": values})


class PageRepository(Repository):
    """One row that holds a page of settings."""

    key, row, column = "id", "", ""

    async def values(self) -> dict[str, Any]:
        """The page."""
        row = await self.get(self.row)
        return dict((row or {}).get(self.column) or {})

    async def store(self, values: dict[str, Any]) -> None:
        """Keep the page."""
        if await self.change(self.row, {self.column: values}) is None:
            await self.add({"id": self.row, self.column: values})


class SsoRepository(PageRepository):
    """Settings of signing in."""

    table, row, column = tables.sso_settings, "sso_config", "sso_settings"


class UiRepository(PageRepository):
    """Settings of the UI."""

    table, row, column = tables.ui_settings, "ui_settings", "ui_settings"


class CacheSettingsRepository(PageRepository):
    """Settings of the cache."""

    table, row, column = tables.cache_settings, "cache_config", "cache_settings"


class GuardrailRepository(Repository):
    """Guardrails that are kept in the database."""

    table, key = tables.guardrails, "guardrail_id"

    async def has_active(self, name: str) -> bool:
        """Whether a guardrail of that name is to be run."""
        return await self.first(guardrail_name=name, status="active") is not None


class AgentRepository(Repository):
    """Agents that are kept in the database."""

    table, key = tables.agents, "agent_id"


class ObjectPermissionRepository(Repository):
    """What keys and teams may use beside models."""

    table, key = tables.object_permissions, "object_permission_id"


class PolicyRepository(Repository):
    """Versions of policies."""

    table, key = tables.policies, "policy_id"

    async def in_force(self) -> list[Row]:
        """The versions that are in production."""
        return await self.find(self.table.c.version_status == "production")

    async def versions(self, policy_name: str) -> list[Row]:
        """A policy's versions, the newest first."""
        rows = await self.find(self.table.c.policy_name == policy_name)
        return sorted(rows, key=lambda row: row["version_number"], reverse=True)


class PolicyAttachmentRepository(Repository):
    """Where policies are attached."""

    table, key = tables.policy_attachments, "attachment_id"


class SearchToolRepository(Repository):
    """Search tools that are kept in the database."""

    table, key = tables.search_tools, "search_tool_id"


class HealthCheckRepository(Repository):
    """What health checks found, deployment by deployment."""

    table, key = tables.health_checks, "health_check_id"


class AuditRepository(Repository):
    """Who changed what."""

    table, key = tables.audit_log, "id"


async def with_budget(repository: Repository, row: Row) -> Row:
    """The row with its budget's row as `litellm_budget_table`."""
    budget_id = row.get("budget_id")
    budget = await BudgetRepository(repository.connection).get(budget_id) if budget_id else None
    return row | {"litellm_budget_table": budget}
