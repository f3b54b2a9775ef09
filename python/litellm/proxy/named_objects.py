"""Objects that a config names as `file.object`: of a module beside the config file, else of an installed one."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from litellm.proxy.config.problems import ConfigError
from litellm.proxy.config.settings import ProxyConfig


def named_object(name: str, config: ProxyConfig, key: str) -> Any:
    """The object. Raises ConfigError that names the setting `key`."""
    folder = Path(config.file).parent if config.file else Path.cwd()
    module_name, _, attribute = name.rpartition(".")
    try:
        return getattr(_module(module_name, folder), attribute)
    except Exception as error:  # the module is the operator's: it may raise anything
        message = f"{name}: {_reason(error, module_name)}"
        raise ConfigError([config.problem(key, message)]) from error


def _reason(error: Exception, module_name: str) -> str:
    if "://" in module_name:
        return "files in buckets are not loaded; put the file beside the config"
    if isinstance(error, ModuleNotFoundError) and error.name == module_name.partition(".")[0]:
        file = module_name.replace(".", "/") + ".py"
        return f"there is neither a file {file} beside the config nor an installed module {module_name}"
    return f"{type(error).__name__}: {error}"


def _module(name: str, folder: Path) -> ModuleType:
    path = folder.joinpath(*name.split(".")).with_suffix(".py")
    if not path.is_file():
        return importlib.import_module(name)
    if name in sys.modules and getattr(sys.modules[name], "__file__", None) == str(path):
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
