"""`/team/{team_id}/callback`: logging callbacks that a team has for itself."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import field_validator

from litellm.proxy.db.repositories import TeamRepository
from litellm.proxy.db.repository import Row
from litellm.proxy.guarded_router import guarded_router
from litellm.proxy.management_endpoints.common.context import InContext, bad_request, not_found
from litellm.proxy.management_endpoints.common.fields import Fields, Id
from litellm.proxy.management_endpoints.common.rights import check_team
from litellm.proxy.management_endpoints.team.members import TABLE
from litellm.proxy.team_callbacks import VARIABLES

router = guarded_router("team management")
MAX_CALLBACKS = 50


class TeamCallback(Fields):
    """POST /team/{team_id}/callback."""

    callback_name: Id
    callback_type: Literal["success", "failure", "success_and_failure"] | None = "success_and_failure"
    callback_vars: dict[str, str]

    @field_validator("callback_vars")
    @classmethod
    def _known(cls, value: dict[str, str]) -> dict[str, str]:
        if unknown := sorted(set(value) - VARIABLES):
            raise ValueError(f"there is no callback variable {unknown[0][:100]!r}")
        return value


@router.post("/team/{team_id}/callback")
async def add_team_callback(team_id: str, body: TeamCallback, context: InContext) -> dict[str, Any]:
    """Add a callback to a team, from its next call on."""

    def add(metadata: Row) -> None:
        entries = list(metadata.get("logging") or ())
        same = [item for item in entries if (item.get("callback_name"), item.get("callback_type"))
                == (body.callback_name, body.callback_type)]  # fmt: skip
        if same:
            raise bad_request("callback_name: the team has it for this callback_type already", "callback_name")
        if len(entries) >= MAX_CALLBACKS:
            raise bad_request(f"callback_name: a team has at most {MAX_CALLBACKS}", "callback_name")
        metadata["logging"] = [*entries, body.model_dump()]

    row = await _change(context, team_id, add)
    return {"status": "success", "data": _shown(row)}


@router.get("/team/{team_id}/callback")
async def get_team_callbacks(team_id: str, context: InContext) -> dict[str, Any]:
    """A team's callbacks; of their variables only the names."""
    async with context.read() as connection:
        team = await TeamRepository(connection).get(team_id)
    if team is None:
        raise not_found("team", "team_id")
    check_team(context.caller, team)
    return {"status": "success", "data": _shown(team)}


@router.delete("/team/{team_id}/callback/{callback_name}")
async def delete_team_callback(team_id: str, callback_name: str, context: InContext) -> dict[str, Any]:
    """Take a callback from a team."""

    def remove(metadata: Row) -> None:
        entries = list(metadata.get("logging") or ())
        kept = [item for item in entries if item.get("callback_name") != callback_name]
        if len(kept) == len(entries):
            raise not_found("callback", "callback_name")
        metadata["logging"] = kept

    return {"status": "success", "data": _shown(await _change(context, team_id, remove))}


@router.post("/team/{team_id}/disable_logging")
async def disable_team_logging(team_id: str, context: InContext) -> dict[str, Any]:
    """Call no logging callback for a team any more, neither its own nor the config's."""

    def disable(metadata: Row) -> None:
        metadata["logging"], metadata["disable_logging"] = [], True

    row = await _change(context, team_id, disable)
    return {"status": "success", "message": f"Logging disabled for team {team_id}", "data": _shown(row)}


async def _change(context: InContext, team_id: str, change: Any) -> Row:
    async with context.write() as transaction:
        teams = TeamRepository(transaction.connection)
        team = await teams.get(team_id, lock=True)
        if team is None:
            raise not_found("team", "team_id")
        check_team(context.caller, team)
        metadata = dict(team["metadata"] or {})
        change(metadata)
        after = await teams.change(team_id, {"metadata": metadata})
        transaction.changed(f"team:{team_id}")
        await context.audit(transaction, "updated", TABLE, team_id)
    return after or team


def _shown(team: Row) -> dict[str, Any]:
    entries = [item for item in (team["metadata"] or {}).get("logging") or () if isinstance(item, dict)]

    def of(kind: str) -> list[str]:
        return [str(item.get("callback_name")) for item in entries
                if kind in (item.get("callback_type") or "success_and_failure")]  # fmt: skip

    names = {name: "********" for item in entries for name in item.get("callback_vars") or {}}
    return {"team_id": team["team_id"], "success_callbacks": of("success"), "failure_callbacks": of("failure"),
            "callback_vars": names}  # fmt: skip
