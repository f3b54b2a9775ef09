"""What the routes of token mappings do."""

from __future__ import annotations

from typing import Any

from litellm.proxy.db.database import Transaction
from litellm.proxy.db.repositories import JwtKeyMappingRepository, KeyRepository
from litellm.proxy.db.repository import Listing, Row
from litellm.proxy.management_endpoints.common.context import Context, not_found, plain
from litellm.proxy.management_endpoints.common.listing import pages
from litellm.proxy.management_endpoints.jwt_mapping.schemas import NewMappingRequest, UpdateMappingRequest
from litellm.proxy.management_endpoints.key.service import token_of

TABLE = "LiteLLM_JWTKeyMapping"
TOPIC = "jwt_mappings"


class MappingService:
    """Token mappings. The key itself is never told."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def new(self, request: NewMappingRequest) -> Row:
        """A new mapping."""
        async with self._context.write() as transaction:
            row = {
                "jwt_claim_name": request.jwt_claim_name, "jwt_claim_value": request.jwt_claim_value,
                "jwt_issuer": request.jwt_issuer or "", "description": request.description, "is_active": True,
                "token": await _token(transaction, request.key or request.token or ""),
                "created_by": self._context.actor, "updated_by": self._context.actor,
            }  # fmt: skip
            made = await JwtKeyMappingRepository(transaction.connection).add(row)
            await self._note(transaction, "created", made["id"], None, made)
        return _shown(made)

    async def update(self, request: UpdateMappingRequest) -> Row:
        """Change what is given."""
        given = request.model_dump(exclude_unset=True, exclude={"id", "key", "token"})
        async with self._context.write() as transaction:
            mappings = JwtKeyMappingRepository(transaction.connection)
            before = await mappings.get(request.id, lock=True)
            if before is None:
                raise not_found("mapping", "id")
            if request.key or request.token:
                given["token"] = await _token(transaction, request.key or request.token or "")
            changes = {name: value for name, value in given.items() if value is not None or name == "description"}
            after = await mappings.change(request.id, changes | {"updated_by": self._context.actor})
            await self._note(transaction, "updated", request.id, before, after)
        return _shown(after or before)

    async def delete(self, mapping_id: str) -> Row:
        """Delete a mapping."""
        async with self._context.write() as transaction:
            gone = await JwtKeyMappingRepository(transaction.connection).remove([mapping_id])
            if not gone:
                raise not_found("mapping", "id")
            await self._note(transaction, "deleted", mapping_id, gone[0], None)
        return {"status": "success", "deleted_id": mapping_id}

    async def info(self, mapping_id: str) -> Row:
        """One mapping."""
        async with self._context.read() as connection:
            row = await JwtKeyMappingRepository(connection).get(mapping_id)
        if row is None:
            raise not_found("mapping", "id")
        return _shown(row)

    async def page(self, page: int, size: int) -> dict[str, Any]:
        """A page of mappings."""
        async with self._context.read() as connection:
            rows, total = await JwtKeyMappingRepository(connection).page(Listing(page, size))
        shown = [_shown(row) for row in rows]
        return {"mappings": shown, "total_count": total, "current_page": page, "total_pages": pages(total, size)}

    async def _note(
        self, transaction: Transaction, action: str, mapping_id: str, before: Row | None, after: Row | None
    ) -> None:
        transaction.changed(TOPIC)
        await self._context.audit(transaction, action, TABLE, mapping_id, before, after)


async def _token(transaction: Transaction, key: str) -> str:
    token = token_of(key)
    if await KeyRepository(transaction.connection).get(token) is None:
        raise not_found("key", "key")
    return token


def _shown(row: Row) -> Row:
    return {name: value for name, value in plain(row).items() if name != "token"}
