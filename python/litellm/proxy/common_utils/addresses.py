"""Addresses of the web that somebody else wrote."""

from __future__ import annotations

import httpx

MAX_PORT = 65535


def web_address(value: object) -> httpx.URL | None:
    """An `http://` or `https://` address with a host, which can be asked for; None for whatever else was given."""
    try:
        address = httpx.URL(value) if isinstance(value, str) else None
    except httpx.InvalidURL:
        return None
    if address is None or address.scheme not in ("http", "https") or not address.host:
        return None
    return None if "%" in address.host or (address.port or 0) > MAX_PORT else address
