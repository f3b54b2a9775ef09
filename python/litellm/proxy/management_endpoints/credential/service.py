"""What the credential routes do."""

from __future__ import annotations

from litellm.proxy.db.repositories import CredentialRepository
from litellm.proxy.db.repository import Listing, Row
from litellm.proxy.endpoints.model_facts import is_secret
from litellm.proxy.management_endpoints.common.context import Context, bad_request, not_found
from litellm.proxy.management_endpoints.credential.schemas import CredentialFields, NewCredentialRequest
from litellm.proxy.secrecy import Secrecy
from litellm.proxy.stored_models import TOPIC

TABLE = "LiteLLM_CredentialsTable"
_CALLED_WITH = frozenset({"api_base", "api_version", "aws_region_name", "vertex_project", "vertex_location"})


class CredentialService:
    """Provider credentials. Their secrets are never shown again."""

    def __init__(self, context: Context) -> None:
        self._context, self._secrecy = context, Secrecy(context.state.master_key)

    async def new(self, request: NewCredentialRequest) -> None:
        """A new credential."""
        async with self._context.write() as transaction:
            credentials = CredentialRepository(transaction.connection)
            if await credentials.get(request.credential_name) is not None:
                raise bad_request("credential_name: there is such a credential already", "credential_name")
            await credentials.add({
                "credential_name": request.credential_name, "display_name": request.display_name,
                "credential_info": request.credential_info or {},
                "credential_values": self._secrecy.encrypt_all(request.credential_values),
                "created_by": self._context.actor, "updated_by": self._context.actor,
            })  # fmt: skip
            transaction.changed(TOPIC)
            await self._context.audit(transaction, "created", TABLE, request.credential_name)

    async def update(self, name: str, request: CredentialFields) -> None:
        """Change what is given; values one by one."""
        async with self._context.write() as transaction:
            credentials = CredentialRepository(transaction.connection)
            before = await credentials.get(name, lock=True)
            if before is None:
                raise not_found("credential", "credential_name")
            changes: Row = {"updated_by": self._context.actor}
            if request.credential_values is not None:
                changes["credential_values"] = {
                    **before["credential_values"], **self._secrecy.encrypt_all(request.credential_values),
                }  # fmt: skip
            if request.credential_info is not None:
                changes["credential_info"] = {**(before["credential_info"] or {}), **request.credential_info}
            if request.display_name is not None:
                changes["display_name"] = request.display_name
            await credentials.change(name, changes)
            transaction.changed(TOPIC)
            await self._context.audit(transaction, "updated", TABLE, name)

    async def delete(self, name: str) -> None:
        """Delete a credential."""
        async with self._context.write() as transaction:
            if not await CredentialRepository(transaction.connection).remove([name]):
                raise not_found("credential", "credential_name")
            transaction.changed(TOPIC)
            await self._context.audit(transaction, "deleted", TABLE, name)

    async def list_all(self) -> list[Row]:
        """Every credential, without secrets."""
        async with self._context.read() as connection:
            rows, _ = await CredentialRepository(connection).page(Listing())
        return [self._shown(row) for row in rows]

    async def by_name(self, name: str) -> Row:
        """A credential, without secrets."""
        async with self._context.read() as connection:
            row = await CredentialRepository(connection).get(name)
        if row is None:
            raise not_found("credential", "credential_name")
        return self._shown(row)

    def by_model(self, model_id: str) -> Row:
        """The parameters that a deployment calls its provider with, without secrets."""
        for entry in self._context.state.catalog.model_list:
            if (entry.get("model_info") or {}).get("id") == model_id:
                params = entry["litellm_params"]
                values = {name: params[name] for name in params if name in _CALLED_WITH or is_secret(name)}
                name = f"{entry['model_name']}-credential-{model_id}"
                return {"credential_name": name, "credential_values": _hidden(values), "credential_info": {}}
        raise not_found("deployment", "model_id")

    def _shown(self, row: Row) -> Row:
        values = self._secrecy.decrypt_all(row["credential_values"] or {})
        return {
            "credential_name": row["credential_name"], "display_name": row["display_name"],
            "credential_info": row["credential_info"] or {},
            "credential_values": _hidden(values),
        }  # fmt: skip


def _hidden(values: Row) -> Row:
    return {name: "********" if is_secret(name) else value for name, value in values.items()}
