"""What the guardrail routes do with the guardrails of the database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.proxy.auth.route_access import is_admin
from litellm.proxy.config.problems import ConfigError
from litellm.proxy.db.database import Transaction
from litellm.proxy.db.repositories import GuardrailRepository, TeamRepository
from litellm.proxy.db.repository import Listing, Row
from litellm.proxy.db.tables.columns import utc_now
from litellm.proxy.guardrails.schemas import GuardrailFields, PatchGuardrailRequest, RegisterGuardrailRequest
from litellm.proxy.guardrails.spec import GuardrailSpec
from litellm.proxy.guardrails.stored import ACTIVE, PENDING, REJECTED, TOPIC, checked, spec_of_row
from litellm.proxy.management_endpoints.common.context import Context, bad_request, not_found, plain
from litellm.proxy.management_endpoints.common.rights import role_in
from litellm.proxy.sealed import HIDDEN, masked, sealed
from litellm.proxy.secrecy import Secrecy

TABLE = "LiteLLM_GuardrailsTable"
GENERIC = "generic_guardrail_api"


class GuardrailService:
    """Guardrails. Their secrets are never shown."""

    def __init__(self, context: Context) -> None:
        self._context, self._secrecy = context, Secrecy(context.state.master_key)

    def listed(self) -> list[Row]:
        """Every guardrail in force."""
        return [self.shown(spec) for spec in self._context.state.guardrails.specs.values()]

    async def info(self, guardrail_id: str) -> Row:
        """One guardrail, in force or stored."""
        spec = self._context.state.guardrails.specs.get(guardrail_id)
        if spec is None:
            async with self._context.read() as connection:
                row = await GuardrailRepository(connection).get(guardrail_id)
            if row is None:
                raise not_found("guardrail", "guardrail_id")
            spec = spec_of_row(row, self._secrecy)
        return self.shown(spec)

    def shown(self, spec: GuardrailSpec) -> Row:
        """A guardrail as the API tells of it."""
        times = plain({"created_at": spec.created_at, "updated_at": spec.updated_at})
        return {
            "guardrail_id": spec.guardrail_id, "guardrail_name": spec.guardrail_name,
            "litellm_params": masked(spec.params), "guardrail_info": dict(spec.info), **times,
            "guardrail_definition_location": spec.location.value,
        }  # fmt: skip

    async def new(self, given: GuardrailFields) -> Row:
        """A new guardrail, in force at once."""
        params = given.litellm_params.model_dump(exclude_unset=True)
        async with self._context.write() as transaction:
            await self._check_name(transaction, given.guardrail_name, None)
            self._check(given.guardrail_name, params)
            row = await GuardrailRepository(transaction.connection).add({
                "guardrail_name": given.guardrail_name, "litellm_params": sealed(params, self._secrecy),
                "guardrail_info": given.guardrail_info or {}, "status": ACTIVE,
            })  # fmt: skip
            await self._note(transaction, "created", row)
        return self._row(row)

    async def replace(self, guardrail_id: str, given: GuardrailFields) -> Row:
        """Another guardrail in the place of a stored one."""
        params = given.litellm_params.model_dump(exclude_unset=True)
        return await self._change(guardrail_id, given.guardrail_name, params, given.guardrail_info or {})

    async def patch(self, guardrail_id: str, given: PatchGuardrailRequest) -> Row:
        """Change what is given."""
        async with self._context.read() as connection:
            row = await GuardrailRepository(connection).get(guardrail_id)
        if row is None:
            raise not_found("guardrail", "guardrail_id")
        spec = spec_of_row(row, self._secrecy)
        changes = {name: value for name, value in (given.litellm_params or {}).items() if value != HIDDEN}
        info = dict(spec.info) if given.guardrail_info is None else given.guardrail_info
        name = given.guardrail_name or spec.guardrail_name
        return await self._change(guardrail_id, name, {**spec.params, **changes}, info)

    async def _change(self, guardrail_id: str, name: str, params: Row, info: Row) -> Row:
        async with self._context.write() as transaction:
            rows = GuardrailRepository(transaction.connection)
            if await rows.get(guardrail_id, lock=True) is None:
                raise not_found("guardrail", "guardrail_id")
            await self._check_name(transaction, name, guardrail_id)
            self._check(name, params)
            changes = {"guardrail_name": name, "litellm_params": sealed(params, self._secrecy), "guardrail_info": info}
            row = await rows.change(guardrail_id, changes)
            await self._note(transaction, "updated", row or {})
        return self._row(row or {})

    async def delete(self, guardrail_id: str) -> Row:
        """Delete a stored guardrail."""
        async with self._context.write() as transaction:
            gone = await GuardrailRepository(transaction.connection).remove([guardrail_id])
            if not gone:
                raise not_found("guardrail", "guardrail_id")
            await self._note(transaction, "deleted", gone[0])
        return self._row(gone[0])

    # A team's own guardrails.

    async def register(self, request: RegisterGuardrailRequest) -> Row:
        """Submit a guardrail for a team: a generic API, whose code runs elsewhere."""
        caller = self._context.caller
        team_id = request.team_id or caller.team_id
        if request.litellm_params.get("guardrail") != GENERIC:
            raise bad_request(f"litellm_params.guardrail: expected {GENERIC}", "litellm_params")
        info = {**(request.guardrail_info or {}), "submitted_by_user_id": caller.user_id,
                "submitted_by_email": caller.user_email}  # fmt: skip
        params = {"mode": "pre_call", **request.litellm_params}
        async with self._context.write() as transaction:
            team = await TeamRepository(transaction.connection).get(team_id) if team_id else None
            if team is None:
                raise not_found("team", "team_id")
            if not is_admin(caller) and caller.team_id != team_id and role_in(team, caller.user_id) is None:
                raise not_found("team", "team_id")
            await self._check_name(transaction, request.guardrail_name, None)
            self._check(request.guardrail_name, params)
            row = await GuardrailRepository(transaction.connection).add({
                "guardrail_name": request.guardrail_name, "litellm_params": sealed(params, self._secrecy),
                "guardrail_info": info, "team_id": team_id, "status": PENDING, "submitted_at": utc_now(),
            })  # fmt: skip
            await self._note(transaction, "created", row)
        return {"guardrail_id": row["guardrail_id"], "guardrail_name": row["guardrail_name"], "status": PENDING,
                "submitted_at": plain(row)["submitted_at"]}  # fmt: skip

    async def submissions(self, status: str | None, team_id: str | None, search: str | None) -> Row:
        """What teams submitted, and how many of each state."""
        async with self._context.read() as connection:
            rows, _ = await GuardrailRepository(connection).page(Listing())
        mine = [row for row in rows if row["submitted_at"] is not None]
        states = [row["status"] for row in mine]
        shown = [
            row for row in mine
            if status in (None, row["status"]) and team_id in (None, row["team_id"])
            and (search or "").lower() in row["guardrail_name"].lower()
        ]  # fmt: skip
        summary = {"total": len(mine), **{name: states.count(name) for name in (PENDING, ACTIVE, REJECTED)}}
        return {"submissions": [self.submitted(row) for row in shown], "summary": summary}

    async def submission(self, guardrail_id: str) -> Row:
        """One submission."""
        async with self._context.read() as connection:
            row = await GuardrailRepository(connection).get(guardrail_id)
        if row is None or row["submitted_at"] is None:
            raise not_found("submission", "guardrail_id")
        return self.submitted(row)

    async def review(self, guardrail_id: str, status: str) -> Row:
        """Approve or reject a submission."""
        async with self._context.write() as transaction:
            rows = GuardrailRepository(transaction.connection)
            row = await rows.get(guardrail_id, lock=True)
            if row is None or row["submitted_at"] is None:
                raise not_found("submission", "guardrail_id")
            if row["status"] != PENDING:
                raise bad_request(f"it is {row['status']} already", "guardrail_id")
            after = await rows.change(guardrail_id, {"status": status, "reviewed_at": utc_now()})
            await self._note(transaction, "updated", after or row)
        return {"guardrail_id": guardrail_id, "status": status}

    def submitted(self, row: Row) -> Row:
        """A submission as the API tells of it."""
        info = row["guardrail_info"] or {}
        kept = {name: plain(row)[name] for name in
                ("guardrail_id", "guardrail_name", "status", "team_id", "created_at", "updated_at", "submitted_at",
                 "reviewed_at")}  # fmt: skip
        people = {name: info.get(name) for name in ("submitted_by_user_id", "submitted_by_email")}
        return {
            **kept, **people, "team_guardrail": row["team_id"] is not None, "guardrail_info": info,
            "litellm_params": masked(row["litellm_params"] or {}),
        }  # fmt: skip

    def _check(self, name: str, params: Mapping[str, Any]) -> None:
        try:
            checked(GuardrailSpec("", name, params), self._context.state.config)
        except ConfigError as error:
            first = error.problems[0]
            raise bad_request(f"{first.key}: {first.message}", first.key) from error

    async def _check_name(self, transaction: Transaction, name: str, guardrail_id: str | None) -> None:
        known = await GuardrailRepository(transaction.connection).first(guardrail_name=name)
        if known is not None and known["guardrail_id"] != guardrail_id:
            raise bad_request("guardrail_name: there is such a guardrail already", "guardrail_name")

    async def _note(self, transaction: Transaction, action: str, row: Row) -> None:
        transaction.changed(TOPIC)
        await self._context.audit(transaction, action, TABLE, str(row.get("guardrail_id")), None, row)

    def _row(self, row: Row) -> Row:
        shown = plain(row)
        return {
            "guardrail_id": shown["guardrail_id"], "guardrail_name": shown["guardrail_name"],
            "litellm_params": masked(spec_of_row(row, self._secrecy).params),
            "guardrail_info": shown["guardrail_info"], "created_at": shown["created_at"],
            "updated_at": shown["updated_at"],
        }  # fmt: skip
