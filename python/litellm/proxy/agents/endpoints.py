"""The agent routes. Asking an agent is in `agents/a2a.py`."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx
import orjson
from fastapi import Request

from litellm.llms.custom_httpx.clients import pool
from litellm.proxy.agents.agent import Agent
from litellm.proxy.agents.schemas import (
    AgentRequest,
    DiscoverAgentRequest,
    PatchAgentRequest,
    PublicAgentsRequest,
)
from litellm.proxy.agents.service import PUBLIC, AgentService
from litellm.proxy.common_utils.addresses import web_address
from litellm.proxy.guarded_router import guarded_router
from litellm.proxy.management_endpoints.common.context import InContext, bad_request, not_found
from litellm.proxy.request_context import state_of
from litellm.proxy.sign_in.addresses import here

router = guarded_router("agents")

CARDS = ("/.well-known/agent-card.json", "/.well-known/agent.json", "/agent.json")
"""Where agents have their card; the first is A2A's, the others were before."""
TIMEOUT_S = 5.0
MAX_CARD = 1024 * 1024
_BEARER = {"gateway": {"type": "http", "scheme": "bearer"}}


@router.get("/v1/agents")
async def list_agents(context: InContext, health_check: bool = False, query: str | None = None) -> list[dict[str, Any]]:
    """The agents that the caller may call; with `health_check`, those that answer."""
    if query is not None:
        raise bad_request("query: agents are not searched by meaning here", "query")
    service = AgentService(context)
    agents = service.allowed()
    if health_check:
        answers = await asyncio.gather(*map(_answers, agents))
        agents = [agent for agent, answer in zip(agents, answers, strict=True) if answer]
    return await service.listed(agents)


@router.post("/v1/agents")
async def create_agent(body: AgentRequest, context: InContext) -> dict[str, Any]:
    """A new agent, served at once."""
    return await AgentService(context).new(body)


@router.post("/v1/agents/make_public")
async def make_agents_public(body: PublicAgentsRequest, context: InContext) -> dict[str, Any]:
    """Tell anybody of these agents, and of no others, at `/public/agent_hub`."""
    return await AgentService(context).publish(body.agent_ids, also=False)


@router.get("/v1/agents/{agent_id}")
async def agent_info(agent_id: str, context: InContext) -> dict[str, Any]:
    """One agent."""
    return await AgentService(context).info(agent_id)


@router.put("/v1/agents/{agent_id}")
async def update_agent(agent_id: str, body: AgentRequest, context: InContext) -> dict[str, Any]:
    """Another agent in the place of a stored one."""
    return await AgentService(context).replace(agent_id, body)


@router.patch("/v1/agents/{agent_id}")
async def patch_agent(agent_id: str, body: PatchAgentRequest, context: InContext) -> dict[str, Any]:
    """Change what is given of a stored agent."""
    return await AgentService(context).patch(agent_id, body)


@router.delete("/v1/agents/{agent_id}")
async def delete_agent(agent_id: str, context: InContext) -> dict[str, Any]:
    """Delete a stored agent."""
    return await AgentService(context).delete(agent_id)


@router.post("/v1/agents/{agent_id}/make_public")
async def make_agent_public(agent_id: str, context: InContext) -> dict[str, Any]:
    """Tell anybody of this agent, too."""
    return await AgentService(context).publish([agent_id], also=True)


@router.get("/public/agent_hub")
async def agent_hub(request: Request) -> list[dict[str, Any]]:
    """The cards of the agents that anybody may know of."""
    state = state_of(request)
    public = state.config.litellm_settings.get(PUBLIC) or ()
    return [card_of(request, agent) for agent in state.agents.active if agent.agent_id in public]


@router.get("/a2a/{agent_id}/.well-known/agent-card.json")
@router.get("/a2a/{agent_id}/.well-known/agent.json")
async def agent_card(agent_id: str, request: Request, context: InContext) -> dict[str, Any]:
    """An agent's card, with the gateway's address in the place of its own."""
    agent = context.state.agents.find(agent_id)
    if agent is None or not agent.may_be_called(context.caller):
        raise not_found(f"agent: {agent_id[:200]!r}", "agent_id")
    return card_of(request, agent)


@router.post("/v1/a2a/discover")
async def discover(body: DiscoverAgentRequest, context: InContext) -> dict[str, Any]:
    """The card of an agent that is to be served. Raises ProxyException 400 when there is none at that address."""
    if web_address(body.url) is None:
        raise bad_request("url: expected an http:// or https:// address", "url")
    base = body.url.rstrip("/")
    for path in CARDS:
        card = await _fetched(base + path)
        if card is not None:
            return {"url": base + path, "agent_card": card}
    raise bad_request("url: there is no agent card", "url")


def card_of(request: Request, agent: Agent) -> dict[str, Any]:
    """A card as clients of the gateway need it: they sign in here, and what the agent signed no longer holds."""
    left = ("signatures", "additionalInterfaces", "supportsAuthenticatedExtendedCard")
    card = {name: value for name, value in agent.card.items() if name not in left}
    url = here(request, f"/a2a/{agent.agent_id}")
    return {"name": agent.agent_name, **card, "url": url, "securitySchemes": _BEARER, "security": [{"gateway": []}]}


async def _answers(agent: Agent) -> bool:
    """Whether anything answers at an agent's address."""
    try:
        answer = await pool.asynchronous().get(agent.url, timeout=TIMEOUT_S, follow_redirects=False)
    except httpx.TransportError:
        return False
    return answer.status_code < 500


async def _fetched(url: str) -> Mapping[str, Any] | None:
    """A JSON object of another server: neither long nor late, and where it was asked for, not elsewhere."""
    content = bytearray()
    try:
        async with pool.asynchronous().stream("GET", url, timeout=TIMEOUT_S, follow_redirects=False) as answer:
            if answer.status_code != 200:
                return None
            async for piece in answer.aiter_bytes():
                content += piece
                if len(content) > MAX_CARD:
                    return None
        found = orjson.loads(bytes(content))
    except (httpx.TransportError, httpx.InvalidURL, orjson.JSONDecodeError):
        return None
    return found if isinstance(found, dict) and isinstance(found.get("name"), str) else None
