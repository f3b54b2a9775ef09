"""Embeddings from the cache, item by item: only what is missing is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import litellm
from litellm.litellm_core_utils.token_counter import token_counter
from litellm.pipeline.caching import answered, cached, takes_part
from litellm.pipeline.effects import Call, Steps
from litellm.types.utils import EmbeddingResponse, Usage


def cached_embeddings(steps: Callable[[dict[str, Any], str], Steps[Any]]) -> Callable[..., Steps[Any]]:
    """`steps` of an embedding call, each of its inputs answered from the cache where that has it."""
    whole = cached(steps, EmbeddingResponse)

    def with_cache(arguments: dict[str, Any], call_type: str) -> Steps[Any]:
        cache, items = litellm.cache, arguments.get("input")
        if (
            not takes_part(cache, arguments, call_type)
            or not isinstance(items, list)
            or len(items) < 2
            or isinstance(items[0], int)
        ):
            return whole(arguments, call_type)
        return _by_item(cache, steps, arguments, call_type, list(items or ()))

    return with_cache


def _by_item(cache: Any, steps: Any, arguments: dict[str, Any], call_type: str, items: list[Any]) -> Steps[Any]:
    asked = dict(arguments)
    is_async = call_type.startswith("a")
    requests = [{**asked, "input": item} for item in items]
    known = yield Call(cache.async_get_items if is_async else cache.get_items, {"requests": requests})
    data = [_vector(entry) for entry in known]
    missing = [index for index, vector in enumerate(data) if vector is None]
    model = next((entry.get("model") for entry, found in zip(known, data, strict=True) if found is not None), None)
    if not missing:
        return answered(_response(model, data, _tokens(asked, items)), asked, call_type)
    wanted = [items[index] for index in missing]
    fresh = yield from steps({**arguments, "input": wanted}, call_type)
    vectors = list(getattr(fresh, "data", None) or ())
    if len(vectors) != len(missing):
        return fresh if len(missing) == len(items) else (yield from steps(dict(asked), call_type))
    for index, vector in zip(missing, vectors, strict=True):
        data[index] = _plain(vector)
    kept = [
        (requests[index], _response(fresh.model, [data[index]], _tokens(asked, [items[index]]))) for index in missing
    ]
    yield Call(cache.async_add_items if is_async else cache.add_items, {"entries": kept})
    if len(missing) == len(items):
        return fresh
    cached_items = [item for index, item in enumerate(items) if index not in set(missing)]
    response = _response(fresh.model, data, _tokens(asked, cached_items) + int(fresh.usage.prompt_tokens))
    response._hidden_params = {**fresh._hidden_params, "cache_hit": True, "partly_cached": True}
    return response


def _vector(entry: Any) -> dict[str, Any] | None:
    """The one embedding that an entry holds; None when it is no such entry."""
    from litellm.pipeline.cached_shapes import fits

    if not isinstance(entry, dict) or not fits(entry, EmbeddingResponse) or len(entry["data"]) != 1:
        return None
    vector: dict[str, Any] = entry["data"][0]
    return vector


def _plain(vector: Any) -> dict[str, Any]:
    return dict(vector) if isinstance(vector, dict) else dict(vector.model_dump())


def _response(model: Any, vectors: list[Any], tokens: int) -> EmbeddingResponse:
    data = [{**vector, "index": index} for index, vector in enumerate(vectors)]
    usage = Usage(prompt_tokens=tokens, completion_tokens=0, total_tokens=tokens)
    return EmbeddingResponse(model=model, data=data, object="list", usage=usage)


def _tokens(arguments: dict[str, Any], items: list[Any]) -> int:
    model = str(arguments.get("model") or "")
    return sum(len(item) if isinstance(item, list) else token_counter(model, text=str(item)) for item in items)
