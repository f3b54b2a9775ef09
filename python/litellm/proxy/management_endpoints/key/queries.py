"""What the key routes tell of keys."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, false, or_

from litellm.proxy.auth.route_access import sees_everything
from litellm.proxy.db.repositories import (
    AccessGroupRepository,
    KeyRepository,
    TeamRepository,
    UserRepository,
    with_budget,
)
from litellm.proxy.db.repository import Listing, Row
from litellm.proxy.db.tables import keys
from litellm.proxy.management_endpoints.common.context import (
    DASHBOARD,
    Context,
    bad_request,
    forbidden,
    not_found,
    plain,
)
from litellm.proxy.management_endpoints.common.listing import pages, sorting
from litellm.proxy.management_endpoints.common.permissions import with_permission
from litellm.proxy.management_endpoints.common.rights import manages_team, role_in
from litellm.proxy.management_endpoints.key.rights import may_see
from litellm.proxy.management_endpoints.key.service import token_of
from litellm.proxy.spend_tracking.budget_windows import utc_now

SORTABLE = frozenset({
    "spend", "max_budget", "created_at", "updated_at", "token", "key_alias", "user_id", "team_id", "expires",
    "last_active",
})  # fmt: skip

_NO_SESSION = or_(keys.c.created_by.is_(None), keys.c.created_by != DASHBOARD)


class KeyQueries:
    """Looks keys up for those who may see them."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def info(self, key: str | None) -> dict[str, Any]:
        """A key's row; without `key`, the asking key's own."""
        await self._context.flush()
        token = token_of(key or self._context.caller.token or "")
        async with self._context.read() as connection:
            repository = KeyRepository(connection)
            row = await repository.get(token)
            if row is None:
                raise not_found("key", "key")
            team = await TeamRepository(connection).get(row["team_id"]) if row["team_id"] else None
            if not may_see(self._context.caller, row, team):
                raise forbidden("this key is not yours to look at", "key")
            row = await with_permission(connection, await with_budget(repository, row))
        info = {name: value for name, value in plain(row).items() if name != "token"}
        return {"key": key if key and not key.startswith("sk-") else token, "info": info}

    async def page(self, filters: dict[str, Any]) -> dict[str, Any]:
        """One page of keys: their hashes, or their rows with `return_full_object`."""
        page, size = filters["page"], filters["size"]
        await self._context.flush()
        async with self._context.read() as connection:
            where = [_NO_SESSION, *self._status(filters), *await self._visible(connection, filters)]
            where += await self._chosen(connection, filters)
            names = ("user_id", "team_id", "organization_id", "key_alias", "project_id", "agent_id")
            equal = {name: filters.get(name) for name in names} | {"token": filters.get("key_hash")}
            like = {}
            if filters.get("substring_matching"):
                like = {name: equal.pop(name) for name in ("key_alias", "user_id")}
            if filters.get("include_team_keys"):
                equal.pop("user_id", None)
            order = sorting(filters.get("sort_by"), filters.get("sort_order"), SORTABLE)
            listing = Listing(page, size, equal=equal, like=like, where=where, **order)
            rows, total = await KeyRepository(connection).page(listing)
            users: dict[str, Row] = {}
            if filters.get("expand"):
                found = await UserRepository(connection).many({row["user_id"] for row in rows if row["user_id"]})
                users = {row["user_id"]: plain(row) for row in found}
        shown: list[Any] = [row["token"] for row in rows]
        if filters.get("expand"):
            shown = [plain(row) | {"user": users.get(row["user_id"] or "")} for row in rows]
        elif filters.get("return_full_object"):
            shown = [plain(row) for row in rows]
        return {"keys": shown, "total_count": total, "current_page": page, "total_pages": pages(total, size)}

    async def of_team(self, team_id: str, key_ids: list[str] | None) -> list[str]:
        """The hashes of a team's keys, of all or of those that are named. Raises ProxyException 404 for another's."""
        async with self._context.read() as connection:
            rows = await KeyRepository(connection).find(keys.c.team_id == team_id)
        tokens = {row["token"] for row in rows}
        asked = [token_of(key) for key in key_ids] if key_ids else sorted(tokens)
        if not set(asked) <= tokens:
            raise not_found("key in this team", "key_ids")
        return asked

    def _status(self, filters: dict[str, Any]) -> list[Any]:
        now, status = utc_now(), filters.get("status") or filters.get("expires")
        expired, blocked = and_(keys.c.expires.is_not(None), keys.c.expires <= now), keys.c.blocked.is_(True)
        known = {"active": [~blocked_or_null(), ~expired_or_null(now)], "expired": [expired], "revoked": [blocked]}
        if status and status not in known:
            raise bad_request("status: expected active, expired or revoked", "status")
        found: list[Any] = list(known.get(status or "", ()))
        if search := filters.get("search"):
            found.append(or_(keys.c.token == token_of(search), keys.c.key_alias.icontains(search, autoescape=True)))
        return found

    async def _chosen(self, connection: Any, filters: dict[str, Any]) -> list[Any]:
        """The keys of an access group; a user's with those of the teams that it manages."""
        found: list[Any] = []
        if group_id := filters.get("access_group_id"):
            group = await AccessGroupRepository(connection).get(group_id)
            found.append(keys.c.token.in_((group or {}).get("assigned_key_ids") or ()))
        if filters.get("include_team_keys") and (user_id := filters.get("user_id")):
            teams = await TeamRepository(connection).many(await self._teams_of(connection, user_id))
            managed = [team["team_id"] for team in teams if role_in(team, user_id) == "admin"]
            found.append(or_(keys.c.user_id == user_id, keys.c.team_id.in_(managed)))
        return found

    async def _visible(self, connection: Any, filters: dict[str, Any]) -> list[Any]:
        """What the caller may see: its own keys, and those of teams and organisations that it manages."""
        caller = self._context.caller
        if sees_everything(caller):
            return []
        allowed = [keys.c.token == (caller.token or "")]
        if caller.user_id:
            allowed.append(keys.c.user_id == caller.user_id)
            if filters.get("include_created_by_keys"):
                allowed.append(keys.c.created_by == caller.user_id)
            teams = await TeamRepository(connection).many(await self._teams_of(connection, caller.user_id))
            managed = [team["team_id"] for team in teams if manages_team(caller, team)]
            allowed.append(keys.c.team_id.in_(managed) if managed else false())
        if caller.admin_of_organizations:
            allowed.append(keys.c.organization_id.in_(caller.admin_of_organizations))
        return [or_(*allowed)]

    async def _teams_of(self, connection: Any, user_id: str) -> list[str]:
        user = await UserRepository(connection).get(user_id)
        return list((user or {}).get("teams") or ())

    async def aliases(self, page: int, size: int, search: str | None, team_id: str | None) -> dict[str, Any]:
        """The aliases of the keys that the caller may see."""
        async with self._context.read() as connection:
            where = [_NO_SESSION, keys.c.key_alias.is_not(None), *await self._visible(connection, {})]
            listing = Listing(page, size, "key_alias", False, equal={"team_id": team_id}, like={"key_alias": search},
                              where=where)  # fmt: skip
            rows, total = await KeyRepository(connection).page(listing)
        return {
            "aliases": [row["key_alias"] for row in rows], "total_count": total, "current_page": page,
            "total_pages": pages(total, size), "size": size,
        }  # fmt: skip


def blocked_or_null() -> Any:
    """Blocked, where null means that it is not."""
    return and_(keys.c.blocked.is_not(None), keys.c.blocked.is_(True))


def expired_or_null(now: Any) -> Any:
    """Expired, where null means never."""
    return and_(keys.c.expires.is_not(None), keys.c.expires <= now)
