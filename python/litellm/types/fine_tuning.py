"""Jobs that fine-tune a model."""

from __future__ import annotations

from typing import Any

from litellm.types.openai_object import OpenAIObject, as_model
from litellm.types.responses_chat import HiddenResponse


class FineTuningError(OpenAIObject):
    """Why a job failed."""

    code: str | None = None
    message: str | None = None
    param: str | None = None


class FineTuningHyperparameters(OpenAIObject):
    """How a job learns: a number, or `auto`."""

    batch_size: Any = None
    learning_rate_multiplier: Any = None
    n_epochs: Any = None


class LiteLLMFineTuningJob(HiddenResponse):
    """A job that makes a model of its own out of `model` and a stored file."""

    id: str = ""
    created_at: int | None = None
    error: Any = None
    fine_tuned_model: str | None = None
    finished_at: int | None = None
    hyperparameters: Any = None
    model: str | None = None
    object: str = "fine_tuning.job"
    organization_id: str | None = None
    result_files: list[str] | None = None
    seed: int | None = None
    status: str | None = None
    trained_tokens: int | None = None
    training_file: str | None = None
    validation_file: str | None = None
    estimated_finish: int | None = None
    integrations: list[Any] | None = None
    metadata: dict[str, Any] | None = None
    method: Any = None

    def __init__(self, error: Any = None, hyperparameters: Any = None, **fields: Any) -> None:
        super().__init__(
            error=as_model(FineTuningError, error),
            hyperparameters=as_model(FineTuningHyperparameters, hyperparameters),
            **fields,
        )
