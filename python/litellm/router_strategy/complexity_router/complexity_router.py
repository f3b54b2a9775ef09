"""`auto_router/complexity_router`: easy questions to a small model, hard ones to a strong one."""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from litellm.router_strategy.complexity_router.config import (
    ESCALATION_KEYWORDS,
    ComplexityRouterConfig,
    TierModel,
)
from litellm.router_strategy.complexity_router.forecast import CapabilityClassifierConfig, LLMV2Config
from litellm.router_strategy.complexity_router.scorer import Scorer, Verdict
from litellm.router_strategy.complexity_router.tiers import TIERS, ComplexityTier
from litellm.router_strategy.sub_router import (
    Surroundings,
    instructions_of,
    internal_metadata,
    question_of,
    texts_of,
)
from litellm.router_utils.ask import Ask
from litellm.router_utils.effects import Do, Plan
from litellm.router_utils.pre_call_checks.deployment_affinity_check import session_of, user_of
from litellm.types import openai_errors
from litellm.types.router import PreRoutingHookResponse, RoutingContext

logger = logging.getLogger("LiteLLM Router")
ORIGIN = "autorouter_classifier"
CLASSIFIER_PROMPT = (
    "Judge how capable a language model must be to answer the user's message well. Answer with one of:\n"
    "SIMPLE: a fact, a greeting, a short rewrite.\n"
    "MEDIUM: everyday work that takes some care.\n"
    "COMPLEX: technical work, several parts, or code of some size.\n"
    "REASONING: a proof, a plan or an analysis of many steps.\n"
    'Reply with JSON only: {"tier": "<one of the four>"}'
)


