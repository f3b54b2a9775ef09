"""The transport below the shared clients; None is httpx's own.

The place where a native transport is put in when the `transport` feature is on.
"""

from __future__ import annotations

import ssl

import httpx


def sync_transport(verify: bool | str | ssl.SSLContext) -> httpx.BaseTransport | None:
    """The transport for a blocking client."""
    return None


def async_transport(verify: bool | str | ssl.SSLContext) -> httpx.AsyncBaseTransport | None:
    """The transport for an async client."""
    return None
