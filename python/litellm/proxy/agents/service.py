"""What the agent routes do with the agents of the database."""

from __future__ import annotations

from typing import Any

from litellm.proxy.agents.agent import Agent, problems
from litellm.proxy.agents.schemas import AgentRequest, PatchAgentRequest
from litellm.proxy.agents.stored import TOPIC, agent_of_row
from litellm.proxy.auth.route_access import sees_everything
from litellm.proxy.db.database import Transaction
from litellm.proxy.db.repositories import AgentRepository
from litellm.proxy.db.repository import Row
from litellm.proxy.management_endpoints.common.context import Context, bad_request, not_found, plain
from litellm.proxy.management_endpoints.config.service import ConfigService
from litellm.proxy.sealed import HIDDEN, masked, opened, sealed
from litellm.proxy.secrecy import Secrecy

TABLE = "LiteLLM_AgentsTable"
PUBLIC = "public_agent_groups"
"""Of `litellm_settings`: the ids of the agents that anybody may know of."""
_EMPTY: dict[str, Any] = {
    "litellm_params": {}, "static_headers": {}, "extra_headers": [], "agent_access_groups": [], "access_group_ids": [],
    "enabled": True, "rpm_limit": None, "tpm_limit": None,
}  # fmt: skip
_TIMES = ("created_at", "updated_at", "created_by", "updated_by")


