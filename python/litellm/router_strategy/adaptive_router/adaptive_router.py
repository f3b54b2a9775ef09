"""`auto_router/adaptive_router`: learns from how users react which model is good at what kind of request.

For each kind of request and model there is a Beta distribution of how often the model does well. A request samples
one number for each model, adds the price, and goes to the best. Models state where they begin, in
`model_info.adaptive_router_preferences`: `quality_tier` from 1 to 3, and the kinds of request they are strong at.
"""

from __future__ import annotations

import hashlib
import json
import random
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from litellm.router_strategy.adaptive_router.learned import Learned
from litellm.router_strategy.adaptive_router.signs import RequestType, reaction, request_type
from litellm.router_strategy.sub_router import Surroundings, question_of, stated_preferences
from litellm.router_utils.ask import Ask, metadata_of, metadata_value
from litellm.router_utils.effects import Plan
from litellm.router_utils.pre_call_checks.deployment_affinity_check import session_of, user_of
from litellm.types.router import PreRoutingHookResponse

# Upstream's figures.
BEGIN_AT = {1: 0.3, 2: 0.5, 3: 0.7}
STRENGTH = 0.3
MASS = 10.0
MOST_MASS = 200.0
MIN_MESSAGES = 4
MAX_CONVERSATIONS = 1_024
CONVERSATION_TTL_S = 24 * 3600.0
HEADER = "x-litellm-min-quality-tier"
# A prior of 1 could not learn.
SUREST = 0.95


class Weights(BaseModel):
    """What quality and price count."""

    quality: float = Field(default=0.7, ge=0, le=1)
    cost: float = Field(default=0.3, ge=0, le=1)


class AdaptiveRouterConfig(BaseModel):
    """`adaptive_router_config`."""

    available_models: list[str] = Field(min_length=1)
    weights: Weights = Field(default_factory=Weights)


class AdaptivePreferences(BaseModel):
    """What a deployment says of itself."""

    model_config = ConfigDict(extra="allow")

    quality_tier: int = Field(ge=1, le=3)
    strengths: list[RequestType] = Field(default_factory=list)


@dataclass(slots=True)
class _Turn:
    """Who answered a conversation last, to what kind of request, and when."""

    model: str
    kind: RequestType
    at: float


class AdaptiveRouter:
    """One adaptive router. Raises ValueError when its configuration is wrong."""

    def __init__(self, model_name: str, params: Mapping[str, Any], around: Surroundings) -> None:
        try:
            self.config = AdaptiveRouterConfig(**(params.get("adaptive_router_config") or {}))
        except (TypeError, ValidationError) as error:
            raise ValueError(f"model_list: {model_name!r}: adaptive_router_config: {error}") from error
        self.model_name, self._around = model_name, around
        self.default_model = params.get("adaptive_router_default_model")
        self.random = random.Random()
        self.learned = Learned()
        self._turns: OrderedDict[str, _Turn] = OrderedDict()
        self._lock = threading.Lock()

    def after_fork(self) -> None:
        """In the child of a fork, where no thread holds the lock."""
        self._lock = threading.Lock()
        self.learned.after_fork()

    def route(self, ask: Ask) -> Plan:
        """The model that promises most for the request."""
        yield from ()
        known = stated_preferences(
            self._around.rows(),
            self.config.available_models,
            ("adaptive_router_preferences", AdaptivePreferences),
            self.model_name,
        )
        question = question_of(ask)
        least = _least_tier(ask)
        able = {name: each for name, each in known.items() if each[0].quality_tier >= least}
        if question is None or not able:
            return self._answer(self._default(), "default_fallback", {})
        kind = request_type(question)
        with self._lock:
            kind = self._learn(ask, kind)
            dearest = max((_price(info) for _, info in able.values()), default=0.0)
            scores = {
                name: self._score(kind, name, stated, _price(info) / dearest if dearest else 0.0)
                for name, (stated, info) in able.items()
            }
            best = max(scores, key=scores.__getitem__)
            self._remember(ask, best, kind)
        return self._answer(best, "adaptive", {"request_type": kind.value, "score": scores[best]})

    def quality(self, kind: RequestType, model: str, stated: AdaptivePreferences) -> tuple[float, float]:
        """(alpha, beta) of how well a model does with a kind of request, by what it states and what was learned."""
        begin = min(BEGIN_AT[stated.quality_tier] + STRENGTH * (kind in stated.strengths), SUREST)
        praise, blame = self.learned.of(kind, model)
        return begin * MASS + praise, (1 - begin) * MASS + blame

    def _score(self, kind: RequestType, model: str, stated: AdaptivePreferences, price: float) -> float:
        weights = self.config.weights
        sample = self.random.betavariate(*self.quality(kind, model, stated))
        return weights.quality * sample + weights.cost * (1 - price)

    def _learn(self, ask: Ask, kind: RequestType) -> RequestType:
        """Credit or blame who answered last. Returns the kind to go by: a closing remark belongs to what it closes."""
        turn = self._turns.get(_conversation(ask))
        if turn is None or time.monotonic() - turn.at > CONVERSATION_TTL_S:
            return kind
        praise, blame = reaction(ask.messages or ())
        mass = sum(self.learned.of(turn.kind, turn.model)) + MASS + praise + blame
        if len(ask.messages or ()) >= MIN_MESSAGES and mass <= MOST_MASS:
            self.learned.add(turn.kind, turn.model, praise, blame)
        return turn.kind if kind is RequestType.GENERAL else kind

    def _remember(self, ask: Ask, model: str, kind: RequestType) -> None:
        key = _conversation(ask)
        self._turns[key] = _Turn(model, kind, time.monotonic())
        self._turns.move_to_end(key)
        while len(self._turns) > MAX_CONVERSATIONS:
            self._turns.popitem(last=False)

    def _default(self) -> str:
        if not self.default_model:
            raise ValueError(f"{self.model_name!r}: no available model may answer, and there is no "
                             "adaptive_router_default_model")  # fmt: skip
        return str(self.default_model)

    def _answer(self, model: str, cause: str, details: dict[str, Any]) -> PreRoutingHookResponse:
        decision = {
            "router_model_name": self.model_name, "router_type": "adaptive", "routed_model": model, "cause": cause,
        }  # fmt: skip
        return PreRoutingHookResponse(model=model, routing_decision={**decision, **details})


def _conversation(ask: Ask) -> str:
    """The session that the client names, else the caller and how the conversation began."""
    session = session_of(ask.kwargs)
    if session is not None:
        return f"session:{session}"
    metadata = metadata_of(ask.kwargs)
    whose = [user_of(ask.kwargs), metadata.get("user_api_key_team_id"), metadata.get("user_api_key_end_user_id")]
    first = next(iter(ask.messages or ()), None)
    return hashlib.sha256(json.dumps([whose, first], sort_keys=True, default=str).encode()).hexdigest()


def _least_tier(ask: Ask) -> int:
    """The least quality tier that a request asks for, in metadata or by a header. Raises ValueError for no number."""
    asked = metadata_value(ask.kwargs, "min_quality_tier")
    if asked is None:
        sent = ask.kwargs.get("proxy_server_request") or {}
        asked = (sent.get("headers") or {}).get(HEADER)
    try:
        return 0 if asked is None else int(asked)
    except (TypeError, ValueError):
        raise ValueError(f"min_quality_tier must be a number from 1 to 3, got {asked!r}") from None


def _price(info: Mapping[str, Any]) -> float:
    cost = info.get("input_cost_per_token")
    return float(cost) if isinstance(cost, (int, float)) else 0.0
