"""What the policy routes do with attachments."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from litellm.proxy.db.repositories import (
    KeyRepository,
    PolicyAttachmentRepository,
    PolicyRepository,
    TeamRepository,
)
from litellm.proxy.db.repository import Row
from litellm.proxy.management_endpoints.common.context import Context, bad_request, not_found, plain
from litellm.proxy.policies.active import Asking, source_of
from litellm.proxy.policies.policy import Attachment, first_problem, parsed
from litellm.proxy.policies.schemas import AttachmentRequest
from litellm.proxy.policies.stored import TOPIC

TABLE = "LiteLLM_PolicyAttachmentTable"
SAMPLE = 10
_NAMES = ("teams", "keys", "models", "tags")


class AttachmentService:
    """Where policies are attached. What the config attaches is shown; the API changes only the database's."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def listed(self) -> Row:
        """Every attachment."""
        async with self._context.read() as connection:
            rows = await PolicyAttachmentRepository(connection).find()
        shown = [*self._of_config(), *map(_shown, sorted(rows, key=lambda row: row["created_at"]))]
        return {"attachments": shown, "total_count": len(shown)}

    def _of_config(self) -> list[Row]:
        times = dict.fromkeys(("created_at", "updated_at", "created_by", "updated_by"))
        return [
            {"attachment_id": f"config-{index}", "policy_name": attachment.policy,
             **attachment.model_dump(exclude={"policy"}), **times, "definition_location": "config"}
            for index, attachment in enumerate(self._context.state.policies.config_attachments)
        ]  # fmt: skip

    async def info(self, attachment_id: str) -> Row:
        """One attachment."""
        for row in self._of_config():
            if row["attachment_id"] == attachment_id:
                return row
        async with self._context.read() as connection:
            found = await PolicyAttachmentRepository(connection).get(attachment_id)
        if found is None:
            raise not_found("attachment", "attachment_id")
        return _shown(found)

    async def new(self, request: AttachmentRequest) -> Row:
        """A new attachment, in force at once."""
        attachment = _parsed(request)
        actor = self._context.actor
        async with self._context.write() as transaction:
            connection = transaction.connection
            known = await PolicyRepository(connection).first(policy_name=request.policy_name)
            if known is None and request.policy_name not in self._context.state.policies.from_config:
                raise not_found("policy", "policy_name")
            made = await PolicyAttachmentRepository(connection).add({
                **attachment.model_dump(include={"scope", "priority", *_NAMES}), "policy_name": request.policy_name,
                "is_default": attachment.default, "created_by": actor, "updated_by": actor,
            })  # fmt: skip
            transaction.changed(TOPIC)
            await self._context.audit(transaction, "created", TABLE, made["attachment_id"], None, made)
        return _shown(made)

    async def delete(self, attachment_id: str) -> Row:
        """End an attachment."""
        async with self._context.write() as transaction:
            gone = await PolicyAttachmentRepository(transaction.connection).remove([attachment_id])
            if not gone:
                raise not_found("attachment", "attachment_id")
            transaction.changed(TOPIC)
            await self._context.audit(transaction, "deleted", TABLE, attachment_id, gone[0], None)
        return {"message": f"Attachment {attachment_id} deleted successfully"}

    async def impact(self, request: AttachmentRequest) -> Row:
        """How many keys and teams an attachment would hold for, whatever models they call and tags they send."""
        attachment = _parsed(request)
        async with self._context.read() as connection:
            teams, keys = await _teams_and_keys(connection)
        tags_of = {row["team_id"]: _tags(row) for row in teams}
        aliases = {row["team_id"]: row["team_alias"] for row in teams}
        held_teams = [row["team_alias"] for row in teams
                      if _reaches(attachment, row["team_alias"], None, _tags(row), is_key=False)]  # fmt: skip
        held_keys = [
            row["key_alias"] for row in keys
            if _reaches(attachment, aliases.get(row["team_id"]), row["key_alias"],
                        [*_tags(row), *tags_of.get(row["team_id"], ())], is_key=True)
        ]  # fmt: skip
        return {
            "affected_keys_count": len(held_keys), "affected_teams_count": len(held_teams),
            "unnamed_keys_count": held_keys.count(None), "unnamed_teams_count": held_teams.count(None),
            "sample_keys": [name for name in held_keys if name][:SAMPLE],
            "sample_teams": [name for name in held_teams if name][:SAMPLE],
        }  # fmt: skip


def _parsed(request: AttachmentRequest) -> Attachment:
    """Raises ProxyException 400 for one that holds for nobody, or that is wrong."""
    entry = request.model_dump(exclude={"policy_name"})
    try:
        attachment = parsed(Attachment, {**entry, "policy": request.policy_name})
    except ValidationError as error:
        place, message = first_problem(error)
        raise bad_request(f"{place}: {message}", place) from error
    if attachment.scope is None and not any(getattr(attachment, name) for name in _NAMES):
        raise bad_request('scope: "*", or one of teams, keys, models, tags is required', "scope")
    return attachment


async def _teams_and_keys(connection: AsyncConnection) -> tuple[list[Row], list[Row]]:
    return await TeamRepository(connection).find(), await KeyRepository(connection).find()


def _tags(row: Row) -> list[str]:
    tags = (row["metadata"] or {}).get("tags")
    return [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []


def _reaches(attachment: Attachment, team: str | None, key: str | None, tags: list[str], *, is_key: bool) -> bool:
    model = attachment.models[0] if attachment.models else None
    asked = attachment if is_key else attachment.model_copy(update={"keys": []})
    if not is_key and attachment.keys and not (attachment.teams or attachment.tags or attachment.models):
        return False
    return source_of(asked, Asking(team, key, model, tags)) is not None


def _shown(row: Row) -> Row:
    shown: dict[str, Any] = plain(row)
    return {**shown, "default": shown.pop("is_default"), "definition_location": "db"}
