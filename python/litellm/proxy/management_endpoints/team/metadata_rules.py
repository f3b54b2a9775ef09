"""`general_settings.custom_team_metadata_validate`: the operator's own function decides on the metadata of teams."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from litellm.proxy._types import ProxyException
from litellm.proxy.management_endpoints.common.context import Context, bad_request
from litellm.proxy.named_objects import named_object

log = logging.getLogger("litellm.proxy.teams")

TIMEOUT_S = 5.0
"""`general_settings.team_metadata_validation_timeout`."""
_SETTING = "custom_team_metadata_validate"


@dataclass(frozen=True, slots=True)
class TeamMetadataRequester:
    """Who makes or changes the team."""

    user_id: str | None = None
    user_email: str | None = None
    user_role: str | None = None


@dataclass(frozen=True, slots=True)
class TeamMetadataValidationPayload:
    """What the function is asked: the metadata as they will be, and as they are."""

    operation: Literal["create", "update"]
    metadata: Mapping[str, Any]
    existing_metadata: Mapping[str, Any] | None = None
    team_id: str | None = None
    team_alias: str | None = None
    requester: TeamMetadataRequester = field(default_factory=TeamMetadataRequester)


@dataclass(frozen=True, slots=True)
class TeamMetadataValidationResult:
    """What it answers."""

    valid: bool
    error_message: str | None = None


async def check_metadata(
    context: Context, operation: Literal["create", "update"], team: Mapping[str, Any],
    before: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """Let the function judge a team's row. Raises ProxyException: 400 for its refusal, 503 when it cannot be asked."""
    general, caller = context.state.config.general_settings.raw, context.caller
    name = general.get(_SETTING)
    if not name:
        return
    payload = TeamMetadataValidationPayload(
        operation, dict(team.get("metadata") or {}), before and dict(before.get("metadata") or {}),
        team.get("team_id"), team.get("team_alias"),
        TeamMetadataRequester(caller.user_id, caller.user_email, caller.user_role),
    )  # fmt: skip
    function = named_object(name, context.state.config, f"general_settings.{_SETTING}")
    try:
        answer = await asyncio.wait_for(function(payload), general.get("team_metadata_validation_timeout") or TIMEOUT_S)
        valid, said = (
            (answer["valid"], answer.get("error_message")) if isinstance(answer, Mapping)
            else (answer.valid, answer.error_message)
        )  # fmt: skip
    except Exception as error:  # the operator's function may raise anything: what it has not judged is not saved
        log.exception("%s failed", name)
        message = general.get("team_metadata_validation_error_message") or "the team's metadata cannot be judged now"
        raise ProxyException(str(message), "service_unavailable", "metadata", 503) from error
    if valid is not True:
        raise bad_request(str(said or f"metadata: {_SETTING} does not allow them"), "metadata")
