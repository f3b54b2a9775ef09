"""Keeps the guardrails in force in step with those of the database."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from typing import Any

from litellm.integrations.custom_guardrail import CustomGuardrail
from litellm.proxy.config.problems import ConfigError, ConfigProblem
from litellm.proxy.config.settings import ProxyConfig
from litellm.proxy.db.database import Database
from litellm.proxy.db.followed import Followed
from litellm.proxy.db.repositories import GuardrailRepository
from litellm.proxy.db.repository import Row
from litellm.proxy.guardrails.active import ActiveGuardrails
from litellm.proxy.guardrails.registry import BUILT_IN, build
from litellm.proxy.guardrails.spec import GuardrailSpec, problems
from litellm.proxy.sealed import opened
from litellm.proxy.secrecy import Secrecy
from litellm.types.guardrails import GUARDRAIL_DEFINITION_LOCATION as Location

log = logging.getLogger("litellm.proxy.guardrails")

TOPIC = "guardrails"
ACTIVE, PENDING, REJECTED = "active", "pending_review", "rejected"
CUSTOM_CODE = "LITELLM_ENABLE_CUSTOM_CODE_GUARDRAILS"
"""Set to `true`, guardrails of the API may name classes of installed modules; else only the config may."""
_FILES = ("blocked_words_file", "presidio_ad_hoc_recognizers", "category_file")


class StoredGuardrails(Followed):
    """The guardrails that are run of them."""

    topic, things = TOPIC, "guardrails"

    def __init__(self, database: Database, active: ActiveGuardrails, secrecy: Secrecy, config: ProxyConfig) -> None:
        super().__init__(database)
        self._active, self._secrecy, self._config = active, secrecy, config

    async def load(self) -> None:
        """Run what the database has now; one that cannot be made is logged and left out."""
        async with self._database.read() as connection:
            rows = await GuardrailRepository(connection).find(GuardrailRepository.table.c.status == ACTIVE)
        made = []
        for row in rows:
            try:
                made.append(checked(spec_of_row(row, self._secrecy), self._config))
            except (ConfigError, ValueError) as error:
                log.error("the stored guardrail %s is left out: %s", row["guardrail_name"], error)
        self._active.store(made)


def spec_of_row(row: Row, secrecy: Secrecy) -> GuardrailSpec:
    """The spec of a row, its secrets decrypted."""
    params = opened(row["litellm_params"], secrecy)
    return GuardrailSpec(
        row["guardrail_id"], row["guardrail_name"], params, row["guardrail_info"] or {}, Location.DB, row["team_id"],
        row["created_at"], row["updated_at"],
    )  # fmt: skip


def checked(spec: GuardrailSpec, config: ProxyConfig) -> tuple[GuardrailSpec, CustomGuardrail]:
    """The guardrail of a stored spec. Raises ConfigError for a wrong one, and for one that reads files of the server
    or runs code that the config does not name."""
    found = list(problems({"guardrail_name": spec.guardrail_name, "litellm_params": spec.params}))
    found += [(f"litellm_params.{name}", "files are named by the config alone") for name in _named_files(spec.params)]
    named = {entry["litellm_params"]["guardrail"] for entry in config.sections.get("guardrails") or ()}
    kind = spec.params.get("guardrail")
    if not found and kind not in BUILT_IN and kind not in named and not custom_code_enabled():
        message = f"{kind}: only the config may name classes; {CUSTOM_CODE}=true lets the API do so"
        found = [("litellm_params.guardrail", message)]
    if found:
        raise ConfigError([ConfigProblem("guardrail", 0, key, message) for key, message in found])
    return spec, build(spec, config)


def custom_code_enabled() -> bool:
    """Whether code may come over the API."""
    return os.environ.get(CUSTOM_CODE, "").lower() == "true"


def _named_files(params: Mapping[str, Any]) -> list[str]:
    categories = params.get("categories")
    inner = [item for item in categories if isinstance(item, dict)] if isinstance(categories, list) else []
    return [name for holder in (params, *inner) for name in _FILES if holder.get(name)]
