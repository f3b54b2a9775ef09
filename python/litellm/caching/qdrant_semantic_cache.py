"""A semantic cache in a Qdrant collection, by Qdrant's HTTP API."""

from __future__ import annotations

import json
import os
import threading
import time
import uuid
from array import array
from collections.abc import Mapping
from typing import Any

import httpx

from litellm.caching.semantic_cache import Embedding, Found, SemanticCache
from litellm.secret_managers.main import resolved

TIMEOUT_S = 10.0
# Qdrant's settings for each kind of `qdrant_quantization_config`.
QUANTIZATION: Mapping[str, Mapping[str, Any]] = {
    "binary": {"binary": {"always_ram": False}},
    "scalar": {"scalar": {"type": "int8", "quantile": 0.99, "always_ram": False}},
    "product": {"product": {"compression": "x16", "always_ram": False}},
}


class QdrantSemanticCache(SemanticCache):
    """Points with the question's vector, their bucket, their answer and when it ends.

    The collection is made with the first question, for vectors of its length. `api_base` and `api_key` may be
    `os.environ/NAME`, and come from `QDRANT_API_BASE` and `QDRANT_API_KEY` when they are not given. Raises ValueError
    for a setting that is missing or not known.
    """

    def __init__(
        self,
        *,
        similarity_threshold: float | None = None,
        embedding: Embedding | None = None,
        api_base: str | None = None,
        api_key: str | None = None,
        collection_name: str | None = None,
        quantization_config: str | None = None,
        vector_size: int | None = None,
        default_ttl: float | None = None,
    ) -> None:
        super().__init__(similarity_threshold, embedding or Embedding(), default_ttl)
        if not collection_name:
            raise ValueError("qdrant_collection_name is missing")
        quantization = quantization_config or "binary"
        if quantization not in QUANTIZATION:
            raise ValueError(f"qdrant_quantization_config must be one of {sorted(QUANTIZATION)}, got {quantization!r}")
        base, key = _given(api_base, "QDRANT_API_BASE"), _given(api_key, "QDRANT_API_KEY")
        if not base:
            raise ValueError("qdrant_api_base is missing; give it, or set QDRANT_API_BASE")
        self._quantization, self._size = quantization, vector_size
        self._path = f"/collections/{collection_name}"
        self._http = httpx.Client(base_url=base, headers={"api-key": key} if key else {}, timeout=TIMEOUT_S)
        self._ready, self._making = False, threading.Lock()

    def nearest(self, bucket: str, vector: array[float]) -> Found | None:
        """The entry of a bucket whose question is nearest."""
        self._make_collection(len(vector))
        alive = {"key": "expires_at", "range": {"gt": time.time()}}
        asked = {
            "vector": vector.tolist(),
            "limit": 1,
            "with_payload": True,
            "filter": {
                "must": [
                    {"key": "bucket", "match": {"value": bucket}},
                    {"should": [alive, {"is_empty": {"key": "expires_at"}}]},
                ]
            },
        }
        points = self._send("POST", f"{self._path}/points/search", asked)
        point: dict[str, Any] = points[0] if isinstance(points, list) and points else {}
        payload = point.get("payload")
        if not isinstance(payload, dict) or payload.get("bucket") != bucket:
            return None
        return Found(round(float(point["score"]), 6), _decoded(payload.get("value")))

    def keep(self, bucket: str, vector: array[float], value: Any, ttl_s: float | None) -> None:
        """Keep an entry."""
        self._make_collection(len(vector))
        payload: dict[str, Any] = {"bucket": bucket, "value": json.dumps(value)}
        if ttl_s is not None:
            payload["expires_at"] = time.time() + ttl_s
        point = {"id": str(uuid.uuid4()), "vector": vector.tolist(), "payload": payload}
        self._send("PUT", f"{self._path}/points", {"points": [point]})

    def _make_collection(self, size: int) -> None:
        with self._making:
            if self._ready:
                return
            if not (self._send("GET", f"{self._path}/exists") or {}).get("exists"):
                vectors = {"size": self._size or size, "distance": "Cosine"}
                settings = {"vectors": vectors, "quantization_config": QUANTIZATION[self._quantization]}
                self._send("PUT", self._path, settings)
                self._send("PUT", f"{self._path}/index", {"field_name": "bucket", "field_schema": "keyword"})
            self._ready = True

    def _send(self, method: str, path: str, body: Any = None) -> Any:
        """The `result` of an answer. Raises httpx's errors."""
        answer = self._http.request(method, path, json=body)
        answer.raise_for_status()
        data = answer.json()
        return data.get("result") if isinstance(data, dict) else None

    async def disconnect(self) -> None:
        """Close the connections."""
        self._http.close()


def _given(value: str | None, variable: str) -> str | None:
    found: str | None = resolved(value) if value else os.environ.get(variable)
    return found


def _decoded(value: Any) -> Any:
    try:
        return json.loads(value)
    except (ValueError, TypeError):
        return None
