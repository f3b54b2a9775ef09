"""The UI in a browser: every page, to whom it shows what, and that nothing it shows becomes markup.

One file, so that one process runs it, with one gateway and one browser.
"""

from __future__ import annotations

import httpx
import openai
import pytest
from playwright.sync_api import Page, expect

from tests.proxy.management_endpoints.conftest import Admin
from tests.proxy.ui.conftest import Lago, sign_in
from tests.support.gateway import Gateway

HOSTILE = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
PAGES = (
    "keys", "playground", "models", "credentials", "teams", "organizations", "users", "customers", "budgets", "tags",
    "groups", "usage", "logs", "audit", "settings", "guardrails", "policies", "agents", "billing",
)  # fmt: skip
UNLABELLED = """
() => [...document.querySelectorAll('input, select, textarea, button, a, [role=region], [role=img]')].filter(shown => {
  const named = shown.labels?.length || shown.ariaLabel || shown.getAttribute('aria-labelledby');
  return !(named || shown.textContent.trim()) && shown.checkVisibility();
}).map(shown => shown.outerHTML)
"""
"""Controls and regions that have no name for whoever cannot see them."""


def open_page(page: Page, name: str) -> None:
    page.goto(f"/ui/#/{name}")
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


@pytest.fixture(scope="package")
def spent(admin: Admin) -> Admin:
    """A key, a user, a team, a tag and a call with hostile names."""
    team = admin.post("/team/new", team_alias=f"team {HOSTILE}")["team_id"]
    key = admin.post("/key/generate", key_alias=f"key {HOSTILE}", team_id=team, tags=[f"tag {HOSTILE}"])["key"]
    admin.post("/budget/new", budget_id="hostile", max_budget=1)
    admin.post("/tag/new", name="hostile", description=HOSTILE)
    admin.post("/customer/new", user_id="hostile", alias=HOSTILE)
    body = {"model": "gpt", "messages": [{"role": "user", "content": HOSTILE}], "user": f"customer {HOSTILE}"}
    assert admin.acting(key).ask("POST", "/v1/chat/completions", json=body).status_code == 200
    return admin


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


def test_every_page_opens_named_and_without_a_complaint(signed_in: Page, spent: Admin) -> None:
    page = signed_in
    for name in PAGES:
        open_page(page, name)
        expect(page.get_by_role("main").get_by_role("alert")).to_have_count(0)
        assert page.evaluate(UNLABELLED) == [], name
        assert page.title() != "owned"
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide == 0, f"{name} is wider than its window"


def test_hostile_names_and_contents_stay_text(signed_in: Page, spent: Admin) -> None:
    page = signed_in
    page.get_by_role("button", name="key <img").click()
    expect(page.get_by_role("dialog").get_by_role("heading", name="key <img")).to_be_visible()
    open_page(page, "teams")
    page.get_by_role("button", name="team <img").click()
    expect(page.get_by_role("dialog").get_by_role("heading", name="team <img")).to_be_visible()
    open_page(page, "logs")
    row = page.get_by_role("row").filter(has_text="key <img")
    expect(row).to_contain_text("Success")
    row.get_by_role("button").first.click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_role("tabpanel")).to_contain_text("onerror")
    drawer.get_by_role("tab", name="Request").press("ArrowRight")
    expect(drawer.get_by_role("tabpanel", name="Response")).to_contain_text("Echo: <img")
    assert page.title() != "owned"
    assert page.locator("main img, dialog img").count() == 0


def test_spend_is_seen_by_day_by_key_and_by_tag(signed_in: Page, spent: Admin) -> None:
    page = signed_in
    open_page(page, "usage")
    expect(page.get_by_role("img", name="Spend, by day")).to_be_visible()
    for view, name in (("Keys", "key <img"), ("Tags", "tag <img"), ("Teams", "team <img"), ("Models", "gpt")):
        page.get_by_label("By", exact=True).select_option(label=view)
        expect(
            page.get_by_role("region", name=view, exact=True).get_by_role("row").filter(has_text=name)
        ).to_contain_text("$")


