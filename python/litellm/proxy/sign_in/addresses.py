"""Addresses of this gateway as browsers know it."""

from __future__ import annotations

import os

from fastapi import Request


def here(request: Request, path: str) -> str:
    """An address of this gateway: under `PROXY_BASE_URL`, else as the browser asked for it."""
    base = os.environ.get("PROXY_BASE_URL")
    root = (
        base.rstrip("/") if base else f"{request.url.scheme}://{request.url.netloc}{request.scope.get('root_path', '')}"
    )
    return f"{root}{path}"
