"""The gateway as an ASGI application."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import AsyncIterator
from functools import partial

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from litellm.proxy import management_endpoints
from litellm.proxy.agents import a2a, endpoints as agents
from litellm.proxy.batch_billing import BatchBilling
from litellm.proxy.cache_endpoints import endpoints as cache
from litellm.proxy.config.settings import ProxyConfig
from litellm.proxy.endpoints import (
    facts,
    forwarded,
    hubs,
    llm_routes,
    models,
    ollama,
    openapi,
    public,
    realtime,
    requests,
    stored_responses,
    tokens,
)
from litellm.proxy.errors import http_response, invalid_response
from litellm.proxy.guardrails import endpoints as guardrails
from litellm.proxy.health_endpoints import endpoints as health, more as health_more
from litellm.proxy.health_endpoints.checks import background_checks
from litellm.proxy.live_config import LiveConfig
from litellm.proxy.middleware import Admission, BodyLimit, DirectRoutes, ErrorBoundary, RequestId, RootPath
from litellm.proxy.middleware.in_flight import InFlight
from litellm.proxy.observability import endpoints as metrics
from litellm.proxy.pass_through_endpoints import built_in, endpoints as pass_through
from litellm.proxy.pass_through_endpoints.configured_routes import ConfiguredRoute
from litellm.proxy.policies import endpoints as policies
from litellm.proxy.rag_endpoints import endpoints as rag
from litellm.proxy.reconfigure import apply_config, check_config, know_callers
from litellm.proxy.search_endpoints import endpoints as search
from litellm.proxy.server.workers import stop_with_parent
from litellm.proxy.sign_in import endpoints as sign_in, invitation_endpoints as invitations
from litellm.proxy.startup import build_parts, open_state
from litellm.proxy.ui import endpoints as ui
from litellm.proxy.version import VERSION

SETTLE_TIMEOUT_S = 10.0
COLLECT_EVERY = 10_000
"""Objects made and not freed between two collections of garbage; Python's 700 are those of forty requests."""


def create_app(config: ProxyConfig, master_key: str) -> FastAPI:
    """An application for `config`. It opens its database and its connections when its lifespan starts.

    Raises ConfigError for what only the SDK can judge: a callback that cannot be loaded, a router setting it refuses.
    """
    router, billing = build_parts(config)

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        stop_with_parent()
        state = await open_state(config, master_key, router, billing)
        know_callers(state)
        app.state.gateway = state
        state.live = LiveConfig(state, apply_config, check_config)
        await state.live.start()
        state.batches = BatchBilling(state)
        state.batches.start()
        if state.retention is not None:
            state.retention.start()
        state.checks = background_checks(state)
        if state.checks is not None:
            state.checks.start()
        gc.freeze()  # what is here now stays: collections need not walk it
        gc.set_threshold(COLLECT_EVERY, 20, 20)
        gc.enable()
        try:
            yield
        finally:
            await state.live.stop()
            await state.batches.stop()
            await state.drain(SETTLE_TIMEOUT_S)
            await state.limiter.stop()
            if state.checks is not None:
                await state.checks.stop()
            if state.retention is not None:
                await state.retention.stop()
            if state.guardrail_counts is not None:
                await state.guardrail_counts.stop()
            await state.ledger.stop()
            await state.alerts.stop()
            state.observability.stop()
            if state.redis is not None:
                await state.redis.aclose()
            await state.database.stop()

    app = FastAPI(title="LiteLLM gateway", version=VERSION, lifespan=lifespan)
    app.add_exception_handler(RequestValidationError, invalid_response)
    app.add_exception_handler(HTTPException, http_response)
    app.openapi = partial(openapi.document, app)  # type: ignore[method-assign]
    app.router.routes[:0] = [
        *llm_routes.routes(),
        *forwarded.routes(),
        *a2a.routes(),
        *stored_responses.routes(),
        *realtime.routes(),
        *rag.routes(),
        openapi.route(app),  # in the place of FastAPI's own
    ]  # asked for most, so matched first
    # As they are: `include_router` would have FastAPI read every endpoint once more.
    for package in (models, ollama, tokens, facts, requests, health_more, health, metrics):
        app.router.routes += package.router.routes
    for package in (guardrails, policies, agents, search, cache):
        app.router.routes += package.router.routes
    app.router.routes += management_endpoints.routes()
    for package in (sign_in, invitations, public, hubs, ui):
        app.router.routes += package.router.routes
    for added in billing.routers:
        app.router.routes += added.routes
    app.router.routes += pass_through.router.routes
    app.router.routes += [ConfiguredRoute(), *built_in.routes()]  # they match whole subtrees, so last
    app.add_middleware(DirectRoutes, owner=app, endpoints=llm_routes.direct())
    app.add_middleware(BodyLimit, max_bytes=config.general_settings.max_request_bytes)
    app.state.in_flight = InFlight()
    app.add_middleware(Admission, counts=app.state.in_flight)
    app.add_middleware(ErrorBoundary)
    app.add_middleware(RequestId, in_flight=app.state.in_flight)
    app.add_middleware(RootPath)
    return app
