"""Kept responses through the Router: which deployment a follow-up and a later look at a response go to."""

from __future__ import annotations

from typing import Any

import litellm
import pytest
from litellm.llms.responses.ids import decode_id, encode_id

from tests.litellm.router.support import asked, deployment, forget

PINNED = ["responses_api_deployment_check"]


def router(base: str, *, checks: list[str] | None = None, first: str = "", **settings: Any) -> litellm.Router:
    rows = [deployment(base, "mine", f"d{number}", first if number == 0 else "") for number in range(4)]
    return litellm.Router(model_list=rows, optional_pre_call_checks=checks, **settings)


def kept_by(model_id: str) -> str:
    return encode_id("resp_1", "openai", model_id)


async def test_follow_ups_stay_with_their_deployment(provider_url: str) -> None:
    pinned = router(provider_url, checks=PINNED)
    answer = await pinned.aresponses(model="mine", input="Hi")
    forget(provider_url)
    for _ in range(12):
        answer = await pinned.aresponses(model="mine", input="And?", previous_response_id=answer.id)
    assert len(set(asked(provider_url))) == 1
    assert asked(provider_url)[0] == decode_id(answer.id).model_id


def test_follow_ups_are_spread_unless_asked_for(provider_url: str) -> None:
    spread = router(provider_url)
    forget(provider_url)
    for _ in range(40):
        spread.responses(model="mine", input="And?", previous_response_id=kept_by("d1"))
    assert len(set(asked(provider_url))) > 1


@pytest.mark.parametrize("previous", ["gone", None])
def test_an_unknown_maker_leaves_the_choice_open(provider_url: str, previous: str | None) -> None:
    pinned = router(provider_url, checks=PINNED)
    forget(provider_url)
    follows = encode_id("resp_1", "openai", previous) if previous else "resp_of_somebody"
    for _ in range(40):
        pinned.responses(model="mine", input="And?", previous_response_id=follows)
    assert len(set(asked(provider_url))) > 1


def test_a_deployment_that_cools_down_does_not_keep_its_follow_ups(provider_url: str) -> None:
    pinned = router(provider_url, checks=PINNED, first="status=429", num_retries=1)
    for _ in range(3):
        answer = pinned.responses(model="mine", input="And?", previous_response_id=kept_by("d0"))
        assert decode_id(answer.id).model_id in ("d1", "d2", "d3")


async def test_a_kept_response_is_looked_up_where_it_is(provider_url: str) -> None:
    anywhere = router(provider_url)
    forget(provider_url)
    found = await anywhere.aget_responses(response_id=kept_by("d2"))
    assert decode_id(found.id) == decode_id(kept_by("d2"))
    items = await anywhere.alist_input_items(response_id=kept_by("d3"))
    assert items["object"] == "list"
    assert (await anywhere.adelete_responses(response_id=kept_by("d1"))).deleted
    assert asked(provider_url) == ["d2", "d3", "d1"]


async def test_a_response_of_nobody_here_needs_its_own_settings(provider_url: str) -> None:
    anywhere = router(provider_url)
    forget(provider_url)
    await anywhere.aget_responses(
        response_id=kept_by("elsewhere"), api_base=f"{provider_url}/~id=other/v1", api_key="sk"
    )
    assert asked(provider_url) == ["other"]
