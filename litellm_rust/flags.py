"""Which features run natively: one typed table, read once at start.

A flag comes, first match wins, from `enable(features={...})` / `set_flags`, from the environment variable
`LITELLM_RUST_<FEATURE>=true|false`, and from the defaults in `feature_flags.json`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

_DEFAULTS: dict[str, str] = json.loads((Path(__file__).parent / "feature_flags.json").read_text(encoding="utf-8"))
FEATURES: tuple[str, ...] = tuple(_DEFAULTS)
_TRUE, _FALSE = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off"})


def environment_variable(feature: str) -> str:
    """The environment variable that sets `feature`: `token_counting` → `LITELLM_RUST_TOKEN_COUNTING`."""
    return f"LITELLM_RUST_{feature.upper()}"


def _read(feature: str) -> bool:
    name = environment_variable(feature)
    value = os.environ.get(name)
    if value is None:
        return _DEFAULTS[feature] == "on"
    if value.strip().lower() in _TRUE:
        return True
    if value.strip().lower() in _FALSE:
        return False
    raise ValueError(f"{name}: expected true or false, got {value!r}")


_state: dict[str, bool] = {feature: _read(feature) for feature in FEATURES}


def enabled(feature: str) -> bool:
    """Whether `feature` runs natively. Raises KeyError for an unknown feature."""
    return _state[feature]


def set_flags(features: Mapping[str, bool]) -> None:
    """Override flags at run time. Raises ValueError that names an unknown feature; then nothing is changed."""
    for feature in features:
        if feature not in _state:
            raise ValueError(f"unknown feature {feature!r}; known: {', '.join(FEATURES)}")
    _state.update(features)