def test_a_guardrail_is_made_tried_and_deleted(signed_in: Page, gateway: Gateway) -> None:
    page = signed_in
    open_page(page, "guardrails")
    expect(page.get_by_role("row").filter(has_text="no dragons")).to_contain_text("Config file")
    page.get_by_role("button", name="Create guardrail").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Name").fill("no orcs")
    form.get_by_label("Kind").select_option("litellm_content_filter")
    form.get_by_label("For every call").check()
    form.get_by_label("Settings").fill('{"blocked_words": [{"keyword": "orc", "action": "FOO"}]}')
    form.get_by_role("button", name="Create guardrail").click()
    expect(form.get_by_role("alert")).to_contain_text("action")
    form.get_by_label("Settings").fill('{"blocked_words": [{"keyword": "orc", "action": "MASK"}]}')
    form.get_by_role("button", name="Create guardrail").click()
    expect(page.get_by_role("row").filter(has_text="no orcs")).to_contain_text("Every call")
    open_page(page, "usage")
    open_page(page, "guardrails")
    page.get_by_label("Text").fill("an orc rides a dragon")
    page.get_by_role("button", name="Try", exact=True).click()
    outcomes = page.get_by_role("region", name="Outcomes")
    expect(outcomes.get_by_role("row").filter(has_text="no dragons")).to_contain_text("blocked")
    expect(outcomes.get_by_role("row").filter(has_text="no orcs")).to_contain_text("[KEYWORD_REDACTED] rides a dragon")
    page.get_by_role("button", name="no orcs").click()
    page.get_by_role("button", name="Edit").click()
    page.get_by_label("For every call").uncheck()
    page.get_by_role("button", name="Save").click()
    table = page.get_by_role("region", name="Guardrails", exact=True)
    expect(table.get_by_role("row").filter(has_text="no orcs")).to_contain_text("Who asks for it")
    page.get_by_role("button", name="no orcs").click()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog", name="Delete guardrail").get_by_role("button", name="Delete").click()
    expect(table.get_by_role("row").filter(has_text="no orcs")).to_have_count(0)


def test_a_policy_is_made_attached_and_drafted(signed_in: Page) -> None:
    page = signed_in
    open_page(page, "policies")
    page.get_by_role("button", name="Create policy").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Name").fill("fables")
    form.get_by_role("combobox", name="Adds").fill("no dragons")
    form.get_by_role("combobox", name="Adds").press("Enter")
    form.get_by_role("button", name="Create policy").click()
    page.get_by_role("button", name="fables").click()
    page.get_by_role("button", name="Attach", exact=True).click()
    attaching = page.get_by_role("dialog", name="Attach fables")
    attaching.get_by_role("combobox", name="Tags").fill("fable-*")
    attaching.get_by_role("button", name="Attach", exact=True).click()
    page.get_by_role("button", name="fables").click()
    drawer = page.get_by_role("dialog", name="fables")
    expect(drawer.get_by_text("Tags: fable-*")).to_be_visible()
    expect(drawer).to_contain_text("no dragons")
    drawer.get_by_role("button", name="New draft").click()
    expect(page.get_by_role("row").filter(has_text="draft")).to_contain_text("fables")


def test_an_agent_is_added_and_switched_off(signed_in: Page, lago_url: str) -> None:
    page = signed_in
    open_page(page, "agents")
    expect(page.get_by_role("row").filter(has_text="echo")).to_contain_text("Config file")
    page.get_by_role("button", name="Add agent").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Name").fill("travel")
    form.get_by_label("Address").fill(f"{lago_url}/agent")
    form.get_by_label("Card").fill('{"name": "Travel", "description": "books journeys", "skills": []}')
    form.get_by_label("USD a request").fill("0.5")
    form.get_by_role("button", name="Add agent").click()
    expect(page.get_by_role("row").filter(has_text="travel")).to_contain_text("books journeys")
    page.get_by_role("button", name="travel").click()
    page.get_by_role("button", name="Edit").click()
    page.get_by_label("On", exact=True).uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("row").filter(has_text="travel")).to_contain_text("Off")


