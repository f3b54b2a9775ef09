"""`Router`'s methods that describe model groups and their use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litellm.router_utils.base import RouterBase
from litellm.router_utils.deployments import Row
from litellm.router_utils.routing_core import limit_of
from litellm.types.router import ModelGroupInfo

SHOWN_SETTINGS = (
    "routing_strategy", "routing_strategy_args", "allowed_fails", "cooldown_time", "num_retries", "timeout",
    "retry_after", "retry_policy", "model_group_retry_policy", "fallbacks", "context_window_fallbacks",
    "model_group_alias",
    "enable_tag_filtering", "tag_routing_prefix",
)  # fmt: skip
ABILITIES = (
    "supports_parallel_function_calling", "supports_vision", "supports_web_search", "supports_url_context",
    "supports_reasoning", "supports_function_calling",
)  # fmt: skip


def _widest(values: list[Any]) -> Any:
    known = [value for value in values if value is not None]
    return max(known) if known else None


class InfoMethods(RouterBase):
    """What a group can do, what it costs, and how much of its limits is used."""

    model_group_alias: Any

    def get_settings(self) -> dict[str, Any]:
        """The settings in force, by name."""
        return {name: getattr(self, name) for name in SHOWN_SETTINGS}

    def _facts(self, row: Row) -> dict[str, Any]:
        """What the catalogue and the row itself say of a deployment; the row has the last word."""
        info, params = row["model_info"], row["litellm_params"]
        known = dict(self._model_info(info.get("base_model") or params["model"]))
        known.update({key: value for key, value in info.items() if value is not None})
        known.update({key: value for key, value in params.items() if "cost" in key})
        return known

    def get_model_group_info(self, model_group: str, *, include_hidden: bool = False) -> ModelGroupInfo | None:
        """The widest abilities and highest prices among the group's deployments; None for an unknown group."""
        rows = self._store.rows_of(model_group)
        if not rows:
            return None
        facts = [self._facts(row) for row in rows]

        def widest(name: str) -> Any:
            return _widest([known.get(name) for known in facts])

        def total(name: str) -> int | None:
            limits = [limit for limit in (limit_of(row, name) for row in rows) if limit is not None]
            return sum(limits) if limits else None

        providers = [
            row["litellm_params"].get("custom_llm_provider")
            or known.get("litellm_provider")
            or row["litellm_params"]["model"].split("/", 1)[0]
            for row, known in zip(rows, facts, strict=True)
        ]
        abilities: dict[str, Any] = {name: any(known.get(name) is True for known in facts) for name in ABILITIES}
        return ModelGroupInfo(
            model_group=model_group,
            providers=list(dict.fromkeys(providers)),
            max_input_tokens=widest("max_input_tokens"),
            max_output_tokens=widest("max_output_tokens"),
            input_cost_per_token=widest("input_cost_per_token"),
            output_cost_per_token=widest("output_cost_per_token"),
            input_cost_per_pixel=widest("input_cost_per_pixel"),
            mode=next((known["mode"] for known in facts if known.get("mode")), "chat"),
            tpm=total("tpm"),
            rpm=total("rpm"),
            **abilities,
        )

    def _usage_totals(self, rows: Sequence[Row]) -> tuple[int, int]:
        usage = self._core.usage(row["model_info"]["id"] for row in rows).values()
        return sum(each["current_tpm"] for each in usage), sum(each["current_rpm"] for each in usage)

    async def get_model_group_usage(self, model_group: str) -> tuple[int | None, int | None]:
        """(tokens, requests) of the running minute in a group; None each for an unknown group."""
        rows = self._store.rows_of(model_group)
        return self._usage_totals(rows) if rows else (None, None)

    async def get_remaining_model_group_usage(self, model_group: str) -> dict[str, int]:
        """The `x-ratelimit-*` headers of a group; empty when it has no limits."""
        return self._limits_of(self._store.group_of(model_group) or model_group)

    def cached_model_group_info(self, model_group: str) -> ModelGroupInfo | None:
        """As `get_model_group_info`."""
        return self.get_model_group_info(model_group)

    async def get_model_group_io_token_usage(self, model_group: str) -> tuple[int | None, int | None]:
        """(input, output) tokens of the running minute; None each, as they are counted together."""
        return None, None
