"""Containers and their files over HTTP."""

from __future__ import annotations

import json
from typing import Any

import litellm
import pytest
from litellm import Router
from openai.types import ContainerRetrieveResponse
from openai.types.containers import FileRetrieveResponse

from tests.support.scripted import Answer, Scripted

CONTAINER = {"id": "cntr_1", "object": "container", "created_at": 1, "status": "running", "name": "n",
             "expires_after": {"anchor": "last_active_at", "minutes": 20}}  # fmt: skip
FILE = {"id": "cfile_1", "object": "container.file", "created_at": 1, "bytes": 3, "container_id": "cntr_1",
        "path": "/mnt/data/a", "source": "user"}  # fmt: skip
ONE: dict[str, Any] = {"container_id": "cntr_1"}
BOTH: dict[str, Any] = {**ONE, "file_id": "cfile_1"}
PAGE: dict[str, Any] = {"after": "x", "limit": 2, "order": "asc"}
ASKED: dict[str, tuple[str, dict[str, Any], Any]] = {
    "create_container": ("POST /containers", {"name": "n", "memory_limit": "1g"}, CONTAINER),
    "list_containers": ("GET /containers?after=x&limit=2&order=asc", PAGE, {"data": [CONTAINER]}),
    "retrieve_container": ("GET /containers/cntr_1", ONE, CONTAINER),
    "delete_container": ("DELETE /containers/cntr_1", ONE, {"id": "cntr_1", "deleted": True}),
    "list_container_files": ("GET /containers/cntr_1/files?limit=2", {**ONE, "limit": 2}, {"data": [FILE]}),
    "upload_container_file": ("POST /containers/cntr_1/files", {**ONE, "file": ("a.txt", b"abc")}, FILE),
    "retrieve_container_file": ("GET /containers/cntr_1/files/cfile_1", BOTH, FILE),
    "retrieve_container_file_content": ("GET /containers/cntr_1/files/cfile_1/content", BOTH, "bytes"),
    "delete_container_file": ("DELETE /containers/cntr_1/files/cfile_1", BOTH, {"id": "cfile_1", "deleted": True}),
}  # fmt: skip


@pytest.fixture
def where(vendor: Scripted) -> dict[str, Any]:
    return {"api_base": f"{vendor.base}/v1", "api_key": "sk-own"}


def sent(vendor: Scripted) -> str:
    (asked,) = vendor.asked
    return f"{asked.method} {asked.path}"


async def called(function: Any, arguments: dict[str, Any]) -> Any:
    answer = function(**arguments)
    return await answer if hasattr(answer, "__await__") else answer


@pytest.mark.parametrize("name", [prefix + name for prefix in ("", "a") for name in ASKED])
async def test_each_asks_its_own(vendor: Scripted, where: dict[str, Any], name: str) -> None:
    line, given, reply = ASKED[name if name in ASKED else name.removeprefix("a")]
    vendor.will_say(reply)
    answer = await called(getattr(litellm.containers, name), {**given, **where})
    assert sent(vendor) == line.replace(" /", " /v1/")
    assert vendor.asked[0].headers["authorization"] == "Bearer sk-own"
    if reply == "bytes":
        assert answer == b'"bytes"'
    else:
        assert (answer.data[0].id if "data" in reply else answer.id) in ("cntr_1", "cfile_1")


@pytest.mark.parametrize("name", [prefix + name for prefix in ("", "a") for name in ASKED])
async def test_the_router_chooses_the_account(vendor: Scripted, name: str) -> None:
    line, given, reply = ASKED[name if name in ASKED else name.removeprefix("a")]
    params = {"model": "azure/gpt-4o", "api_base": vendor.base, "api_key": "sk-deployment"}
    router = Router(model_list=[{"model_name": "chat", "litellm_params": params}], num_retries=0)
    vendor.will_say(reply)
    await called(getattr(router, name), {"model": "chat", **given})
    assert sent(vendor).split("?")[0] == line.split("?")[0].replace(" /", " /openai/v1/")
    assert "api-version=v1" in sent(vendor)
    assert vendor.asked[0].headers["api-key"] == "sk-deployment"
    router.discard()


def test_a_container_costs_a_session(vendor: Scripted, where: dict[str, Any]) -> None:
    vendor.will_say(CONTAINER)
    made = litellm.create_container("n", extra_body={"e": 1}, **where)
    assert json.loads(vendor.asked[0].body) == {"name": "n", "e": 1}
    assert (
        made._hidden_params["response_cost"]
        == litellm.model_cost["openai/container"]["code_interpreter_cost_per_session"]
    )
    assert (made.expires_after.minutes, made["status"]) == (20, "running")
    assert ContainerRetrieveResponse.model_validate(made.model_dump()).name == "n"
    assert litellm.retrieve_container("cntr_1", **where)._hidden_params["response_cost"] == 0.0
    vendor.will_say(FILE)
    found = litellm.containers.retrieve_container_file(**BOTH, **where)
    assert FileRetrieveResponse.model_validate(found.model_dump()).path == "/mnt/data/a"


@pytest.mark.parametrize(("status", "error"), [(404, litellm.NotFoundError), (429, litellm.RateLimitError)])
def test_refusals_are_mapped(vendor: Scripted, where: dict[str, Any], status: int, error: type[Exception]) -> None:
    vendor.will_say({"error": {"message": "so it is"}}, status=status)
    with pytest.raises(error, match="so it is"):
        litellm.create_container("n", **where)
    assert len(vendor.asked) == 1, "a container that may have been made is not made twice"


@pytest.mark.parametrize("body", [b"<html>", b'{"data": 5}'])
def test_garbage_is_an_error_of_ours(vendor: Scripted, where: dict[str, Any], body: bytes) -> None:
    vendor.will(Answer(body))
    with pytest.raises((litellm.InternalServerError, litellm.APIConnectionError)):
        litellm.list_containers(**where)


def test_an_id_is_needed(where: dict[str, Any]) -> None:
    with pytest.raises(litellm.APIConnectionError, match="container_id"):
        litellm.delete_container("", **where)


def test_a_provider_without_containers_says_so() -> None:
    with pytest.raises(litellm.BadRequestError, match="groq has no containers"):
        litellm.list_containers(custom_llm_provider="groq")
