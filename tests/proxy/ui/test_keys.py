"""Signing in, and keys from their making to their end, in a browser."""

from __future__ import annotations

import openai
import pytest
from playwright.sync_api import Page, expect

from tests.support.gateway import Gateway


def test_a_wrong_password_is_told_and_a_right_one_opens_the_pages(page: Page) -> None:
    page.goto("/ui/")
    page.get_by_label("Name or email").fill("admin")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert").filter(has_text="the name or the password is wrong")).to_be_visible()


def test_a_session_is_out_of_reach_of_scripts_and_ends_at_signing_out(signed_in: Page, gateway: Gateway) -> None:
    cookie = next(item for item in signed_in.context.cookies() if item.get("name") == "token")
    assert cookie.get("httpOnly")
    kept = signed_in.evaluate("JSON.stringify([document.cookie, {...localStorage}, {...sessionStorage}])")
    assert kept == '["",{},{}]'
    signed_in.get_by_role("button", name="Sign out").click()
    expect(signed_in.get_by_role("heading", name="Sign in")).to_be_visible()
    stolen = {"cookie": f"token={cookie.get('value')}"}
    assert gateway.request("GET", "/user/info", key=None, headers=stolen).status_code == 401


def test_a_key_is_made_used_changed_blocked_and_deleted(signed_in: Page, gateway: Gateway) -> None:
    page = signed_in
    page.get_by_role("button", name="Create key").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Alias", exact=True).fill("checkout")
    form.get_by_label("Models", exact=True).fill("gpt")
    form.get_by_label("Models", exact=True).press("Enter")
    form.get_by_label("Budget (USD)").fill("5")
    form.get_by_role("button", name="Create key").click()
    secret = page.get_by_label("Your new key").last.input_value()
    assert secret.startswith("sk-")
    page.get_by_role("button", name="Done").click()
    with openai.OpenAI(base_url=f"{gateway.base}/v1", api_key=secret, max_retries=0) as client:
        ask = lambda model: client.chat.completions.create(model=model, messages=[{"role": "user", "content": "hi"}])  # noqa: E731
        assert ask("gpt").choices[0].message.content
        with pytest.raises(openai.APIStatusError):
            ask("long")
        page.reload()
        row = page.get_by_role("row").filter(has_text="checkout")
        expect(row).to_contain_text("/ $5.00")
        row.get_by_role("button", name="checkout").click()
        page.get_by_role("button", name="Edit").click()
        page.get_by_label("Alias", exact=True).fill("cash desk")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("The key was changed.")).to_be_visible()
        page.get_by_role("button", name="cash desk").click()
        page.get_by_role("button", name="Block").click()
        expect(page.get_by_role("row").filter(has_text="cash desk")).to_contain_text("Blocked")
        with pytest.raises(openai.AuthenticationError):
            ask("gpt")
    page.get_by_role("button", name="cash desk").click()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog", name="Delete key").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("row").filter(has_text="cash desk")).to_have_count(0)


def test_the_gateways_refusal_stands_at_the_field_it_names(signed_in: Page) -> None:
    page = signed_in
    page.get_by_role("button", name="Create key").click()
    form = page.get_by_role("dialog")
    form.get_by_text("More settings").click()
    form.get_by_label("Metadata").fill("{not json")
    form.get_by_role("button", name="Create key").click()
    expect(form.get_by_label("Metadata")).to_have_attribute("aria-invalid", "true")
    form.get_by_label("Metadata").fill("")
    form.get_by_label("Budgets of models").fill('{"gpt": {"budget_limit": -1}}')
    form.get_by_role("button", name="Create key").click()
    expect(form.get_by_text("needs a budget_limit of 0 or more")).to_be_visible()
    expect(form.get_by_label("Budgets of models")).to_be_focused()
