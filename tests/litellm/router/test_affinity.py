"""Requests that belong together go to one deployment."""

from __future__ import annotations

from typing import Any

import pytest
from litellm import Router
from litellm.llms.responses.encrypted import decode_item_id, mark_item, origin_of, restored, unwrap_content

from tests.litellm.router.rows import row
from tests.litellm.router.support import MESSAGES

pytestmark = pytest.mark.usefixtures("routing_core")
MANY = [row("chat", f"d{number}") for number in range(8)]


def answered_by(router: Router, times: int = 8, messages: Any = MESSAGES, **request: Any) -> set[str]:
    answers = (router.completion("chat", messages, **request) for _ in range(times))
    return {answer._hidden_params["model_id"] for answer in answers}


def test_a_session_stays_with_its_deployment() -> None:
    router = Router(model_list=MANY, optional_pre_call_checks=["session_affinity"])
    by_session = {
        name: answered_by(router, metadata={"session_id": name, "user_api_key_hash": "k"}) for name in "abcdef"
    }
    assert {len(used) for used in by_session.values()} == {1}
    assert len(set.union(*by_session.values())) > 1
    assert len(answered_by(router, 30)) > 1, "without a session there is nothing to stay with"


def test_sessions_of_different_callers_are_different() -> None:
    router = Router(model_list=MANY, optional_pre_call_checks=["session_affinity"])
    used = {
        key: answered_by(router, 2, metadata={"session_id": "s", "user_api_key_hash": key}).pop()
        for key in "abcdefghij"
    }
    assert len(set(used.values())) > 1


async def test_a_caller_stays_with_a_deployment_until_it_fails_or_the_time_is_over() -> None:
    router = Router(
        model_list=MANY, optional_pre_call_checks=["deployment_affinity"], deployment_affinity_ttl_seconds=1000
    )
    caller = {"metadata": {"user_api_key_hash": "k"}}
    (kept,) = answered_by(router, **caller)
    assert (await router.acompletion("chat", MESSAGES, **caller))._hidden_params["model_id"] == kept
    router._core.cool_down(kept, 1000)
    assert kept not in answered_by(router, **caller)


def test_affinity_may_be_set_for_one_group() -> None:
    router = Router(
        model_list=MANY + [row("other", f"o{n}") for n in range(8)],
        model_group_affinity_config={"chat": ["deployment_affinity"]},
    )
    caller = {"metadata": {"user_api_key_hash": "k"}}
    assert len(answered_by(router, **caller)) == 1
    others = {router.completion("other", MESSAGES, **caller)._hidden_params["model_id"] for _ in range(30)}
    assert len(others) > 1


def test_a_long_cached_prompt_goes_where_its_beginning_was() -> None:
    def turn(*texts: str) -> list[dict[str, Any]]:
        marked = [
            {"type": "text", "text": text, **({"cache_control": {"type": "ephemeral"}} if text == texts[-1] else {})}
            for text in texts
        ]
        return [{"role": "user", "content": marked}]

    router = Router(model_list=MANY, optional_pre_call_checks=["prompt_caching"])
    long = "word " * 1500
    used = answered_by(router, 6, turn(long)) | answered_by(router, 6, turn(long, "and now?"))
    assert len(used) == 1
    assert len(answered_by(router, 30, turn("short"))) > 1


def test_an_unknown_check_is_refused() -> None:
    with pytest.raises(ValueError, match=r"unknown \['nope'\]"):
        Router(optional_pre_call_checks=["nope"])


def test_encrypted_items_remember_their_deployment() -> None:
    item: dict[str, Any] = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "secret"}
    mark_item(item, "d1")
    assert origin_of(item) == "d1"
    assert decode_item_id(item["id"]) == ("d1", "rs_1")
    assert unwrap_content(item["encrypted_content"]) == ("d1", "secret")
    before = dict(item)
    mark_item(item, "d2")
    assert item == before, "an item is marked once"
    plain = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "secret"}
    assert restored([item, "text"], lambda origin: origin == "d1") == [plain, "text"]
    assert restored([item], lambda origin: False) == [], "what nobody can read and says nothing is left out"
    said = {**item, "summary": [{"type": "summary_text", "text": "thought"}]}
    assert restored([said], lambda origin: False) == [{"type": "reasoning", "summary": said["summary"]}]


@pytest.mark.parametrize("text", ["", "encitem_", "encitem_%%", "litellm_enc:", "litellm_enc:x;y", "encitem_aGVsbG8="])
def test_what_is_no_mark_is_left_alone(text: str) -> None:
    assert decode_item_id(text) == (None, text)
    assert unwrap_content(text) == (None, text)
