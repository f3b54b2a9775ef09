"""What the key routes do."""

from __future__ import annotations

import datetime
import secrets
from typing import Any

from sqlalchemy.exc import IntegrityError

from litellm.proxy._types import ProxyException, UserAPIKeyAuth
from litellm.proxy.auth.user_api_key_auth import hash_token
from litellm.proxy.management_endpoints.key.schemas import GenerateKeyRequest, KeyFields, RegenerateKeyRequest
from litellm.proxy.money import usd_to_pico
from litellm.proxy.spend_tracking.budget_windows import after, next_reset, utc_now
from litellm.proxy.state import GatewayState

_COLUMNS = (
    "key_alias", "models", "spend", "max_budget", "budget_duration", "user_id", "team_id", "organization_id",
    "max_parallel_requests", "tpm_limit", "rpm_limit", "metadata", "aliases", "config", "permissions",
    "allowed_routes", "blocked",
)  # fmt: skip
_EMPTY: dict[str, Any] = {
    "models": [], "aliases": {}, "config": {}, "permissions": {}, "metadata": {}, "allowed_routes": [], "spend": 0.0,
}  # fmt: skip


class KeyService:
    """Keys of one gateway."""

    def __init__(self, state: GatewayState) -> None:
        self._state = state
        self._keys = state.key_repository

    async def generate(self, request: GenerateKeyRequest, creator: UserAPIKeyAuth) -> dict[str, Any]:
        """A new key. It is shown here and never again."""
        key = request.key or f"sk-{secrets.token_urlsafe(24)}"
        await self._refuse_alias(request.key_alias)
        now = utc_now()
        row = dict(_EMPTY) | _columns(request, now)
        row |= {"token": hash_token(key), "key_name": _shown(key), "created_at": now, "updated_at": now}
        row |= {"created_by": creator.user_id, "updated_by": creator.user_id}
        try:
            await self._keys.add(row)
        except IntegrityError as error:
            raise ProxyException("key: there is such a key already", "bad_request_error", "key", 400) from error
        return _public(row) | {
            "key": key,
            "token": row["token"],
            "token_id": row["token"],
            "duration": request.duration,
        }

    async def info(self, key: str) -> dict[str, Any]:
        """A key's row; named by itself or by its hash."""
        token = _token(key)
        row = await self._keys.get(token)
        if row is None:
            raise _unknown()
        return {"key": key if not key.startswith("sk-") else token, "info": _public(row)}

    async def page(
        self, number: int, size: int, user_id: str | None, team_id: str | None, alias: str | None, full: bool
    ) -> dict[str, Any]:
        """One page of keys: their hashes, or their rows with `full`."""
        rows, total = await self._keys.page(number=number, size=size, user_id=user_id, team_id=team_id, key_alias=alias)
        shown = [_public(row) | {"token": row["token"]} if full else row["token"] for row in rows]
        return {"keys": shown, "total_count": total, "current_page": number, "total_pages": -(-total // size)}

    async def update(self, key: str, request: KeyFields, updater: UserAPIKeyAuth) -> dict[str, Any]:
        """Change what is given."""
        token, now = _token(key), utc_now()
        await self._refuse_alias(request.key_alias, but=token)
        changes = _columns(request, now) | {"updated_at": now, "updated_by": updater.user_id}
        if not await self._keys.change(token, changes):
            raise _unknown()
        self._state.keys.forget(token)
        if request.spend is not None:
            self._state.ledger.budgets.reset(token, usd_to_pico(request.spend))
        row = await self._keys.get(token)
        return {"key": key, **(_public(row) if row else {})}

    async def delete(self, keys: list[str], aliases: list[str]) -> dict[str, Any]:
        """Delete keys by themselves, their hashes or their aliases. All must exist."""
        tokens = [_token(key) for key in keys]
        for alias in aliases:
            row = await self._keys.by_alias(alias)
            if row is None:
                raise _unknown()
            tokens.append(row["token"])
        await self._state.ledger.flush()
        gone = await self._keys.remove(tokens)
        for token in gone:
            self._state.keys.forget(token)
        if len(gone) < len(set(tokens)):
            raise _unknown()
        return {"deleted_keys": keys or aliases}

    async def regenerate(self, key: str, request: RegenerateKeyRequest, updater: UserAPIKeyAuth) -> dict[str, Any]:
        """A new key in the place of an old one, with its spend and limits."""
        old, new = _token(key), request.new_key or f"sk-{secrets.token_urlsafe(24)}"
        await self._state.ledger.flush()
        changes = _columns(request, utc_now()) | {"token": hash_token(new), "key_name": _shown(new)}
        if not await self._keys.change(old, changes | {"updated_by": updater.user_id}):
            raise _unknown()
        self._state.keys.forget(old)
        row = await self._keys.get(hash_token(new))
        return {**(_public(row) if row else {}), "key": new, "token": hash_token(new), "token_id": hash_token(new)}

    async def _refuse_alias(self, alias: str | None, but: str | None = None) -> None:
        if alias is None:
            return
        other = await self._keys.by_alias(alias)
        if other is not None and other["token"] != but:
            message = f"key_alias: there is a key with the alias {alias!r} already"
            raise ProxyException(message, "bad_request_error", "key_alias", 400)


def _unknown() -> ProxyException:
    return ProxyException("key: no such key", "not_found_error", "key", 404)


def _token(key: str) -> str:
    return hash_token(key) if key.startswith("sk-") else key


def _shown(key: str) -> str:
    return f"sk-...{key[-4:]}"


def _columns(request: KeyFields, now: datetime.datetime) -> dict[str, Any]:
    """The columns that `request` sets. Raises ProxyException 400 for a duration that is none."""
    given = request.model_dump(exclude_unset=True)
    columns = {name: given[name] for name in _COLUMNS if name in given}
    for name, empty in _EMPTY.items():
        if name in columns and columns[name] is None:
            columns[name] = empty
    try:
        if "duration" in given:
            columns["expires"] = after(now, given["duration"]) if given["duration"] else None
        if "budget_duration" in given:
            window = given["budget_duration"]
            columns["budget_reset_at"] = next_reset(now, window) if window else None
    except ValueError as error:
        raise ProxyException(f"duration: {error}", "bad_request_error", "duration", 400) from error
    return columns


def _public(row: dict[str, Any]) -> dict[str, Any]:
    """A row as it is shown: without its hash, times in ISO 8601 with their zone."""
    shown = {name: value for name, value in row.items() if name != "token"}
    for name, value in shown.items():
        if isinstance(value, datetime.datetime):
            shown[name] = value.replace(tzinfo=datetime.timezone.utc).isoformat()
    return shown
