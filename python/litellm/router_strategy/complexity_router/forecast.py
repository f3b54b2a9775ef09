"""Classifiers that forecast: a judge says how likely a model is to do the whole task, and a rule decides by that."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from litellm.router_strategy.complexity_router.tiers import ComplexityTier, known_tier

CAPABILITY_PROMPT = (
    "You forecast whether a small, efficient language model would do the user's whole task well by itself.\n"
    "Name the crux: what is hardest about the task, in one sentence. Name the rule that you go by: what small models "
    "are known to do well or badly there. Say where that puts the task: 'supported' (small models do this reliably), "
    "'uncertain' (sometimes), 'unsupported' (rarely) or 'unmatched' (you know no such rule). Then estimate p_solve, "
    "the probability from 0 to 1 that the small model does the whole task."
)
JOINT_PROMPT = (
    "You forecast how likely each of two language models is to do the user's whole task, in the harness that is "
    "described: what the task demands, what can be checked on the way, and what each model is capable of. Estimate "
    "p_efficient and p_capable, from 0 to 1, and say in one sentence what decides it (crux)."
)
BOUNDARY_STEPS = {"supported": 0, "uncertain": 1, "unmatched": 1, "unsupported": 2}
_EDGE = 1e-6


class Calibration(BaseModel):
    """How forecasts turned out: the probability is sigmoid(slope * logit(forecast) + intercept)."""

    version: str
    slope: float = Field(ge=0)
    intercept: float

    def of(self, forecast: float) -> float:
        """The probability that a forecast means."""
        clipped = min(max(forecast, _EDGE), 1 - _EDGE)
        return 1 / (1 + math.exp(-(self.slope * math.log(clipped / (1 - clipped)) + self.intercept)))


class _CapabilityVerdict(BaseModel):
    model_config = ConfigDict(extra="forbid")

    crux: str
    primary_rule: str
    capability_boundary: Literal["supported", "uncertain", "unmatched", "unsupported"]
    p_solve: float = Field(ge=0, le=1)


class _JointVerdict(BaseModel):
    model_config = ConfigDict(extra="forbid")

    crux: str
    p_efficient: float = Field(ge=0, le=1)
    p_capable: float = Field(ge=0, le=1)


@dataclass(slots=True)
class Forecast:
    """The tier that a forecast leads to, the probability that decided, and what is to be known of it."""

    tier: ComplexityTier
    probability: float = 0.0
    details: dict[str, Any] = field(default_factory=dict)


class _TwoTiers(BaseModel):
    efficient_tier: str
    capable_tier: str
    max_output_tokens: int = Field(default=4096, ge=1)
    response_format: Literal["json_schema", "json_object"] = "json_schema"

    @model_validator(mode="after")
    def _check_tiers(self) -> _TwoTiers:
        for name in ("efficient_tier", "capable_tier"):
            known_tier(getattr(self, name), name)
        if self.efficient_tier == self.capable_tier:
            raise ValueError("efficient_tier and capable_tier must differ")
        return self

    def _request(self, kind: type[BaseModel], prompt: str) -> dict[str, Any]:
        """What the judge is asked: its system prompt, and the form of its answer."""
        schema = kind.model_json_schema()
        wanted: dict[str, Any] = {"type": "json_object"}
        if self.response_format == "json_schema":
            wanted = {"type": "json_schema", "json_schema": {"name": "forecast", "schema": schema, "strict": True}}
        else:
            prompt = f"{prompt}\nAnswer with one JSON object of this schema: {json.dumps(schema)}"
        return {"prompt": prompt, "response_format": wanted, "max_tokens": self.max_output_tokens}


class CapabilityClassifierConfig(_TwoTiers):
    """`capability_classifier_config`: the efficient tier answers what it solves with at least `base_threshold`.

    A task near the edge of what small models do needs one `threshold_step` more, one beyond it two.
    """

    base_threshold: float = Field(ge=0, le=1)
    threshold_step: float = Field(default=0.0, ge=0)
    calibration: Calibration | None = None

    @model_validator(mode="after")
    def _check_thresholds(self) -> CapabilityClassifierConfig:
        if self.base_threshold + 2 * self.threshold_step > 1:
            raise ValueError("base_threshold + 2 * threshold_step must be at most 1")
        return self

    def request(self) -> dict[str, Any]:
        """What the judge is asked."""
        return self._request(_CapabilityVerdict, CAPABILITY_PROMPT)

    def decide(self, text: str | None) -> Forecast:
        """The tier that the judge's answer leads to; the capable one for an answer that is none."""
        verdict = _read(_CapabilityVerdict, text)
        if verdict is None:
            return Forecast(ComplexityTier(self.capable_tier))
        probability = verdict.p_solve if self.calibration is None else self.calibration.of(verdict.p_solve)
        threshold = self.base_threshold + BOUNDARY_STEPS[verdict.capability_boundary] * self.threshold_step
        details: dict[str, Any] = {
            "classifier_p_solve": verdict.p_solve,
            "classifier_capability_boundary": verdict.capability_boundary,
            "classifier_primary_rule": verdict.primary_rule,
            "classifier_crux": verdict.crux,
            "classifier_threshold": threshold,
        }
        if self.calibration is not None:
            details["classifier_calibrated_p_solve"] = probability
            details["classifier_calibration_version"] = self.calibration.version
        chosen = self.efficient_tier if probability >= threshold else self.capable_tier
        return Forecast(ComplexityTier(chosen), probability, details)


class LLMV2Config(_TwoTiers):
    """`llm_v2_config`: the efficient tier answers unless the capable one is better by more than `max_quality_gap`.

    The profiles say what each tier's model can do, and `harness` what they work in.
    """

    efficient_tier: str = "SIMPLE"
    capable_tier: str = "REASONING"
    efficient_profile: str = Field(min_length=1, max_length=4000)
    capable_profile: str = Field(min_length=1, max_length=4000)
    harness: str = Field(min_length=1, max_length=4000)
    max_quality_gap: float = Field(ge=0, le=1)
    max_output_tokens: int = Field(default=1024, ge=1)

    def request(self) -> dict[str, Any]:
        """What the judge is asked."""
        about = f"Efficient model: {self.efficient_profile}\nCapable model: {self.capable_profile}"
        return self._request(_JointVerdict, f"{JOINT_PROMPT}\n\n{about}\nHarness: {self.harness}")

    def decide(self, text: str | None) -> Forecast:
        """The tier that the judge's answer leads to; the capable one for an answer that is none."""
        verdict = _read(_JointVerdict, text)
        if verdict is None:
            return Forecast(ComplexityTier(self.capable_tier))
        gap = verdict.p_capable - verdict.p_efficient
        details = {
            "classifier_p_efficient": verdict.p_efficient,
            "classifier_p_capable": verdict.p_capable,
            "classifier_crux": verdict.crux,
        }
        chosen = self.efficient_tier if gap <= self.max_quality_gap else self.capable_tier
        return Forecast(ComplexityTier(chosen), verdict.p_efficient, details)


def _read(kind: type[Any], text: str | None) -> Any:
    """A judge's answer, or None when it is no such verdict."""
    try:
        return kind.model_validate_json(text or "")
    except ValidationError:
        return None
