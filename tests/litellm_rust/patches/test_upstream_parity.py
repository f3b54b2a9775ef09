"""Upstream gives the same with acceleration and without: what it returns, raises, logs and sends."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
BIN = "Scripts" if os.name == "nt" else "bin"
INTERPRETERS = [
    python
    for version in ("", "-1.93.2", "-1.80.11")
    if (python := ROOT / f".venv-upstream{version}" / BIN / "python").exists()
]
pytestmark = [
    pytest.mark.skipif(not INTERPRETERS, reason="needs `make setup-upstream`"),
    pytest.mark.timeout(360),
]


def observe(python: Path, scenario: str, mode: str, home: Path) -> dict[str, Any]:
    """What `scenario` gives with upstream under `python`; `mode` is on or off."""
    environment = {"PATH": os.environ["PATH"], "LITELLM_LOCAL_MODEL_COST_MAP": "True", "HOME": str(home)}
    script = Path(__file__).parent / "observe.py"
    ended = subprocess.run(
        [python, script, scenario, mode],
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
        env=environment,
        cwd=script.parent,
    )
    assert ended.returncode == 0, ended.stderr[-4000:]
    observed: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return observed


def differences(one: Any, other: Any, path: str = "") -> list[str]:
    """Where two observations differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        keys = [*one, *[key for key in other if key not in one]]
        found = [] if list(one) == list(other) else [f"{path}: keys {list(one)} and {list(other)}"]
        return found + [d for key in keys for d in differences(one.get(key), other.get(key), f"{path}.{key}")]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [d for i, pair in enumerate(zip(one, other, strict=True)) for d in differences(*pair, f"{path}[{i}]")]
    return [] if one == other else [f"{path}: {one!r:.300} and {other!r:.300}"]


@pytest.mark.parametrize("python", INTERPRETERS, ids=lambda python: python.parts[-3])
@pytest.mark.parametrize(
    ("scenario", "native"),
    [
        ("calls", {"completion": 20}),
        ("replies", {"completion": 8}),
        ("errors", {"completion": 5}),
        ("turned", {"completion": 2}),
        ("streams", {"streaming": 20}),
        ("callbacks", {"completion": 2}),
        ("routers", {"completion": 5, "router": 6}),
        ("failing_router", {"router": 2}),
        ("choices", {"router": 800}),
        ("replaced", {"completion": 2}),
        ("cancelled", {"completion": 1}),
        ("costs", {"cost_calculation": 20}),
        ("proxy_requests", {"proxy": 40}),
    ],
)
def test_nothing_differs(python: Path, scenario: str, native: dict[str, int], tmp_path: Path) -> None:
    off, on = observe(python, scenario, "off", tmp_path), observe(python, scenario, "on", tmp_path)
    found = differences(off["observed"], on["observed"], "observed") + differences(off["seen"], on["seen"], "seen")
    assert not found, "\n" + "\n".join(found[:10])
    assert all(on["native"][name] >= least for name, least in native.items()), on["native"]
