"""Changes of the config while the gateway runs: of its files, and of the settings that the database keeps.

A change is checked as a whole, then takes effect between two requests; those under way end as they began. One that is
not valid is logged, and the gateway goes on with what it had. Every process looks for itself, so all of them follow.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from litellm.proxy.config.document import Stamp, stamp
from litellm.proxy.config.load import load_config
from litellm.proxy.config.overrides import set_environment, with_overrides
from litellm.proxy.config.problems import ConfigError, ConfigProblem
from litellm.proxy.config.settings import ProxyConfig
from litellm.proxy.db.database import DATABASE_ERRORS
from litellm.proxy.db.events import EVERYTHING
from litellm.proxy.db.repositories import SettingsRepository
from litellm.proxy.secrecy import Secrecy

if TYPE_CHECKING:
    from litellm.proxy.state import GatewayState

log = logging.getLogger("litellm.proxy.config")

TOPIC = "config"
LOOK_EVERY_S = 0.5
ENVIRONMENT = "environment_variables"

Apply = Callable[["GatewayState", ProxyConfig], None]


class LiveConfig:
    """Keeps the state's config in step.

    `apply` puts a checked config into force, `check` says whether it could; both raise ConfigError, ValueError.
    """

    def __init__(self, state: GatewayState, apply: Apply, check: Apply) -> None:
        self._state, self._apply, self._check = state, apply, check
        self._file_config = state.config
        self._secrecy = Secrecy(state.master_key)
        self._seen = dict(self._file_config.files)
        self._stale = asyncio.Event()
        self._lock = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Put the database's settings into force, and follow changes from now on."""
        if self._state.stores_models:
            await self._try()
            self._state.database.events.subscribe(self._heard)
        self._task = asyncio.create_task(self._follow())

    async def stop(self) -> None:
        """Follow no more."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def reload(self) -> None:
        """Read the file and the database again. Raises ConfigError, and what an absent database raises."""
        async with self._lock:
            base = self._file_config
            self._seen = _stamps(base)
            if base.file is not None:
                base = await asyncio.to_thread(load_config, base.file)
            overrides = await self.overrides() if self._state.stores_models else {}
            set_environment(overrides.pop(ENVIRONMENT, {}))
            try:
                self._apply(self._state, with_overrides(base, overrides))
            except ValueError as error:
                raise ConfigError([]) from error
            self._file_config, self._seen = base, dict(base.files)

    async def check(self, sections: Mapping[str, Mapping[str, Any]]) -> None:
        """Raises ConfigError when the config could not be used with these settings of the database's."""
        overrides = {**await self.overrides(), **sections}
        overrides.pop(ENVIRONMENT, None)
        try:
            self._check(self._state, with_overrides(self._file_config, overrides))
        except ValueError as error:
            raise ConfigError([ConfigProblem("settings", 0, "", str(error))]) from error

    async def overrides(self) -> dict[str, dict[str, Any]]:
        """The database's settings by section, the variables decrypted."""
        async with self._state.database.read() as connection:
            found = await SettingsRepository(connection).sections()
        variables = {}
        for name, value in found.pop(ENVIRONMENT, {}).items():
            try:
                variables[name] = self._secrecy.decrypt(str(value))
            except ValueError as error:
                log.error("the stored variable %s is left out: %s", name, error)
        return {**found, ENVIRONMENT: variables} if variables else found

    def _heard(self, topic: str) -> None:
        if topic in (TOPIC, EVERYTHING):
            self._stale.set()

    async def _follow(self) -> None:
        while True:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._stale.wait(), LOOK_EVERY_S)
            if self._stale.is_set() or _stamps(self._file_config) != self._seen:
                self._stale.clear()
                await self._try()

    async def _try(self) -> None:
        try:
            await self.reload()
        except ConfigError as error:
            log.error("the changed config is not used: %s", error or error.__cause__)
        except DATABASE_ERRORS as error:
            log.warning("stored settings are not known: %s", type(error).__name__)


def _stamps(config: ProxyConfig) -> dict[str, Stamp]:
    return {path: stamp(path) for path in config.files}
