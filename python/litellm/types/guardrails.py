"""Guardrails: when they run, and what a request says about them."""

from __future__ import annotations

from enum import Enum
from typing import Any, TypedDict

from pydantic import BaseModel


class GuardrailEventHooks(str, Enum):
    """When in a request's life a guardrail runs."""

    pre_call = "pre_call"
    during_call = "during_call"
    post_call = "post_call"
    logging_only = "logging_only"
    pre_mcp_call = "pre_mcp_call"
    during_mcp_call = "during_mcp_call"
    post_mcp_call = "post_mcp_call"


class Mode(BaseModel):
    """When a guardrail runs, by the request's tags; `default` for requests with none of them."""

    tags: dict[str, str | list[str]]
    default: str | list[str] | None = None


class DynamicGuardrailParams(TypedDict, total=False):
    """What a request passes to one guardrail."""

    extra_body: dict[str, Any]
