"""`simple-shuffle`: a random deployment, by `weight`, else by `rpm`, else by `tpm`."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from litellm.router_utils.deployments import Row


def simple_shuffle(
    resolve_model_alias: Callable[[str], str | None],
    healthy_deployments: Sequence[Row],
    model: str,
    request_kwargs: Mapping[str, Any] | None = None,
) -> Row:
    """One of the deployments, which must not be empty."""
    for name in ("weight", "rpm", "tpm"):
        shares = [float((row.get("litellm_params") or {}).get(name) or 0) for row in healthy_deployments]
        if any(shares):
            return random.choices(healthy_deployments, shares)[0]
    return random.choice(healthy_deployments)
