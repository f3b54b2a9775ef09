"""Caches that go by meaning: a question that is near enough to one that was answered gets its answer."""

from __future__ import annotations

import asyncio
import math
import threading
from array import array
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import litellm
from litellm.caching.base_cache import BaseCache

DEFAULT_EMBEDDING_MODEL = "text-embedding-ada-002"
MAX_KNOWN = 256
# The embedding of a question is no call that a cache may answer, or that anybody sees.
_EMBEDDING_CALL = {"cache": {"no-cache": True, "no-store": True}}


@dataclass(frozen=True, slots=True)
class Found:
    """The nearest entry: how similar its question is (the cosine, 1 for the same), and what was kept."""

    similarity: float
    value: Any


@dataclass(frozen=True, slots=True)
class Embedding:
    """How questions are embedded: the model, the most tokens of a question it takes, and a time limit in seconds."""

    model: str = DEFAULT_EMBEDDING_MODEL
    max_input_tokens: int | None = None
    timeout_s: float | None = None

    def arguments(self, prompt: str) -> dict[str, Any]:
        """The arguments of `litellm.embedding` for a question."""
        if self.max_input_tokens is not None:
            tokens = litellm.encode(model=self.model, text=prompt)
            if len(tokens) > self.max_input_tokens:
                prompt = litellm.decode(model=self.model, tokens=tokens[: self.max_input_tokens])
        arguments = {"model": self.model, "input": prompt, **_EMBEDDING_CALL}
        return arguments if self.timeout_s is None else {**arguments, "timeout": self.timeout_s}


class SemanticCache(BaseCache):
    """A backend that is asked with a bucket (the `key`) and a `prompt`, and compares only within the bucket.

    Its work is blocking and happens in a thread for calls on an event loop. Raises ValueError for a
    `similarity_threshold` that is missing, or not from 0 to 1.
    """

    def __init__(self, similarity_threshold: float | None, embedding: Embedding, default_ttl: float | None) -> None:
        super().__init__(default_ttl)
        if similarity_threshold is None:
            raise ValueError("similarity_threshold must be given: from 0 (anything) to 1 (the same)")
        if not 0 <= float(similarity_threshold) <= 1:
            raise ValueError(f"similarity_threshold must be from 0 to 1, got {similarity_threshold!r}")
        self.similarity_threshold, self.embedding = float(similarity_threshold), embedding
        self.model_groups: Any = None
        """A router that embeds, where the embedding model is one of its model groups."""
        self._known: OrderedDict[str, array[float]] = OrderedDict()
        self._lock = threading.Lock()

    def nearest(self, bucket: str, vector: array[float]) -> Found | None:
        """The entry of a bucket whose question is nearest."""
        raise NotImplementedError

    def keep(self, bucket: str, vector: array[float], value: Any, ttl_s: float | None) -> None:
        """Keep an entry."""
        raise NotImplementedError

    def get_cache(self, key: str, **kwargs: Any) -> Any:
        """The answer to the nearest question of the bucket `key`, or None when none is near enough to `prompt`.

        How near it is stands then in `metadata["semantic-similarity"]`, where there is such a dictionary.
        """
        prompt = kwargs.get("prompt")
        if not prompt:
            return None
        found = self.nearest(key, self._embedded(prompt))
        metadata = kwargs.get("metadata")
        if isinstance(metadata, dict):
            metadata["semantic-similarity"] = 0.0 if found is None else found.similarity
        return found.value if found is not None and found.similarity >= self.similarity_threshold else None

    def set_cache(self, key: str, value: Any, **kwargs: Any) -> None:
        """Keep the answer to `prompt` in the bucket `key`."""
        prompt = kwargs.get("prompt")
        if prompt:
            self.keep(key, self._embedded(prompt), value, self.get_ttl(**kwargs))

    async def async_get_cache(self, key: str, **kwargs: Any) -> Any:
        """As `get_cache`."""
        return await asyncio.to_thread(self.get_cache, key, **kwargs)

    async def async_set_cache(self, key: str, value: Any, **kwargs: Any) -> None:
        """As `set_cache`."""
        await asyncio.to_thread(self.set_cache, key, value, **kwargs)

    def _embedded(self, prompt: str) -> array[float]:
        """The vector of a question, of length 1; those asked for last are remembered."""
        with self._lock:
            known = self._known.get(prompt)
        if known is None:
            groups = self.model_groups
            by_group = groups is not None and self.embedding.model in groups.get_model_names()
            embed = groups.embedding if by_group else litellm.embedding
            answer = embed(**self.embedding.arguments(prompt))
            known = unit_vector(answer.data[0]["embedding"])
            with self._lock:
                self._known[prompt] = known
                while len(self._known) > MAX_KNOWN:
                    self._known.popitem(last=False)
        return known


def unit_vector(values: Sequence[float]) -> array[float]:
    """A vector of the same direction and length 1, in single precision. Raises ValueError for one of length 0."""
    length = math.sqrt(sum(value * value for value in values))
    if not length or not math.isfinite(length):
        raise ValueError("an embedding of length 0, or not of numbers")
    return array("f", (value / length for value in values))


def prompt_of(kwargs: Mapping[str, Any]) -> str:
    """What a request asks: its messages, its prompt or its input, as one text."""
    parts: list[str] = []
    for name in ("system", "instructions", "messages", "prompt", "input"):
        _collect(kwargs.get(name), parts.append)
    return "\n".join(parts)


def _collect(value: Any, add: Callable[[str], None]) -> None:
    if isinstance(value, str):
        add(value)
    elif isinstance(value, Mapping):
        for name in ("content", "text", "output"):
            _collect(value.get(name), add)
    elif isinstance(value, (list, tuple)):
        for each in value:
            _collect(each, add)
