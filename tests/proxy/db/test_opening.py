"""A database that cannot be used is told in one line, before anything listens, and without its password."""

from __future__ import annotations

from pathlib import Path

import pytest
from litellm.proxy.config.problems import ConfigError
from litellm.proxy.config.settings import GeneralSettings, ProxyConfig
from litellm.proxy.db.opening import check_database_url, prepare_database


def config_of(url: str | None) -> ProxyConfig:
    return ProxyConfig("c.yaml", general_settings=GeneralSettings.from_section({"database_url": url}))


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("mysql://me:hunter2@host/db", "expected sqlite:// or postgresql://, got mysql://"),
        ("hunter2 is no address", "expected sqlite:// or postgresql://, got what is no such URL"),
        ("postgresql://me:hunter2@host:port/db", "expected sqlite:// or postgresql://, got what is no such URL"),
    ],
)
def test_what_is_no_address_of_a_database_is_refused_before_it_is_opened(
    monkeypatch: pytest.MonkeyPatch, url: str, told: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        check_database_url(config_of(url))
    assert str(refused.value) == f"c.yaml: general_settings.database_url: {told}"
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(ConfigError) as refused:
        check_database_url(ProxyConfig())
    assert str(refused.value) == f"environment: DATABASE_URL: {told}"


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql://me:hunter2@127.0.0.1:1/db", "Connect call failed"),
        ("postgresql://me:hunter2@127.0.0.1:1/db?colour=red", "colour"),
        ("sqlite:////no/such/folder/hunter2.db", "unable to open database file"),
    ],
)
def test_what_cannot_be_opened_is_told_with_its_cause(tmp_path: Path, url: str, told: str) -> None:
    with pytest.raises(ConfigError) as refused:
        prepare_database(config_of(url), tmp_path)
    (problem,) = refused.value.problems
    assert problem.key == "general_settings.database_url"
    assert told in problem.message
    assert "hunter2" not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_database_that_opens_has_its_schema_afterwards(tmp_path: Path) -> None:
    prepare_database(ProxyConfig(), tmp_path / "new")
    assert (tmp_path / "new" / "litellm.db").stat().st_size > 0
