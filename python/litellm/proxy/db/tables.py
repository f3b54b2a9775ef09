"""The tables, with upstream's names and columns, so that an existing LiteLLM database opens as it is.

Times are UTC without a zone, as upstream's migrations have them. Lists are arrays on PostgreSQL and JSON on SQLite.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Float,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    false,
    func,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

metadata = MetaData()

_JSON: TypeEngine[Any] = JSON().with_variant(postgresql.JSONB(), "postgresql")
_LIST: TypeEngine[Any] = JSON().with_variant(postgresql.ARRAY(Text), "postgresql")

verification_tokens = Table(
    "LiteLLM_VerificationToken",
    metadata,
    Column("token", Text, primary_key=True),
    Column("key_name", Text),
    Column("key_alias", Text),
    Column("soft_budget_cooldown", Boolean, nullable=False, server_default=false()),
    Column("spend", Float, nullable=False, server_default="0"),
    Column("expires", DateTime),
    Column("models", _LIST),
    Column("aliases", _JSON),
    Column("config", _JSON),
    Column("user_id", Text),
    Column("team_id", Text),
    Column("permissions", _JSON),
    Column("max_parallel_requests", Integer),
    Column("metadata", _JSON),
    Column("blocked", Boolean),
    Column("tpm_limit", BigInteger),
    Column("rpm_limit", BigInteger),
    Column("max_budget", Float),
    Column("budget_duration", Text),
    Column("budget_reset_at", DateTime),
    Column("allowed_routes", _LIST),
    Column("organization_id", Text),
    Column("created_at", DateTime, server_default=func.now()),
    Column("created_by", Text),
    Column("updated_at", DateTime, server_default=func.now()),
    Column("updated_by", Text),
)

spend_logs = Table(
    "LiteLLM_SpendLogs",
    metadata,
    Column("request_id", Text, primary_key=True),
    Column("call_type", Text, nullable=False),
    Column("api_key", Text, nullable=False, server_default=""),
    Column("spend", Float, nullable=False, server_default="0"),
    Column("total_tokens", Integer, nullable=False, server_default="0"),
    Column("prompt_tokens", Integer, nullable=False, server_default="0"),
    Column("completion_tokens", Integer, nullable=False, server_default="0"),
    Column("startTime", DateTime, nullable=False),
    Column("endTime", DateTime, nullable=False),
    Column("model", Text, nullable=False, server_default=""),
    Column("model_id", Text, server_default=""),
    Column("model_group", Text, server_default=""),
    Column("custom_llm_provider", Text, server_default=""),
    Column("api_base", Text, server_default=""),
    Column("user", Text, server_default=""),
    Column("metadata", _JSON),
    Column("cache_hit", Text, server_default=""),
    Column("request_tags", _JSON),
    Column("team_id", Text),
    Column("organization_id", Text),
    Column("end_user", Text),
    Column("status", Text),
    Index("LiteLLM_SpendLogs_startTime_idx", "startTime"),
    Index("LiteLLM_SpendLogs_api_key_startTime_idx", "api_key", "startTime"),
)
