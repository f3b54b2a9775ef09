"""Several completions at once: many prompts for one model, or one prompt for many models."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

from litellm.main import completion

MAX_WORKERS = 100


def batch_completion(
    model: str, messages: list[Any], max_workers: int | None = MAX_WORKERS, **kwargs: Any
) -> list[Any]:
    """A completion for each list of messages in `messages`, in their order.

    A prompt whose completion fails has its exception in the list instead.
    """
    if not messages:
        return []
    workers = min(max_workers or MAX_WORKERS, len(messages))
    with ThreadPoolExecutor(max_workers=workers) as executor:
        futures = [executor.submit(completion, model, prompt, **kwargs) for prompt in messages]
        return [_outcome(future) for future in futures]


def batch_completion_models(*args: Any, models: list[str] | None = None, **kwargs: Any) -> Any:
    """The completion of the model that answers first; None when all fail."""
    names = _models(models, kwargs)
    if not names:
        return None
    executor = ThreadPoolExecutor(max_workers=len(names))
    try:
        pending: set[Future[Any]] = {executor.submit(completion, name, *args, **kwargs) for name in names}
        while pending:
            done, pending = wait(pending, return_when=FIRST_COMPLETED)
            for future in done:
                if future.exception() is None:
                    return future.result()
        return None
    finally:
        executor.shutdown(wait=False, cancel_futures=True)


def batch_completion_models_all_responses(*args: Any, models: list[str] | None = None, **kwargs: Any) -> list[Any]:
    """The completions of every model that answers, in the order of `models`."""
    names = _models(models, kwargs)
    if not names:
        return []
    with ThreadPoolExecutor(max_workers=min(MAX_WORKERS, len(names))) as executor:
        futures = [executor.submit(completion, name, *args, **kwargs) for name in names]
        return [future.result() for future in futures if future.exception() is None]


def _models(models: list[str] | None, kwargs: dict[str, Any]) -> list[str]:
    given = kwargs.pop("model", None)
    return list(models or given or ()) if not isinstance(given, str) else [given]


def _outcome(future: Future[Any]) -> Any:
    error = future.exception()
    return future.result() if error is None else error
