"""The pages of settings that the UI shows: `/get/<page>` tells a page's values, `/update/<page>` changes some."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import Body

from litellm.proxy.db.repositories import PageRepository, SsoRepository, UiRepository
from litellm.proxy.endpoints.model_facts import is_secret
from litellm.proxy.guarded_router import guarded_router
from litellm.proxy.live_config import TOPIC
from litellm.proxy.management_endpoints.common.context import Context, InContext, bad_request
from litellm.proxy.management_endpoints.config.service import HIDDEN, ConfigService
from litellm.proxy.secrecy import Secrecy
from litellm.proxy.sign_in.mappings import check as check_mappings

router = guarded_router("UI Settings")


@dataclass(frozen=True, slots=True)
class Page:
    """A page: the fields that it has with what they are, and where they are kept.

    `key` names a key of `litellm_settings`; without it, `table` keeps the page.
    """

    name: str
    fields: Mapping[str, type | tuple[type, ...]]
    key: str | None = None
    table: type[PageRepository] | None = None
    encrypted: bool = False
    check: Callable[[Mapping[str, Any]], None] | None = None
    """Raises ValueError for values that do not go together, a field's name first."""


_NUMBER = (int, float)
PAGES = (
    Page("internal_user_settings", {
        "user_role": str, "max_budget": _NUMBER, "budget_duration": str, "models": list, "teams": list,
    }, "default_internal_user_params"),
    Page("default_team_settings", {
        "models": list, "max_budget": _NUMBER, "budget_duration": str, "tpm_limit": int, "rpm_limit": int,
        "team_member_permissions": list, "organization_id": str,
    }, "default_team_params"),
    Page("ui_theme_settings", {"logo_url": str, "favicon_url": str}, "ui_theme_config"),
    Page("mcp_semantic_filter_settings", {
        "enabled": bool, "embedding_model": str, "top_k": int, "similarity_threshold": _NUMBER,
    }, "mcp_semantic_tool_filter"),
    Page("mcp_tool_search_settings", {"enabled": bool, "embedding_model": str, "top_k": int}, "mcp_tool_search"),
    Page("websearch_interception_settings", {"enabled": bool, "enabled_providers": list, "search_tool_name": str},
         "websearch_interception_params"),
    Page("user_banner", {"enabled": bool, "message": str, "type": str}, "user_banner"),
    Page("ui_settings", {
        "disable_model_add_for_internal_users": bool, "disable_team_admin_delete_team_user": bool,
        "enabled_ui_pages_internal_users": list, "require_auth_for_public_ai_hub": bool,
        "allow_public_health_readiness_details": bool, "forward_client_headers_to_llm_api": bool,
    }, table=UiRepository),
    Page("sso_settings", {
        **dict.fromkeys((
            "google_client_id", "google_client_secret", "microsoft_client_id", "microsoft_client_secret",
            "microsoft_tenant", "generic_client_id", "generic_client_secret", "generic_authorization_endpoint",
            "generic_token_endpoint", "generic_userinfo_endpoint", "generic_scope", "proxy_base_url", "user_email",
            "ui_access_mode",
        ), str), "role_mappings": dict, "team_mappings": dict,
    }, table=SsoRepository, encrypted=True, check=check_mappings),
)  # fmt: skip


class PageService:
    """One page."""

    def __init__(self, context: Context, page: Page) -> None:
        self._context, self._page = context, page

    async def shown(self) -> dict[str, Any]:
        """The page's values, secrets hidden, and what its fields are."""
        values = await self._values()
        shown = {name: _hidden(name, values.get(name)) for name in self._page.fields}
        properties = {name: {"type": _word(kind)} for name, kind in self._page.fields.items()}
        return {"values": shown, "field_schema": {"description": self._page.name, "properties": properties}}

    async def update(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Change the fields that are given. Raises ProxyException 400 for others, and for another type."""
        for name, value in given.items():
            kind = self._page.fields.get(name)
            if kind is None:
                raise bad_request(f"{name}: expected one of {', '.join(self._page.fields)}", name)
            if value is not None and (not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool)):
                raise bad_request(f"{name}: expected {_word(kind)}", name)
        kept = {name: value for name, value in given.items() if value != HIDDEN}
        if self._page.check is not None:
            try:
                self._page.check(kept)
            except ValueError as error:
                raise bad_request(str(error), str(error).partition(":")[0]) from error
        values = await (self._store(kept) if self._page.table else self._set(kept))
        shown = {name: _hidden(name, value) for name, value in values.items()}
        return {"message": f"{self._page.name} updated successfully", "status": "success", "settings": shown}

    async def _values(self) -> Mapping[str, Any]:
        if self._page.table is None:
            return ConfigService(self._context).section("litellm_settings").get(str(self._page.key)) or {}
        async with self._context.read() as connection:
            stored = await self._page.table(connection).values()
        if self._page.encrypted:
            stored = _readable(Secrecy(self._context.state.master_key), stored)
            return {name: stored.get(name) or os.environ.get(name.upper()) for name in self._page.fields}
        return stored

    async def _set(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        values = {**await self._values(), **given}
        await ConfigService(self._context).update({"litellm_settings": {str(self._page.key): values}})
        return values

    async def _store(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        context, table = self._context, self._page.table
        assert table is not None
        secrecy = Secrecy(context.state.master_key)
        async with context.write() as transaction:
            stored = table(transaction.connection)
            before = await stored.values()
            changed = secrecy.encrypt_all(dict(given)) if self._page.encrypted else dict(given)
            after = {name: value for name, value in {**before, **changed}.items() if value is not None}
            await stored.store(after)
            transaction.changed(TOPIC, f"page:{self._page.name}")
            await context.audit(
                transaction, "updated", table.table.name, self._page.name, None, {"keys": sorted(given)}
            )
        return {**_readable(secrecy, before), **given} if self._page.encrypted else after


def _readable(secrecy: Secrecy, values: Mapping[str, Any]) -> dict[str, Any]:
    found = {}
    for name, value in values.items():
        try:
            found[name] = secrecy.decrypt(value) if isinstance(value, str) else value
        except ValueError:
            continue  # not written with this key: as good as not there
    return found


def _hidden(name: str, value: Any) -> Any:
    return HIDDEN if value and isinstance(value, str) and is_secret(name) else value


def _word(kind: type | tuple[type, ...]) -> str:
    words = {str: "string", bool: "boolean", int: "integer", list: "array", dict: "object"}
    return "number" if isinstance(kind, tuple) else words[kind]


def _reader(page: Page) -> Callable[..., Awaitable[dict[str, Any]]]:
    async def read(context: InContext) -> dict[str, Any]:
        return await PageService(context, page).shown()

    return read


def _writer(page: Page) -> Callable[..., Awaitable[dict[str, Any]]]:
    async def write(context: InContext, body: dict[str, Any] = Body()) -> dict[str, Any]:  # noqa: B008
        return await PageService(context, page).update(body)

    return write


for _page in PAGES:
    router.get(f"/get/{_page.name}", name=f"get_{_page.name}")(_reader(_page))
    router.patch(f"/update/{_page.name}", name=f"update_{_page.name}")(_writer(_page))
