"""The deployments that are served: those of the config, and those that the database keeps (`store_model_in_db`)."""

from __future__ import annotations

import fnmatch
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from litellm.proxy.config.settings import ProxyConfig

if TYPE_CHECKING:
    from litellm import Router

log = logging.getLogger("litellm.proxy.catalog")

Deployment = dict[str, Any]


class Catalog:
    """What can be asked for. `changed` is called after each change."""

    def __init__(self, config: ProxyConfig, router: Router, changed: Callable[[], None] = lambda: None) -> None:
        self._config, self._router, self.changed = config, router, changed
        self.aliases: Mapping[str, Any] = config.router_settings.get("model_group_alias") or {}
        self._stored: tuple[Deployment, ...] = ()
        self._look()

    def _look(self) -> None:
        self.model_list: tuple[Deployment, ...] = (*self._config.model_list, *self._stored)
        names = [entry["model_name"] for entry in self.model_list]
        self.names = frozenset([*names, *self.aliases])
        """Every name that a client may ask for, hidden aliases included."""
        self.wildcards = tuple(name for name in names if "*" in name)
        self._groups: dict[str, set[str]] = {}
        for entry in self.model_list:
            for group in (entry.get("model_info") or {}).get("access_groups") or ():
                self._groups.setdefault(entry["model_name"], set()).add(group)
        self._grouped_wildcards = tuple(name for name in self._groups if "*" in name)

    def replace(self, config: ProxyConfig) -> None:
        """Serve the deployments of a changed config, those of the database beside them.

        Deployments that did not change keep their state. Raises ValueError for one that the router refuses; then
        nothing is changed.
        """
        if config.model_list != self._config.model_list:
            self._router.set_model_list([dict(entry) for entry in (*config.model_list, *self._stored)])
        self.aliases = config.router_settings.get("model_group_alias") or {}
        self._router.model_group_alias = dict(self.aliases)
        self._config = config
        self._look()
        self.changed()

    def store(self, rows: Sequence[Deployment]) -> None:
        """Serve `rows` beside the config's deployments. One that the router refuses is logged and left out."""
        kept = []
        for row in rows:
            if row.get("blocked"):
                continue
            try:
                self._router.upsert_deployment(row)
            except (ValueError, TypeError) as error:
                log.error("the stored deployment %s is left out: %s", row["model_info"]["id"], error)
                continue
            kept.append(row)
        present = {row["model_info"]["id"] for row in kept}
        for old in self._stored:
            if old["model_info"]["id"] not in present:
                self._router.delete_deployment(old["model_info"]["id"])
        self._stored = tuple(kept)
        self._look()
        self.changed()

    def deployments_of(self, group: str) -> list[Deployment]:
        """The deployments behind a model name or an alias, wildcard ones where no other matches."""
        alias = self.aliases.get(group, group)
        name = alias.get("model", group) if isinstance(alias, dict) else alias
        exact = [entry for entry in self.model_list if entry["model_name"] == name]
        return exact or [entry for entry in self.model_list if fnmatch.fnmatchcase(name, entry["model_name"])]

    def access_groups(self, model: str) -> set[str]:
        """The access groups (`model_info.access_groups`) that a model name is in, by itself or by a wildcard."""
        names = [name for name in self._grouped_wildcards if fnmatch.fnmatchcase(model, name)]
        return set().union(*(self._groups.get(name, ()) for name in (model, *names)))

    def shown(self) -> list[str]:
        """The names that clients can see, in order, aliases last."""
        names = dict.fromkeys(entry["model_name"] for entry in self.model_list)
        visible = [name for name, to in self.aliases.items() if not (isinstance(to, dict) and to.get("hidden"))]
        return list(names | dict.fromkeys(visible))
