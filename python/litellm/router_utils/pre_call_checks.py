"""Leaving out deployments that cannot take a request: too small a context window, wrong region, unknown parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from litellm import exceptions
from litellm.router_utils.deployments import Row

if TYPE_CHECKING:
    from litellm.router_utils.selection import Ask

EU_PREFIXES = ("eu", "westeurope", "northeurope", "france", "germany", "sweden", "swiss", "norway", "italy", "spain")


def region_of(params: Mapping[str, Any]) -> str | None:
    """`eu`, `us`, or None when the deployment does not say where it is."""
    name = next((params[key] for key in ("region_name", "aws_region_name", "vertex_location") if params.get(key)), None)
    if name is None:
        return None
    lowered = str(name).lower().replace("-", "")
    if lowered.startswith(EU_PREFIXES):
        return "eu"
    return "us" if lowered.startswith(("us", "eastus", "westus", "centralus")) else lowered


class PreCallChecks:
    """Checks a request against what is known of each deployment.

    `count_tokens(model, messages, text)` counts a prompt; `model_info(model)` is the catalogue's entry.
    """

    def __init__(
        self, count_tokens: Callable[[str, Any, Any], int], model_info: Callable[[str], Mapping[str, Any]]
    ) -> None:
        self._count_tokens, self._model_info = count_tokens, model_info

    def usable(self, rows: Sequence[Row], ask: Ask) -> list[Row]:
        """The rows that can take the request.

        Raises ContextWindowExceededError when the prompt fits into none of them.
        """
        region = ask.kwargs.get("allowed_model_region")
        if region:
            rows = [row for row in rows if region_of(row["litellm_params"]) in (None, region)]
        if ask.messages is None and ask.input is None:
            return list(rows)
        limits = [(row, self._max_input_tokens(row)) for row in rows]
        if all(limit is None for _, limit in limits):
            return list(rows)
        tokens = self._count_tokens(ask.model, ask.messages, ask.input)
        fitting = [row for row, limit in limits if limit is None or tokens <= limit]
        if not fitting and limits:
            largest = max(limit for _, limit in limits if limit is not None)
            raise exceptions.ContextWindowExceededError(
                message=f"The prompt has {tokens} tokens; the largest context window of {ask.model} is {largest}.",
                model=ask.model,
                llm_provider="",
            )
        return fitting

    def _max_input_tokens(self, row: Row) -> int | None:
        info = row["model_info"]
        limit = info.get("max_input_tokens")
        if limit is None:
            limit = self._model_info(info.get("base_model") or row["litellm_params"]["model"]).get("max_input_tokens")
        return int(limit) if isinstance(limit, (int, float)) else None
