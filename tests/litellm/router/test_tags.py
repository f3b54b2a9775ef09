"""Which deployments a request's tags allow."""

from __future__ import annotations

from typing import Any

import pytest
from litellm import Router

from tests.litellm.router.rows import chosen, row

pytestmark = pytest.mark.usefixtures("routing_core")

ROWS = [
    row("chat", "free", tags=["free", "eu"]),
    row("chat", "paid", tags=["paid", "eu"]),
    row("chat", "rest", tags=["default"]),
]


def router(rows: list[Any] = ROWS, **settings: Any) -> Router:
    return Router(model_list=rows, enable_tag_filtering=True, **settings)


def by(tags: list[str], **metadata: Any) -> dict[str, Any]:
    return {"metadata": {"tags": tags, **metadata}}


@pytest.mark.parametrize(
    ("tags", "allowed"),
    [
        (["free"], {"free"}),
        (["eu"], {"free", "paid"}),
        (["free", "paid"], {"free", "paid"}),
        (["unheard-of"], {"rest"}),
        ([], {"rest"}),
        (["&eu"], {"free", "paid"}),
        (["&eu", "&paid"], {"paid"}),
        (["!eu"], {"rest"}),
        (["eu", "!paid"], {"free"}),
        (["free", "&paid"], None),
        (["!default"], None),
    ],
)
def test_tags_choose_require_and_forbid(tags: list[str], allowed: set[str] | None) -> None:
    if allowed is None:
        with pytest.raises(ValueError, match="Not allowed to access model due to tags"):
            chosen(router(), "chat", **by(tags))
    else:
        assert chosen(router(), "chat", **by(tags)) == allowed


def test_all_tags_must_match_where_any_is_not_enough() -> None:
    every = router(tag_filtering_match_any=False)
    assert chosen(every, "chat", **by(["free", "eu"])) == {"free"}
    with pytest.raises(ValueError, match=r"tags=\['free', 'paid'\]"):
        chosen(every, "chat", **by(["free", "paid"]))


def test_a_prefix_marks_the_tags_that_route() -> None:
    prefixed = router(tag_routing_prefix="route:")
    assert chosen(prefixed, "chat", **by(["route:paid", "customer-7"])) == {"paid"}
    assert chosen(prefixed, "chat", **by(["customer-7"])) == {"rest"}
    with pytest.raises(ValueError, match="tags"):
        chosen(prefixed, "chat", **by(["route:unheard-of"]))


def test_a_user_agent_chooses_by_regular_expression() -> None:
    rows = [row("chat", "cli", tag_regex=["^User-Agent: claude-cli/"]), row("chat", "rest", tags=["default"])]
    request = by([], user_agent="claude-cli/2.0")
    assert chosen(router(rows), "chat", **request) == {"cli"}
    assert request["metadata"]["tag_routing"]["matched_via"] == "tag_regex"
    assert chosen(router(rows), "chat", **by([], user_agent="curl/8")) == {"rest"}
    broken = [row("chat", "cli", tag_regex=["("]), row("chat", "rest", tags=["default"])]
    assert chosen(router(broken), "chat", **request) == {"rest"}


def test_a_group_or_a_request_turns_tags_on() -> None:
    rows = [row("chat", "free", tags=["free"], model_info={"enable_tag_filtering": True}), row("chat", "rest")]
    plain = Router(model_list=rows)
    assert chosen(plain, "chat", **by(["free"])) == {"free"}
    off = Router(model_list=ROWS)
    assert chosen(off, "chat", **by(["free"])) == {"free", "paid", "rest"}
    assert chosen(off, "chat", **by(["free"]), enable_tag_filtering=True) == {"free"}
    assert chosen(off, "chat", **by(["free"]), enable_tag_filtering=False) == {"free", "paid", "rest"}


def test_a_group_may_fail_open_but_policy_holds() -> None:
    rows = [row("chat", "eu", tags=["eu"], model_info={"allow_fail_open": True}), row("chat", "us", tags=["us"])]
    assert chosen(router(rows), "chat", **by(["&eu", "&us"])) == {"eu", "us"}
    assert chosen(router(rows), "chat", **by(["&eu", "&us"], inherited_tags=["&eu"])) == {"eu"}
    with pytest.raises(ValueError, match="tags"):
        chosen(router(rows), "chat", **by(["&eu", "&us"], inherited_tags=["&eu", "&us"]))
