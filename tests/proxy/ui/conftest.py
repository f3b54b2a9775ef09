"""A gateway with its UI, and Debian's chromium to look at it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.e2e.conftest import deployment
from tests.proxy.management_endpoints.conftest import Admin
from tests.proxy.serving import serving
from tests.support.gateway import MASTER_KEY, Gateway

TIMEOUT_MS = 30_000
"""Generous, for a machine that does other things: nothing waits that long when it works."""


class Lago:
    """As much of Lago as the page of billing needs: it refuses every event until it is `mended`."""

    mended = False

    async def answer(self, request: Request) -> Response:
        if "subscriptions" in request.url.path:
            return JSONResponse({"subscription": {"lago_id": "s", "external_id": "s", "status": "active"}})
        if request.method == "GET":
            wallet = {"lago_id": "w", "status": "active", "currency": "USD", "rate_amount": "1.0",
                      "credits_balance": "12.5", "credits_ongoing_balance": "12500.5", "balance_cents": 1250,
                      "ongoing_balance_cents": 1250, "applies_to": {}}  # fmt: skip
            return JSONResponse({"wallets": [wallet], "meta": {"next_page": None}})
        events = (await request.json())["events"]
        if self.mended:
            return JSONResponse({"events": events})
        wrong = {str(place): {"properties": ["value_is_not_valid_number"]} for place in range(len(events))}
        body = {"status": 422, "error": "Unprocessable", "code": "validation_errors", "error_details": wrong}
        return JSONResponse(body, 422)


@pytest.fixture(scope="package")
def lago() -> Lago:
    return Lago()


@pytest.fixture(scope="package")
def lago_url(lago: Lago) -> Iterator[str]:
    with serving(Starlette(routes=[Route("/{path:path}", lago.answer, methods=["GET", "POST"])])) as url:
        yield url


@pytest.fixture(scope="package")
def gateway(provider_url: str, lago_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    card = {"name": "Echo", "description": "says it back", "url": f"{lago_url}/agent", "version": "1", "skills": []}
    config: dict[str, Any] = {
        "model_list": [
            deployment("gpt", provider_url, input_cost_per_token=0.001, output_cost_per_token=0.002),
            deployment("long", provider_url, "words=12,chunk_delay=0.02"),
        ],
        "guardrails": [
            {"guardrail_name": "no dragons", "litellm_params": {
                "guardrail": "litellm_content_filter", "mode": "pre_call",
                "blocked_words": [{"keyword": "dragon", "action": "BLOCK"}]}},
        ],
        "agent_list": [{"agent_name": "echo", "agent_card_params": card}],
        "moneta": {
            "api_base": lago_url, "api_key": "lago", "event_code": "llm_usage", "charge_by": "end_user_id",
            "unmapped": "allow",
            "currency": {"rates": [{"from": "2026-01-01", "per_usd": 100}]},
            "outbox": {"flush_interval_s": 0.05, "retry_min_s": 0.05, "retry_max_s": 0.5},
        },
        "general_settings": {"store_model_in_db": True, "store_prompts_in_spend_logs": True},
    }  # fmt: skip
    with Gateway(tmp_path_factory.mktemp("ui"), config) as running:
        yield running


@pytest.fixture(scope="package")
def admin(gateway: Gateway) -> Admin:
    return Admin(gateway)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("google-chrome")
    assert path, "the tests of the UI need chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser, gateway: Gateway) -> Iterator[Page]:
    """A new browser profile. Whatever its console complains of fails the test."""
    context = chromium.new_context(base_url=gateway.base, locale="en-US", permissions=["clipboard-write"])
    context.set_default_timeout(TIMEOUT_MS)
    expect.set_options(timeout=TIMEOUT_MS)
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    yield opened
    context.close()
    # A refused request is a line of the console too, and what several tests are about.
    assert [text for text in complaints if not text.startswith("Failed to load resource")] == []


def sign_in(page: Page, name: str = "admin", password: str = MASTER_KEY) -> None:
    page.goto("/ui/")
    page.get_by_label("Name or email").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


@pytest.fixture
def signed_in(page: Page) -> Page:
    """The admin's pages."""
    sign_in(page)
    return page
