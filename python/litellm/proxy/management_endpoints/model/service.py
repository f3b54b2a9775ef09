"""What the model routes do: deployments in the database, served by every process within a second."""

from __future__ import annotations

import uuid
from typing import Any

from litellm.proxy.db.database import Transaction
from litellm.proxy.db.repositories import ModelRepository
from litellm.proxy.db.repository import Row
from litellm.proxy.endpoints.model_facts import is_secret
from litellm.proxy.management_endpoints.common.context import Context, bad_request, not_found, plain
from litellm.proxy.management_endpoints.model.schemas import ModelFields, NewModelRequest
from litellm.proxy.secrecy import Secrecy
from litellm.proxy.stored_models import TOPIC

TABLE = "LiteLLM_ProxyModelTable"


class ModelService:
    """Deployments that the database keeps."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._secrecy = Secrecy(context.state.master_key)
        if not context.state.stores_models:
            message = "general_settings.store_model_in_db: set it to true to change models while the gateway runs"
            raise bad_request(message, "store_model_in_db")

    async def new(self, request: NewModelRequest) -> Row:
        """A new deployment."""
        self._check(request.litellm_params)
        info = dict(request.model_info or {})
        model_id = str(info.pop("id", None) or uuid.uuid4())
        async with self._context.write() as transaction:
            models = ModelRepository(transaction.connection)
            if await models.get(model_id) is not None or self._configured(model_id):
                raise bad_request("model_info.id: there is such a deployment already", "model_info")
            made = await models.add({
                "model_id": model_id, "model_name": request.model_name, "model_info": info | {"id": model_id},
                "litellm_params": self._secrecy.encrypt_all(request.litellm_params),
                "created_by": self._context.actor, "updated_by": self._context.actor,
            })  # fmt: skip
            await self._done(transaction, "created", None, made)
        return self._shown(made)

    def _check(self, params: dict[str, Any]) -> None:
        if not isinstance(params.get("model"), str) or not params["model"]:
            raise bad_request("litellm_params.model: a text is required, for example openai/gpt-4o", "litellm_params")

    def _configured(self, model_id: str) -> bool:
        entries = self._context.state.config.model_list
        return any((entry.get("model_info") or {}).get("id") == model_id for entry in entries)

    async def update(self, model_id: str | None, request: ModelFields) -> Row:
        """Change what is given; parameters one by one."""
        wanted = model_id or str((request.model_info or {}).get("id") or "")
        async with self._context.write() as transaction:
            before = await self._row(transaction, wanted)
            changes: Row = {"updated_by": self._context.actor}
            if request.model_name is not None:
                changes["model_name"] = request.model_name
            if request.litellm_params is not None:
                given = {name: value for name, value in request.litellm_params.items() if value is not None}
                changes["litellm_params"] = (before["litellm_params"] or {}) | self._secrecy.encrypt_all(given)
            if request.model_info is not None:
                changes["model_info"] = {**(before["model_info"] or {}), **request.model_info, "id": wanted}
            after = await ModelRepository(transaction.connection).change(wanted, changes)
            await self._done(transaction, "updated", before, after or before)
        return self._shown(after or before)

    async def block(self, model_id: str, *, blocked: bool) -> Row:
        """Serve a deployment no more, or again."""
        async with self._context.write() as transaction:
            before = await self._row(transaction, model_id)
            after = await ModelRepository(transaction.connection).change(model_id, {"blocked": blocked})
            await self._done(transaction, "blocked", before, after or before)
        return self._shown(after or before)

    async def delete(self, model_id: str) -> None:
        """Delete a deployment."""
        async with self._context.write() as transaction:
            before = await self._row(transaction, model_id)
            await ModelRepository(transaction.connection).remove([model_id])
            await self._done(transaction, "deleted", before, None)

    async def _row(self, transaction: Transaction, model_id: str) -> Row:
        row = await ModelRepository(transaction.connection).get(model_id, lock=True)
        if row is None and self._configured(model_id):
            raise bad_request("this deployment is in the config file: change it there", "id")
        if row is None:
            raise not_found("deployment", "id")
        return row

    async def _done(self, transaction: Transaction, action: str, before: Row | None, after: Row | None) -> None:
        transaction.changed(TOPIC)
        model_id = (after or before or {})["model_id"]
        await self._context.audit(transaction, action, TABLE, model_id, before, after)

    def _shown(self, row: Row) -> Row:
        """A row without its secrets."""
        params = self._secrecy.decrypt_all(row["litellm_params"] or {})
        return plain(row) | {"litellm_params": {name: value for name, value in params.items() if not is_secret(name)}}
