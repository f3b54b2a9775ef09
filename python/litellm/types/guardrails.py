"""Guardrails: when they run, what a request says about them, and what they look at."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, Literal, TypedDict

from pydantic import BaseModel


class GuardrailEventHooks(str, Enum):
    """When in a request's life a guardrail runs."""

    pre_call = "pre_call"
    post_call = "post_call"
    during_call = "during_call"
    logging_only = "logging_only"
    pre_mcp_call = "pre_mcp_call"
    during_mcp_call = "during_mcp_call"
    post_mcp_call = "post_mcp_call"
    realtime_input_transcription = "realtime_input_transcription"


class Mode(BaseModel):
    """When a guardrail runs, by the request's tags; `default` for requests with none of them."""

    tags: dict[str, str | list[str]]
    default: str | list[str] | None = None


class GuardrailTracingDetail(TypedDict, total=False):
    """What a guardrail tells of one run of it, for logs."""

    guardrail_id: str | None
    policy_template: str | None
    detection_method: str | None
    confidence_score: float | None
    classification: dict[str, Any] | None
    match_details: list[dict[str, Any]] | None
    patterns_checked: int | None
    alert_recipients: list[str] | None
    risk_score: float | None
    violation_categories: list[str] | None
    guardrail_action: str | None
    guardrail_usage: Mapping[str, int] | None
    guardrail_cost: float | None
    guardrail_cost_by_unit: Mapping[str, float | None] | None
    guardrail_cost_in_spend: bool | None


class DynamicGuardrailParams(TypedDict, total=False):
    """What a request passes to one guardrail."""

    extra_body: dict[str, Any]


class PiiAction(str, Enum):
    """What is done with personal data that is found."""

    BLOCK = "BLOCK"
    MASK = "MASK"


class ContentFilterAction(str, Enum):
    """What is done with text that a pattern or a blocked word matches."""

    BLOCK = "BLOCK"
    MASK = "MASK"


class GUARDRAIL_DEFINITION_LOCATION(str, Enum):
    """Where a guardrail is written down."""

    DB = "db"
    CONFIG = "config"


class GenericGuardrailAPIInputs(TypedDict, total=False):
    """What `apply_guardrail` is given and gives back: texts in order, and what came with them."""

    texts: list[str]
    images: list[str]
    tools: list[dict[str, Any]]
    tool_calls: list[dict[str, Any]]
    structured_messages: list[dict[str, Any]]
    model: str


InputType = Literal["request", "response"]
GuardrailStatus = Literal[
    "success", "guardrail_flagged", "guardrail_intervened", "guardrail_failed_to_respond", "not_run"
]