class ComplexityRouter:
    """One complexity router. Raises ValueError when its configuration is wrong."""

    def __init__(self, model_name: str, params: Mapping[str, Any], around: Surroundings) -> None:
        given = params.get("complexity_router_config") or {}
        default = params.get("complexity_router_default_model")
        if not given and not default:
            raise ValueError(f"model_list: {model_name!r}: litellm_params.complexity_router_config is missing")
        try:
            self.config = ComplexityRouterConfig(**given)
        except (TypeError, ValidationError) as error:
            raise ValueError(f"model_list: {model_name!r}: complexity_router_config: {error}") from error
        self.model_name, self._around = model_name, around
        self.default_model = default or self.config.default_model
        self.scorer = Scorer(self.config)
        escalation = self.config.escalation_keywords
        self._escalation = ESCALATION_KEYWORDS if escalation is None else escalation

    def route(self, ask: Ask) -> Plan:
        """The model group of the question's tier; a session may keep the one it began with."""
        question = question_of(ask)
        if question is None:
            return self._answer(None, "default_fallback", self._default_or_medium())
        key = self._session_key(ask)
        if key is not None and (kept := (yield from self._around.pins.get([key], ask.asynchronous))):
            return self._answer(None, "session_affinity", TierModel(model_name=kept[0]))
        verdict = yield from self._judge(question, ask)
        model = self._model_of(verdict.tier) if verdict is not None else self._default_or_medium()
        if key is not None:
            ttl = self.config.session_affinity_ttl_seconds
            yield from self._around.pins.claim(key, model.model_name, ttl, ask.asynchronous)
        return self._answer(verdict, "default_fallback", model)

    def _session_key(self, ask: Ask) -> str | None:
        session = session_of(ask.kwargs) if self.config.session_affinity else None
        if session is None:
            return None
        return f"complexity_router:{self.model_name}:{user_of(ask.kwargs) or 'unscoped'}:{session}"

    def _judge(self, question: str, ask: Ask) -> Plan:
        """The verdict on a question; None when the default model is to answer."""
        rule = self.scorer.rule_for(question)
        verdict: Verdict | None
        if rule is not None:
            verdict = Verdict(rule[0], 0.0, [f"keyword ({rule[1]})"], "keyword_tier_rule")
        else:
            verdict = yield from self._classified(question, ask)
        if verdict is not None and (said := next((word for word in self._escalation if word in question), None)):
            verdict.tier, verdict.cause = self._harder(verdict.tier), "escalation_keyword"
            verdict.signals.append(f"escalation ({said})")
        return verdict

    def _classified(self, question: str, ask: Ask) -> Plan:
        config, scored = self.config, self.scorer.classify(question)
        kind = config.classifier_type
        if config.forecaster is not None:
            return (yield from self._forecast(config.forecaster, ask))
        if kind == "heuristic":
            return scored
        if kind == "heuristic_first":
            limit = ComplexityTier(config.heuristic_first_max_tier or ComplexityTier.SIMPLE)
            if TIERS.index(scored.tier) <= TIERS.index(limit):
                return scored
        if kind == "hybrid" and not self.scorer.is_near_boundary(scored.score, config.hybrid_boundary_margin or 0.05):
            return scored
        tier = yield from (self._by_plugin(ask) if kind == "custom" else self._by_model(question, ask))
        if tier is not None:
            return Verdict(
                tier, scored.score, scored.signals, "custom_classifier" if kind == "custom" else "llm_classifier"
            )
        return scored if config.classifier_fallback == "heuristic" else None

    def _by_plugin(self, ask: Ask) -> Plan:
        messages = [dict(message) for message in ask.messages or ()]
        context = RoutingContext(
            raw_messages=messages, structured_messages=messages,
            candidate_models=[model.model_name for models in self.config.tiers.values() for model in models],
        )  # fmt: skip
        return _tier(str((yield Do(self.config.classifier_plugin.classify, {"context": context}))))

    def _forecast(self, forecaster: CapabilityClassifierConfig | LLMV2Config, ask: Ask) -> Plan:
        """The verdict by a judge's forecast of the whole task: all that the user said, or its beginning and end."""
        request = forecaster.request()
        tasks = list(texts_of(ask, "user"))[::-1]
        if isinstance(forecaster, CapabilityClassifierConfig) and len(tasks) > 2:
            tasks = [tasks[0], tasks[-1]]
        text = yield from self._judged(request.pop("prompt"), tasks, request, ask)
        forecast = forecaster.decide(text)
        cause = f"{self.config.classifier_type}_classifier"
        return Verdict(forecast.tier, forecast.probability, [], cause, forecast.details)

    def _by_model(self, question: str, ask: Ask) -> Plan:
        """The tier that the classifier model names; None when it fails or names none."""
        classifier = self.config.classifier_llm_config
        prompt = (classifier and classifier.system_prompt) or CLASSIFIER_PROMPT
        about = instructions_of(ask)
        said = [question] if about is None else [f"Instructions: {about}", question]
        text = yield from self._judged(prompt, said, {}, ask)
        return None if text is None else _tier(text)

    def _judged(self, prompt: str, said: list[str], more: dict[str, Any], ask: Ask) -> Plan:
        """What the classifier model answers; None when it fails."""
        classifier = self.config.classifier_llm_config
        if classifier is None:
            return None
        arguments: dict[str, Any] = {
            "model": classifier.model,
            "messages": [{"role": "system", "content": prompt}, *({"role": "user", "content": text} for text in said)],
            "timeout": classifier.timeout_ms / 1000,
            "num_retries": 0,
            "metadata": internal_metadata(ask, ORIGIN),
            **more,
        }
        if classifier.reasoning_effort is not None:
            arguments["reasoning_effort"] = classifier.reasoning_effort
        try:
            name = "acompletion" if ask.asynchronous else "completion"
            answer = yield Do(self._around.call(name, ask.asynchronous), arguments)
        except (openai_errors.OpenAIError, ValueError) as error:
            logger.warning("%s: the classifier %s failed: %s", self.model_name, classifier.model, error)
            return None
        return answer.choices[0].message.content or ""

    def _harder(self, tier: ComplexityTier) -> ComplexityTier:
        """The next harder tier that has models, or the same."""
        harder = (each for each in TIERS[TIERS.index(tier) + 1 :] if each.value in self.config.tiers)
        return next(harder, tier)

    def _model_of(self, tier: ComplexityTier) -> TierModel:
        models = self.config.tiers.get(tier.value)
        return random.choice(models) if models else self._default_or_medium()

    def _default_or_medium(self) -> TierModel:
        if self.default_model:
            return TierModel(model_name=self.default_model)
        models = self.config.tiers.get("MEDIUM") or next(iter(self.config.tiers.values()), None)
        if not models:
            raise ValueError(f"{self.model_name}: complexity_router_default_model is missing")
        return random.choice(models)

    def _answer(self, verdict: Verdict | None, cause: str, model: TierModel) -> PreRoutingHookResponse:
        decision: dict[str, Any] = {
            "router_model_name": self.model_name,
            "router_type": "complexity",
            "routed_model": model.model_name,
            "cause": cause if verdict is None else verdict.cause,
        }
        if verdict is not None:
            decision |= {
                "tier": verdict.tier.value,
                "score": verdict.score,
                "signals": verdict.signals,
                **verdict.details,
            }
        return PreRoutingHookResponse(
            model=model.model_name,
            routing_decision=decision,
            litellm_params=model.litellm_params or None,
            session_affinity_ttl_seconds=(
                self.config.session_affinity_ttl_seconds
                if self.config.deployment_affinity or self.config.session_affinity
                else None
            ),
        )


def _tier(text: str) -> ComplexityTier | None:
    """The tier that a classifier's answer names: JSON, or the bare name."""
    try:
        said = json.loads(text)
        text = str(said.get("tier")) if isinstance(said, Mapping) else str(said)
    except ValueError:
        pass
    return ComplexityTier.__members__.get(text.strip().upper())
