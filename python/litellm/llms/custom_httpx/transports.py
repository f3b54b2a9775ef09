"""The transport below the shared clients: the Rust pool's when the `transport` feature is on, else httpx's (None)."""

from __future__ import annotations

import ssl

import httpx

from litellm.litellm_core_utils import accelerator


def sync_transport(verify: bool | str | ssl.SSLContext, limits: httpx.Limits) -> httpx.BaseTransport | None:
    """The transport for a blocking client."""
    return accelerator.http_transport(verify, limits)


def async_transport(verify: bool | str | ssl.SSLContext, limits: httpx.Limits) -> httpx.AsyncBaseTransport | None:
    """The transport for an async client."""
    return accelerator.async_http_transport(verify, limits)