class AgentService:
    """Agents. Their secrets are never shown."""

    def __init__(self, context: Context) -> None:
        self._context, self._secrecy = context, Secrecy(context.state.master_key)

    def allowed(self) -> list[Agent]:
        """The agents that the caller may call, or all for who sees everything."""
        caller = self._context.caller
        agents = self._context.state.agents.active
        return [agent for agent in agents if sees_everything(caller) or agent.may_be_called(caller)]

    async def listed(self, agents: list[Agent]) -> list[Row]:
        """These agents, with what was spent on them."""
        async with self._context.read() as connection:
            rows = await AgentRepository(connection).many([agent.agent_id for agent in agents])
        spends = {row["agent_id"]: row["spend"] for row in rows}
        return [self.shown(agent, spends.get(agent.agent_id)) for agent in agents]

    async def info(self, agent_id: str) -> Row:
        """One agent. Raises ProxyException 404 for one that the caller may not call, too."""
        found = self._context.state.agents.find(agent_id)
        if found is None or found not in self.allowed():
            raise not_found("agent", "agent_id")
        return (await self.listed([found]))[0]

    def shown(self, agent: Agent, spend: float | None = None) -> Row:
        """An agent as the API tells of it; how it is asked is for who sees everything."""
        public = self._context.state.config.litellm_settings.get(PUBLIC) or ()
        row: Row = {
            "agent_id": agent.agent_id, "agent_name": agent.agent_name, "agent_card_params": dict(agent.card),
            "enabled": agent.enabled, **{name: agent.limits.get(name) for name in ("rpm_limit", "tpm_limit")},
            "spend": spend, "agent_access_groups": list(agent.groups),
            "litellm_params": {"is_public": agent.agent_id in public},
            **plain({name: agent.row.get(name) for name in _TIMES}),
        }  # fmt: skip
        if sees_everything(self._context.caller):
            row["litellm_params"] |= masked(agent.params)
            row["static_headers"] = dict.fromkeys(agent.static_headers, HIDDEN)
            row["extra_headers"] = list(agent.extra_headers)
            row["access_group_ids"] = list(agent.row.get("access_group_ids") or ())
        else:
            row["agent_card_params"].pop("url", None)
        return row

    async def new(self, request: AgentRequest) -> Row:
        """A new agent, served at once."""
        given = request.model_dump(exclude_unset=True)
        actor = self._context.actor
        async with self._context.write() as transaction:
            row = _EMPTY | _whole(given)
            await self._check(transaction, row, None)
            made = await AgentRepository(transaction.connection).add(
                self._sealed(row) | {"created_by": actor, "updated_by": actor}
            )
            await self._note(transaction, "created", None, made)
        return self.shown(agent_of_row(made, self._secrecy), 0.0)

    async def replace(self, agent_id: str, request: AgentRequest) -> Row:
        """Another agent in the place of a stored one."""
        return await self._change(agent_id, _EMPTY | _whole(request.model_dump(exclude_unset=True)))

    async def patch(self, agent_id: str, request: PatchAgentRequest) -> Row:
        """Change what is given of a stored agent."""
        return await self._change(agent_id, _whole(request.model_dump(exclude_unset=True)))

    async def _change(self, agent_id: str, given: Row) -> Row:
        async with self._context.write() as transaction:
            rows = AgentRepository(transaction.connection)
            before = await self._stored(rows, agent_id)
            known = agent_of_row(before, self._secrecy)
            for name, values in (("litellm_params", known.params), ("static_headers", known.static_headers)):
                if name in given:  # what is given as it is shown stays
                    given[name] = {key: values.get(key) if value == HIDDEN else value
                                   for key, value in given[name].items()}  # fmt: skip
            opened_row = before | {"litellm_params": opened(before["litellm_params"], self._secrecy),
                                   "static_headers": dict(known.static_headers)}  # fmt: skip
            await self._check(transaction, opened_row | given, agent_id)
            after = await rows.change(agent_id, self._sealed(given) | {"updated_by": self._context.actor})
            await self._note(transaction, "updated", before, after)
        return self.shown(agent_of_row(after or before, self._secrecy), (after or before)["spend"])

    async def delete(self, agent_id: str) -> Row:
        """Delete a stored agent."""
        async with self._context.write() as transaction:
            rows = AgentRepository(transaction.connection)
            before = await self._stored(rows, agent_id)
            await rows.remove([agent_id])
            await self._note(transaction, "deleted", before, None)
        return {"message": f"Agent {agent_id} deleted successfully"}

    async def publish(self, agent_ids: list[str], *, also: bool) -> Row:
        """Tell anybody of these agents; with `also`, of those that were public before, too."""
        known = {agent.agent_id for agent in self._context.state.agents.active}
        for name in agent_ids:
            if name not in known:
                raise not_found("agent", "agent_ids")
        before = self._context.state.config.litellm_settings.get(PUBLIC) or [] if also else []
        public = list(dict.fromkeys([*before, *agent_ids]))
        await ConfigService(self._context).update({"litellm_settings": {PUBLIC: public}})
        message = "Successfully updated public agents"
        return {"message": message, PUBLIC: public, "updated_by": self._context.caller.user_id}

    async def _stored(self, rows: AgentRepository, agent_id: str) -> Row:
        row = await rows.get(agent_id, lock=True)
        if row is None and self._context.state.agents.find(agent_id) is not None:
            raise bad_request("agent_id: it is an agent of the config, which the API does not change", "agent_id")
        if row is None:
            raise not_found("agent", "agent_id")
        return row

    def _sealed(self, row: Row) -> Row:
        kept = dict(row)
        if "litellm_params" in kept:
            kept["litellm_params"] = sealed(kept["litellm_params"], self._secrecy)
        if "static_headers" in kept:
            kept["static_headers"] = self._secrecy.encrypt_all(kept["static_headers"])
        return kept

    async def _check(self, transaction: Transaction, row: Row, agent_id: str | None) -> None:
        for key, message in problems(row, api=True):
            raise bad_request(f"{key}: {message}", key)
        other = await AgentRepository(transaction.connection).first(agent_name=row["agent_name"])
        if other is not None and other["agent_id"] != agent_id:
            raise bad_request("agent_name: there is such an agent already", "agent_name")

    async def _note(self, transaction: Transaction, action: str, before: Row | None, after: Row | None) -> None:
        transaction.changed(TOPIC)
        row = after or before or {}
        kept = [value and {**value, "static_headers": sorted(value["static_headers"] or {})}
                for value in (before, after)]  # fmt: skip
        await self._context.audit(transaction, action, TABLE, str(row.get("agent_id")), *kept)


def _whole(given: Row) -> Row:
    """What is given, with what stands for null where a column cannot be null."""
    return {name: _EMPTY.get(name) if value is None else value for name, value in given.items()}
