"""`os.environ/NAME` references and the config's own `environment_variables`."""

from __future__ import annotations

import os
from collections.abc import MutableMapping
from typing import Any

from litellm.proxy.config.document import Document, Place
from litellm.proxy.config.problems import ConfigError

PREFIX = "os.environ/"


def apply_environment_variables(document: Document, environ: MutableMapping[str, str] = os.environ) -> None:
    """Set what `environment_variables` names, as texts; a null is left out. Raises ConfigError for what is no text."""
    section = document.data.get("environment_variables")
    if isinstance(section, dict):
        for name, value in section.items():
            if isinstance(value, (dict, list)):
                raise ConfigError([document.problem(("environment_variables", str(name)), "expected a text")])
            if value is not None and not str(value).startswith(PREFIX):
                environ[str(name)] = str(value).lower() if isinstance(value, bool) else str(value)


def resolve(value: Any, place: Place, unset: list[tuple[Place, str]]) -> Any:
    """`value` with every reference replaced; an unset one becomes None and is added to `unset`."""
    if isinstance(value, str) and value.startswith(PREFIX):
        name = value.removeprefix(PREFIX)
        if os.environ.get(name):
            return os.environ[name]
        unset.append((place, name))
        return None
    if isinstance(value, dict):
        return {key: resolve(item, (*place, str(key)), unset) for key, item in value.items()}
    if isinstance(value, list):
        return [resolve(item, (*place, index), unset) for index, item in enumerate(value)]
    return value
