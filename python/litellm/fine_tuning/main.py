"""Jobs that fine-tune a model on a stored file, each call blocking and on an event loop."""

from __future__ import annotations

from typing import Any

from litellm.llms.custom_httpx.reply import Reply
from litellm.llms.endpoint_wire import EndpointCall
from litellm.llms.openai import stored
from litellm.llms.wire import WireRequest, decode_object
from litellm.pipeline.arguments import given
from litellm.pipeline.effects import run_async, run_sync
from litellm.pipeline.run import Run
from litellm.pipeline.stored import stored_steps, with_hidden
from litellm.types.files import AsyncCursorPage, SyncCursorPage
from litellm.types.fine_tuning import LiteLLMFineTuningJob

__all__ = [
    "acancel_fine_tuning_job",
    "acreate_fine_tuning_job",
    "alist_fine_tuning_jobs",
    "aretrieve_fine_tuning_job",
    "cancel_fine_tuning_job",
    "create_fine_tuning_job",
    "list_fine_tuning_jobs",
    "retrieve_fine_tuning_job",
]
JOBS = "/fine_tuning/jobs"
_FIELDS = (
    "model", "training_file", "hyperparameters", "suffix", "validation_file", "integrations", "seed", "method",
)  # fmt: skip
_JOB = with_hidden(LiteLLMFineTuningJob)


def _create(call: EndpointCall, asked: dict[str, Any]) -> WireRequest:
    body = {name: asked[name] for name in _FIELDS if asked.get(name) is not None}
    return stored.request(call, "POST", JOBS, body | (asked.get("extra_body") or {}))


def _one(asked: dict[str, Any]) -> str:
    return f"{JOBS}/{stored.named('fine_tuning_job_id', asked.get('fine_tuning_job_id'))}"


def _list(run: Run, reply: Reply) -> Any:
    data = decode_object(reply.body)
    data["data"] = [LiteLLMFineTuningJob(**item) for item in data.get("data") or ()]
    if run.is_async:
        return AsyncCursorPage[LiteLLMFineTuningJob](**data)
    return SyncCursorPage[LiteLLMFineTuningJob](**data)


_CREATE = stored_steps(_create, _JOB)
_RETRIEVE = stored_steps(lambda call, asked: stored.request(call, "GET", _one(asked)), _JOB)
_CANCEL = stored_steps(lambda call, asked: stored.request(call, "POST", f"{_one(asked)}/cancel"), _JOB)
_LIST = stored_steps(
    lambda call, asked: stored.request(
        call, "GET", JOBS, query={name: asked[name] for name in ("after", "limit") if asked.get(name)}
    ),
    _list,
)


def create_fine_tuning_job(
    model: str,
    training_file: str,
    hyperparameters: dict[str, Any] | None = None,
    suffix: str | None = None,
    validation_file: str | None = None,
    integrations: list[str] | None = None,
    seed: int | None = None,
    custom_llm_provider: str = "openai",
    extra_headers: dict[str, str] | None = None,
    extra_body: dict[str, Any] | None = None,
    **kwargs: Any,
) -> LiteLLMFineTuningJob:
    """Starts to fine-tune `model` on a stored file. Raises the exceptions of `litellm.exceptions`."""
    job: LiteLLMFineTuningJob = run_sync(_CREATE(given(locals(), kwargs), "create_fine_tuning_job"))
    return job


async def acreate_fine_tuning_job(
    model: str,
    training_file: str,
    hyperparameters: dict[str, Any] | None = None,
    suffix: str | None = None,
    validation_file: str | None = None,
    integrations: list[str] | None = None,
    seed: int | None = None,
    custom_llm_provider: str = "openai",
    extra_headers: dict[str, str] | None = None,
    extra_body: dict[str, Any] | None = None,
    **kwargs: Any,
) -> LiteLLMFineTuningJob:
    """`create_fine_tuning_job` on an event loop."""
    job: LiteLLMFineTuningJob = await run_async(_CREATE(given(locals(), kwargs), "acreate_fine_tuning_job"))
    return job


def retrieve_fine_tuning_job(
    fine_tuning_job_id: str, custom_llm_provider: str = "openai", **kwargs: Any
) -> LiteLLMFineTuningJob:
    """How far a job is."""
    job: LiteLLMFineTuningJob = run_sync(_RETRIEVE(given(locals(), kwargs), "retrieve_fine_tuning_job"))
    return job


async def aretrieve_fine_tuning_job(
    fine_tuning_job_id: str, custom_llm_provider: str = "openai", **kwargs: Any
) -> LiteLLMFineTuningJob:
    """`retrieve_fine_tuning_job` on an event loop."""
    job: LiteLLMFineTuningJob = await run_async(_RETRIEVE(given(locals(), kwargs), "aretrieve_fine_tuning_job"))
    return job


def cancel_fine_tuning_job(
    fine_tuning_job_id: str, custom_llm_provider: str = "openai", **kwargs: Any
) -> LiteLLMFineTuningJob:
    """Stops a job."""
    job: LiteLLMFineTuningJob = run_sync(_CANCEL(given(locals(), kwargs), "cancel_fine_tuning_job"))
    return job


async def acancel_fine_tuning_job(
    fine_tuning_job_id: str, custom_llm_provider: str = "openai", **kwargs: Any
) -> LiteLLMFineTuningJob:
    """`cancel_fine_tuning_job` on an event loop."""
    job: LiteLLMFineTuningJob = await run_async(_CANCEL(given(locals(), kwargs), "acancel_fine_tuning_job"))
    return job


def list_fine_tuning_jobs(
    after: str | None = None, limit: int | None = None, custom_llm_provider: str = "openai", **kwargs: Any
) -> Any:
    """A page of the jobs, at most `limit`, those `after` the job of that id."""
    return run_sync(_LIST(given(locals(), kwargs), "list_fine_tuning_jobs"))


async def alist_fine_tuning_jobs(
    after: str | None = None, limit: int | None = None, custom_llm_provider: str = "openai", **kwargs: Any
) -> Any:
    """`list_fine_tuning_jobs` on an event loop."""
    return await run_async(_LIST(given(locals(), kwargs), "alist_fine_tuning_jobs"))
