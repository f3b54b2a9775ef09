"""A semantic cache in any Redis or Valkey: no search module is needed, the nearest question is found here."""

from __future__ import annotations

import json
import operator
import threading
import time
import uuid
from array import array
from collections import OrderedDict
from typing import Any

from litellm.caching.redis_cache import MAX_VALUE_BYTES, RedisCache
from litellm.caching.semantic_cache import Embedding, Found, SemanticCache

DEFAULT_INDEX = "litellm_semantic_cache_index"
# Of a bucket, the newest questions that are compared; older ones are forgotten.
MAX_COMPARED = 500
MAX_VECTORS = 2_000


class RedisSemanticCache(SemanticCache):
    """Each entry is a hash (`vector`, `value`) that expires by itself; a sorted set by time holds a bucket's ids.

    Vectors that were read once are kept in memory (`MAX_VECTORS`), so that a look-up reads only new ones. Takes the
    arguments of `RedisCache` beside its own.
    """

    def __init__(
        self,
        *,
        similarity_threshold: float | None = None,
        embedding: Embedding | None = None,
        index_name: str | None = None,
        default_ttl: float | None = None,
        **connection: Any,
    ) -> None:
        super().__init__(similarity_threshold, embedding or Embedding(), default_ttl)
        self._redis = RedisCache(**connection)
        self._index = index_name or DEFAULT_INDEX
        self._vectors: OrderedDict[str, array[float]] = OrderedDict()
        self._vectors_lock = threading.Lock()

    def _key(self, bucket: str, entry: str = "") -> str:
        return f"{self._index}:{{{bucket}}}:{entry or 'ids'}"

    def nearest(self, bucket: str, vector: array[float]) -> Found | None:
        """The entry of a bucket whose question is nearest."""
        ids = [each.decode() for each in self._redis.redis_client.zrevrange(self._key(bucket), 0, MAX_COMPARED - 1)]
        near = {
            entry: sum(map(operator.mul, vector, other))
            for entry, other in self._read(bucket, ids).items()
            if len(other) == len(vector)
        }
        for entry in sorted(near, key=near.__getitem__, reverse=True):
            value = self._redis.redis_client.hget(self._key(bucket, entry), "value")
            if value is not None:
                return Found(round(near[entry], 6), _decoded(value))
            self._forget(bucket, entry)  # it has expired
        return None

    def keep(self, bucket: str, vector: array[float], value: Any, ttl_s: float | None) -> None:
        """Keep an entry; the oldest of a full bucket goes."""
        entry, ids = uuid.uuid4().hex, self._key(bucket)
        pipe = self._redis.redis_client.pipeline(transaction=False)
        pipe.hset(self._key(bucket, entry), mapping={"vector": vector.tobytes(), "value": json.dumps(value)})
        pipe.zadd(ids, {entry: time.time()})
        pipe.zremrangebyrank(ids, 0, -MAX_COMPARED - 1)
        if ttl_s is not None:
            pipe.pexpire(self._key(bucket, entry), max(int(ttl_s * 1000), 1))
        pipe.execute()

    def _read(self, bucket: str, ids: list[str]) -> dict[str, array[float]]:
        """The vectors of entries, without those that are gone or no vectors."""
        with self._vectors_lock:
            found = {entry: self._vectors[entry] for entry in ids if entry in self._vectors}
        missing = [entry for entry in ids if entry not in found]
        if not missing:
            return found
        pipe = self._redis.redis_client.pipeline(transaction=False)
        for entry in missing:
            pipe.hget(self._key(bucket, entry), "vector")
        for entry, data in zip(missing, pipe.execute(raise_on_error=False), strict=True):
            if not isinstance(data, bytes) or not data or len(data) % 4:
                self._forget(bucket, entry)
            else:
                found[entry] = array("f", data)
        with self._vectors_lock:
            self._vectors.update((entry, found[entry]) for entry in missing if entry in found)
            while len(self._vectors) > MAX_VECTORS:
                self._vectors.popitem(last=False)
        return found

    def _forget(self, bucket: str, entry: str) -> None:
        self._redis.redis_client.zrem(self._key(bucket), entry)
        with self._vectors_lock:
            self._vectors.pop(entry, None)

    def flush_cache(self) -> None:
        """Forget everything in this database."""
        self._redis.flush_cache()

    async def disconnect(self) -> None:
        """Close the connections."""
        await self._redis.disconnect()


def _decoded(value: Any) -> Any:
    if len(value) > MAX_VALUE_BYTES:
        return None
    try:
        return json.loads(value)
    except (ValueError, UnicodeDecodeError):
        return None
