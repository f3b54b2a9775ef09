"""The master key: taken from the settings or the environment, else made once and kept in a file."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from litellm.proxy.config.problems import ConfigError, ConfigProblem
from litellm.proxy.config.settings import ProxyConfig

VARIABLE = "LITELLM_MASTER_KEY"
MIN_LENGTH = 16
MIN_DISTINCT = 8
KEY_FILE = "master_key"


@dataclass(frozen=True, slots=True)
class MasterKey:
    """The key, and where it comes from in words (`LITELLM_MASTER_KEY`, a file's name, …)."""

    value: str
    source: str


def weakness(key: str) -> str | None:
    """Why `key` is too weak to guard a gateway, or None. The text never holds the key."""
    secret = key.removeprefix("sk-")
    if len(key) < MIN_LENGTH:
        return f"it has {len(key)} characters; {MIN_LENGTH} are the least"
    if len(set(secret)) < MIN_DISTINCT:
        return f"it uses only {len(set(secret))} different characters; {MIN_DISTINCT} are the least"
    if not key.isascii() or not key.isprintable() or " " in key:
        return "it holds characters that an HTTP header cannot carry"
    return None


def resolve_master_key(config: ProxyConfig, data_dir: Path) -> MasterKey:
    """The key to use: `general_settings.master_key`, `LITELLM_MASTER_KEY`, or the one in `data_dir`, made on first use.

    Raises ConfigError when the given key is weak and `dangerously_permit_weak_or_unset_master_key` is not set.
    """
    return given_master_key(config) or _kept_key(data_dir / KEY_FILE)


def given_master_key(config: ProxyConfig) -> MasterKey | None:
    """The key of the config or of the environment, if there is one. Raises ConfigError as `resolve_master_key` does."""
    general = config.general_settings
    from_settings = general.master_key
    given = from_settings or os.environ.get(VARIABLE)
    if not given:
        return None
    inherited = from_settings is None or from_settings == os.environ.get(VARIABLE)
    source = VARIABLE if inherited else "general_settings.master_key"
    reason = weakness(given)
    if reason and not general.dangerously_permit_weak_or_unset_master_key:
        hint = "choose one with: python -c \"import secrets; print('sk-' + secrets.token_urlsafe(32))\""
        message = f"the master key is too weak: {reason}; {hint}"
        weak = ConfigProblem("environment", 0, source, message) if inherited else config.problem(source, message)
        raise ConfigError([weak])
    return MasterKey(given, source)


def _kept_key(path: Path) -> MasterKey:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = "sk-" + secrets.token_urlsafe(32)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        path.chmod(0o600)
        kept = path.read_text("utf-8").strip()
        if reason := weakness(kept):
            raise ConfigError(
                [ConfigProblem(str(path), 1, VARIABLE, f"the kept master key is too weak: {reason}")]
            ) from None
        return MasterKey(kept, str(path))
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(fresh + "\n")
    return MasterKey(fresh, str(path))
