"""Both wheels, installed by pip into empty environments, work on their own. `make test` builds them first."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

DIST = Path(__file__).parents[2] / "dist"
ACCELERATOR = sorted(DIST.glob("litellm_rust-*.whl"))
GATEWAY = sorted(DIST.glob("litellm_rust_gateway-*.whl"))

pytestmark = [
    pytest.mark.skipif(not (ACCELERATOR and GATEWAY), reason="needs `make wheels`"),
    pytest.mark.timeout(300),
]


def install(folder: Path, *what: str) -> Path:
    """The interpreter of a new environment with `what` installed."""
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *what)
    return python


def run(python: Path, *arguments: str, cwd: Path | None = None) -> str:
    """What a command prints; fails with its errors when it does not exit with 0."""
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    ended = subprocess.run(
        [python, *arguments], capture_output=True, text=True, timeout=280, check=False, env=environment, cwd=cwd
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_the_accelerator_needs_nothing_but_its_wheel(tmp_path: Path) -> None:
    python = install(tmp_path / "env", str(ACCELERATOR[-1]))
    packages = run(python, "-m", "pip", "list", "--format=freeze", "--disable-pip-version-check").split()
    assert {line.split("==")[0] for line in packages} <= {"litellm-rust", "litellm_rust", "pip", "setuptools"}
    script = (
        "import sys, litellm_rust; from litellm_rust.tokens import get_encoding;"
        "assert 'litellm' not in sys.modules; print(get_encoding('o200k_base').count('hello world'))"
    )
    assert run(python, "-c", script, cwd=tmp_path).strip() == "2"
    status = subprocess.run(
        [python, "-m", "litellm_rust", "status"], capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path
    )
    assert (status.returncode, status.stderr) == (1, ""), "1: LiteLLM is absent"
    assert "litellm not installed" in status.stdout


def test_the_gateway_installs_with_its_extra(tmp_path: Path) -> None:
    python = install(tmp_path / "env", str(ACCELERATOR[-1]), f"{GATEWAY[-1]}[proxy]")
    ask = "litellm.completion('openai/gpt-4o', [{'role': 'user', 'content': 'x'}], mock_response='hi')"
    answer = f"print({ask}.choices[0].message.content)"
    assert run(python, "-c", f"import litellm, moneta; {answer}", cwd=tmp_path).strip() == "hi"
    assert run(python, "-m", "litellm.proxy.proxy_cli", "--version", cwd=tmp_path).strip()


IMPORT = """
import time
started = time.perf_counter()
import litellm
took = time.perf_counter() - started
import sys
unwanted = {"openai", "pydantic", "httpx", "tiktoken", "fastapi"} & set(sys.modules)
resident_kib = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmRSS"))
print(took * 1000, int(resident_kib) / 1024, *unwanted)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_importing_litellm_loads_next_to_nothing() -> None:
    _, memory_mib, *unwanted = run(Path(sys.executable), "-c", IMPORT).split()
    assert unwanted == []
    assert float(memory_mib) < 60
