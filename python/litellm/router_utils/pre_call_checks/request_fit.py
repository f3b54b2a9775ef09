"""Leaving out deployments that cannot take a request: too small a context window, wrong region, unknown parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from litellm import exceptions
from litellm.router_utils.ask import Ask, Pool
from litellm.router_utils.deployments import Row
from litellm.router_utils.routing_core import limit_of
from litellm.router_utils.settings import RouterSettings
from litellm.types.router import RouterRateLimitErrorBasic

REGION_NAMES = ("region_name", "aws_region_name", "vertex_location", "watsonx_region_name")
EU_PREFIXES = (
    "eu", "westeurope", "northeurope", "france", "germany", "sweden", "italy", "spain", "poland", "austria", "belgium",
    "finland", "denmark", "greece", "netherlands",
)  # fmt: skip
US_PREFIXES = ("us", "eastus", "westus", "centralus", "northcentralus", "southcentralus", "westcentralus")
# The parameters whose lack rules a deployment out; others are left to `drop_params`.
DECIDING_PARAMETERS = ("response_format",)

CountTokens = Callable[[str, Any, Any], int]
ModelInfo = Callable[[str], Mapping[str, Any]]
SupportedParameters = Callable[[Mapping[str, Any]], Sequence[str] | None]


def region_of(params: Mapping[str, Any]) -> str | None:
    """`eu`, `us`, the region's own name, or None when the deployment does not say where it is."""
    name = next((params[key] for key in REGION_NAMES if params.get(key)), None)
    if name is None:
        return None
    lowered = str(name).lower().replace("-", "")
    if lowered.startswith(EU_PREFIXES):
        return "eu"
    return "us" if lowered.startswith(US_PREFIXES) else str(name)


def in_region(params: Mapping[str, Any], region: str) -> bool:
    """Whether a deployment is in `region`: `eu`, `us`, or a provider's name of one. One that does not say is not."""
    return region in (region_of(params), *(params.get(key) for key in REGION_NAMES))


class PreCallChecks:
    """Checks a request against what is known of each deployment, with `enable_pre_call_checks`.

    `count_tokens(model, messages, text)` counts a prompt; `model_info(model)` is the catalogue's entry;
    `supported(litellm_params)` lists the parameters that a deployment knows, or None when that is unknown.
    """

    def __init__(
        self,
        count_tokens: CountTokens,
        model_info: ModelInfo,
        settings: RouterSettings,
        supported: SupportedParameters = lambda _params: None,
    ) -> None:
        self._count_tokens, self._model_info = count_tokens, model_info
        self._settings, self._supported = settings, supported

    @property
    def is_on(self) -> bool:
        """Whether the checks are on."""
        return self._settings.enable_pre_call_checks

    def applies(self, pool: Pool, ask: Ask) -> bool:
        """Whether the checks are on."""
        return self._settings.enable_pre_call_checks

    def narrow(self, rows: Sequence[Row], pool: Pool, ask: Ask) -> Sequence[Row]:
        """The rows that can take the request.

        Raises ContextWindowExceededError when the prompt fits into none of them, RouterRateLimitErrorBasic when all
        that could take it have used up their `rpm`.
        """
        region = ask.kwargs.get("allowed_model_region")
        if region:
            rows = [row for row in rows if in_region(row["litellm_params"], region)]
        rows = [row for row in rows if self._takes_parameters(row, ask.kwargs)]
        rows = self._fitting(rows, ask)
        free = [row for row in rows if not self._used_up(row, pool)]
        if rows and not free:
            raise RouterRateLimitErrorBasic(model=ask.model)
        return free

    def _used_up(self, row: Row, pool: Pool) -> bool:
        limit = limit_of(row, "rpm")
        if limit is None:
            return False
        usage = pool.core.usage([row["model_info"]["id"]])
        return any(used["current_rpm"] >= limit for used in usage.values())

    def _takes_parameters(self, row: Row, kwargs: Mapping[str, Any]) -> bool:
        wanted = [name for name in DECIDING_PARAMETERS if kwargs.get(name) is not None]
        if not wanted:
            return True
        known = self._supported(row["litellm_params"])
        return known is None or all(name in known for name in wanted)

    def _fitting(self, rows: Sequence[Row], ask: Ask) -> Sequence[Row]:
        if ask.messages is None and ask.input is None:
            return rows
        limits = [(row, self._max_input_tokens(row)) for row in rows]
        if all(limit is None for _, limit in limits):
            return rows
        tokens = self._count_tokens(ask.model, ask.messages, ask.input)
        fitting = [row for row, limit in limits if limit is None or tokens <= limit]
        if not fitting:
            largest = max(limit for _, limit in limits if limit is not None)
            raise exceptions.ContextWindowExceededError(
                message=f"The prompt has {tokens} tokens; the largest context window of {ask.model} is {largest}.",
                model=ask.model,
                llm_provider="",
            )
        return fitting

    def _max_input_tokens(self, row: Row) -> int | None:
        info, params = row["model_info"], row["litellm_params"]
        limit = info.get("max_input_tokens")
        if limit is None:
            model = info.get("base_model") or params.get("base_model") or params["model"]
            limit = self._model_info(model).get("max_input_tokens")
        return int(limit) if isinstance(limit, (int, float)) else None
