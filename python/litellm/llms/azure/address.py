"""Where an Azure deployment is, and which version of Azure's API it is asked in."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import litellm

DEFAULT_API_VERSION = "2025-02-01-preview"
V1_VERSIONS = frozenset({"v1", "latest", "preview"})
"""API versions that stand for Azure's version-less API, which takes the key as a bearer token."""
SERIES = ("o_series/", "gpt5_series/")
"""Prefixes of a deployment's name that tell which family its model belongs to."""


def api_version(options: Mapping[str, Any], default: str = DEFAULT_API_VERSION) -> str:
    """The version that the call, the settings or the environment name, else `default`."""
    named = options.get("api_version") or litellm.api_version or os.environ.get("AZURE_API_VERSION")
    return str(named or default)


def deployment_name(model: str) -> str:
    """The deployment's name, without the prefix that tells its family."""
    for prefix in SERIES:
        model = model.removeprefix(prefix)
    return model


def deployment_url(api_base: str | None, model: str, options: Mapping[str, Any], path: str) -> str:
    """Where `path` of the deployment is. A base that names a deployment, or the whole address, stays what it is."""
    base, _, given = (api_base or "").rstrip("/").partition("?")
    query = dict(parse_qsl(given))
    version = api_version(options)
    if version in V1_VERSIONS:
        return f"{base}/openai/v1{path}"
    if "api_version" in options or "api-version" not in query:
        query["api-version"] = version
    if "/openai/deployments/" not in base:
        base = f"{base}/openai/deployments/{quote(deployment_name(model), safe='')}"
    return f"{base.removesuffix(path)}{path}?{urlencode(query)}"
