"""From a file to a `ProxyConfig`."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from litellm.proxy.config import schema
from litellm.proxy.config.document import Document, Place, dotted, read_document
from litellm.proxy.config.environment import apply_environment_variables, resolve
from litellm.proxy.config.problems import ConfigError
from litellm.proxy.config.settings import GeneralSettings, ProxyConfig

log = logging.getLogger("litellm.proxy.config")


@dataclass(frozen=True, slots=True)
class SkippedDeployment:
    """A deployment that is left out because the environment variables it names are not set."""

    model_name: str
    variables: tuple[str, ...]

    def __str__(self) -> str:
        verb = "is" if len(self.variables) == 1 else "are"
        return f"model {self.model_name!r} is skipped: {', '.join(self.variables)} {verb} not set"


def load_config(path: str | Path) -> ProxyConfig:
    """Read, resolve and check the config at `path`.

    Sets the variables of `environment_variables` in this process, and logs a line for each deployment that is
    skipped, each setting whose `os.environ/` variable is unset (it then counts as absent), and each one without effect.
    Raises ConfigError with every problem found.
    """
    document = read_document(Path(path))
    apply_environment_variables(document)
    unset: list[tuple[Place, str]] = []
    document.data = resolve(document.data, (), unset)
    missing: dict[int, list[str]] = {}
    for place, variable in unset:
        if place[0] == "model_list" and len(place) > 1 and isinstance(place[1], int):
            missing.setdefault(place[1], []).append(variable)
        else:
            where = document.problem(place, f"{variable} is not set; the setting counts as absent")
            log.warning("%s", where)
    problems = [problem for problem in schema.check(document) if not _is_due_to_skipping(problem.key, missing)]
    if problems:
        raise ConfigError(sorted(problems, key=lambda problem: (problem.file, problem.line)))
    for ignored in schema.unread(document):
        log.warning("%s", ignored)
    return _build(document, missing)


def _is_due_to_skipping(key: str, missing: dict[int, list[str]]) -> bool:
    return any(key.startswith(dotted(("model_list", index)) + ".litellm_params.model") for index in missing)


def _build(document: Document, missing: dict[int, list[str]]) -> ProxyConfig:
    data: dict[str, Any] = document.data
    model_list = data.get("model_list") or []
    for index, variables in missing.items():
        names = tuple(dict.fromkeys(variables))
        log.warning(
            "%s",
            document.problem(("model_list", index), str(SkippedDeployment(model_list[index]["model_name"], names)), ""),
        )
    credentials = {item["credential_name"]: item["credential_values"] for item in data.get("credential_list") or ()}
    known = {"model_list", "environment_variables", *schema.SECTIONS}
    return ProxyConfig(
        file=document.file,
        model_list=tuple(
            _with_credential(entry, credentials) for index, entry in enumerate(model_list) if index not in missing
        ),
        general_settings=GeneralSettings.from_section(data.get("general_settings") or {}),
        litellm_settings=_given(data.get("litellm_settings")),
        router_settings=_given(data.get("router_settings")),
        files=document.files,
        lines=document.lines,
        sections={name: value for name, value in data.items() if name not in known},
    )


def _with_credential(entry: dict[str, Any], credentials: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """A deployment with what its `litellm_credential_name` stands for; what it says itself comes first."""
    params = entry["litellm_params"]
    found = credentials.get(str(params.get("litellm_credential_name")))
    if found is None:
        return entry
    rest = {name: value for name, value in params.items() if name != "litellm_credential_name"}
    return entry | {"litellm_params": found | rest}


def _given(section: dict[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (section or {}).items() if value is not None}
