"""How hard a question is, by its words: a weighted sum of seven signs, each from -1 to 1."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from litellm.router_strategy.complexity_router.config import (
    BOUNDARIES,
    CODE_KEYWORDS,
    REASONING_KEYWORDS,
    SIMPLE_KEYWORDS,
    TECHNICAL_KEYWORDS,
    TOKEN_THRESHOLDS,
    ComplexityRouterConfig,
)
from litellm.router_strategy.complexity_router.tiers import TIERS, ComplexityTier

CHARS_PER_TOKEN = 4
MANY_QUESTIONS = 3
STEPS = (
    re.compile(r"first.*then"),
    re.compile(r"step\s*\d"),
    re.compile(r"\d+\.\s"),
    re.compile(r"[a-z]\)\s"),
)
_UNSPACED = re.compile(r"[぀-ヿ㐀-䶿一-鿿가-힯豈-﫿]")


@lru_cache(maxsize=4096)
def _word(keyword: str) -> re.Pattern[str]:
    return re.compile(rf"\b{re.escape(keyword)}\b")


def contains(text: str, keyword: str) -> bool:
    """Whether lower-case `text` has the keyword: one word as a word, a phrase or unspaced script anywhere."""
    keyword = keyword.lower()
    if " " in keyword or _UNSPACED.search(keyword):
        return keyword in text
    return _word(keyword).search(text) is not None


@dataclass(slots=True)
class Verdict:
    """A tier, the score that led to it, and the signs that were seen."""

    tier: ComplexityTier
    score: float
    signals: list[str] = field(default_factory=list)
    cause: str = "heuristic_scorer"
    details: dict[str, Any] = field(default_factory=dict)


class Scorer:
    """Scores questions by one configuration."""

    def __init__(self, config: ComplexityRouterConfig) -> None:
        self.config = config
        self.boundaries = {**BOUNDARIES, **config.tier_boundaries}
        self._thresholds = {**TOKEN_THRESHOLDS, **config.token_thresholds}
        code, simple = _given(config.code_keywords, CODE_KEYWORDS), _given(config.simple_keywords, SIMPLE_KEYWORDS)
        reasoning = _given(config.reasoning_keywords, REASONING_KEYWORDS)
        technical = [
            *_given(config.technical_keywords, TECHNICAL_KEYWORDS),
            *(config.custom_technical_keywords or ()),
        ]
        # name, label, words, (at least for some, at least for many), (score of some, score of many)
        self._signs: tuple[tuple[str, str, Sequence[str], tuple[int, int], tuple[float, float]], ...] = (
            ("codePresence", "code", code, (1, 2), (0.5, 1.0)),
            ("reasoningMarkers", "reasoning", reasoning, (1, 2), (0.7, 1.0)),
            ("technicalTerms", "technical", technical, (2, 4), (0.5, 1.0)),
            ("simpleIndicators", "simple", simple, (1, 2), (-1.0, -1.0)),
        )

    def classify(self, question: str) -> Verdict:
        """The tier of a question."""
        text, weights = question.lower(), self.config.dimension_weights
        score, signals, reasons = 0.0, [], 0

        def note(name: str, value: float, signal: str) -> None:
            nonlocal score
            score += value * weights.get(name, 0.0)
            signals.append(signal)

        tokens = len(question) // CHARS_PER_TOKEN
        if tokens < self._thresholds["simple"]:
            note("tokenCount", -1.0, f"short ({tokens} tokens)")
        elif tokens > self._thresholds["complex"]:
            note("tokenCount", 1.0, f"long ({tokens} tokens)")
        for name, label, words, (some, many), (low, high) in self._signs:
            found = [word for word in words if contains(text, word)]
            if name == "reasoningMarkers":
                reasons = len(found)
            if len(found) >= some:
                note(name, high if len(found) >= many else low, f"{label} ({', '.join(found[:3])})")
        if any(steps.search(text) for steps in STEPS):
            note("multiStepPatterns", 0.5, "multi-step")
        questions = question.count("?")
        if questions > MANY_QUESTIONS:
            note("questionComplexity", 0.5, f"{questions} questions")
        floor = self.config.reasoning_override_min_score
        if reasons > 1 and score >= (self.boundaries["simple_medium"] if floor is None else floor):
            return Verdict(ComplexityTier.REASONING, score, signals, "reasoning_override")
        return Verdict(self.tier_of(score), score, signals)

    def tier_of(self, score: float) -> ComplexityTier:
        """The tier of a score."""
        for tier, boundary in zip(
            ComplexityTier, ("simple_medium", "medium_complex", "complex_reasoning"), strict=False
        ):
            if score < self.boundaries[boundary]:
                return tier
        return ComplexityTier.REASONING

    def is_near_boundary(self, score: float, margin: float) -> bool:
        """Whether a score is within `margin` of the line between two tiers."""
        return any(abs(score - boundary) <= margin for boundary in self.boundaries.values())

    def rule_for(self, question: str) -> tuple[ComplexityTier, str] | None:
        """(the hardest tier whose `keyword_tier_rules` the question meets, the keyword), or None."""
        text = question.lower()
        found = [
            (ComplexityTier(rule.tier), keyword)
            for rule in self.config.keyword_tier_rules or ()
            if (keyword := _first(rule.keywords, text)) is not None
        ]
        return max(found, key=lambda each: TIERS.index(each[0]), default=None)


def _given(words: list[str] | None, default: list[str]) -> list[str]:
    return default if words is None else words


def _first(keywords: Iterable[str], text: str) -> str | None:
    return next((keyword for keyword in keywords if contains(text, keyword)), None)