def test_dead_letters_are_seen_and_sent_again(signed_in: Page, spent: Admin, lago: Lago) -> None:
    page = signed_in
    open_page(page, "billing")
    letter = page.get_by_role("region", name="Dead letters").get_by_role("row").filter(has_text="customer <img")
    expect(letter).to_contain_text("value_is_not_valid_number")
    customers = page.get_by_role("region", name="Billed customers")
    customers.get_by_role("button", name="customer <img").click()
    expect(page.get_by_role("dialog")).to_contain_text("12500.5")
    page.keyboard.press("Escape")
    lago.mended = True
    letter.get_by_role("button", name="Send again").click()
    page.get_by_role("dialog").get_by_role("button", name="Send again").click()
    expect(page.get_by_text("Lago has refused nothing.")).to_be_visible()
    open_page(page, "audit")
    page.get_by_label("What", exact=True).select_option(label="Dead letters")
    page.get_by_label("From").fill("2026-01-01")
    page.get_by_label("To", exact=True).fill("2100-01-01")
    page.get_by_label("To", exact=True).press("Enter")
    expect(
        page.get_by_role("region", name="Audit log").get_by_role("row").filter(has_text="Dead letters")
    ).to_be_visible()
    page.get_by_label("From").fill("2099-01-01")
    page.get_by_label("From").press("Tab")
    expect(page.get_by_text("Nothing matches these filters.")).to_be_visible()


def test_the_playground_streams_and_stops_on_an_error(signed_in: Page) -> None:
    page = signed_in
    open_page(page, "playground")
    page.get_by_label("Model", exact=True).select_option("long")
    page.get_by_label("Message").fill("count")
    page.get_by_label("Message").press("Enter")
    answer = page.locator(".message.assistant").last
    expect(answer).to_contain_text("tokens,")
    page.get_by_label("Most output tokens").fill("-1")
    page.get_by_label("Message").fill("again")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".message.failed")).to_be_visible()


def test_a_model_is_added_and_answers_at_once(signed_in: Page, provider_url: str) -> None:
    page = signed_in
    open_page(page, "models")
    page.get_by_role("button", name="Add model").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Name for applications").fill("added")
    form.get_by_label("Deployment").fill("openai/gpt-4o")
    form.get_by_label("API key").fill("sk-wrong")
    form.get_by_label("Address (api_base)").fill(f"{provider_url}/v1")
    form.get_by_role("button", name="Test connection").click()
    expect(form.get_by_role("alert")).to_contain_text("AuthenticationError")
    form.get_by_label("API key").fill("sk-up")
    form.get_by_role("button", name="Test connection").click()
    expect(page.get_by_text("It answers.")).to_be_visible()
    form.get_by_role("button", name="Add model").click()
    expect(page.get_by_role("row").filter(has_text="added")).to_contain_text("Database")


