"""Keeps the policies in force in step with those of the database."""

from __future__ import annotations

import logging
from typing import Any

from pydantic import ValidationError

from litellm.proxy.db.database import Database
from litellm.proxy.db.followed import Followed
from litellm.proxy.db.repositories import PolicyAttachmentRepository, PolicyRepository
from litellm.proxy.db.repository import Row
from litellm.proxy.policies.active import ActivePolicies
from litellm.proxy.policies.policy import Attachment, Policy, parsed

log = logging.getLogger("litellm.proxy.policies")

TOPIC = "policies"


class StoredPolicies(Followed):
    """The policies that are followed of them: the versions in production."""

    topic, things = TOPIC, "policies"

    def __init__(self, database: Database, active: ActivePolicies) -> None:
        super().__init__(database)
        self._active = active

    async def load(self) -> None:
        """Follow what the database has now; what is wrong is logged and left out."""
        async with self._database.read() as connection:
            rows = await PolicyRepository(connection).in_force()
            attached = await PolicyAttachmentRepository(connection).find()
        policies: dict[str, tuple[str, Policy]] = {}
        attachments: list[Attachment] = []
        for row in rows:
            try:
                policies[row["policy_name"]] = (row["policy_id"], policy_of(row))
            except ValidationError as error:
                log.error("the stored policy %s is left out: %s", row["policy_name"], error.errors()[0]["msg"])
        for row in sorted(attached, key=lambda row: (row["created_at"], row["attachment_id"])):
            try:
                attachments.append(attachment_of(row))
            except ValidationError as error:
                log.error("an attachment of %s is left out: %s", row["policy_name"], error.errors()[0]["msg"])
        self._active.store(policies, attachments)


def policy_of(row: Row) -> Policy:
    """The policy of a row. Raises ValidationError."""
    entry: dict[str, Any] = {name: row.get(name) for name in ("description", "inherit", "pipeline")}
    entry["condition"] = row.get("condition") or None
    entry["guardrails"] = {"add": row["guardrails_add"] or [], "remove": row["guardrails_remove"] or []}
    return parsed(Policy, entry)


def attachment_of(row: Row) -> Attachment:
    """The attachment of a row. Raises ValidationError."""
    names = ("scope", "teams", "keys", "models", "tags", "priority")
    entry = {name: row[name] for name in names}
    return parsed(Attachment, {**entry, "policy": row["policy_name"], "default": row["is_default"]})
