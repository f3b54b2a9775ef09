"""Chat whose answer is passed on as data."""

from __future__ import annotations

from typing import Any

import litellm
import pytest


async def test_a_replaced_acompletion_is_called_by_those_who_want_data_too(monkeypatch: pytest.MonkeyPatch) -> None:
    async def replaced(**arguments: Any) -> str:
        return f"asked of {arguments['model']}"

    router = litellm.Router(model_list=[{"model_name": "g", "litellm_params": {"model": "openai/gpt-4o"}}])
    monkeypatch.setattr(litellm, "acompletion", replaced)
    assert await router.acompletion_data(model="g", messages=[]) == "asked of openai/gpt-4o"
