"""What the key routes do."""

from __future__ import annotations

import re
import secrets
from typing import Any, Literal

from litellm.proxy._types import ProxyException
from litellm.proxy.auth.user_api_key_auth import hash_token
from litellm.proxy.db.database import Transaction
from litellm.proxy.db.repositories import BudgetRepository, KeyRepository, OrganizationRepository, TeamRepository
from litellm.proxy.db.repository import Row
from litellm.proxy.management_endpoints.common.context import Context, bad_request, not_found, plain
from litellm.proxy.management_endpoints.common.fields import columns_of, expiry
from litellm.proxy.management_endpoints.common.permissions import permission_columns
from litellm.proxy.management_endpoints.key.policy import (
    ALIAS,
    KeyPolicyRequest,
    apply_policy,
    ask_function,
    check_bounds,
    check_organization_admin,
    check_own_value,
)
from litellm.proxy.management_endpoints.key.rights import check_change, check_new
from litellm.proxy.management_endpoints.key.schemas import (
    GenerateKeyRequest,
    KeyFields,
    RegenerateKeyRequest,
    UpdateKeyRequest,
)
from litellm.proxy.spend_tracking.budget_windows import utc_now

TABLE = "LiteLLM_VerificationToken"
_COLUMNS: dict[str, Any] = {
    "models": [], "aliases": {}, "config": {}, "permissions": {}, "metadata": {}, "allowed_routes": [], "spend": 0.0,
    "router_settings": {}, "allowed_cache_controls": [], "access_group_ids": [], "policies": [],
    "model_max_budget": {}, "key_alias": None, "max_budget": None, "budget_duration": None, "user_id": None,
    "team_id": None, "organization_id": None, "project_id": None, "agent_id": None, "budget_id": None,
    "max_parallel_requests": None, "tpm_limit": None, "rpm_limit": None, "blocked": None, "auto_rotate": None,
    "rotation_interval": None, "key_type": None, "budget_limits": None,
}  # fmt: skip
"""What stands for null in each column that a request can set."""


