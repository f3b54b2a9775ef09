"""Every example runs, and prints what its text promises."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.gateway import MASTER_KEY, Gateway

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
UPSTREAM_PYTHON = ROOT / ".venv-upstream" / ("Scripts" if os.name == "nt" else "bin") / "python"


def run(
    name: str, env: Mapping[str, str] | None = None, python: str = sys.executable
) -> subprocess.CompletedProcess[str]:
    """An example's end, with what it printed; fails when it does not exit with 0."""
    ended = subprocess.run(
        [python, str(EXAMPLES / name)],
        env=os.environ | dict(env or {}),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended


def test_every_example_is_run_here() -> None:
    source = Path(__file__).read_text()
    assert [path.name for path in EXAMPLES.iterdir() if path.is_file() and f'"{path.name}"' not in source] == []


def test_sdk() -> None:
    printed = run("sdk.py")
    assert "Hello, in pieces!" in printed.stdout
    assert "Hello! 30 tokens" in printed.stdout  # a mock answer's usage is 10 + 20, as upstream's
    assert printed.stderr.count("USD") == 2


def test_router() -> None:
    printed = run("router.py").stdout
    assert "chat answered from" in printed
    assert "broken answered from" in printed


def test_gateway_client_with_the_example_config(tmp_path: Path) -> None:
    config = (EXAMPLES / "config.yaml").read_text()
    with Gateway(tmp_path, config) as gateway:
        printed = run("gateway_client.py", {"GATEWAY_URL": gateway.base, "LITELLM_MASTER_KEY": MASTER_KEY})
    assert printed.stdout.strip()


@pytest.mark.skipif(not UPSTREAM_PYTHON.exists(), reason="needs `make setup-upstream`")
def test_accelerate() -> None:
    printed = run("accelerate.py", {"LITELLM_LOCAL_MODEL_COST_MAP": "True"}, str(UPSTREAM_PYTHON)).stdout
    assert "tokens" in printed
    assert "token_counting" in printed
