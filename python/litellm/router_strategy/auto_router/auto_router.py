"""`auto_router/<name>`: the model group whose example utterances mean most nearly what the user said.

Utterances and questions are compared by the cosine of their embeddings; a route counts with the mean of its utterances
among the five nearest, and must pass its `score_threshold`.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
import operator
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from litellm.router_strategy.sub_router import Surroundings, internal_metadata, question_of
from litellm.router_utils.ask import Ask
from litellm.router_utils.effects import Do, Plan
from litellm.types import openai_errors
from litellm.types.router import PreRoutingHookResponse

logger = logging.getLogger("LiteLLM Router")
# Upstream's defaults.
NEAREST = 5
SCORE_THRESHOLD = 0.3
MAX_INPUT_CHARS = 2000
ORIGIN = "autorouter_classifier"
Vector = Sequence[float]


@dataclass(frozen=True, slots=True)
class Route:
    """A model group and what users say who should get it."""

    name: str
    utterances: tuple[str, ...]
    score_threshold: float = SCORE_THRESHOLD

    @classmethod
    def of(cls, given: Any) -> Route:
        """A route of the configuration. Raises ValueError naming what is wrong."""
        if not isinstance(given, Mapping) or not isinstance(given.get("name"), str) or not given["name"]:
            raise ValueError(f"auto_router_config: each of 'routes' needs a 'name', got {given!r}")
        name, utterances, threshold = given["name"], given.get("utterances"), given.get("score_threshold")
        if not isinstance(utterances, list) or not all(isinstance(each, str) for each in utterances):
            raise ValueError(f"auto_router_config: {name!r}: 'utterances' must be a list of strings")
        if threshold is not None and not isinstance(threshold, (int, float)):
            raise ValueError(f"auto_router_config: {name!r}: 'score_threshold' must be a number, got {threshold!r}")
        return cls(name, tuple(utterances), SCORE_THRESHOLD if threshold is None else float(threshold))


def load_routes(config: Any, path: str | None) -> list[Route]:
    """The routes of `auto_router_config` (JSON or a dict) or of the file `auto_router_config_path`.

    Raises ValueError for a configuration that is missing or wrong.
    """
    try:
        if path:
            config = Path(path).read_text()
        given = json.loads(config) if isinstance(config, str) else config
    except (OSError, ValueError) as error:
        raise ValueError(f"auto_router_config: {path or 'the text'} is no JSON file: {error}") from error
    if not isinstance(given, Mapping) or not isinstance(given.get("routes"), list):
        raise ValueError("auto_router_config: an object with 'routes' is needed")
    return [Route.of(each) for each in given["routes"]]


def _unit(vector: Vector) -> tuple[float, ...]:
    length = math.sqrt(sum(map(operator.mul, vector, vector)))
    return tuple(value / length for value in vector) if length else tuple(vector)


def best_route(routes: Sequence[Route], index: Sequence[tuple[Route, Vector]], vector: Vector) -> Route | None:
    """The route that is nearest to `vector` (of length 1, as those of the index), or None when none is near enough."""
    scores = sorted(((sum(map(operator.mul, unit, vector)), route) for route, unit in index), key=lambda each: -each[0])
    by_route: dict[str, list[float]] = {}
    for score, route in scores[:NEAREST]:
        by_route.setdefault(route.name, []).append(score)
    if not by_route:
        return None
    name, best = max(by_route.items(), key=lambda item: sum(item[1]) / len(item[1]))
    route = next(route for route in routes if route.name == name)
    return route if max(best) >= route.score_threshold else None


class AutoRouter:
    """One semantic router. Raises ValueError when its deployment's parameters are wrong."""

    def __init__(self, model_name: str, params: Mapping[str, Any], around: Surroundings) -> None:
        for name in ("auto_router_default_model", "auto_router_embedding_model"):
            if not params.get(name):
                raise ValueError(f"model_list: {model_name!r}: litellm_params.{name} is missing")
        if not params.get("auto_router_config") and not params.get("auto_router_config_path"):
            raise ValueError(f"model_list: {model_name!r}: litellm_params.auto_router_config is missing")
        self.model_name, self._around = model_name, around
        self.default_model, self.embedding_model = (
            str(params["auto_router_default_model"]),
            str(params["auto_router_embedding_model"]),
        )
        self.max_input_chars = int(params.get("auto_router_max_input_chars") or MAX_INPUT_CHARS)
        self.routes = load_routes(params.get("auto_router_config"), params.get("auto_router_config_path"))
        self._index: list[tuple[Route, Vector]] | None = None
        self._building = threading.Lock()

    def _build(self) -> None:
        """Embed the utterances, once; calls that come meanwhile wait."""
        with self._building:
            if self._index is None:
                texts = [(route, text) for route in self.routes for text in route.utterances]
                vectors: list[Vector] = []
                if texts:
                    inputs = [text[: self.max_input_chars] for _, text in texts]
                    embed = self._around.call("embedding", False)
                    vectors = _vectors(embed(model=self.embedding_model, input=inputs))
                self._index = [(route, _unit(vector)) for (route, _), vector in zip(texts, vectors, strict=True)]

    async def _abuild(self) -> None:
        await asyncio.to_thread(self._build)

    def route(self, ask: Ask) -> Plan:
        """The nearest route's model group, or the default; the default too when the embeddings fail."""
        question = question_of(ask)
        decision: dict[str, Any] = {
            "router_model_name": self.model_name,
            "router_type": "semantic",
            "classifier_model": self.embedding_model,
        }
        found, cause = None, "semantic_no_match"
        if question:
            try:
                if self._index is None:
                    yield Do(self._abuild if ask.asynchronous else self._build, {})
                answer = yield Do(
                    self._around.call("aembedding" if ask.asynchronous else "embedding", ask.asynchronous),
                    {
                        "model": self.embedding_model,
                        "input": [question[: self.max_input_chars]],
                        "metadata": internal_metadata(ask, ORIGIN),
                    },
                )
                found = best_route(self.routes, self._index or (), _unit(_vectors(answer)[0]))
                cause = "semantic_match" if found else cause
            except (openai_errors.OpenAIError, ValueError) as error:
                logger.warning(
                    "%s: semantic routing failed, %s answers: %s", self.model_name, self.default_model, error
                )
                cause = "semantic_error"
                decision["classifier_error_type"] = type(error).__name__
        model = found.name if found else self.default_model
        return PreRoutingHookResponse(model=model, routing_decision={**decision, "routed_model": model, "cause": cause})


def _vectors(answer: Any) -> list[Vector]:
    """The embeddings of an answer. Raises ValueError when it has none."""
    data = answer.data if hasattr(answer, "data") else answer["data"]
    vectors = [each["embedding"] for each in data]
    if not vectors:
        raise ValueError("the embedding model gave no embeddings")
    return vectors
