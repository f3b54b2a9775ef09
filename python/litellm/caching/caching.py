"""The cache of responses: which calls it answers, under which key, and for how long."""

from __future__ import annotations

import enum
import hashlib
import json
import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from litellm.caching.backends import SEMANTIC, LiteLLMCacheType, make_backend
from litellm.caching.base_cache import BaseCache
from litellm.caching.dual_cache import DualCache as DualCache
from litellm.caching.redis_cache import RedisCache
from litellm.caching.semantic_cache import prompt_of

logger = logging.getLogger("LiteLLM")

CALL_TYPES = (
    "completion", "acompletion", "embedding", "aembedding", "atranscription", "transcription", "atext_completion",
    "text_completion", "arerank", "rerank", "responses", "aresponses", "anthropic_messages", "aanthropic_messages",
)  # fmt: skip
# What a request says that does not change its answer, or must not decide who gets it.
NOT_IN_KEY = frozenset(
    {
        "metadata", "litellm_metadata", "api_key", "timeout", "request_timeout", "max_retries", "num_retries",
        "caching", "cache", "cache_key", "client", "extra_headers", "headers", "litellm_call_id", "litellm_trace_id",
        "model_info",
        "litellm_logging_obj", "logger_fn", "verbose", "fallbacks", "context_window_fallbacks", "stream_timeout",
        "stream", "stream_options", "callbacks", "success_callback", "failure_callback", "shared_session", "api_base",
        "base_url", "acompletion", "aembedding", "atext_completion", "litellm_params", "custom_llm_provider", "id",
        "proxy_server_request", "preset_cache_key", "no-log", "tags", "user_api_key_dict", "mock_response",
        "input_cost_per_token", "output_cost_per_token", "input_cost_per_second", "organization", "drop_params",
    }
)  # fmt: skip
# What asks a question, which a semantic cache compares; all else must be equal.
ASKING = frozenset({"messages", "prompt", "input", "system", "instructions"})
SEMANTIC_CALL_TYPES = tuple(name for name in CALL_TYPES if not name.endswith(("embedding", "transcription", "rerank")))
OWNERS = ("user_api_key_hash", "user_api_key", "user_api_key_team_id", "user_api_key_org_id")
MAX_ENTRY_BYTES = 8 * 1024 * 1024


class CacheMode(str, enum.Enum):
    """Whether a call is cached unless it says no, or only when it says `cache={"use-cache": True}`."""

    default_on = "default_on"
    default_off = "default_off"


class SemanticCacheScope(str, enum.Enum):
    """Who shares a semantic cache's answers: who has the same key, team and organisation; or only that end user."""

    KEY = "key"
    END_USER = "end_user"


def _stable(value: Any) -> str:
    """A text that is the same for equal values, whatever the order of their keys."""
    if isinstance(value, str):
        return value
    if hasattr(value, "read"):
        name = getattr(value, "name", "")
        position = value.tell()
        digest = hashlib.sha256(value.read()).hexdigest()
        value.seek(position)
        return f"{name}:{digest}"
    if isinstance(value, (bytes, bytearray)):
        return hashlib.sha256(value).hexdigest()
    if isinstance(value, type):
        return f"{value.__module__}.{value.__qualname__}:{json.dumps(_schema(value), sort_keys=True, default=str)}"
    return json.dumps(value, sort_keys=True, default=_plain, separators=(",", ":"))


def _schema(kind: Any) -> Any:
    return kind.model_json_schema() if hasattr(kind, "model_json_schema") else None


def _plain(value: Any) -> Any:
    if hasattr(value, "model_dump"):
        return value.model_dump(exclude_none=True)
    return _stable(value) if isinstance(value, (bytes, bytearray, type)) or hasattr(value, "read") else str(value)


