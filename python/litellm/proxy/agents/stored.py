"""Keeps the agents that are served in step with those of the database."""

from __future__ import annotations

import logging
from typing import Any

from litellm.proxy.agents.active import ActiveAgents
from litellm.proxy.agents.agent import Agent, limits_in, problems
from litellm.proxy.db.database import Database
from litellm.proxy.db.followed import Followed
from litellm.proxy.db.repositories import AgentRepository
from litellm.proxy.db.repository import Row
from litellm.proxy.sealed import opened
from litellm.proxy.secrecy import Secrecy

log = logging.getLogger("litellm.proxy.agents")

TOPIC = "agents"


class StoredAgents(Followed):
    """The agents that are served of them."""

    topic, things = TOPIC, "agents"

    def __init__(self, database: Database, active: ActiveAgents, secrecy: Secrecy) -> None:
        super().__init__(database)
        self._active, self._secrecy = active, secrecy

    async def load(self) -> None:
        """Serve what the database has now; an agent that is wrong is logged and left out."""
        async with self._database.read() as connection:
            rows = await AgentRepository(connection).find()
        agents = []
        for row in rows:
            wrong = [message for _, message in problems(row, api=True)]
            if wrong:
                log.error("the stored agent %s is left out: %s", row["agent_name"], "; ".join(wrong))
            else:
                agents.append(agent_of_row(row, self._secrecy))
        self._active.store(agents)


def agent_of_row(row: Row, secrecy: Secrecy) -> Agent:
    """The agent of a row, its secrets decrypted."""
    headers = {name: _opened(value, secrecy) for name, value in (row["static_headers"] or {}).items()}
    return Agent(
        row["agent_id"], row["agent_name"], row["agent_card_params"] or {}, opened(row["litellm_params"], secrecy),
        headers, tuple(row["extra_headers"] or ()), tuple(row["agent_access_groups"] or ()), limits_in(row),
        row["enabled"] is not False, False, row,
    )  # fmt: skip


def _opened(value: Any, secrecy: Secrecy) -> str:
    try:
        return secrecy.decrypt(value)
    except ValueError:  # written as it is, as upstream does
        return str(value)
