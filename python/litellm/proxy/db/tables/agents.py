"""Agents, and what keys and teams may use beside models."""

from __future__ import annotations

from sqlalchemy import Column, Table

from litellm.proxy.db.tables.columns import (
    document,
    flag,
    identifier,
    metadata,
    spent,
    stamps,
    text,
    texts,
    whole,
)

agents = Table(
    "LiteLLM_AgentsTable", metadata, identifier("agent_id"),
    Column("agent_name", text("").type, nullable=False, unique=True), document("litellm_params", None),
    document("agent_card_params"), document("static_headers", "{}", required=False), texts("extra_headers"),
    document("kill_switch", None), texts("agent_access_groups"), texts("access_group_ids"),
    text("object_permission_id"), spent(), flag("identity_managed"), flag("enabled", True),
    text("execution_mode", "autonomous"), whole("tpm_limit"), whole("rpm_limit"), whole("session_tpm_limit"),
    whole("session_rpm_limit"), *stamps(),
)  # fmt: skip

object_permissions = Table(
    "LiteLLM_ObjectPermissionTable", metadata, identifier("object_permission_id"), texts("mcp_servers"),
    texts("mcp_access_groups"), document("mcp_tool_permissions", None), texts("vector_stores"), texts("agents"),
    texts("agent_access_groups"), texts("models"), texts("blocked_tools"), texts("mcp_toolsets"),
    texts("search_tools"), texts("skills"),
)  # fmt: skip