class Cache:
    """Answers repeated calls. Set it as `litellm.cache`. Times are in seconds.

    A request steers it with `cache={"no-cache", "no-store", "ttl", "s-maxage", "namespace", "use-cache"}`.
    Raises ValueError for a type that is not known.
    """

    def __init__(
        self,
        type: LiteLLMCacheType | str | None = LiteLLMCacheType.LOCAL,
        mode: CacheMode | str | None = CacheMode.default_on,
        host: str | None = None,
        port: str | int | None = None,
        password: str | None = None,
        namespace: str | None = None,
        ttl: float | None = None,
        default_in_memory_ttl: float | None = None,
        default_in_redis_ttl: float | None = None,
        supported_call_types: Iterable[str] | None = CALL_TYPES,
        disk_cache_dir: str | None = None,
        semantic_cache_scope: str = SemanticCacheScope.KEY.value,
        **kwargs: Any,
    ) -> None:
        try:
            self.type = LiteLLMCacheType(type or LiteLLMCacheType.LOCAL)
        except ValueError:
            known = [kind.value for kind in LiteLLMCacheType]
            raise ValueError(f"cache type must be one of {known}, got {type!r}") from None
        self.mode = CacheMode(mode or CacheMode.default_on)
        self.namespace, self.ttl = namespace, ttl
        self.supported_call_types = list(supported_call_types) if supported_call_types is not None else None
        self.semantic_cache_scope = SemanticCacheScope(semantic_cache_scope).value
        self._is_semantic = self.type in SEMANTIC
        options = {"host": host, "port": port, "password": password, "disk_cache_dir": disk_cache_dir, **kwargs}
        options |= {"default_in_memory_ttl": default_in_memory_ttl, "default_in_redis_ttl": default_in_redis_ttl}
        self.cache: BaseCache = make_backend(self.type, options)

    def get_cache_key(self, **kwargs: Any) -> str:
        """The key of a request: SHA-256 over what decides its answer, after the namespace if there is one."""
        preset = kwargs.get("cache_key") or (kwargs.get("litellm_params") or {}).get("preset_cache_key")
        if preset is not None:
            return str(preset)
        parts = [f"{name}: {_stable(value)}" for name, value in sorted(self._deciding(kwargs).items())]
        digest = hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
        namespace = self._namespace(kwargs)
        return f"{namespace}:{digest}" if namespace else digest

    def _place(self, kwargs: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """Where the answer of a request is: its key; for a semantic backend, the bucket and the question."""
        if not self._is_semantic:
            return self.get_cache_key(**kwargs), {}
        metadata = kwargs.get("metadata") or kwargs.get("litellm_metadata") or {}
        owners = [*OWNERS, "user_api_key_end_user_id"] if self.semantic_cache_scope == "end_user" else OWNERS
        whose = {name: metadata[name] for name in owners if metadata.get(name) is not None}
        rest = {name: value for name, value in kwargs.items() if name not in ASKING}
        return self.get_cache_key(**rest, semantic_owner=whose or None), {
            "prompt": prompt_of(kwargs),
            "metadata": kwargs.get("litellm_metadata") if kwargs.get("metadata") is None else kwargs["metadata"],
        }

    def _deciding(self, kwargs: Mapping[str, Any]) -> dict[str, Any]:
        chosen = {k: v for k, v in kwargs.items() if v is not None and k not in NOT_IN_KEY and not k.startswith("_")}
        metadata = kwargs.get("metadata") or kwargs.get("litellm_metadata") or {}
        group = metadata.get("model_group")
        if group is not None:
            sharing = next((each for each in metadata.get("caching_groups") or () if group in each), None)
            chosen["model"] = "|".join(sharing) if sharing else group
        return chosen

    def _namespace(self, kwargs: Mapping[str, Any]) -> str | None:
        metadata = kwargs.get("metadata") or {}
        return self._control(kwargs).get("namespace") or metadata.get("redis_namespace") or self.namespace

    @staticmethod
    def _control(kwargs: Mapping[str, Any]) -> Mapping[str, Any]:
        control = kwargs.get("cache")
        return control if isinstance(control, Mapping) else {}

    def should_use_cache(self, **kwargs: Any) -> bool:
        """Whether a request takes part at all."""
        if kwargs.get("caching") is False:
            return False
        return self.mode is CacheMode.default_on or self._control(kwargs).get("use-cache") is True

    def supports(self, call_type: str) -> bool:
        """Whether calls of this type are cached."""
        if self._is_semantic and call_type not in SEMANTIC_CALL_TYPES:
            return False
        return self.supported_call_types is None or call_type in self.supported_call_types

    def _readable(self, kwargs: Mapping[str, Any]) -> bool:
        return self.should_use_cache(**kwargs) and not self._control(kwargs).get("no-cache")

    def _writable(self, kwargs: Mapping[str, Any]) -> bool:
        return self.should_use_cache(**kwargs) and not self._control(kwargs).get("no-store")

    def _fresh(self, entry: Any, kwargs: Mapping[str, Any]) -> Any:
        """The response in an entry; None when the entry is too old for the request, or nothing that was put here."""
        if not isinstance(entry, Mapping) or "response" not in entry:
            return None
        max_age = self._control(kwargs).get("s-maxage", self._control(kwargs).get("s-max-age"))
        stored = entry.get("timestamp")
        if max_age is not None and (not isinstance(stored, (int, float)) or time.time() - stored > float(max_age)):
            return None
        response = entry["response"]
        if isinstance(response, str):
            try:
                response = json.loads(response)
            except ValueError:
                return None
        return response if isinstance(response, (dict, list)) else None

    def _entry(self, result: Any) -> dict[str, Any] | None:
        response = result.model_dump_json() if hasattr(result, "model_dump_json") else json.dumps(result)
        if len(response) > MAX_ENTRY_BYTES:
            return None
        return {"timestamp": time.time(), "response": response}

    def _ttl(self, kwargs: Mapping[str, Any]) -> dict[str, Any]:
        ttl = self._control(kwargs).get("ttl", self.ttl)
        return {} if ttl is None else {"ttl": float(ttl)}

    def get_cache(self, **kwargs: Any) -> Any:
        """The cached response of a request as plain data, or None. A backend that fails is a miss, with a warning."""
        if not self._readable(kwargs):
            return None
        try:
            key, asking = self._place(kwargs)
            return self._fresh(self.cache.get_cache(key, **asking), kwargs)
        except Exception as error:  # noqa: BLE001 - a cache must never fail a call
            logger.warning("cache: read failed: %s", error)
            return None

    async def async_get_cache(self, **kwargs: Any) -> Any:
        """As `get_cache`."""
        if not self._readable(kwargs):
            return None
        try:
            key, asking = self._place(kwargs)
            return self._fresh(await self.cache.async_get_cache(key, **asking), kwargs)
        except Exception as error:  # noqa: BLE001 - a cache must never fail a call
            logger.warning("cache: read failed: %s", error)
            return None

    def add_cache(self, result: Any, **kwargs: Any) -> None:
        """Keep the response of a request. A backend that fails keeps nothing, with a warning."""
        if not self._writable(kwargs):
            return
        try:
            entry = self._entry(result)
            if entry is not None:
                key, asking = self._place(kwargs)
                self.cache.set_cache(key, entry, **asking, **self._ttl(kwargs))
        except Exception as error:  # noqa: BLE001 - a cache must never fail a call
            logger.warning("cache: write failed: %s", error)

    async def async_add_cache(self, result: Any, **kwargs: Any) -> None:
        """As `add_cache`."""
        if not self._writable(kwargs):
            return
        try:
            entry = self._entry(result)
            if entry is not None:
                key, asking = self._place(kwargs)
                await self.cache.async_set_cache(key, entry, **asking, **self._ttl(kwargs))
        except Exception as error:  # noqa: BLE001 - a cache must never fail a call
            logger.warning("cache: write failed: %s", error)

    def get_items(self, requests: Sequence[Mapping[str, Any]]) -> list[Any]:
        """As `get_cache` for several requests that take part alike, in one round trip."""
        if not self._readable(requests[0]):
            return [None] * len(requests)
        try:
            found = self.cache.batch_get_cache([self.get_cache_key(**request) for request in requests])
        except Exception as error:  # noqa: BLE001 - a cache must never fail a call
            logger.warning("cache: read failed: %s", error)
            return [None] * len(requests)
        return [self._fresh(entry, request) for entry, request in zip(found, requests, strict=True)]

    async def async_get_items(self, requests: Sequence[Mapping[str, Any]]) -> list[Any]:
        """As `get_items`."""
        if not self._readable(requests[0]):
            return [None] * len(requests)
        try:
            found = await self.cache.async_batch_get_cache([self.get_cache_key(**request) for request in requests])
        except Exception as error:  # noqa: BLE001 - a cache must never fail a call
            logger.warning("cache: read failed: %s", error)
            return [None] * len(requests)
        return [self._fresh(entry, request) for entry, request in zip(found, requests, strict=True)]

    def add_items(self, entries: Sequence[tuple[Mapping[str, Any], Any]]) -> None:
        """As `add_cache` for several requests, each with its response."""
        for request, result in entries:
            self.add_cache(result, **request)

    async def async_add_items(self, entries: Sequence[tuple[Mapping[str, Any], Any]]) -> None:
        """As `add_items`, in one round trip."""
        request = entries[0][0]
        if not self._writable(request):
            return
        made = [(self.get_cache_key(**request), self._entry(result)) for request, result in entries]
        try:
            kept = [(key, entry) for key, entry in made if entry is not None]
            await self.cache.async_set_cache_pipeline(kept, **self._ttl(request))
        except Exception as error:  # noqa: BLE001 - a cache must never fail a call
            logger.warning("cache: write failed: %s", error)

    async def ping(self) -> Any:
        """Whether the backend answers; None where there is nothing to ask."""
        return await self.cache.ping() if isinstance(self.cache, RedisCache) else None

    async def delete_cache_keys(self, keys: Iterable[str]) -> None:
        """Forget entries."""
        for key in keys:
            await self.cache.async_delete_cache(key)

    async def disconnect(self) -> None:
        """Close the backend."""
        await self.cache.disconnect()
