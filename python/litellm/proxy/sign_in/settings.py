"""Which identity provider is set up."""

from __future__ import annotations

import os
from typing import Any

from litellm.proxy.db.repositories import SsoRepository
from litellm.proxy.secrecy import Secrecy
from litellm.proxy.sign_in.providers import Missing, Provider, provider_of
from litellm.proxy.state import GatewayState


async def provider_in_use(state: GatewayState) -> Provider | Missing | None:
    """The provider that is set up."""
    return provider_of(await settings_in_use(state))


async def settings_in_use(state: GatewayState) -> dict[str, Any]:
    """The environment's variables, and over them what the database keeps: texts in capitals, mappings as they are."""
    async with state.database.read() as connection:
        stored = await SsoRepository(connection).values()
    secrecy, found = Secrecy(state.master_key), dict[str, Any](os.environ)
    for name, value in stored.items():
        if isinstance(value, str):
            try:
                found[name.upper()] = secrecy.decrypt(value)
            except ValueError:
                continue  # written with another key: as good as not there
        elif isinstance(value, dict):
            found[name] = value
    return found
