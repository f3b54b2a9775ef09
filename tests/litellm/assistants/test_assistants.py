"""Assistants, threads, messages and runs over HTTP, at OpenAI and at Azure."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import litellm
import pytest
from litellm.assistants import main

from tests.support.scripted import Answer, Scripted

CALLS: list[tuple[str, str, dict[str, Any], str, str, Any]] = [
    ("create_assistants", "acreate_assistants", {"model": "gpt-4o", "name": "n", "temperature": 0.5}, "POST",
     "/assistants", {"model": "gpt-4o", "name": "n", "temperature": 0.5}),
    ("delete_assistant", "adelete_assistant", {"assistant_id": "as/1"}, "DELETE", "/assistants/as%2F1", None),
    ("create_thread", "acreate_thread", {"messages": [{"role": "user", "content": "hi"}], "metadata": {"a": "b"}},
     "POST", "/threads", {"messages": [{"role": "user", "content": "hi"}], "metadata": {"a": "b"}}),
    ("get_thread", "aget_thread", {"thread_id": "th"}, "GET", "/threads/th", None),
    ("add_message", "a_add_message", {"thread_id": "th", "role": "user", "content": "hi"}, "POST",
     "/threads/th/messages", {"role": "user", "content": "hi"}),
]  # fmt: skip


def say(vendor: Scripted, *values: Any) -> None:
    vendor.will(*(Answer(json.dumps(value).encode()) for value in values))


@pytest.mark.parametrize("provider", ["openai", "azure"])
@pytest.mark.parametrize(("name", "on_a_loop", "arguments", "method", "path", "body"), CALLS, ids=[c[0] for c in CALLS])
def test_calls(
    vendor: Scripted, provider: str, name: str, on_a_loop: str, arguments: dict[str, Any], method: str, path: str,
    body: Any,
) -> None:  # fmt: skip
    say(vendor, {"id": "x", "object": "thing", "metadata": {"a": "b"}})
    where = {"custom_llm_provider": provider, "api_key": "sk", "api_base": vendor.base}
    where |= {"api_version": "2024-05-01-preview"} if provider == "azure" else {}
    made = getattr(litellm, name)(**arguments, **where)
    assert (made.id, made.object, made.metadata) == ("x", "thing", {"a": "b"})
    assert asyncio.run(getattr(litellm, on_a_loop)(**arguments, **where)).id == "x"
    expected = f"/openai{path}?api-version=2024-05-01-preview" if provider == "azure" else path
    for asked in vendor.asked:
        assert (asked.method, asked.path, asked.headers["openai-beta"]) == (method, expected, "assistants=v2")
        assert asked.headers["api-key" if provider == "azure" else "authorization"].endswith("sk")
        assert (asked.json() if body is not None else None) == body


def test_lists(vendor: Scripted) -> None:
    where: dict[str, Any] = {"custom_llm_provider": "openai", "api_key": "sk", "api_base": vendor.base}
    content = [{"type": "text", "text": {"value": "hello", "annotations": []}}]
    say(vendor, {"object": "list", "data": [{"id": "m", "content": content}], "has_more": False})
    messages = litellm.get_messages(thread_id="th", **where)
    assert [message.content[0].text.value for message in messages] == ["hello"]
    assert [item.id for item in asyncio.run(litellm.aget_messages(thread_id="th", **where)).data] == ["m"]
    assert [item.id for item in litellm.get_assistants(**where)] == ["m"]
    assert asyncio.run(litellm.aget_assistants(**where)).has_more is False
    assert [asked.path for asked in vendor.asked[2:]] == ["/assistants?limit=20&order=desc"] * 2


def test_a_run_is_waited_for(vendor: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main, "POLL_S", 0.01)
    where: dict[str, Any] = {"custom_llm_provider": "openai", "api_key": "sk", "api_base": vendor.base}
    runs = [{"id": "r", "status": status} for status in ("queued", "in_progress", "requires_action")]
    say(vendor, *runs)
    assert litellm.run_thread(thread_id="th", assistant_id="as", instructions="do", **where).status == "requires_action"
    assert vendor.asked[0].json() == {"assistant_id": "as", "instructions": "do"}
    assert [asked.path for asked in vendor.asked] == ["/threads/th/runs", *["/threads/th/runs/r"] * 2]
    say(vendor, *runs[:2], {"id": "r", "status": "completed"})
    assert asyncio.run(litellm.arun_thread(thread_id="th", assistant_id="as", **where)).status == "completed"
    monkeypatch.setattr(main, "MAX_RUN_S", 0.02)
    say(vendor, *runs[:2])
    with pytest.raises(litellm.Timeout):
        litellm.run_thread(thread_id="th", assistant_id="as", **where)


def test_refusals_are_told(vendor: Scripted) -> None:
    vendor.will_say({"error": {"message": "no such thread"}}, status=404)
    with pytest.raises(litellm.NotFoundError, match="no such thread"):
        litellm.get_thread("openai", "th", api_key="sk", api_base=vendor.base)
    with pytest.raises(litellm.BadRequestError, match="custom_llm_provider"):
        litellm.get_thread("anthropic", "th", api_key="sk")


@pytest.mark.parametrize("name", ["add_message", "a_add_message"])
def test_messages_are_signed_in_where_there_is_no_key(
    vendor: Scripted, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Signer:
        def sign(self, **asked: Any) -> dict[str, str]:
            return {**asked["headers"], "authorization": "Bearer blocking"}

        async def async_sign(self, **asked: Any) -> dict[str, str]:
            return {**asked["headers"], "authorization": "Bearer on-loop"}

    for variable in ("AZURE_API_KEY", "AZURE_OPENAI_API_KEY", "AZURE_AD_TOKEN"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr("litellm.llms.azure.auth.entra_signer", lambda options: Signer())
    say(vendor, {"id": "m"})
    made = getattr(litellm, name)("azure", "th", "user", "hi", api_base=vendor.base)
    assert (asyncio.run(made) if name == "a_add_message" else made).id == "m"
    assert vendor.asked[0].headers["authorization"] == ("Bearer on-loop" if name[1] == "_" else "Bearer blocking")