class KeyService:
    """Makes, changes, replaces and ends keys."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def generate(self, request: GenerateKeyRequest) -> dict[str, Any]:
        """A new key. It is shown here and never again."""
        check_organization_admin(self._context)
        check_own_value(self._context, request.key)
        async with self._context.write() as transaction:
            return await self.add(transaction, request)

    async def add(
        self, transaction: Transaction, request: GenerateKeyRequest, *, allowed: bool = False
    ) -> dict[str, Any]:
        """A new key, as a part of a larger change; `allowed`: that the caller may make it has been checked."""
        context, keys = self._context, KeyRepository(transaction.connection)
        team = await _team(transaction, request.team_id, must_be=True)
        request = await apply_policy(context, request, team)
        key = request.key or f"sk-{secrets.token_urlsafe(24)}"
        row = _nothing() | columns_of(request, _COLUMNS)
        row |= {} if allowed else check_new(context.caller, request, team)
        row |= await permission_columns(transaction, request.object_permission)
        await self._check_references(transaction, request)
        await self._refuse_alias(keys, request.key_alias)
        token = hash_token(key)
        if await keys.get(token) is not None:
            raise bad_request("key: there is such a key already", "key")
        row |= {"token": token, "key_name": _shown(key), "created_by": context.actor, "updated_by": context.actor}
        await self._ask("generate", None, row, request)
        made = await keys.add(row)
        transaction.changed(f"key:{token}")
        await context.audit(transaction, "created", TABLE, token, None, made)
        return plain(made) | {"key": key, "token_id": token, "duration": request.duration}

    async def update(self, request: UpdateKeyRequest) -> dict[str, Any]:
        """Change what is given."""
        await self._context.flush()
        async with self._context.write() as transaction:
            changed = await self.change(transaction, token_of(request.key), request, "/key/update")
        return plain(changed) | {"key": request.key}

    async def change(self, transaction: Transaction, token: str, request: KeyFields, route: str) -> Row:
        """Change a key, as a part of a larger change; the row as it is then."""
        context, keys = self._context, KeyRepository(transaction.connection)
        before = await self._own(transaction, token, request, route)
        await ask_function(context, "custom_key_update", request)
        check_bounds(context, request)
        await self._check_references(transaction, request)
        if request.team_id and request.team_id != before["team_id"]:
            team = await _team(transaction, request.team_id, must_be=True)
            check_change(context.caller, before | {"user_id": before["user_id"]}, team, None, route)
        await self._refuse_alias(keys, request.key_alias, but=before["token"])
        changes = columns_of(request, _COLUMNS, before=before)
        changes |= {"updated_by": context.actor, "settings_updated_at": utc_now()}
        changes |= await permission_columns(transaction, request.object_permission, before)
        await self._ask("update", before, changes, request)
        after = await keys.change(before["token"], changes)
        transaction.changed(f"key:{before['token']}")
        await context.audit(transaction, "updated", TABLE, before["token"], before, after)
        return after or before

    async def block(self, key: str, *, blocked: bool) -> dict[str, Any]:
        """Stop a key, or let it go on."""
        route, token = "/key/block" if blocked else "/key/unblock", token_of(key)
        async with self._context.write() as transaction:
            before = await self._own(transaction, token, None, route)
            changes = {"blocked": blocked, "updated_by": self._context.actor}
            after = await KeyRepository(transaction.connection).change(before["token"], changes)
            transaction.changed(f"key:{before['token']}")
            await self._context.audit(transaction, "blocked", TABLE, before["token"], before, after)
        return plain(after or before)

    async def delete(self, keys: list[str], aliases: list[str]) -> dict[str, Any]:
        """Delete keys by themselves, their hashes or their aliases. All must exist."""
        await self._context.flush()
        async with self._context.write() as transaction:
            repository = KeyRepository(transaction.connection)
            tokens = [token_of(key) for key in keys]
            for alias in aliases:
                row = await repository.first(key_alias=alias)
                if row is None:
                    raise not_found("key", "key_aliases")
                tokens.append(row["token"])
            for token in tokens:
                await self._own(transaction, token, None, "/key/delete")
            await self.remove(transaction, tokens)
        return {"deleted_keys": keys or aliases}

    async def remove(self, transaction: Transaction, tokens: list[str]) -> None:
        """Delete keys, as a part of a larger change; what they were is kept."""
        keys = KeyRepository(transaction.connection)
        rows = await keys.remove(tokens)
        await keys.archive(rows, self._context.deletion())
        for row in rows:
            transaction.changed(f"key:{row['token']}")
            await self._context.audit(transaction, "deleted", TABLE, row["token"], row)

    async def regenerate(self, key: str, request: RegenerateKeyRequest) -> dict[str, Any]:
        """A new key in the place of an old one, with its spend and limits; calls under way settle on the new one."""
        check_own_value(self._context, request.new_key)
        old, new = token_of(key), request.new_key or f"sk-{secrets.token_urlsafe(24)}"
        token, until = hash_token(new), expiry(request.grace_period) or utc_now()
        await self._context.flush()
        async with self._context.write() as transaction:
            keys = KeyRepository(transaction.connection)
            before = await self._own(transaction, old, request, "/key/regenerate")
            if await keys.get(token) is not None:
                raise bad_request("new_key: there is such a key already", "new_key")
            changes = columns_of(request, _COLUMNS, before=before) | {
                "token": token, "key_name": _shown(new), "updated_by": self._context.actor,
                "rotation_count": (before["rotation_count"] or 0) + 1, "last_rotation_at": utc_now(),
            }  # fmt: skip
            check_bounds(self._context, request)
            await self._ask("regenerate", before, changes, request)
            after = await keys.change(old, changes)
            await keys.replace(old, token, until)
            transaction.changed(f"key:{old}", f"key:{token}")
            await self._context.audit(transaction, "rotated", TABLE, old, before, after)
        return plain(after or before) | {"key": new, "token": token, "token_id": token}

    async def reset_spend(self, key: str, reset_to: float) -> dict[str, Any]:
        """Set a key's spend, at most to what it is."""
        await self._context.flush()
        async with self._context.write() as transaction:
            before = await self._own(transaction, token_of(key), None, "/key/reset_spend")
            if reset_to > before["spend"]:
                raise bad_request(f"reset_to: more than what was spent, {before['spend']}", "reset_to")
            after = await KeyRepository(transaction.connection).change(before["token"], {"spend": reset_to})
            transaction.changed(f"key:{before['token']}")
            await self._context.audit(transaction, "updated", TABLE, before["token"], before, after)
        shown = plain(after or before)
        return {
            "key_hash": before["token"], "spend": reset_to, "previous_spend": before["spend"],
            "max_budget": shown["max_budget"], "budget_reset_at": shown["budget_reset_at"],
        }  # fmt: skip

    async def _ask(
        self,
        operation: Literal["generate", "update", "regenerate"],
        before: Row | None,
        changes: Row,
        request: KeyFields,
    ) -> None:
        asked = KeyPolicyRequest(operation, before, {**(before or {}), **changes}, request)
        await ask_function(self._context, "custom_key_policy", asked)

    async def _own(self, transaction: Transaction, token: str, request: KeyFields | None, route: str) -> Row:
        """The key, which the caller may change. Raises ProxyException 404 or 403."""
        row = await KeyRepository(transaction.connection).get(token, lock=True)
        if row is None:
            raise not_found("key", "key")
        team = await _team(transaction, row["team_id"])
        check_change(self._context.caller, row, team, request, route)
        return row

    async def _check_references(self, transaction: Transaction, request: KeyFields) -> None:
        connection = transaction.connection
        if request.organization_id and await OrganizationRepository(connection).get(request.organization_id) is None:
            raise not_found("organization", "organization_id")
        if request.budget_id and await BudgetRepository(connection).get(request.budget_id) is None:
            raise not_found("budget", "budget_id")

    async def _refuse_alias(self, keys: KeyRepository, alias: str | None, but: str | None = None) -> None:
        pattern = self._context.state.config.litellm_settings.get("key_alias_pattern")
        try:
            fits = not (alias and isinstance(pattern, str)) or re.fullmatch(pattern, alias) is not None
        except re.error as error:
            message = f"litellm_settings.key_alias_pattern is no regular expression: {error}"
            raise ProxyException(message, "config_error", "key_alias_pattern", 500) from error
        settings = self._context.state.config.litellm_settings
        if alias and pattern is None and settings.get("enable_key_alias_format_validation"):
            pattern, fits = (
                "letters, digits and _-./@, from a letter or a digit to one",
                ALIAS.fullmatch(alias) is not None,
            )
        if not fits:
            raise bad_request(f"key_alias: expected what matches {pattern}", "key_alias")
        other = await keys.first(key_alias=alias) if alias else None
        if other is not None and other["token"] != but:
            raise bad_request(f"key_alias: there is a key with the alias {alias!r} already", "key_alias")


async def _team(transaction: Transaction, team_id: str | None, *, must_be: bool = False) -> Row | None:
    team = await TeamRepository(transaction.connection).get(team_id) if team_id else None
    if team is None and team_id and must_be:
        raise ProxyException(f"there is no team {team_id!r}", "not_found_error", "team_id", 404)
    return team


def token_of(key: str) -> str:
    """A key's SHA-256; what is no key is taken for one."""
    return hash_token(key) if key.startswith("sk-") else key


def _nothing() -> Row:
    return {name: value for name, value in _COLUMNS.items() if value is not None}


def _shown(key: str) -> str:
    return f"sk-...{key[-4:]}"
