"""Which models a key may call by the access groups of deployments (`model_info.access_groups`)."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from litellm import Router
from litellm.proxy._types import UserAPIKeyAuth
from litellm.proxy.model_access import may_call_served
from litellm.proxy.state import GatewayState


def deployment(name: str, *groups: str) -> dict[str, Any]:
    info = {"access_groups": list(groups)} if groups else {}
    return {"model_name": name, "litellm_params": {"model": "openai/gpt-4o", "api_key": "x"}, "model_info": info}


@pytest.mark.parametrize(
    ("allowed", "model", "may"),
    [
        ([{"beta"}], "new", True),
        ([{"beta"}], "old", False),
        ([{"beta"}], "any/thing", True),
        ([{"beta"}, {"old"}], "new", False),
        ([{"beta"}, {"new"}], "new", True),
        ([{"gamma"}], "new", False),
        ([], "new", True),
    ],
)
def test_an_access_group_stands_for_its_models(allowed: list[set[str]], model: str, may: bool) -> None:
    router = Router(model_list=[deployment("new", "beta"), deployment("old"), deployment("any/*", "beta")])
    state = cast(GatewayState, SimpleNamespace(router=router))
    auth = UserAPIKeyAuth(allowed_models=tuple(map(frozenset, allowed)))
    assert may_call_served(state, auth, model) is may
