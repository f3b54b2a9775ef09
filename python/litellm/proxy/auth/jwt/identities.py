"""The rows that a token's holder stands for, remembered until one of them changes."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from litellm.proxy._types import UserAPIKeyAuth
from litellm.proxy.auth.identity import principal
from litellm.proxy.auth.identity_cache import IdentityCache
from litellm.proxy.auth.identity_repository import keyless, rows_behind
from litellm.proxy.db.database import Database
from litellm.proxy.db.repositories import (
    JwtKeyMappingRepository,
    OrganizationRepository,
    TeamRepository,
    UserRepository,
)
from litellm.proxy.db.repository import Row


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom a token names: a user by id or address, a team and an organisation by id or alias."""

    user_id: str | None = None
    user_email: str | None = None
    team: str | None = None
    team_alias: str | None = None
    organization: str | None = None
    organization_alias: str | None = None

    @property
    def name(self) -> str:
        """As one text."""
        return json.dumps(
            [self.user_id, self.user_email, self.team, self.team_alias, self.organization, self.organization_alias]
        )


@dataclass(frozen=True, slots=True)
class Known:
    """Who that is here."""

    auth: UserAPIKeyAuth
    user_known: bool
    team_known: bool


class Identities:
    """Looks up whom tokens name."""

    def __init__(self, database: Database, ttl_s: float, mapping_ttl_s: float) -> None:
        self._database = database
        self._known: IdentityCache[Known] = IdentityCache("jwt", self._load, ttl_s)
        self._mapped: IdentityCache[str] = IdentityCache("jwt_mapping", self._load_mapping, mapping_ttl_s)
        for cache in (self._known, self._mapped):
            database.events.subscribe(cache.changed)

    def close(self) -> None:
        """Follow changes no more; nothing may be asked afterwards."""
        for cache in (self._known, self._mapped):
            self._database.events.unsubscribe(cache.changed)

    async def get(self, asked: Asked) -> Known:
        """Who that is. Raises what the database raises."""
        found = await self._known.get(asked.name)
        return found or Known(UserAPIKeyAuth(), user_known=False, team_known=False)

    async def mapped_key(self, claim: str, value: str, issuer: str) -> str | None:
        """The SHA-256 of the virtual key that a claim's value is mapped to."""
        return await self._mapped.get(json.dumps([issuer, claim, value]))

    async def _load(self, name: str) -> tuple[Known, set[str]]:
        asked = Asked(*json.loads(name))
        async with self._database.read() as connection:
            user = await _user(connection, asked)
            team = await _named(TeamRepository(connection), "team_alias", asked.team, asked.team_alias)
            organizations = OrganizationRepository(connection)
            organization = await _named(
                organizations, "organization_alias", asked.organization, asked.organization_alias
            )
            key = keyless(
                user_id=user["user_id"] if user else asked.user_id,
                team_id=team["team_id"] if team else None,
                organization_id=organization["organization_id"] if organization else None,
            )
            rows = await rows_behind(connection, key)
        topics = rows.topics() | {f"user:{asked.user_id}", f"team:{asked.team}", f"organization:{asked.organization}"}
        topics |= {f"{kind}s" for kind, row in (("user", user), ("team", team)) if row is None}
        return Known(principal(rows), user is not None, team is not None), topics

    async def _load_mapping(self, name: str) -> tuple[str, set[str]] | None:
        issuer, claim, value = json.loads(name)
        async with self._database.read() as connection:
            found = await JwtKeyMappingRepository(connection).active(claim, value, issuer)
        return (found["token"], {"jwt_mappings", f"key:{found['token']}"}) if found else None


async def _user(connection: AsyncConnection, asked: Asked) -> Row | None:
    """By id, by the identity provider's id, by address."""
    users = UserRepository(connection)
    if asked.user_id:
        found = await users.get(asked.user_id) or await users.first(sso_user_id=asked.user_id)
        if found is not None:
            return found
    return await users.first(user_email=asked.user_email) if asked.user_email else None


async def _named(
    repository: TeamRepository | OrganizationRepository, column: str, key: str | None, alias: str | None
) -> Row | None:
    if key:
        return await repository.get(key)
    if not alias:
        return None
    found = await repository.find(repository.table.c[column] == alias)
    return found[0] if len(found) == 1 else None  # an alias that several have names none of them
