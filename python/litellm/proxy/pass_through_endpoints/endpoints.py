"""`/config/pass_through_endpoint`: the pass-through endpoints that the database keeps."""

from __future__ import annotations

import uuid
from typing import Any

from pydantic import ValidationError

from litellm.proxy.db.repositories import TeamRepository
from litellm.proxy.errors import InvalidRequestError
from litellm.proxy.guarded_router import guarded_router
from litellm.proxy.management_endpoints.common.context import Context, InContext, not_found
from litellm.proxy.pass_through_endpoints.configured import ConfiguredEndpoints, PassThroughEndpoint
from litellm.proxy.pass_through_endpoints.stored import TOPIC, PassThroughRepository

router = guarded_router("pass-through endpoints")
TABLE = "LiteLLM_Config"
MAX_ENDPOINTS = 1000


@router.get("/config/pass_through_endpoint")
async def list_pass_through_endpoints(context: InContext, endpoint_id: str | None = None) -> dict[str, Any]:
    """Every endpoint, the config's too; or the stored one of an id."""
    endpoints = await _fresh(context)
    shown = endpoints.listed() if endpoint_id is None else [_named(endpoints.stored, endpoint_id)]
    return {"endpoints": [item.model_dump() for item in shown]}


@router.get("/config/pass_through_endpoint/team/{team_id}")
async def list_team_pass_through_endpoints(context: InContext, team_id: str) -> dict[str, Any]:
    """The endpoints that a team may use: those of its metadata's `allowed_passthrough_routes`, without one all."""
    endpoints = await _fresh(context)
    async with context.read() as connection:
        team = await TeamRepository(connection).get(team_id)
    if team is None:
        raise not_found("team", "team_id")
    allowed = (team["metadata"] or {}).get("allowed_passthrough_routes")
    shown = [item for item in endpoints.listed() if allowed is None or item.path in allowed]
    return {"endpoints": [item.model_dump() for item in shown]}


@router.post("/config/pass_through_endpoint")
async def create_pass_through_endpoint(context: InContext, body: PassThroughEndpoint) -> dict[str, Any]:
    """A new endpoint, served at once."""
    made = body.model_copy(update={"id": body.id or str(uuid.uuid4()), "is_from_config": False})
    async with context.write() as transaction:
        repository = PassThroughRepository(transaction.connection)
        rows = await repository.read(lock=True)
        if len(rows) >= MAX_ENDPOINTS:
            raise InvalidRequestError(f"there are {MAX_ENDPOINTS} pass-through endpoints already", "path")
        if any(row.get("id") == made.id for row in rows):
            raise InvalidRequestError("id: there is such an endpoint already", "id")
        await repository.write([*rows, _row(made)])
        transaction.changed(TOPIC)
        await context.audit(transaction, "created", TABLE, str(made.id), None, _shown(made))
    await _fresh(context)
    return {"endpoints": [made.model_dump()]}


@router.post("/config/pass_through_endpoint/{endpoint_id}")
async def update_pass_through_endpoint(context: InContext, endpoint_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Change an endpoint; what is not given stays."""
    given = {name: value for name, value in body.items() if value is not None and name not in ("id", "is_from_config")}
    async with context.write() as transaction:
        repository = PassThroughRepository(transaction.connection)
        rows = await repository.read(lock=True)
        place = _place(rows, endpoint_id)
        try:
            before, after = PassThroughEndpoint(**rows[place]), PassThroughEndpoint(**{**rows[place], **given})
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(map(str, first["loc"]))
            raise InvalidRequestError(f"{field}: {first['msg']}", field) from error
        rows[place] = _row(after)
        await repository.write(rows)
        transaction.changed(TOPIC)
        await context.audit(transaction, "updated", TABLE, endpoint_id, _shown(before), _shown(after))
    await _fresh(context)
    return {"endpoints": [after.model_dump()]}


@router.delete("/config/pass_through_endpoint")
async def delete_pass_through_endpoint(context: InContext, endpoint_id: str) -> dict[str, Any]:
    """Delete a stored endpoint."""
    async with context.write() as transaction:
        repository = PassThroughRepository(transaction.connection)
        rows = await repository.read(lock=True)
        gone = PassThroughEndpoint(**rows.pop(_place(rows, endpoint_id)))
        await repository.write(rows)
        transaction.changed(TOPIC)
        await context.audit(transaction, "deleted", TABLE, endpoint_id, _shown(gone))
    await _fresh(context)
    return {"endpoints": [gone.model_dump()]}


async def _fresh(context: Context) -> ConfiguredEndpoints:
    """What is served, as the database has it now."""
    async with context.read() as connection:
        rows = await PassThroughRepository(connection).read()
    context.state.pass_through.store(rows)
    return context.state.pass_through


def _named(endpoints: Any, endpoint_id: str) -> PassThroughEndpoint:
    found: PassThroughEndpoint | None = next((item for item in endpoints if item.id == endpoint_id), None)
    if found is None:
        raise not_found("pass-through endpoint", "endpoint_id")
    return found


def _place(rows: list[dict[str, Any]], endpoint_id: str) -> int:
    for index, row in enumerate(rows):
        if row.get("id") == endpoint_id:
            return index
    raise not_found("pass-through endpoint", "endpoint_id")


def _row(endpoint: PassThroughEndpoint) -> dict[str, Any]:
    return endpoint.model_dump(exclude={"is_from_config"})


def _shown(endpoint: PassThroughEndpoint) -> dict[str, Any]:
    """An endpoint as the audit log has it: the names of its headers, which may hold secrets."""
    return {**_row(endpoint), "headers": sorted(endpoint.headers)}
