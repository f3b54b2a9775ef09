"""Deployments that answer by themselves, and which of them are chosen."""

from __future__ import annotations

from collections import Counter
from typing import Any

from litellm import Router

from tests.litellm.router.support import MESSAGES


def row(group: str, model_id: str, model: str = "openai/gpt-4o", **params: Any) -> dict[str, Any]:
    """A deployment that answers by itself."""
    info = params.pop("model_info", {})
    return {
        "model_name": group,
        "litellm_params": {"model": model, "mock_response": f"from {model_id}", **params},
        "model_info": {"id": model_id, **info},
    }


def picked(router: Router, model: str, times: int = 1, **request: Any) -> Counter[str]:
    """How often each deployment is chosen."""
    rows = (router.get_available_deployment(model, MESSAGES, request_kwargs=request) for _ in range(times))
    return Counter(row["model_info"]["id"] for row in rows)


def chosen(router: Router, model: str, times: int = 40, **request: Any) -> set[str]:
    """Which deployments are chosen among many times."""
    return set(picked(router, model, times, **request))
