"""What the config routes do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from litellm.proxy._types import ProxyException
from litellm.proxy.auth.gate import networks
from litellm.proxy.config.overrides import environment_problems, problems_of
from litellm.proxy.config.problems import ConfigError, suggestion
from litellm.proxy.config.schema import KNOWN
from litellm.proxy.db.repositories import SettingsRepository
from litellm.proxy.endpoints.model_facts import is_secret
from litellm.proxy.live_config import ENVIRONMENT, TOPIC
from litellm.proxy.management_endpoints.common.context import Context, bad_request, not_found
from litellm.proxy.secrecy import Secrecy

TABLE = "LiteLLM_Config"
HIDDEN = "********"
Section = dict[str, Any]
_CALLBACKS = {"success_callback": "success", "failure_callback": "failure", "callbacks": "success_and_failure"}


class ConfigService:
    """The settings in force, and those that the database keeps."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def section(self, name: str) -> Mapping[str, Any]:
        """A section as it is in force."""
        config = self._context.state.config
        return config.general_settings.raw if name == "general_settings" else getattr(config, name)

    async def update(self, sections: Mapping[str, Section]) -> None:
        """Change keys of sections. Raises ProxyException 400 for what a config file could not hold either."""
        for section, values in sections.items():
            is_environment = section == ENVIRONMENT
            problems = environment_problems(values) if is_environment else problems_of(section, values)
            if problems:
                param = section if is_environment else problems[0].partition(":")[0]
                raise bad_request(f"{section}: {'; '.join(problems)}", param)
        secrecy = Secrecy(self._context.state.master_key)
        given = {
            section: secrecy.encrypt_all(dict(values)) if section == ENVIRONMENT else values
            for section, values in sections.items()
        }
        await self._change({section: partial(_over, values) for section, values in given.items()})

    async def change(self, section: str, change: Callable[[Section], Section]) -> Section:
        """Change what the database keeps of a section, and put it into force here; every process follows."""
        return (await self._change({section: change}))[section]

    async def _change(self, changes: Mapping[str, Callable[[Section], Section]]) -> dict[str, Section]:
        """Change sections, all of them or none."""
        state = self._context.state
        if not state.stores_models:
            raise bad_request("set general_settings.store_model_in_db to change settings at run time", None)
        await self._check({section: change(await self._stored(section)) for section, change in changes.items()})
        changed: dict[str, Section] = {}
        async with self._context.write() as transaction:
            settings = SettingsRepository(transaction.connection)
            for section, change in sorted(changes.items()):
                before = await settings.section(section)
                after = changed[section] = change(dict(before))
                await settings.store(section, after)
                keys = sorted({*before, *after})
                told = {**_masked(after), "keys": keys}
                await self._context.audit(transaction, "updated", TABLE, section, _masked(before), told)
            transaction.changed(TOPIC)
        try:
            await state.live.reload()
        except ConfigError as error:
            raise ProxyException(f"stored, but not usable: {error}", "internal_server_error", None, 500) from error
        return changed

    async def _check(self, sections: Mapping[str, Section]) -> None:
        """Raises ProxyException 400 for settings that could be stored but not used."""
        try:
            await self._context.state.live.check(sections)
        except ConfigError as error:
            key = error.problems[0].key if error.problems else ""
            raise bad_request(str(error), key.rpartition(".")[2] or None) from error

    async def field(self, name: str) -> Section:
        """A general setting, and where it comes from."""
        self._check_name(name)
        stored, given = await self._stored("general_settings"), self.section("general_settings")
        if name not in given:
            raise not_found("setting", "field_name")
        source = "db" if name in stored else "config"
        return {"field_name": name, "field_value": _shown(name, given[name]), "source": source, "editable": True}

    async def fields(self) -> list[Section]:
        """Every general setting with its type, and its value where it has one."""
        stored, given = await self._stored("general_settings"), self.section("general_settings")
        types = {"bool": "Boolean", "int": "Integer", "float": "Float", "str": "String", "list": "List", "dict": "Dict"}
        return [
            {
                "field_name": name, "field_type": types.get(kind, "Any"), "field_description": "",
                "field_value": _shown(name, given.get(name)), "field_default_value": None, "premium_field": False,
                "stored_in_db": True if name in stored else (False if name in given else None),
                "nested_fields": None, "source": "db" if name in stored else ("config" if name in given else "unset"),
                "editable": not problems_of("general_settings", {name: None}),
            }
            for name, kind in sorted(KNOWN["general_settings"].items())
        ]  # fmt: skip

    async def forget_field(self, name: str) -> Section:
        """Drop the database's value of a general setting."""
        self._check_name(name)
        if name not in await self._stored("general_settings"):
            raise not_found("stored setting", "field_name")
        return await self.change("general_settings", lambda stored: {k: v for k, v in stored.items() if k != name})

    def callbacks(self) -> Section:
        """The callbacks in use, the alerts, the router's settings."""
        settings, general = self.section("litellm_settings"), self.section("general_settings")
        found = [
            {"name": name, "type": kind, "variables": {}}
            for key, kind in _CALLBACKS.items()
            for name in _names(settings.get(key))
        ]
        alerting = _names(general.get("alerting"))
        alerts = [{"name": name, "variables": {}, "active_alerts": []} for name in alerting]
        return {
            "status": "success", "callbacks": found, "alerts": alerts, "active_alerting_destinations": alerting,
            "router_settings": _masked(self.section("router_settings")), "available_callbacks": {},
        }  # fmt: skip

    async def remove_callback(self, name: str) -> Section:
        """Take a callback out of the database's lists."""
        stored = await self._stored("litellm_settings")
        lists = {key: _names(stored.get(key)) for key in _CALLBACKS if name in _names(stored.get(key))}
        if not lists:
            raise not_found("stored callback", "callback_name")
        left = {key: [item for item in names if item != name] for key, names in lists.items()}
        await self.change("litellm_settings", lambda before: {**before, **left})
        remaining = {item for names in left.values() for item in names}
        return {"message": f"removed {name}", "removed_callback": name, "remaining_callbacks": sorted(remaining)}

    def addresses(self) -> list[str] | None:
        """The addresses that are let in; None for all."""
        found = self.section("general_settings").get("allowed_ips")
        return list(found) if isinstance(found, list) else None

    async def set_addresses(self, addresses: list[str] | None) -> None:
        """Let these addresses in, and no other. Raises ProxyException 400 for what is no address."""
        try:
            networks(addresses or (), "allowed_ips")
        except ValueError as error:
            raise bad_request(f"ip: {error}", "ip") from error
        await self.change("general_settings", lambda stored: {**stored, "allowed_ips": addresses})

    async def _stored(self, section: str) -> Section:
        async with self._context.read() as connection:
            return await SettingsRepository(connection).section(section)

    def _check_name(self, name: str) -> None:
        known = KNOWN["general_settings"]
        if name not in known:
            raise bad_request(f"field_name: unknown setting{suggestion(name, known)}", "field_name")


def _over(values: Section, stored: Section) -> Section:
    return {**stored, **values}


def _names(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, (list, tuple)) else ([str(value)] if value else [])


def _shown(name: str, value: Any) -> Any:
    return HIDDEN if value is not None and (is_secret(name) or name == "database_url") else value


def _masked(values: Mapping[str, Any]) -> Section:
    return {name: _shown(name, value) for name, value in values.items()}
