"""The command line, as a user types it."""

from __future__ import annotations

import os
import shlex
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.gateway import PASSED_ENVIRONMENT, Gateway

MOCK = """
model_list:
  - model_name: mock
    litellm_params: {model: openai/gpt-4o, mock_response: "It's me."}
  - model_name: real
    litellm_params: {model: openai/gpt-4o, api_key: os.environ/NO_SUCH_KEY}
"""


def run(folder: Path, *args: str, **variables: str) -> tuple[int, str, str]:
    """(status, standard output, standard error) of `litellm <args>` in a folder and a clean environment."""
    env = {name: os.environ[name] for name in PASSED_ENVIRONMENT if name in os.environ} | {"HOME": str(folder)}
    env |= variables
    command = [sys.executable, "-m", "litellm.proxy.proxy_cli", *args]
    ended = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=60, check=False)
    return ended.returncode, ended.stdout, ended.stderr


def test_validate_config_says_yes_or_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(MOCK)
    (tmp_path / "bad.yaml").write_text(MOCK + "litellm_setings: {}\n")
    status, out, err = run(tmp_path, "--config", "good.yaml", "--validate_config")
    assert (status, "valid, 1 deployment" in out) == (0, True)
    assert "model 'real' is skipped: NO_SUCH_KEY is not set" in err
    status, _, err = run(tmp_path, "-c", "bad.yaml", "--validate_config")
    assert status == 1
    assert "bad.yaml:7: litellm_setings: unknown key at the top of the file; did you mean 'litellm_settings'?" in err


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("litellm_settings: {callbacks: [no_such_module.hooks]}\n", "no_such_module.hooks"),
        (
            "litellm_settings:\n  drop_params: true\nrouter_settings:\n  routing_strategy: by-mood\n",
            "bad.yaml:10: router_settings.routing_strategy: ",
        ),
    ],
)
def test_what_only_the_parts_can_judge_stops_the_start_too(tmp_path: Path, text: str, named: str) -> None:
    (tmp_path / "bad.yaml").write_text(MOCK + text)
    for args in ((), ("--validate_config",)):
        status, out, err = run(tmp_path, "-c", "bad.yaml", "--port", "0", *args)
        assert status == 1
        assert named in err
        assert "Traceback" not in out + err


@pytest.mark.parametrize(
    "args",
    [
        ["--port", "x"],
        ["--port", "70000"],
        ["--num_workers", "0"],
        ["--nonsense"],
        ["--ssl_certfile_path", "/nothing"],
        ["--ssl_keyfile_path", "/nothing"],
    ],
)
def test_a_wrong_option_is_named(tmp_path: Path, args: list[str]) -> None:
    status, _, err = run(tmp_path, *args)
    assert status == 2
    assert args[0] in err


def test_upstreams_choice_of_server_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(MOCK)
    for option in ("--run_gunicorn", "--run_granian", "--use_prisma_db_push"):
        assert run(tmp_path, "--config", "good.yaml", "--validate_config", option)[0] == 0


def test_a_database_that_cannot_be_used_stops_the_start_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(MOCK)
    status, out, err = run(
        tmp_path, "-c", "good.yaml", "--port", "0", DATABASE_URL="postgresql://me:hunter2@127.0.0.1:1/db"
    )
    (line,) = [line for line in err.splitlines() if "NO_SUCH_KEY" not in line]
    assert line.startswith("config error: environment: DATABASE_URL: the database cannot be opened: ")
    assert (status, out) == (1, "")
    assert "hunter2" not in err


def test_version(tmp_path: Path) -> None:
    status, out, _ = run(tmp_path, "--version")
    assert status == 0
    assert out.startswith("litellm")


def test_the_printed_curl_line_works_when_pasted_and_the_key_is_kept_for_its_owner(tmp_path: Path) -> None:
    gateway = Gateway(tmp_path, MOCK)
    del gateway.env["LITELLM_MASTER_KEY"]
    with gateway:
        line = next(line for line in gateway.log.splitlines() if line.strip().startswith("curl "))
        answer = subprocess.run(["sh", "-c", line + " -sS"], capture_output=True, text=True, timeout=30, check=False)
        assert "It's me." in answer.stdout, answer
        key = (tmp_path / ".litellm" / "master_key").read_text().strip()
        assert f"Bearer {key}" in " ".join(shlex.split(line))
        assert stat.S_IMODE((tmp_path / ".litellm" / "master_key").stat().st_mode) == 0o600
        assert gateway.stop() == 0
    with gateway:
        assert gateway.request("GET", "/v1/models", key=key).status_code == 200


def test_a_port_in_use_is_said(tmp_path: Path) -> None:
    with Gateway(tmp_path, MOCK) as gateway:
        status, output = gateway.run_to_end()
    assert status != 0
    assert "address already in use" in output
    assert "Traceback" not in output


def test_several_workers_serve_with_one_key(tmp_path: Path) -> None:
    gateway = Gateway(tmp_path, MOCK, args=("--num_workers", "2"))
    with gateway:
        for _ in range(8):
            assert gateway.request("GET", "/v1/models").status_code == 200
        assert gateway.stop() == 0
