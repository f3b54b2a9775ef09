"""The price catalogue: shipped with the package, loaded when first asked for, refreshed only on request."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import httpx

_FILE = Path(__file__).resolve().parents[1] / "model_catalog.json.gz"
_MAX_BYTES = 64 << 20


@cache
def shipped_catalogue() -> Mapping[str, Any]:
    """The catalogue as shipped: `date`, `source` and `models` (name → prices in USD per token and facts)."""
    catalogue: dict[str, Any] = json.loads(gzip.decompress(_FILE.read_bytes()))
    return catalogue


def get_model_cost_map(url: str | None = None) -> dict[str, Any]:
    """A fresh copy of the shipped models, or those at `url`.

    Never asks the network unless `url` is given. Raises httpx.HTTPError when `url` cannot be read, and ValueError when
    it holds no JSON object or more than 64 MiB.
    """
    if url is None:
        return dict(shipped_catalogue()["models"])
    with httpx.stream("GET", url, timeout=30, follow_redirects=True) as response:
        response.raise_for_status()
        data = b""
        for piece in response.iter_bytes():
            data += piece
            if len(data) > _MAX_BYTES:
                raise ValueError(f"{url}: more than {_MAX_BYTES} bytes")
    found = json.loads(data)
    if not isinstance(found, dict):
        raise ValueError(f"{url}: not a JSON object")
    models: dict[str, Any] = found.get("models", found)
    return models


def catalogue_url() -> str | None:
    """Where `LITELLM_MODEL_COST_MAP_URL` says that a newer catalogue is."""
    return os.environ.get("LITELLM_MODEL_COST_MAP_URL")
