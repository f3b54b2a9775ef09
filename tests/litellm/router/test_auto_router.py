"""Sub-routers: the request decides which model group answers it."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import litellm
import pytest
from litellm import Router
from litellm.router_strategy.adaptive_router.adaptive_router import AdaptiveRouter
from litellm.router_strategy.adaptive_router.signs import RequestType, request_type
from litellm.router_strategy.auto_router.auto_router import Route, best_route
from litellm.router_strategy.complexity_router.config import ComplexityRouterConfig
from litellm.router_strategy.complexity_router.scorer import Scorer

from tests.litellm.router.rows import row

EASY = "What is the capital of France?"
HARD = (
    "Think through this step by step: design the architecture of a distributed database with low latency and high "
    "throughput, implement the schema and the API in Python, and explain your reasoning."
)
TIERS = {"SIMPLE": "small", "MEDIUM": "medium", "COMPLEX": "large", "REASONING": "thinker"}
MODELS = [row(name, f"{name}-1") for name in ("small", "medium", "large", "thinker")]
ROUTES = [
    {"name": "large", "utterances": ["how do I write a program", "fix my code"], "score_threshold": 0.5},
    {"name": "small", "utterances": ["hello there", "nice weather"]},
]


def said(text: str) -> list[dict[str, Any]]:
    return [{"role": "user", "content": text}]


def auto(kind: str = "complexity_router", **params: Any) -> dict[str, Any]:
    return {"model_name": "auto", "litellm_params": {"model": f"auto_router/{kind}", **params}}


def complexity(**config: Any) -> Router:
    return Router(model_list=[*MODELS, auto(complexity_router_config={"tiers": TIERS, **config})], num_retries=0)


def group_of(answer: Any) -> str:
    return str(answer._hidden_params["additional_headers"]["x-litellm-model-group"])


async def test_hard_questions_go_to_the_strong_model_and_easy_ones_do_not() -> None:
    router = complexity()
    assert group_of(router.completion("auto", said(EASY))) == "small"
    assert group_of(router.completion("auto", said(HARD))) == "thinker"
    assert group_of(await router.acompletion("auto", said(HARD))) == "thinker"
    assert router.get_available_deployment("auto", said(EASY))["model_info"]["id"] == "small-1"
    assert (await router.async_get_available_deployment("auto", {}, said(HARD)))["model_name"] == "thinker"


@pytest.mark.parametrize(
    ("question", "tier"),
    [
        (EASY, "SIMPLE"),
        ("hello", "SIMPLE"),
        ("Write a poem about the sea and its many moods, with rhymes, about twenty lines long.", "SIMPLE"),
        ("Refactor this Python function so that it raises an exception.", "MEDIUM"),
        ("Implement a REST API endpoint with authentication, encryption and good performance under concurrency.",
         "COMPLEX"),
        (HARD, "REASONING"),
    ],
)  # fmt: skip
def test_the_words_of_a_question_decide_its_tier(question: str, tier: str) -> None:
    assert Scorer(ComplexityRouterConfig()).classify(question).tier.value == tier


def test_keywords_and_an_unhappy_user_raise_the_tier() -> None:
    router = complexity(keyword_tier_rules=[{"keywords": ["invoice"], "tier": "COMPLEX"}])
    assert group_of(router.completion("auto", said("Where is my invoice?"))) == "large"
    assert group_of(router.completion("auto", said(f"{EASY} LITELLM ESCALATE"))) == "medium"


def test_a_tier_may_have_several_models_and_change_the_request() -> None:
    tiers = {"SIMPLE": [{"model_name": "small", "litellm_params": {"max_tokens": 7}}, "medium"]}
    router = Router(
        model_list=[*MODELS, auto(complexity_router_config={"tiers": tiers}, complexity_router_default_model="large")]
    )
    assert {group_of(router.completion("auto", said(EASY))) for _ in range(40)} == {"small", "medium"}
    assert group_of(router.completion("auto", said(HARD))) == "large", "a tier without models leaves it to the default"


def test_a_session_keeps_its_model() -> None:
    router = complexity(session_affinity=True)
    session = {"metadata": {"session_id": "s"}}
    assert group_of(router.completion("auto", said(HARD), **session)) == "thinker"
    assert group_of(router.completion("auto", said(EASY), **session)) == "thinker"
    assert group_of(router.completion("auto", said(EASY))) == "small"


@pytest.mark.parametrize(
    ("opinion", "expected"), [('{"tier": "COMPLEX"}', "large"), ("reasoning", "thinker"), ("no idea", "small")]
)
async def test_a_model_may_judge_and_the_words_decide_when_it_cannot(opinion: str, expected: str) -> None:
    judge = {"model_name": "judge", "litellm_params": {"model": "openai/gpt-4o", "mock_response": opinion}}
    config = {"tiers": TIERS, "classifier_type": "llm", "classifier_llm_config": {"model": "judge"}}
    router = Router(model_list=[*MODELS, judge, auto(complexity_router_config=config)], num_retries=0)
    assert group_of(router.completion("auto", said(EASY))) == expected
    assert group_of(await router.acompletion("auto", said(EASY))) == expected


CAPABILITY = {"efficient_tier": "SIMPLE", "capable_tier": "REASONING", "base_threshold": 0.6, "threshold_step": 0.1}
CALIBRATION = {"version": "v1", "slope": 1.0, "intercept": -2.0}
LLM_V2 = {"efficient_profile": "small", "capable_profile": "big", "harness": "none", "max_quality_gap": 0.1}


def verdict(boundary: str = "supported", p_solve: Any = 0.65) -> str:
    return json.dumps({"crux": "c", "primary_rule": "r", "capability_boundary": boundary, "p_solve": p_solve})


def joint(efficient: float, capable: float) -> str:
    return json.dumps({"crux": "c", "p_efficient": efficient, "p_capable": capable})


@pytest.mark.parametrize(
    ("config", "said_by_judge", "expected"),
    [
        ({"capability_classifier_config": CAPABILITY}, verdict(), "small"),
        ({"capability_classifier_config": CAPABILITY}, verdict("uncertain"), "thinker"),
        ({"capability_classifier_config": CAPABILITY}, verdict("uncertain", 0.7), "small"),
        ({"capability_classifier_config": CAPABILITY}, verdict("unsupported", 0.75), "thinker"),
        ({"capability_classifier_config": CAPABILITY}, verdict("odd", 0.99), "thinker"),
        ({"capability_classifier_config": CAPABILITY}, verdict(p_solve=1.5), "thinker"),
        ({"capability_classifier_config": CAPABILITY}, "no idea", "thinker"),
        ({"capability_classifier_config": {**CAPABILITY, "calibration": CALIBRATION}}, verdict(), "thinker"),
        ({"capability_classifier_config": {**CAPABILITY, "response_format": "json_object"}}, verdict(), "small"),
        ({"llm_v2_config": LLM_V2}, joint(0.8, 0.85), "small"),
        ({"llm_v2_config": LLM_V2}, joint(0.5, 0.9), "thinker"),
        ({"llm_v2_config": LLM_V2}, "?", "thinker"),
    ],
)
async def test_a_judge_forecasts_and_a_rule_decides(config: Any, said_by_judge: str, expected: str) -> None:
    judge = {"model_name": "judge", "litellm_params": {"model": "openai/gpt-4o", "mock_response": said_by_judge}}
    kind = "llm_v2" if "llm_v2_config" in config else "capability"
    given = {"tiers": TIERS, "classifier_type": kind, "classifier_llm_config": {"model": "judge"}, **config}
    router = Router(model_list=[*MODELS, judge, auto(complexity_router_config=given)], num_retries=0)
    assert group_of(router.completion("auto", said(EASY))) == expected
    assert group_of(await router.acompletion("auto", said(EASY))) == expected


def adaptive(**config: Any) -> tuple[Router, AdaptiveRouter]:
    def model(name: str, tier: int, cost: float, strengths: list[str]) -> dict[str, Any]:
        stated = {"quality_tier": tier, "strengths": strengths}
        return row(name, name, model_info={"adaptive_router_preferences": stated, "input_cost_per_token": cost})

    rows = [model("cheap", 1, 1e-7, ["writing"]), model("dear", 3, 5e-6, ["code_generation"])]
    given = {"available_models": ["cheap", "dear"], **config}
    router = Router(model_list=[*rows, auto("adaptive_router", adaptive_router_config=given)], num_retries=0)
    (made,) = router._sub_routers._routers.values()
    assert isinstance(made, AdaptiveRouter)
    made.random.seed(3)
    return router, made


async def test_a_model_gets_what_it_is_good_at_and_worth_its_price() -> None:
    router, _ = adaptive()
    code, poem = said("Write a function that sorts a list"), said("Write a poem about the sea")
    assert Counter(group_of(router.completion("auto", poem)) for _ in range(60))["cheap"] > 45
    router, _ = adaptive(weights={"quality": 1, "cost": 0})
    assert Counter(group_of(router.completion("auto", code)) for _ in range(60))["dear"] > 45
    asked = {"metadata": {"min_quality_tier": 2}}
    assert {group_of(await router.acompletion("auto", poem, **asked)) for _ in range(20)} == {"dear"}
    with pytest.raises(ValueError, match="min_quality_tier"):
        router.completion("auto", poem, metadata={"min_quality_tier": "best"})


def test_what_users_say_of_an_answer_is_learned() -> None:
    router, made = adaptive(weights={"quality": 1, "cost": 0})

    def turn(remark: str, session: str) -> None:
        first = [*said("Write a poem about the sea"), {"role": "assistant", "content": "Waves."}]
        before = [*first, *said("Make it longer and sadder"), {"role": "assistant", "content": "Sad waves."}]
        for messages in (before[:3], [*before, *said(remark)]):
            router.completion("auto", messages, metadata={"session_id": session})

    for number in range(60):
        turn("That's wrong, you misunderstood me", f"bad {number}")
    cells = [(kind, name) for kind in RequestType for name in ("cheap", "dear")]
    blamed = [made.learned.of(*cell) for cell in cells]
    assert sum(blame for _, blame in blamed) > 0
    assert all(praise == 0 for praise, _ in blamed)
    for number in range(60):
        turn("Perfect, thanks!", f"good {number}")
    assert sum(made.learned.of(*cell)[0] for cell in cells) > 0
    assert all(sum(made.learned.of(*cell)) <= 200 for cell in cells)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Write a function that sorts a list", "code_generation"),
        ("Explain what this code does", "code_understanding"),
        ("Design the architecture of a chat system", "technical_design"),
        ("Compare these two plans", "analytical_reasoning"),
        ("Draft an email to my landlord", "writing"), ("Who was the first king of Spain?", "factual_lookup"),
        ("ok", "general"),
    ],
)  # fmt: skip
def test_a_request_has_a_kind(text: str, kind: str) -> None:
    assert request_type(text).value == kind


def test_a_fallback_of_the_auto_router_is_used_when_its_choice_fails() -> None:
    broken = row("small", "broken", mock_response=litellm.InternalServerError("no", "openai", "gpt"))
    router = Router(
        model_list=[broken, *MODELS[1:], auto(complexity_router_config={"tiers": TIERS})],
        num_retries=0,
        fallbacks=[{"auto": ["large"]}],
    )
    assert group_of(router.completion("auto", said(EASY))) == "large"


def test_a_circle_of_auto_routers_is_refused() -> None:
    circle = auto(complexity_router_config={"tiers": {"SIMPLE": "auto"}}, complexity_router_default_model="auto")
    with pytest.raises(ValueError, match="without an end"):
        Router(model_list=[circle], num_retries=0).completion("auto", said(EASY))


def quality_model(name: str, tier: int, **preferences: Any) -> dict[str, Any]:
    return row(name, name, model_info={"litellm_routing_preferences": {"quality_tier": tier, **preferences}})


def test_a_question_gets_the_quality_it_needs() -> None:
    rows = [quality_model("fine", 1), quality_model("better", 3), quality_model("law", 2, keywords=["contract"])]
    config = {"available_models": ["fine", "better", "law"]}
    router = Router(model_list=[*rows, auto("quality_router", quality_router_config=config)], num_retries=0)
    assert group_of(router.completion("auto", said(EASY))) == "fine"
    assert group_of(router.completion("auto", said(HARD))) == "better", "the nearest there is to the best"
    assert group_of(router.completion("auto", said("Is this contract valid?"))) == "law"


def embedding_row(base: str) -> dict[str, Any]:
    return {
        "model_name": "embedder",
        "litellm_params": {"model": "openai/text-embedding-3-small", "api_base": base, "api_key": "sk"},
    }


def semantic(config: Any = None, **params: Any) -> dict[str, Any]:
    given = {
        "auto_router_config": json.dumps({"routes": ROUTES}) if config is None else config,
        "auto_router_default_model": "medium",
        "auto_router_embedding_model": "embedder",
    }
    return auto("mine", **{**given, **params})


def letters(text: str) -> list[float]:
    """An embedding of a kind: how often each letter comes."""
    return [float(text.lower().count(letter)) for letter in "abcdefghijklmnopqrstuvwxyz"]


class Meaning(Router):
    """A router whose embeddings are counted letters."""

    asked: list[list[str]]

    def embedding(self, model: str, input: Any, **kwargs: Any) -> Any:
        if model == "embedder":
            self.asked.append(list(input))
            return litellm.EmbeddingResponse(data=[{"embedding": letters(text), "index": 0} for text in input])
        raise litellm.InternalServerError("no", "openai", model)

    async def aembedding(self, model: str, input: Any, **kwargs: Any) -> Any:
        return self.embedding(model, input, **kwargs)


async def test_the_meaning_of_a_question_decides() -> None:
    router = Meaning(model_list=[*MODELS, semantic()], num_retries=0)
    router.asked = []
    assert group_of(router.completion("auto", said("fix my codes"))) == "large"
    assert group_of(await router.acompletion("auto", said("hello there!"))) == "small"
    assert group_of(router.completion("auto", said("zzz"))) == "medium"
    assert sum(len(texts) > 1 for texts in router.asked) == 1, "the utterances are embedded once"


def test_when_embeddings_fail_the_default_model_answers() -> None:
    router = Meaning(model_list=[*MODELS, semantic(auto_router_embedding_model="nothing")], num_retries=0)
    assert group_of(router.completion("auto", said(EASY))) == "medium"


def test_a_route_must_be_near_enough() -> None:
    routes = [Route("a", ("x",), 0.9), Route("b", ("y",), 0.1)]
    index = [(routes[0], (1.0, 0.0)), (routes[1], (0.0, 1.0))]
    assert best_route(routes, index, (1.0, 0.0)) is routes[0]
    assert best_route(routes, index, (0.8, 0.6)) is None, "the nearest decides, and it is not near enough"
    assert best_route(routes, index, (0.6, 0.8)) is routes[1]
    assert best_route([], [], (1.0,)) is None


@pytest.mark.parametrize(
    ("deployment", "named"),
    [
        (auto(), "complexity_router_config is missing"),
        (auto(complexity_router_config={"tiers": {"HARD": "x"}}), "'HARD' is no tier"),
        (auto(complexity_router_config={"tiers": TIERS, "classifier_type": "llm"}), "classifier_llm_config is missing"),
        (auto(complexity_router_config={"tiers": TIERS, "classifier_type": "jev"}), "classifier_type"),
        (auto("quality_router", quality_router_config={"available_models": 3}), "available_models"),
        (
            auto(
                complexity_router_config={
                    "tiers": TIERS,
                    "classifier_type": "capability",
                    "classifier_llm_config": {"model": "j"},
                }
            ),
            "capability_classifier_config",
        ),
        (
            auto(
                complexity_router_config={
                    "tiers": TIERS,
                    "classifier_type": "capability",
                    "classifier_llm_config": {"model": "j"},
                    "capability_classifier_config": {**CAPABILITY, "threshold_step": 0.5},
                }
            ),
            "at most 1",
        ),
        (auto("adaptive_router", adaptive_router_config={}), "available_models"),
        (auto("mine"), "auto_router_default_model is missing"),
        (semantic("{"), "no JSON"),
        (semantic({"routes": [{"utterances": []}]}), "needs a 'name'"),
        (semantic({"routes": [{"name": "x", "utterances": "y"}]}), "list of strings"),
    ],
)
def test_a_wrong_configuration_is_refused_by_name(deployment: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        Router(model_list=[*MODELS, deployment])
    assert len(Router(model_list=[*MODELS, deployment], ignore_invalid_deployments=True).model_list) == len(MODELS)
