"""What is sent: a deployment's parameters, the router's defaults and the request's own, in one set of arguments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.router_utils.deployments import Row
from litellm.router_utils.settings import RouterSettings

# Parameters of a deployment that decide routing and mean nothing to a provider.
ROUTING_PARAMS = frozenset(
    {
        "weight", "rpm", "tpm", "itpm", "otpm", "order", "tags", "tag_regex", "max_parallel_requests", "cooldown_time",
        "max_budget", "budget_duration", "use_in_pass_through", "default_api_key_tpm_limit",
        "default_api_key_rpm_limit",
        "stream_timeout", "model_info", "configurable_clientside_auth_params", "provider_affinity_header",
        "use_litellm_proxy", "merge_reasoning_content_in_choices", "max_file_size_mb", "litellm_credential_name",
    }
)  # fmt: skip
# Arguments of a request that are the router's own.
REQUEST_PARAMS = frozenset(
    {
        "num_retries", "fallbacks", "context_window_fallbacks", "content_policy_fallbacks", "max_fallbacks",
        "disable_fallbacks", "specific_deployment", "priority", "retry_policy", "allowed_model_region",
        "stream_timeout",
        "mock_testing_fallbacks", "mock_testing_context_fallbacks", "mock_testing_content_policy_fallbacks",
        "mock_testing_rate_limit_error", "tags",
    }
)  # fmt: skip


def request_timeout(kwargs: Mapping[str, Any], params: Mapping[str, Any], settings: RouterSettings) -> Any:
    """The timeout of one attempt in seconds: the request's, the deployment's, or the router's.

    For a stream the `stream_timeout` of each comes before its `timeout`.
    """
    if kwargs.get("stream"):
        for source in (kwargs, params):
            if source.get("stream_timeout") is not None:
                return _seconds(source["stream_timeout"])
        if settings.stream_timeout is not None:
            return settings.stream_timeout
    for source in (kwargs, params):
        if source.get("timeout") is not None:
            return _seconds(source["timeout"])
    return settings.timeout


def _seconds(value: Any) -> Any:
    return float(value) if isinstance(value, str) else value


def without_overridden_thinking(params: Mapping[str, Any], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """A deployment's parameters without its `thinking`, where the request says how much effort to make instead."""
    overridden = kwargs.get("reasoning_effort") is not None
    return {name: value for name, value in params.items() if not (overridden and name == "thinking")}


class Prepared:
    """What is the same in every request to one deployment, worked out once."""

    __slots__ = ("_after", "_arguments", "_before", "_params", "_row", "_settings", "_timeout", "_version")

    def __init__(self, row: Row, settings: RouterSettings) -> None:
        params, defaults = row["litellm_params"], settings.default_litellm_params
        self._row, self._settings, self._version, self._params = row, settings, settings.version, dict(params)
        arguments = {key: value for key, value in defaults.items() if key not in ("metadata", "timeout")}
        arguments |= {key: value for key, value in params.items() if key not in ROUTING_PARAMS}
        if settings.cache_responses:
            arguments.setdefault("caching", True)
        self._arguments = arguments
        self._before = {**(defaults.get("metadata") or {}), **(params.get("metadata") or {})}
        self._after = {
            "deployment": params["model"],
            "deployment_model_name": row["model_name"],
            "model_info": row["model_info"],
            "api_base": params.get("api_base"),
        }
        self._timeout = request_timeout({}, params, settings)

    def holds_for(self, row: Row, settings: RouterSettings) -> bool:
        """Whether it was made of this row and these settings as they are now."""
        return self._row is row and self._version == settings.version and self._params == row["litellm_params"]

    def arguments(self, kwargs: Mapping[str, Any], facts: Mapping[str, Any], metadata_name: str) -> dict[str, Any]:
        """As `RequestBuilder.build` gives them."""
        row, params = self._row, self._params
        arguments = {
            **self._arguments,
            **{key: value for key, value in kwargs.items() if value is not None and key not in REQUEST_PARAMS},
            "model": params["model"],
            "model_info": row["model_info"],
            metadata_name: {**self._before, **(kwargs.get(metadata_name) or {}), **facts, **self._after},
        }
        timed = "timeout" in kwargs or "stream_timeout" in kwargs or kwargs.get("stream")
        arguments["timeout"] = request_timeout(kwargs, params, self._settings) if timed else self._timeout
        return arguments


class RequestBuilder:
    """Makes the arguments of the SDK's calls."""

    def __init__(self, settings: RouterSettings) -> None:
        self._settings = settings
        self._prepared: dict[str, Prepared] = {}

    def build(
        self, row: Row, kwargs: Mapping[str, Any], facts: Mapping[str, Any], metadata_name: str
    ) -> dict[str, Any]:
        """The arguments of a call: the deployment's, overridden by the request's, with the router's metadata.

        `kwargs` is not changed. `facts` go into the metadata called `metadata_name`, for callbacks and spend logs.
        """
        params, model_id = row["litellm_params"], row["model_info"]["id"]
        if "thinking" in params and kwargs.get("reasoning_effort") is not None:
            changed = {**row, "litellm_params": without_overridden_thinking(params, kwargs)}
            return Prepared(changed, self._settings).arguments(kwargs, facts, metadata_name)
        prepared = self._prepared.get(model_id)
        if prepared is None or not prepared.holds_for(row, self._settings):
            prepared = self._prepared[model_id] = Prepared(row, self._settings)
        return prepared.arguments(kwargs, facts, metadata_name)

    def forget(self, model_id: str) -> None:
        """A deployment is gone."""
        self._prepared.pop(model_id, None)
