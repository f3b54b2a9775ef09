"""The settings that the gateway itself reads, typed. Everything else stays in the raw sections for its reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from litellm.proxy.config.document import Line, Place, Stamp, nearest, undotted
from litellm.proxy.config.problems import ConfigProblem

DEFAULT_MAX_REQUEST_SIZE_MB = 100.0
MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class GeneralSettings:
    """`general_settings`, as far as the HTTP side reads it; `raw` holds the whole section."""

    master_key: str | None = None
    dangerously_permit_weak_or_unset_master_key: bool = False
    completion_model: str | None = None
    embedding_model: str | None = None
    image_generation_model: str | None = None
    moderation_model: str | None = None
    max_request_size_mb: float = DEFAULT_MAX_REQUEST_SIZE_MB
    always_include_stream_usage: bool = False
    health_check_details: bool = True
    block_robots: bool = False
    enforce_user_param: bool = False
    allow_requests_on_db_unavailable: bool = False
    litellm_key_header_name: str | None = None
    reserved_output_tokens: int = 4096
    partial_reservations: str = "without_limit"
    raw: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_section(cls, section: Mapping[str, Any]) -> GeneralSettings:
        """From a checked section; a null means the default."""
        names = {item.name for item in fields(cls)} - {"raw"}
        given = {name: value for name, value in section.items() if name in names and value is not None}
        return cls(**given, raw=dict(section))

    @property
    def max_request_bytes(self) -> int:
        """The largest accepted request body in bytes."""
        return int(self.max_request_size_mb * MIB)


@dataclass(frozen=True, slots=True)
class ProxyConfig:
    """A config that passed its checks: references resolved, deployments without their keys left out."""

    file: str | None = None
    model_list: tuple[dict[str, Any], ...] = ()
    general_settings: GeneralSettings = field(default_factory=GeneralSettings)
    litellm_settings: Mapping[str, Any] = field(default_factory=dict)
    router_settings: Mapping[str, Any] = field(default_factory=dict)
    sections: Mapping[str, Any] = field(default_factory=dict)
    """The other top-level sections (`guardrails`, `mcp_servers`, …), as written."""
    files: Mapping[str, Stamp] = field(default_factory=dict)
    """The file and what it includes, as each was when it was read."""
    lines: Mapping[Place, Line] = field(default_factory=dict, repr=False, compare=False)
    """Where each key stands."""

    def problem(self, key: str, message: str) -> ConfigProblem:
        """A mistake that came out when a setting was used. An entry of a list is meant by its index or its name."""
        place = undotted(key)
        entries = self.sections.get(str(place[0])) if len(place) > 1 and isinstance(place[1], str) else None
        for index, entry in enumerate(entries if isinstance(entries, list) else ()):
            if isinstance(entry, dict) and place[1] in (entry[name] for name in entry if str(name).endswith("_name")):
                place = (place[0], index, *place[2:])
        file, line = nearest(self.lines, place) or (self.file or "config", 0)
        return ConfigProblem(file, line, key, message)