def test_an_invited_user_chooses_a_password_and_sees_what_its_role_may(
    signed_in: Page, gateway: Gateway, page: Page
) -> None:
    open_page(page, "users")
    page.get_by_role("button", name="Invite user").click()
    page.get_by_label("Email").fill("grace@example.org")
    page.get_by_role("dialog").get_by_role("button", name="Invite user").click()
    link = page.get_by_label("Invitation link").last.input_value()
    page.get_by_role("button", name="Done").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto(link)
    page.get_by_role("textbox", name="Password", exact=True).fill("a good password")
    page.get_by_label("Password again").fill("a good password")
    page.get_by_role("button", name="Set password").click()
    navigation = page.get_by_role("navigation", name="Main")
    expect(navigation.get_by_role("link", name="Virtual keys")).to_be_visible()
    for hidden in ("Users", "Audit log", "Settings", "Budgets", "Credentials", "Guardrails", "Billing"):
        expect(navigation.get_by_role("link", name=hidden)).to_have_count(0)
    refused: list[str] = []
    page.on("response", lambda answer: refused.append(answer.url) if answer.status >= 400 else None)
    for name in ("teams", "models", "usage", "logs", "playground", "keys"):
        open_page(page, name)
    assert refused == []  # nothing is asked for that the role may not have
    page.goto("/ui/#/settings")  # what the role may not open leads to what it may
    expect(page.get_by_role("heading", name="Virtual keys")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    sign_in(page, "grace@example.org", "a good password")


def test_dark_narrow_and_by_the_keyboard(signed_in: Page) -> None:
    page = signed_in
    page.set_viewport_size({"width": 390, "height": 800})
    for name in ("keys", "usage", "settings"):
        open_page(page, name)
        assert page.evaluate("document.documentElement.scrollWidth") == 390, name
    page.get_by_role("button", name="Navigation").click()
    page.get_by_role("link", name="Virtual keys").press("Enter")
    expect(page.get_by_role("heading", name="Virtual keys")).to_be_focused()
    for scheme in ("light", "dark"):
        page.get_by_role("button", name="Colours").click()
        assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == scheme
    page.get_by_role("button", name="Create key").press("Enter")
    expect(page.get_by_role("dialog", name="Create key")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name="Create key")).to_be_focused()


def test_the_files_are_guarded_by_headers_and_by_being_a_closed_list(gateway: Gateway) -> None:
    with httpx.Client(base_url=gateway.base, timeout=30) as client:
        assert client.get("/ui", follow_redirects=False).headers["location"] == "/ui/"
        first = client.get("/ui/")
        policy = first.headers["content-security-policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert "require-trusted-types-for 'script'" in policy
        assert first.headers["x-frame-options"] == "DENY"
        assert client.get("/ui/", headers={"if-none-match": first.headers["etag"]}).status_code == 304
        for path in ("../app.py", "%2e%2e/app.py", "js/../../app.py", "..%2fapp.py", "nothing.js"):
            assert client.get(f"/ui/{path}").status_code in (401, 404), path
        assert client.get("/ui/session").json() == {"signed_in": False, "sso": None, "redirects_to_sso": False}


def test_a_connection_is_tried_before_it_is_kept(admin: Admin) -> None:
    given = {"model": "openai/gpt-4o", "mock_response": "hi"}
    assert admin.post("/health/test_connection", litellm_params=given)["status"] == "success"
    assert admin.post("/health/test_connection", litellm_params={"model": "gpt"})["status"] == "success"
    away = {"model": "openai/gpt-4o", "api_base": "http://127.0.0.1:9/v1", "api_key": "sk-provider-secret-3"}
    failed = admin.post("/health/test_connection", litellm_params=away | {"num_retries": 0, "timeout": 2})
    assert failed["status"] == "error"
    assert "sk-provider-secret-3" not in str(failed)
    admin.post("/health/test_connection", expect=400, litellm_params={})
    admin.post("/health/test_connection", expect=404, litellm_params=away | {"litellm_credential_name": "none"})
    assert admin.get("/credentials/by_model/none", expect=404)["error"]["param"] == "model_id"
    facts = {row["provider"]: row for row in admin.get("/public/providers/fields")}
    assert [field["key"] for field in facts["openai"]["credential_fields"]] == ["api_base", "api_key"]
    assert set(admin.get("/public/providers")) == set(facts)
    assert admin.get("/public/model_hub/info")["litellm_version"] == admin.get("/get/latest_release_info")["version"]
    found = admin.get("/model/deprecations", warn_within_days=36_500)
    assert set(found) == {"deprecated", "imminent", "upcoming"}
    assert found["upcoming"] == []
