"""Addresses of Bedrock's OpenAI-compatible service, which LiteLLM calls `bedrock_mantle`."""

from __future__ import annotations

import re

import litellm
from litellm.secret_managers.aws.settings import environment_region

PROVIDER = "bedrock_mantle"
DEFAULT_REGION = "us-east-1"
_REGION = re.compile(r"([a-z]{2}(?:-[a-z]+){1,2}-\d)/(.+)")


def split_region(model: str) -> tuple[str | None, str]:
    """`<region>/<model>` as (region, model); (None, model) for a name without one."""
    found = _REGION.fullmatch(model)
    return (found[1], found[2]) if found else (None, model)


def mantle_address(model: str, region: str | None = None) -> str:
    """The base URL for `model` (without its region) in `region`, else in the environment's region."""
    region = region or environment_region() or DEFAULT_REGION
    entry = litellm.model_cost.get(f"{PROVIDER}/{model}") or {}
    path = "/openai/v1" if entry.get("use_openai_responses_path") else "/v1"
    return f"https://bedrock-mantle.{region}.api.aws{path}"
