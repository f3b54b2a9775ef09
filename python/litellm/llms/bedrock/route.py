"""What a Bedrock model name says: which API, which model, in which region.

Names as LiteLLM has them: `[converse/|invoke/|<family>/][<region>/][<region group>.]<vendor>.<model>`, or an ARN in
place of the model.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import litellm

Api = Literal["converse", "invoke", "chat_completions"]
_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+){1,2}-\d")
_REGION_GROUP = re.compile(r"(?:us|eu|apac|jp|au|ca|sa|amer|us-gov|global)\.(?=[a-z0-9]+\.)")
_FAMILY_PREFIXES: Mapping[str, str] = {
    "anthropic": "anthropic", "llama": "llama", "deepseek_r1": "deepseek_r1", "qwen3": "qwen", "qwen2": "qwen",
    "openai": "openai", "mistral": "mistral", "cohere": "cohere", "titan": "titan", "ai21": "ai21",
    "twelvelabs": "twelvelabs", "moonshot": "moonshot",
}  # fmt: skip
"""Families that a name can ask for by a prefix: imported models do not show theirs in their ARN."""
_VENDORS: Mapping[str, str] = {
    "anthropic": "anthropic", "meta": "llama", "mistral": "mistral", "cohere": "cohere", "ai21": "ai21",
    "qwen": "qwen", "openai": "openai", "moonshot": "moonshot", "moonshotai": "moonshot", "twelvelabs": "twelvelabs",
}  # fmt: skip
_NO_CHAT = ("embed", "rerank", "-image", "canvas", "reel", "sonic")
"""What the names of models that do not chat contain."""
_CONVERSE_STARTS = (
    "anthropic.", "ai21.jamba", "amazon.nova", "meta.llama3", "meta.llama4", "mistral.mistral-large",
    "mistral.mistral-small",
)  # fmt: skip
"""Models that are sent to Converse although the catalogue lists them under InvokeModel."""


@dataclass(frozen=True, slots=True)
class ModelRoute:
    """A model name, taken apart."""

    api: Api | None
    """None for a model that is not known to any API."""
    family: str
    """The API under InvokeModel: `anthropic`, `llama`, `nova`, …; empty when it cannot be told."""
    model_id: str
    """Model id or ARN, as the URL has it (not yet encoded)."""
    base: str
    """The model without region and region group: what the catalogue knows."""
    region: str | None
    """The region that the name asks for."""
    name: str
    """The model as responses name it."""


def route_of(model: str) -> ModelRoute:
    """`model`, the name after `bedrock/`, taken apart."""
    asked, rest = _prefix(model.removeprefix("bedrock/"))
    region, model_id = _region(rest)
    base = base_name(model_id)
    arn = model_id.startswith("arn:")
    if arn and region is None:
        region = _arn_region(model_id)
    api: Api | None
    family = _FAMILY_PREFIXES.get(asked, "") or family_of(base)
    if asked == "converse" or asked == "nova":
        api = "converse"
    elif asked == "invoke" or asked in _FAMILY_PREFIXES:
        api = "invoke" if family else None
    else:
        api = _api_of(base, model_id, arn, family)
    return ModelRoute(api, family, model_id, base, region, _shown(asked, rest, model))


def _prefix(model: str) -> tuple[str, str]:
    first, slash, rest = model.partition("/")
    if not slash or first.startswith("arn:"):
        return "", model
    if first in ("converse", "invoke", "nova") or first in _FAMILY_PREFIXES:
        return first, rest
    return "", model


def _shown(asked: str, rest: str, model: str) -> str:
    return rest if asked == "converse" else model


def _region(rest: str) -> tuple[str | None, str]:
    first, slash, after = rest.partition("/")
    if slash and _REGION.fullmatch(first):
        return first, after
    return None, rest


def _arn_region(arn: str) -> str | None:
    parts = arn.split(":")
    return parts[3] if len(parts) > 3 and _REGION.fullmatch(parts[3]) else None


def base_name(model_id: str) -> str:
    """The model behind `model_id`: no region group; of an ARN, the model that it names or its last part."""
    name = model_id.rsplit("/", 1)[-1] if model_id.startswith("arn:") else model_id
    return _REGION_GROUP.sub("", name, count=1)


def family_of(base: str) -> str:
    """The family that a model's vendor gives away; empty when it does not."""
    return "" if any(kind in base for kind in _NO_CHAT) else vendor_family(base)


def vendor_family(base: str) -> str:
    """The family that a vendor's models share, those that do not chat included; empty when there is none."""
    vendor, _, model = base.rsplit("/", 1)[-1].partition(".")
    if vendor == "amazon":
        return "nova" if model.startswith("nova") else "titan" if model.startswith("titan") else ""
    if vendor == "deepseek":
        return "deepseek_r1" if model.startswith("r1") else ""
    return _VENDORS.get(vendor, "")


def _api_of(base: str, model_id: str, arn: bool, family: str) -> Api | None:
    entry = facts(model_id) or facts(base)
    if entry.get("litellm_provider") == "bedrock_converse":
        endpoints = entry.get("supported_endpoints") or ()
        own = "/v1/chat/completions" in endpoints and "/v1/responses" in endpoints
        return "chat_completions" if own else "converse"
    if base.startswith(_CONVERSE_STARTS) or arn:
        return "converse"
    return "invoke" if family else None


_NOTHING: Mapping[str, Any] = {}


def facts(model: str) -> Mapping[str, Any]:
    """The catalogue's entry for a Bedrock model, by any of its names; empty when it has none."""
    catalogue = litellm.model_cost
    for name in (model, f"bedrock/{model}", base_name(model)):
        entry = catalogue.get(name)
        if entry is not None and str(entry.get("litellm_provider", "")).startswith("bedrock"):
            found: Mapping[str, Any] = entry
            return found
    return _NOTHING


def facts_of(model: str) -> Mapping[str, Any]:
    """The catalogue's entry for a name as `route_of` takes it."""
    return facts(route_of(model).model_id)
