"""The configuration of a complexity router, under upstream's names and with upstream's defaults."""

from __future__ import annotations

import logging
from enum import Enum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

logger = logging.getLogger("LiteLLM Router")


class ComplexityTier(str, Enum):
    """How hard a question is; each tier has models of its own."""

    SIMPLE = "SIMPLE"
    MEDIUM = "MEDIUM"
    COMPLEX = "COMPLEX"
    REASONING = "REASONING"


TIERS = tuple(ComplexityTier)

CODE_KEYWORDS = [
    "function", "class", "def", "const", "let", "var", "import", "export", "return", "async", "await", "try",
    "catch", "exception", "error", "debug", "api", "endpoint", "request", "response", "database", "sql", "query",
    "schema", "algorithm", "implement", "refactor", "optimize", "python", "javascript", "typescript", "java",
    "rust", "golang", "react", "vue", "angular", "node", "docker", "kubernetes", "git", "commit", "merge", "branch",
    "pull request",
]  # fmt: skip
REASONING_KEYWORDS = [
    "step by step", "think through", "let's think", "reason through", "analyze this", "break down",
    "explain your reasoning", "show your work", "chain of thought", "think carefully", "consider all", "evaluate",
    "pros and cons", "compare and contrast", "weigh the options", "logical", "deduce", "infer", "conclude",
]  # fmt: skip
TECHNICAL_KEYWORDS = [
    "architecture", "distributed", "scalable", "microservice", "encryption", "authentication", "authorization",
    "performance", "latency", "throughput", "benchmark", "concurrency", "parallel", "threading", "memory", "cpu",
    "gpu", "optimization", "protocol", "tcp", "http", "grpc", "websocket", "container", "orchestration",
    "machine learning", "neural network", "deep learning",
]  # fmt: skip
SIMPLE_KEYWORDS = [
    "what is", "what's", "define", "definition of", "who is", "who was", "when did", "when was", "where is",
    "where was", "how many", "how much", "yes or no", "true or false", "simple", "brief", "short", "quick", "hello",
    "hi", "hey", "thanks", "thank you", "goodbye", "bye", "okay",
]  # fmt: skip
WEIGHTS = {
    "tokenCount": 0.10, "codePresence": 0.30, "reasoningMarkers": 0.25, "technicalTerms": 0.25,
    "simpleIndicators": 0.05, "multiStepPatterns": 0.03, "questionComplexity": 0.02,
}  # fmt: skip
BOUNDARIES = {"simple_medium": 0.15, "medium_complex": 0.35, "complex_reasoning": 0.60}
TOKEN_THRESHOLDS = {"simple": 15, "complex": 400}
ESCALATION_KEYWORDS = ["LITELLM ESCALATE"]


class TierModel(BaseModel):
    """A model group of a tier, and what it changes of the request."""

    model_config = ConfigDict(protected_namespaces=())

    model_name: str
    litellm_params: dict[str, Any] = Field(default_factory=dict)


class KeywordTierRule(BaseModel):
    """Words that decide the tier."""

    keywords: list[str]
    tier: str


class ClassifierLLMConfig(BaseModel):
    """The model that judges how hard a question is; the time it may take is in milliseconds."""

    model: str
    system_prompt: str | None = None
    timeout_ms: int = Field(default=3000, ge=1)
    reasoning_effort: str | None = None


class ComplexityRouterConfig(BaseModel):
    """`complexity_router_config`. Settings of upstream's that are not here are named in a warning and do nothing."""

    model_config = ConfigDict(extra="allow", protected_namespaces=(), arbitrary_types_allowed=True)

    tiers: dict[str, list[TierModel]] = Field(default_factory=dict)
    default_model: str | None = None
    tier_boundaries: dict[str, float] = Field(default_factory=dict)
    token_thresholds: dict[str, int] = Field(default_factory=dict)
    dimension_weights: dict[str, float] = Field(default_factory=lambda: dict(WEIGHTS))
    reasoning_override_min_score: float | None = None
    code_keywords: list[str] | None = None
    reasoning_keywords: list[str] | None = None
    technical_keywords: list[str] | None = None
    custom_technical_keywords: list[str] | None = None
    simple_keywords: list[str] | None = None
    keyword_tier_rules: list[KeywordTierRule] | None = None
    escalation_keywords: list[str] | None = None
    classifier_type: Literal["heuristic", "llm", "heuristic_first", "hybrid", "custom"] = "heuristic"
    classifier_llm_config: ClassifierLLMConfig | None = None
    classifier_plugin: Any = None
    classifier_fallback: Literal["heuristic", "default_model"] = "heuristic"
    heuristic_first_max_tier: str | None = None
    hybrid_boundary_margin: float | None = None
    session_affinity: bool = False
    session_affinity_ttl_seconds: int = Field(default=3600, gt=0)
    deployment_affinity: bool = True
    return_raw_model_name: bool = False

    @field_validator("tiers", mode="before")
    @classmethod
    def _tier_models(cls, tiers: Any) -> Any:
        """A tier's models may be given as a name, an object, or a list of both."""
        if not isinstance(tiers, dict):
            return tiers
        return {name: [_tier_model(each) for each in (given if isinstance(given, (list, tuple)) else [given])]
                for name, given in tiers.items()}  # fmt: skip

    @model_validator(mode="after")
    def _check(self) -> ComplexityRouterConfig:
        for name in self.tiers:
            _known_tier(name, "tiers")
        for rule in self.keyword_tier_rules or ():
            _known_tier(rule.tier, "keyword_tier_rules")
        if any(not models for models in self.tiers.values()):
            raise ValueError("tiers: a tier needs at least one model")
        if self.classifier_type in ("llm", "heuristic_first", "hybrid") and self.classifier_llm_config is None:
            raise ValueError(f"classifier_llm_config is missing for classifier_type {self.classifier_type!r}")
        if self.classifier_type == "custom" and self.classifier_plugin is None:
            raise ValueError("classifier_plugin is missing for classifier_type 'custom'")
        if self.model_extra:
            logger.warning("complexity_router_config: without effect here: %s", sorted(self.model_extra))
        return self


def _tier_model(given: Any) -> Any:
    return {"model_name": given} if isinstance(given, str) else given


def _known_tier(name: str, where: str) -> None:
    if name not in ComplexityTier.__members__:
        raise ValueError(f"{where}: {name!r} is no tier; the tiers are {', '.join(ComplexityTier.__members__)}")
