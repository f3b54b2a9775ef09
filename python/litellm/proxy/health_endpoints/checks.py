"""Real calls to deployments, to see which of them answer: on demand, or in the background."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from litellm.proxy._types import ProxyException
from litellm.proxy.background import Background
from litellm.proxy.db.repositories import CredentialRepository
from litellm.proxy.health_endpoints import history
from litellm.proxy.secrecy import Secrecy
from litellm.router_utils.requests import ROUTING_PARAMS

if TYPE_CHECKING:
    from litellm.proxy.state import GatewayState

log = logging.getLogger("litellm.proxy.health")

MAX_PARALLEL_CHECKS = 8
CHECK_TIMEOUT_S = 30.0
INTERVAL_S = 300.0
"""Between two rounds in the background; `general_settings.health_check_interval`."""
MAX_ERROR = 500
_SHOWN = ("model", "api_base", "api_version")
_PING = [{"role": "user", "content": "ping"}]

_CALLS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "chat": ("acompletion", {"messages": _PING}),
    "completion": ("atext_completion", {"prompt": "ping"}),
    "embedding": ("aembedding", {"input": ["ping"]}),
    "image_generation": ("aimage_generation", {"prompt": "a dot"}),
    "audio_speech": ("aspeech", {"input": "ping", "voice": "alloy"}),
    "rerank": ("arerank", {"query": "ping", "documents": ["pong"]}),
    "responses": ("aresponses", {"input": "ping"}),
    "moderation": ("amoderation", {"input": "ping"}),
}  # fmt: skip
"""A deployment's `model_info.mode` → the SDK's function, and what it is asked."""


async def check_deployments(state: GatewayState, model: str | None) -> dict[str, Any]:
    """A small call to each deployment: upstream's `healthy_endpoints`, `unhealthy_endpoints` and their counts."""
    # A wildcard deployment names no model that could be called.
    concrete = [entry for entry in state.catalog.model_list if "*" not in entry["litellm_params"]["model"]]
    if state.config.general_settings.raw.get("health_check_skip_disabled_background_models"):
        concrete = [one for one in concrete if not (one.get("model_info") or {}).get("disable_background_health_check")]
    return await check_all(state, [entry for entry in concrete if model in (None, entry["model_name"])])


