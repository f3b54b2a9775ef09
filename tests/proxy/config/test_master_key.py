"""Where the master key comes from, and which ones are refused."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from litellm.proxy.config import ConfigError, GeneralSettings, ProxyConfig
from litellm.proxy.config.master_key import resolve_master_key, weakness

GOOD = "sk-7b1f0c5a9d3e4826"


@pytest.fixture(autouse=True)
def no_key_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LITELLM_MASTER_KEY", raising=False)


def test_a_generated_key_is_kept_for_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    first = resolve_master_key(ProxyConfig(), folder)
    assert weakness(first.value) is None
    assert resolve_master_key(ProxyConfig(), folder) == first
    assert stat.S_IMODE((folder / "master_key").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_environment_and_the_settings_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LITELLM_MASTER_KEY", GOOD)
    assert resolve_master_key(ProxyConfig(), tmp_path).value == GOOD
    config = ProxyConfig(general_settings=GeneralSettings(master_key=GOOD + "x"))
    assert resolve_master_key(config, tmp_path).value == GOOD + "x"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("weak", ["sk-1234", "sk-" + "a" * 40, "sk-with a space 123456", "sk-ümläut-0123456789"])
def test_a_weak_key_is_refused_without_being_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, weak: str) -> None:
    monkeypatch.setenv("LITELLM_MASTER_KEY", weak)
    with pytest.raises(ConfigError, match="LITELLM_MASTER_KEY: the master key is too weak: it ") as refused:
        resolve_master_key(ProxyConfig(), tmp_path)
    assert weak not in str(refused.value)


def test_a_weak_key_can_be_permitted(tmp_path: Path) -> None:
    general = GeneralSettings(master_key="sk-1234", dangerously_permit_weak_or_unset_master_key=True)
    assert resolve_master_key(ProxyConfig(general_settings=general), tmp_path).value == "sk-1234"
