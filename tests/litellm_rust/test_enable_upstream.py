"""`enable()` on upstream LiteLLM itself, in `.venv-upstream` (`make setup-upstream`)."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-upstream" / ("Scripts" if os.name == "nt" else "bin") / "python"

pytestmark = [
    pytest.mark.skipif(not PYTHON.exists(), reason="needs `make setup-upstream`"),
    pytest.mark.timeout(120),
]


def upstream(script: str, tmp_path: Path, **env: str) -> Any:
    """What `script` prints last, as JSON, run by the interpreter that has upstream."""
    environment = {"PATH": os.environ["PATH"], "LITELLM_LOCAL_MODEL_COST_MAP": "True", "HOME": str(tmp_path), **env}
    ended = subprocess.run(
        [PYTHON, "-c", script], capture_output=True, text=True, timeout=110, check=False, env=environment, cwd=tmp_path
    )
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout.splitlines()[-1])


COUNTS = """
import json, sys
import litellm_rust
{before}
import litellm
{after}
messages = [{{"role": "user", "name": "ann", "content": "Größe 世界 <|endoftext|> I'll"}}]
image = [{{"role": "user", "content": [{{"type": "text", "text": "hi"}}]}}]
counts = [litellm.token_counter(model=m, messages=messages) for m in ("gpt-4o", "gpt-4", "claude-3-opus-20240229")]
counts += [litellm.token_counter(model="gpt-4o", text="x" * 5000)]
counts += [litellm.token_counter(model="gpt-4o", messages=image)]
counts += [len(litellm.encode(model="gpt-4o", text="hello there"))]
status = {{name: state.native_calls for name, state in litellm_rust.status().items()}}
print(json.dumps([counts, status]))
"""


@pytest.mark.parametrize("order", ["before", "after"])
def test_counts_are_the_same_and_native(tmp_path: Path, order: str) -> None:
    call = {"before": "", "after": "", order: "litellm_rust.enable()"}
    plain, _ = upstream(COUNTS.format(before="", after=""), tmp_path)
    counts, native = upstream(COUNTS.format(**call), tmp_path)
    assert counts == plain
    assert native["token_counting"] >= 4


def test_enable_imports_nothing_and_disable_restores_everything(tmp_path: Path) -> None:
    script = """
import json, sys, litellm_rust
litellm_rust.enable()
untouched = "litellm" not in sys.modules
litellm_rust.disable()
import litellm, litellm.utils
import litellm.litellm_core_utils.token_counter as core
def bound():
    return [core.token_counter, litellm.token_counter, litellm.encode, litellm.utils.encode]
originals = bound()
litellm_rust.enable(); litellm_rust.enable()
patched = bound()[0] is not originals[0] and bound()[2] is not originals[2]
litellm_rust.disable()
same = all(a is b for a, b in zip(originals, bound()))
print(json.dumps([untouched, patched, same]))
"""
    assert upstream(script, tmp_path) == [True, True, True]


def test_a_flag_keeps_a_feature_off(tmp_path: Path) -> None:
    script = """
import json, litellm, litellm_rust
original = litellm.encode
litellm_rust.enable()
print(json.dumps([litellm.encode is original, litellm_rust.status()["token_counting"].flag]))
"""
    assert upstream(script, tmp_path, LITELLM_RUST_TOKEN_COUNTING="false") == [True, False]


def test_the_command_line(tmp_path: Path) -> None:
    for command in ("status", "doctor"):
        ended = subprocess.run(
            [PYTHON, "-m", "litellm_rust", command],
            capture_output=True,
            text=True,
            timeout=110,
            check=False,
            env={"PATH": os.environ["PATH"], "LITELLM_LOCAL_MODEL_COST_MAP": "True", "HOME": str(tmp_path)},
        )
        assert ended.returncode == 0, ended.stderr
        assert "token_counting" in ended.stdout or "patch" in ended.stdout
