"""Search tools of the database."""

from __future__ import annotations

from sqlalchemy import Column, Table

from litellm.proxy.db.tables.columns import document, identifier, metadata, stamps, text

search_tools = Table(
    "LiteLLM_SearchToolsTable", metadata, identifier("search_tool_id"),
    Column("search_tool_name", text("").type, nullable=False, unique=True), document("litellm_params"),
    document("search_tool_info", None), *stamps(by=False),
)  # fmt: skip
