"""Settings that the database keeps, over those of the file: a value of the database stands in a key's place."""

from __future__ import annotations

import dataclasses
import logging
import os
import re
from collections.abc import Mapping
from typing import Any

from litellm.proxy.config.document import Document
from litellm.proxy.config.schema import SECTIONS, check_section
from litellm.proxy.config.settings import GeneralSettings, ProxyConfig

log = logging.getLogger("litellm.proxy.config")

FIXED = frozenset({
    "master_key", "database_url", "database_type", "store_model_in_db", "dangerously_permit_weak_or_unset_master_key",
    "custom_auth", "custom_key_generate", "custom_key_update", "custom_key_policy", "custom_team_metadata_validate",
    "custom_sso", "pass_through_endpoints", "max_request_size_mb", "database_connect_timeout",
    "database_socket_timeout", "database_disable_prepared_statements", "database_max_idle_connection_lifetime",
    "user_api_key_cache_max_size", "supported_db_objects", "proxy_batch_polling_interval",
})  # fmt: skip
"""General settings that hold until the next start: what they decide is decided before the database is open, or they
name code to run."""

RULES = ("pre_call_rules", "post_call_rules")
"""LiteLLM settings that name code to run, and so stand in the config file alone."""

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
Overrides = Mapping[str, Mapping[str, Any]]
"""Section → key → value."""


def problems_of(section: str, values: Mapping[str, Any]) -> list[str]:
    """What is wrong with values for a section, each with its key."""
    document = Document("the request", {section: dict(values)})
    found = [f"{problem.key}: {problem.message}" for problem in check_section(document, section)]
    if section == "general_settings":
        found += [f"{name}: set it in the config file and restart" for name in sorted(FIXED & set(values))]
    if section == "litellm_settings":
        found += [f"{name}: set it in the config file" for name in RULES if name in values]
    return found


def with_overrides(config: ProxyConfig, overrides: Overrides) -> ProxyConfig:
    """The config with the database's values; one that this version cannot take is logged and passed over."""
    merged = {
        "general_settings": dict(config.general_settings.raw),
        "litellm_settings": dict(config.litellm_settings),
        "router_settings": dict(config.router_settings),
    }
    for section in SECTIONS:
        for name, value in (overrides.get(section) or {}).items():
            problems = problems_of(section, {name: value})
            if problems:
                log.warning("a setting of the database is passed over: %s: %s", section, problems[0])
            elif value is not None:
                merged[section][name] = value
    return dataclasses.replace(
        config,
        general_settings=GeneralSettings.from_section(merged["general_settings"]),
        litellm_settings=merged["litellm_settings"],
        router_settings=merged["router_settings"],
    )


def set_environment(variables: Mapping[str, str]) -> None:
    """Set the variables that the database keeps; one that cannot be set is logged and passed over."""
    for name, value in variables.items():
        if problem := _variable_problem(name, value):
            log.warning("a variable of the database is passed over: %s", problem)
        else:
            os.environ[name] = value


def environment_problems(variables: Mapping[str, str]) -> list[str]:
    """What is wrong with environment variables, each with its name."""
    return [problem for name, value in variables.items() if (problem := _variable_problem(name, value))]


def _variable_problem(name: str, value: str) -> str | None:
    if not _VARIABLE.fullmatch(name):
        return f"{name[:100]!r}: no name of a variable"
    return f"{name[:100]!r}: a NUL in its value" if "\0" in value else None
