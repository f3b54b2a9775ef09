"""Secrets by name: from the environment, or from a secret manager that was set up."""

from __future__ import annotations

import os
from typing import Any

PREFIX = "os.environ/"


def resolved(value: Any) -> Any:
    """What a setting stands for: the variable's text for `os.environ/NAME`, None when it is unset; else the value."""
    if isinstance(value, str) and value.startswith(PREFIX):
        return os.environ.get(value.removeprefix(PREFIX))
    return value


def get_secret(secret_name: str, default_value: str | bool | None = None) -> str | bool | None:
    """The secret `NAME` or `os.environ/NAME`; "true" and "false" become booleans. `default_value` when it is unset."""
    value = os.environ.get(secret_name.removeprefix(PREFIX))
    if value is None:
        return default_value
    if value.strip().lower() in ("true", "false"):
        return value.strip().lower() == "true"
    return value


def get_secret_str(secret_name: str, default_value: str | None = None) -> str | None:
    """The secret as text."""
    value = os.environ.get(secret_name.removeprefix(PREFIX))
    return default_value if value is None else value


def get_secret_bool(secret_name: str, default_value: bool | None = None) -> bool | None:
    """The secret as a boolean; `default_value` when it is unset or neither true nor false."""
    value = get_secret(secret_name)
    return value if isinstance(value, bool) else default_value


def str_to_bool(value: str | None) -> bool | None:
    """`true` or `false`, in any case; None for anything else."""
    return {"true": True, "false": False}.get((value or "").strip().lower())
