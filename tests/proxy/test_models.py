"""The lists of models."""

from __future__ import annotations

from tests.support.gateway import Gateway


def test_models_are_listed_once_each_and_hidden_aliases_not(proxy: Gateway) -> None:
    listed = proxy.request("GET", "/v1/models").json()
    names = [card["id"] for card in listed["data"]]
    assert listed["object"] == "list"
    assert len(names) == len(set(names))
    assert {"gpt", "claude", "mock", "alias"} <= set(names)
    assert "secret" not in names
    card = next(card for card in listed["data"] if card["id"] == "gpt")
    assert (card["object"], card["mode"], card["max_input_tokens"]) == ("model", "chat", 128000)
    assert proxy.request("GET", "/models").json() == listed


def test_one_model_and_one_that_is_not_there(proxy: Gateway) -> None:
    assert proxy.request("GET", "/v1/models/gpt").json()["id"] == "gpt"
    assert proxy.request("GET", "/v1/models/nobody").status_code == 404


def test_anthropics_client_gets_anthropics_list(proxy: Gateway) -> None:
    listed = proxy.request("GET", "/v1/models", headers={"anthropic-version": "2023-06-01"}).json()
    assert listed["has_more"] is False
    assert {"type", "id", "display_name", "created_at"} <= set(listed["data"][0])


def test_model_info_tells_all_but_secrets(proxy: Gateway) -> None:
    answer = proxy.request("GET", "/model/info")
    assert answer.status_code == 200
    assert "sk-up" not in answer.text
    gpt = next(entry for entry in answer.json()["data"] if entry["model_name"] == "gpt")
    assert gpt["litellm_params"]["model"] == "openai/gpt-4o"
    assert gpt["model_info"]["input_cost_per_token"] == 2.5e-6
    by_id = proxy.request("GET", "/v1/model/info", params={"litellm_model_id": gpt["model_info"]["id"]}).json()
    assert by_id["data"] == [gpt]
    assert proxy.request("GET", "/model/info", params={"litellm_model_id": "nobody"}).status_code == 400


def test_model_groups(proxy: Gateway) -> None:
    (group,) = proxy.request("GET", "/model_group/info", params={"model_group": "gpt"}).json()["data"]
    assert group["model_group"] == "gpt"
    assert group["providers"] == ["openai"]


def test_no_list_without_a_key(proxy: Gateway) -> None:
    for path in ("/v1/models", "/models/gpt", "/model/info", "/model_group/info", "/health"):
        assert proxy.request("GET", path, key=None).status_code == 401


def test_a_pattern_of_models_is_told_and_counted_by_the_model_that_answered(proxy: Gateway) -> None:
    for streams in (False, True):
        body = {"model": "any/gpt-4o-mini", "messages": [{"role": "user", "content": "hi"}], "stream": streams}
        answer = proxy.request("POST", "/v1/chat/completions", json=body)
        assert answer.headers["x-litellm-model-name"] == "openai/gpt-4o-mini"
