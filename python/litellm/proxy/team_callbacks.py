"""Logging callbacks of a team or a key, kept in its metadata: `logging`, a list of callbacks with their credentials.

They are called for the calls of that team alone, beside those of the config. `disable_logging` in a team's metadata
calls none at all for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.proxy._types import UserAPIKeyAuth

VARIABLES = frozenset({
    "langfuse_public_key", "langfuse_secret", "langfuse_secret_key", "langfuse_host", "langfuse_environment",
    "langfuse_span_scope", "langfuse_prompt_version", "gcs_bucket_name", "gcs_path_service_account",
    "langsmith_api_key", "langsmith_project", "langsmith_base_url", "langsmith_tenant_id", "langsmith_sampling_rate",
    "humanloop_api_key", "arize_api_key", "arize_space_key", "arize_space_id", "arize_otlp_protocol",
    "arize_error_sampling_rate", "arize_success_sampling_rate", "posthog_api_key", "posthog_api_url", "wandb_api_key",
    "weave_project_id", "dd_api_key", "dd_site", "dd_agent_host", "dd_agent_port", "newrelic_api_key",
    "newrelic_region", "signoz_ingestion_endpoint", "signoz_ingestion_key", "turn_off_message_logging",
    "litellm_disabled_callbacks",
})  # fmt: skip
"""What a callback may be given; the names are LiteLLM's."""


def add_callbacks(body: dict[str, Any], auth: UserAPIKeyAuth) -> None:
    """Tell a call, in place, which callbacks its team and its key have."""
    if auth.team_metadata.get("disable_logging") is True:
        body["no-log"] = True
        return
    for metadata in (auth.team_metadata, auth.metadata):
        entries = metadata.get("logging")
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, dict) and isinstance(entry.get("callback_name"), str):
                _add(body, entry)


def _add(body: dict[str, Any], entry: Mapping[str, Any]) -> None:
    kind = entry.get("callback_type") or "success_and_failure"
    for name in ("success", "failure"):
        if name in kind:
            field = f"{name}_callback"
            body[field] = list(dict.fromkeys([*(body.get(field) or ()), entry["callback_name"]]))
    given = entry.get("callback_vars")
    for name, value in (given if isinstance(given, dict) else {}).items():
        if name in VARIABLES:
            body.setdefault(name, value)
