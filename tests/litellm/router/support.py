"""Deployments on the scripted provider, and what it was asked."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from collections.abc import Callable
from typing import Any

MESSAGES = [{"role": "user", "content": "Say hello."}]


def deployment(base: str, group: str, model_id: str, behaviour: str = "", **params: Any) -> dict[str, Any]:
    """A row whose requests carry its id in their path; `behaviour` as `tests.support.provider` has it."""
    options = ",".join(part for part in (f"id={model_id}", behaviour) if part)
    info = params.pop("model_info", {})
    return {
        "model_name": group,
        "litellm_params": {
            "model": "openai/gpt-4o",
            "api_base": f"{base}/~{options}/v1",
            "api_key": "sk-test",
            "max_retries": 0,
            **params,
        },
        "model_info": {"id": model_id, **info},
    }


def forget(base: str) -> None:
    """Clear the provider's record."""
    urllib.request.urlopen(urllib.request.Request(f"{base}/_requests", method="DELETE"), timeout=5).close()


def asked(base: str) -> list[str]:
    """The ids of the deployments that were asked, in order."""
    with urllib.request.urlopen(f"{base}/_requests", timeout=5) as answer:
        records = json.load(answer)
    return [dict(part.split("=") for part in r["prefix"].split(",") if "=" in part)["id"] for r in records]


async def until(condition: Callable[[], bool], longest_s: float = 60.0) -> None:
    """Wait until something is so."""
    for _ in range(int(longest_s / 0.01)):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("waited in vain")
