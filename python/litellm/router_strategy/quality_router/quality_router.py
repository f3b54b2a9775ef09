"""`auto_router/quality_router`: each model states its quality, and a question gets the one it needs.

Models state it in `model_info.litellm_routing_preferences`: `quality_tier`, and also `keywords` that claim a question
and `order` among equals.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from litellm.router_strategy.complexity_router.config import ComplexityRouterConfig
from litellm.router_strategy.complexity_router.scorer import Scorer
from litellm.router_strategy.sub_router import Surroundings, question_of, stated_preferences
from litellm.router_utils.ask import Ask
from litellm.router_utils.effects import Plan
from litellm.types.router import PreRoutingHookResponse

COMPLEXITY_TO_QUALITY = {"SIMPLE": 1, "MEDIUM": 2, "COMPLEX": 3, "REASONING": 4}


class QualityRouterConfig(BaseModel):
    """`quality_router_config`."""

    model_config = ConfigDict(extra="allow", protected_namespaces=())

    available_models: list[str] = Field(default_factory=list)
    default_model: str | None = None
    complexity_to_quality: dict[str, int] = Field(default_factory=lambda: dict(COMPLEXITY_TO_QUALITY))


class RoutingPreferences(BaseModel):
    """What a deployment says of itself."""

    model_config = ConfigDict(extra="allow")

    quality_tier: int
    keywords: list[str] = Field(default_factory=list)
    order: int | None = None


class _Candidate:
    def __init__(self, name: str, preferences: RoutingPreferences, cost: Any) -> None:
        self.name, self.quality = name, preferences.quality_tier
        self.keywords = [word.lower() for word in preferences.keywords if word]
        self.rank = (
            math.inf if preferences.order is None else preferences.order,
            float(cost) if isinstance(cost, (int, float)) else math.inf,
            name,
        )


class QualityRouter:
    """One quality router. Raises ValueError when its configuration is wrong."""

    def __init__(self, model_name: str, params: Mapping[str, Any], around: Surroundings) -> None:
        try:
            self.config = QualityRouterConfig(**(params.get("quality_router_config") or {}))
        except (TypeError, ValidationError) as error:
            raise ValueError(f"model_list: {model_name!r}: quality_router_config: {error}") from error
        self.model_name, self._around = model_name, around
        self.default_model = params.get("quality_router_default_model") or self.config.default_model
        self._scorer = Scorer(ComplexityRouterConfig())

    def _candidates(self) -> list[_Candidate]:
        """The available models by rank. Raises ValueError for one that is missing or does not state its quality."""
        place = ("litellm_routing_preferences", RoutingPreferences)
        known = stated_preferences(self._around.rows(), self.config.available_models, place, self.model_name)
        made = (
            _Candidate(name, preferences, info.get("input_cost_per_token"))
            for name, (preferences, info) in known.items()
        )
        return sorted(made, key=lambda each: each.rank)

    def route(self, ask: Ask) -> Plan:
        """The model that claims the question by a keyword, else the first of the quality it needs."""
        yield from ()
        question, candidates = question_of(ask), self._candidates()
        if question is None:
            return self._answer(self._default(), "default_fallback", {})
        text = question.lower()
        claims = [(each, word) for each in candidates if (word := next((w for w in each.keywords if w in text), None))]
        if claims:
            best, word = max(claims, key=lambda claim: claim[0].quality)
            return self._answer(best.name, "keyword", {"matched_keyword": word, "tier": str(best.quality)})
        verdict = self._scorer.classify(question)
        wanted = self.config.complexity_to_quality.get(verdict.tier.value)
        if wanted is None:
            raise ValueError(f"{self.model_name!r}: complexity_to_quality: {verdict.tier.value} is missing")
        model = self._of_quality(candidates, wanted)
        details = {"tier": str(wanted), "score": verdict.score, "signals": verdict.signals}
        return self._answer(model, "quality_tier", details)

    def _of_quality(self, candidates: list[_Candidate], wanted: int) -> str:
        """The first model of this quality, else of the next better one, else of the next worse one."""
        better = min((each.quality for each in candidates if each.quality >= wanted), default=None)
        quality = better if better is not None else max((each.quality for each in candidates), default=None)
        return next((each.name for each in candidates if each.quality == quality), None) or self._default()

    def _default(self) -> str:
        if not self.default_model:
            raise ValueError(f"{self.model_name!r}: quality_router_default_model is missing")
        return str(self.default_model)

    def _answer(self, model: str, cause: str, details: dict[str, Any]) -> PreRoutingHookResponse:
        decision = {
            "router_model_name": self.model_name, "router_type": "quality", "routed_model": model, "cause": cause,
        }  # fmt: skip
        return PreRoutingHookResponse(model=model, routing_decision={**decision, **details})
