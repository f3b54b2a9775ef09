"""Bodies of the access-group routes."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from litellm.proxy.management_endpoints.common.fields import Fields, Id, Name


class AccessGroupFields(Fields):
    """What an access group gives, and to whom."""

    access_group_name: Id | None = None
    description: Annotated[str, Field(max_length=4096)] | None = None
    access_model_names: list[Name] | None = None
    access_mcp_server_ids: list[Name] | None = None
    access_agent_ids: list[Name] | None = None
    assigned_team_ids: list[Name] | None = None
    assigned_key_ids: list[Name] | None = None


class NewAccessGroupRequest(AccessGroupFields):
    """POST /v1/access_group."""

    access_group_name: Id
