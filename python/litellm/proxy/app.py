"""The gateway as an ASGI application."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from importlib.metadata import PackageNotFoundError, version

from fastapi import FastAPI

from litellm.proxy import management_endpoints
from litellm.proxy.config.settings import ProxyConfig
from litellm.proxy.endpoints import llm_routes, models
from litellm.proxy.health_endpoints import endpoints as health
from litellm.proxy.middleware import BodyLimit, ErrorBoundary, RequestId
from litellm.proxy.spend_tracking.ledger import Ledger
from litellm.proxy.startup import build_router
from litellm.proxy.state import GatewayState

SETTLE_TIMEOUT_S = 10.0


def create_app(config: ProxyConfig, master_key: str) -> FastAPI:
    """An application for `config`. It opens its database and its connections when its lifespan starts."""

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        ledger = Ledger()
        await ledger.start()
        state = GatewayState(config, master_key, build_router(config), ledger)
        app.state.gateway = state
        try:
            yield
        finally:
            state.draining = True
            if state.settlements:
                await asyncio.wait(state.settlements, timeout=SETTLE_TIMEOUT_S)
            await ledger.stop()

    app = FastAPI(title="LiteLLM gateway", version=gateway_version(), lifespan=lifespan)
    app.router.routes.extend(llm_routes.routes())
    app.include_router(models.router)
    app.include_router(health.router)
    app.include_router(management_endpoints.router)
    app.add_middleware(BodyLimit, max_bytes=config.general_settings.max_request_bytes)
    app.add_middleware(ErrorBoundary)
    app.add_middleware(RequestId)
    return app


def gateway_version() -> str:
    """The version of the installed distribution."""
    try:
        return version("litellm-rust-gateway")
    except PackageNotFoundError:
        return "0.0.0"