async def check_all(state: GatewayState, entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Check these deployments, a few at a time, and tell the router which of them failed."""
    given = state.config.general_settings.raw.get("health_check_concurrency")
    gate = asyncio.Semaphore(given if isinstance(given, int) and given > 0 else MAX_PARALLEL_CHECKS)

    async def one(entry: Mapping[str, Any]) -> tuple[dict[str, Any], Exception | None, float]:
        async with gate:
            started = time.monotonic()
            shown, error = await check(entry, details=state.config.general_settings.health_check_details)
            return shown, error, time.monotonic() - started

    results = await asyncio.gather(*(one(entry) for entry in entries))
    for entry, (_, error, _) in zip(entries, results, strict=True):
        if model_id := (entry.get("model_info") or {}).get("id"):
            state.router.record_health_check(str(model_id), error)
    await history.note(state, entries, [(error, seconds) for _, error, seconds in results])
    return report_of([shown for shown, _, _ in results])


async def check_connection(state: GatewayState, given: Mapping[str, Any], info: Mapping[str, Any]) -> dict[str, Any]:
    """One small call with these parameters, which may name a stored credential or a served model.

    Gives what was called, and `error` where it failed. Raises ProxyException 400 and 404 for what cannot be called.
    """
    params = dict(given)
    if not isinstance(params.get("model"), str) or not params["model"]:
        raise ProxyException("litellm_params.model: a text is required", "bad_request_error", "litellm_params", 400)
    served = [entry for entry in state.catalog.model_list if entry["model_name"] == params["model"]]
    if served and len(params) == 1 and "*" not in served[0]["litellm_params"]["model"]:
        entry = served[0] | {"model_info": {**(served[0].get("model_info") or {}), **info}}
        return (await check(entry, details=True))[0]
    if (name := params.pop("litellm_credential_name", None)) is not None:
        async with state.database.read() as connection:
            row = await CredentialRepository(connection).get(str(name))
        if row is None:
            raise ProxyException("there is no such credential", "not_found_error", "litellm_credential_name", 404)
        params = Secrecy(state.master_key).decrypt_all(row["credential_values"] or {}) | params
    return (await check({"litellm_params": params, "model_info": info}, details=True))[0]


def report_of(results: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The answer of `/health` for these results."""
    healthy = [result for result in results if "error" not in result]
    unhealthy = [result for result in results if "error" in result]
    return {
        "healthy_endpoints": healthy, "unhealthy_endpoints": unhealthy,
        "healthy_count": len(healthy), "unhealthy_count": len(unhealthy),
    }  # fmt: skip


async def check(entry: Mapping[str, Any], *, details: bool) -> tuple[dict[str, Any], Exception | None]:
    """What is told of a deployment after a small call to it, and the error that the call ended with."""
    import litellm  # the SDK loads on first use

    info = entry.get("model_info") or {}
    params = {name: value for name, value in entry["litellm_params"].items() if name not in ROUTING_PARAMS}
    shown = {name: params[name] for name in _SHOWN if name in params} if details else {"model": params["model"]}
    if info.get("health_check_model"):
        params["model"] = info["health_check_model"]
    mode = info.get("mode") or ("embedding" if "embed" in params["model"] else "chat")
    name, asked = _CALLS.get(mode, _CALLS["chat"])
    if name == "acompletion":
        params.setdefault("max_tokens", int(info.get("health_check_max_tokens") or 16))
    if name == "aspeech" and info.get("health_check_voice"):
        asked = {**asked, "voice": info["health_check_voice"]}
    try:
        call = getattr(litellm, name)(**params, **asked)
        await asyncio.wait_for(call, float(info.get("health_check_timeout") or CHECK_TIMEOUT_S))
    except Exception as error:  # noqa: BLE001 - any failure is the answer of a health check
        text = f"{type(error).__name__}: {getattr(error, 'message', None) or error}"
        return {**shown, "error": text[:MAX_ERROR]}, error
    return shown, None


class BackgroundChecks(Background):
    """Checks every deployment each `interval_s` seconds; `/health` then answers with the last results."""

    def __init__(self, state: GatewayState, interval_s: float) -> None:
        self._state, self._interval_s = state, interval_s
        self.results: dict[str, Any] = {}
        """By the name of the model, the last report on its deployments."""

    async def _work(self) -> None:
        while True:
            groups: dict[str, list[Mapping[str, Any]]] = {}
            for entry in self._state.catalog.model_list:
                info = entry.get("model_info") or {}
                if "*" not in entry["litellm_params"]["model"] and not info.get("disable_background_health_check"):
                    groups.setdefault(entry["model_name"], []).append(entry)
            self.results = {name: self.results[name] for name in groups if name in self.results}
            for name, entries in groups.items():
                self.results[name] = found = await check_all(self._state, entries)
                if found["unhealthy_count"]:
                    log.warning("%d deployments of %s do not answer", found["unhealthy_count"], name)
            await asyncio.sleep(self._interval_s)

    def report(self, model: str | None) -> dict[str, Any]:
        """The last results, of `model` or of all."""
        wanted = [found for name, found in self.results.items() if model in (None, name)]
        return report_of([row for found in wanted for row in found["healthy_endpoints"] + found["unhealthy_endpoints"]])


def background_checks(state: GatewayState) -> BackgroundChecks | None:
    """What `general_settings.background_health_checks` asks for, if it does."""
    general = state.config.general_settings.raw
    if not general.get("background_health_checks"):
        return None
    return BackgroundChecks(state, max(float(general.get("health_check_interval") or INTERVAL_S), 1.0))
