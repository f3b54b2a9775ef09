"""`litellm.proxy.proxy_server:app`, the name that upstream's deployments start.

The app is made on first use from the config that `CONFIG_FILE_PATH` names, and from the environment.
"""

from __future__ import annotations

import functools
import os
from typing import Any

from fastapi import FastAPI

from litellm.proxy._types import UserAPIKeyAuth as UserAPIKeyAuth
from litellm.proxy.app import create_app
from litellm.proxy.config.data_dir import data_dir
from litellm.proxy.config.load import load_config
from litellm.proxy.config.master_key import resolve_master_key
from litellm.proxy.config.settings import ProxyConfig

CONFIG_VARIABLE = "CONFIG_FILE_PATH"


@functools.cache
def app_from_environment() -> FastAPI:
    """The process's app. Raises ConfigError."""
    path = os.environ.get(CONFIG_VARIABLE)
    config = load_config(path) if path else ProxyConfig()
    return create_app(config, resolve_master_key(config, data_dir()).value)


def __getattr__(name: str) -> Any:
    if name == "app":
        return app_from_environment()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
