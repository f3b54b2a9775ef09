"""Stored files and batches over HTTP."""

from __future__ import annotations

from typing import Any

import litellm
import pytest
from openai.types import FileObject

from tests.litellm.support import last

OPENAI: dict[str, Any] = {"api_key": "sk", "custom_llm_provider": "openai"}


def test_a_files_life(provider_url: str) -> None:
    where = {**OPENAI, "api_base": f"{provider_url}/v1"}
    made = litellm.create_file(("a.jsonl", b"{}\n"), "batch", **where)
    parts = {part["name"]: part for part in last(provider_url)["form"]}
    assert parts["file"]["filename"] == "a.jsonl"
    assert parts["purpose"]["value"] == "batch"
    FileObject.model_construct(**made.model_dump())
    assert litellm.file_retrieve(made.id, **where).id == made.id
    assert [file.id for file in litellm.file_list(**where)] == [made.id]
    assert litellm.file_content(made.id, **where).text.splitlines() == ["line one", "line two"]
    assert litellm.file_delete(made.id, **where).deleted is True


async def test_a_batchs_life_on_azure(provider_url: str) -> None:
    where: dict[str, Any] = {"custom_llm_provider": "azure", "api_base": provider_url, "api_key": "k",
                             "api_version": "2024-10-21"}  # fmt: skip
    made = await litellm.acreate_batch("24h", "/v1/chat/completions", "file-1", **where)
    asked = last(provider_url)
    assert asked["path"] == "/openai/batches"
    assert asked["query"] == "api-version=2024-10-21"
    assert asked["headers"]["api-key"] == "k"
    assert (await litellm.aretrieve_batch(made.id, **where)).id == made.id
    assert (await litellm.acancel_batch(made.id, **where)).id == made.id
    assert [batch.id for batch in await litellm.alist_batches(limit=5, **where)] == [made.id]
    assert "limit=5" in last(provider_url)["query"]


@pytest.mark.parametrize("identifier", ["", None])
def test_an_empty_id_never_means_all(provider_url: str, identifier: Any) -> None:
    with pytest.raises(litellm.APIConnectionError, match="file_id"):
        litellm.file_delete(identifier, api_base=f"{provider_url}/v1", **OPENAI)


def test_an_id_cannot_leave_its_place(provider_url: str) -> None:
    litellm.file_retrieve("../batches/x", api_base=f"{provider_url}/v1", **OPENAI)
    assert last(provider_url)["path"] == "/v1/files/..%2Fbatches%2Fx"


def test_a_provider_that_keeps_none() -> None:
    with pytest.raises(litellm.BadRequestError, match="groq"):
        litellm.file_list(custom_llm_provider="groq")
