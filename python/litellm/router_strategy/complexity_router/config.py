"""The configuration of a complexity router, under upstream's names and with upstream's defaults."""

from __future__ import annotations

import logging
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from litellm.router_strategy.complexity_router.forecast import CapabilityClassifierConfig, LLMV2Config
from litellm.router_strategy.complexity_router.tiers import known_tier

logger = logging.getLogger("LiteLLM Router")

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


# What each `classifier_type` cannot do without.
NEEDED: dict[str, tuple[str, ...]] = {
    "heuristic": (),
    "llm": ("classifier_llm_config",),
    "heuristic_first": ("classifier_llm_config",),
    "hybrid": ("classifier_llm_config",),
    "custom": ("classifier_plugin",),
    "capability": ("classifier_llm_config", "capability_classifier_config"),
    "llm_v2": ("classifier_llm_config", "llm_v2_config"),
}


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
    classifier_type: Literal["heuristic", "llm", "heuristic_first", "hybrid", "custom", "capability", "llm_v2"] = (
        "heuristic"
    )
    capability_classifier_config: CapabilityClassifierConfig | None = None
    llm_v2_config: LLMV2Config | None = None
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

    @property
    def forecaster(self) -> CapabilityClassifierConfig | LLMV2Config | None:
        """The classifier that forecasts, where one is configured."""
        if self.classifier_type == "capability":
            return self.capability_classifier_config
        return self.llm_v2_config if self.classifier_type == "llm_v2" else None

    @model_validator(mode="after")
    def _check(self) -> ComplexityRouterConfig:
        for name in self.tiers:
            known_tier(name, "tiers")
        for rule in self.keyword_tier_rules or ():
            known_tier(rule.tier, "keyword_tier_rules")
        if any(not models for models in self.tiers.values()):
            raise ValueError("tiers: a tier needs at least one model")
        for name in NEEDED[self.classifier_type]:
            if getattr(self, name) is None:
                raise ValueError(f"{name} is missing for classifier_type {self.classifier_type!r}")
        if self.model_extra:
            logger.warning("complexity_router_config: without effect here: %s", sorted(self.model_extra))
        return self


def _tier_model(given: Any) -> Any:
    return {"model_name": given} if isinstance(given, str) else given
