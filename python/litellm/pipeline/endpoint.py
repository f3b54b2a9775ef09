"""Where a call goes and with which key: by its arguments, the settings, the environment, or the provider's row."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

import litellm
from litellm.types.provider_registry import PROVIDERS

if TYPE_CHECKING:
    from litellm.pipeline.run import Run


def resolve_endpoint(run: Run) -> None:
    """Completes the base URL and the key of `run`."""
    row = PROVIDERS.get(run.provider)
    if run.api_base is None:
        run.api_base = (
            litellm.api_base or _from_environment(row.base_env if row else ()) or (row.api_base if row else None)
        )
    if run.api_key is None:
        run.api_key = (
            litellm.api_key
            or getattr(litellm, f"{run.provider}_key", None)
            or _from_environment(row.key_env if row else ())
        )


def _from_environment(names: Iterable[str]) -> str | None:
    for name in names:
        value = os.environ.get(name)
        if value:
            return value
    return None
