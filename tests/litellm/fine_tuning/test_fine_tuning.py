"""Fine-tuning jobs over HTTP, read by OpenAI's own types."""

from __future__ import annotations

from typing import Any

import litellm
import pytest
from openai.types.fine_tuning import FineTuningJob

from tests.litellm.support import last, recorded


def where(base: str) -> dict[str, Any]:
    return {"custom_llm_provider": "openai", "api_base": f"{base}/v1", "api_key": "sk"}


def test_a_jobs_life(provider_url: str) -> None:
    made = litellm.create_fine_tuning_job(
        "gpt-4o-mini", "file-1", hyperparameters={"n_epochs": 3}, suffix="mine", metadata={"trace": "not sent"},
        extra_body={"method": {"type": "dpo"}}, **where(provider_url),
    )  # fmt: skip
    asked = last(provider_url)
    assert (asked["method"], asked["path"]) == ("POST", "/v1/fine_tuning/jobs")
    assert asked["body"] == {
        "model": "gpt-4o-mini",
        "training_file": "file-1",
        "hyperparameters": {"n_epochs": 3},
        "suffix": "mine",
        "method": {"type": "dpo"},
    }
    parsed = FineTuningJob.model_validate(made.model_dump())
    assert parsed.hyperparameters.n_epochs == 3
    assert made.hyperparameters.n_epochs == 3
    assert litellm.retrieve_fine_tuning_job(made.id, **where(provider_url)).status == "running"
    assert litellm.cancel_fine_tuning_job(made.id, **where(provider_url)).status == "cancelled"
    assert last(provider_url)["path"] == f"/v1/fine_tuning/jobs/{made.id}/cancel"
    assert [job.id for job in litellm.list_fine_tuning_jobs(limit=3, **where(provider_url))] == [made.id]
    assert last(provider_url)["query"] == "limit=3"


async def test_a_jobs_life_on_azure(provider_url: str) -> None:
    azure: dict[str, Any] = {"custom_llm_provider": "azure", "api_base": provider_url, "api_key": "k",
                             "api_version": "2024-10-21"}  # fmt: skip
    made = await litellm.acreate_fine_tuning_job("gpt-4o-mini", "file-1", **azure)
    asked = last(provider_url)
    assert asked["path"] == "/openai/fine_tuning/jobs"
    assert asked["query"] == "api-version=2024-10-21"
    assert asked["headers"]["api-key"] == "k"
    assert (await litellm.aretrieve_fine_tuning_job(made.id, **azure)).id == made.id
    assert (await litellm.acancel_fine_tuning_job(made.id, **azure)).status == "cancelled"
    assert [job.id for job in await litellm.alist_fine_tuning_jobs(after="ftjob-0", **azure)] == [made.id]


async def test_through_the_router(provider_url: str) -> None:
    plain = {"model": "openai/gpt-4o-mini", "api_base": f"{provider_url}/v1", "api_key": "sk-row"}
    azure = {"model": "azure/mine", "api_base": provider_url, "api_key": "k", "api_version": "2024-10-21"}
    rows = [{"model_name": "plain", "litellm_params": plain}, {"model_name": "azure", "litellm_params": azure}]
    router = litellm.Router(model_list=rows)
    await router.acreate_fine_tuning_job(model="plain", training_file="file-1")
    asked = last(provider_url)
    assert asked["headers"]["authorization"] == "Bearer sk-row"
    assert asked["body"]["model"] == "gpt-4o-mini"
    await router.acreate_fine_tuning_job(model="azure", training_file="file-1")
    asked = last(provider_url)
    assert (asked["path"], asked["body"]["model"]) == ("/openai/fine_tuning/jobs", "mine")
    await router.acreate_file(model="azure", file=("a.jsonl", b"{}"), purpose="batch")
    asked = last(provider_url)
    assert (asked["path"], asked["headers"]["api-key"]) == ("/openai/files", "k")


def test_a_proxys_model_names_are_its_own(provider_url: str) -> None:
    settings = {**where(provider_url), "custom_llm_provider": "litellm_proxy"}
    litellm.create_fine_tuning_job("openai/gpt-4o-mini", "file-1", **settings)
    assert last(provider_url)["body"]["model"] == "openai/gpt-4o-mini"


@pytest.mark.parametrize("identifier", ["", None])
def test_an_empty_id_never_means_all(provider_url: str, identifier: Any) -> None:
    with pytest.raises(litellm.APIConnectionError, match="fine_tuning_job_id"):
        litellm.cancel_fine_tuning_job(identifier, **where(provider_url))


def test_errors_are_the_sdks(provider_url: str) -> None:
    settings = {**where(provider_url), "api_base": f"{provider_url}/~status=404,id=job/v1"}
    with pytest.raises(litellm.NotFoundError):
        litellm.retrieve_fine_tuning_job("ftjob-1", **settings)
    with pytest.raises(litellm.AuthenticationError):
        litellm.create_fine_tuning_job("gpt-4o-mini", "file-1", **{**settings, "api_key": "sk-wrong"})
    assert sum("id=job" in each["prefix"] for each in recorded(provider_url)) >= 2


def test_a_provider_without_jobs() -> None:
    with pytest.raises(litellm.BadRequestError, match="groq"):
        litellm.list_fine_tuning_jobs(custom_llm_provider="groq")
