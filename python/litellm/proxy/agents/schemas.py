"""Bodies of the agent routes, with upstream's fields."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from litellm.proxy.management_endpoints.common.fields import Fields, Id, Parallel

Texts = Annotated[list[Id], Field(max_length=1000)]


class PatchAgentRequest(Fields):
    """PATCH /v1/agents/{agent_id}: only what is given changes."""

    agent_name: Id | None = None
    agent_card_params: dict[str, Any] | None = None
    litellm_params: dict[str, Any] | None = None
    static_headers: dict[str, str] | None = None
    extra_headers: Texts | None = None
    agent_access_groups: Texts | None = None
    access_group_ids: Texts | None = None
    enabled: bool | None = None
    rpm_limit: Parallel | None = None
    tpm_limit: Parallel | None = None


class AgentRequest(PatchAgentRequest):
    """POST /v1/agents, PUT /v1/agents/{agent_id}."""

    agent_name: Id
    agent_card_params: dict[str, Any]


class PublicAgentsRequest(Fields):
    """POST /v1/agents/make_public."""

    agent_ids: Texts


class DiscoverAgentRequest(Fields):
    """POST /v1/a2a/discover."""

    url: Annotated[str, Field(min_length=8, max_length=2048)]
    discovery_mode: Literal["well_known_fallback"] = "well_known_fallback"
