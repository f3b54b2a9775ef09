"""`enable()` on upstream LiteLLM itself, in `.venv-upstream` (`make setup-upstream`)."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.support.upstream import INTERPRETERS, Upstream, environment

pytestmark = pytest.mark.timeout(240)


def python_program(version: str, home: Path, *arguments: str) -> str:
    """What upstream's interpreter prints, run with `arguments`."""
    ended = subprocess.run(
        [INTERPRETERS[version], *arguments],
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
        env=environment(home),
        cwd=home,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


COUNTS = """
import json, sys
import litellm_rust
{before}
import litellm
{after}
messages = [{{"role": "user", "name": "ann", "content": "Größe 世界 <|endoftext|> I'll"}}]
image = [{{"role": "user", "content": [{{"type": "text", "text": "hi"}}]}}]
calls = [{{"function": {{"name": "f", "arguments": '{{"a": 1}}'}}}}]
talk = [{{"role": "system", "content": "Ä " * 200}}, {{"role": "assistant", "content": None, "tool_calls": calls}}]
tools = [{{"type": "function", "function": {{"name": "f", "parameters": {{"type": "object", "properties": {{}}}}}}}}]
counts = [litellm.token_counter(model=m, messages=messages) for m in ("gpt-4o", "gpt-4", "claude-3-opus-20240229")]
counts += [litellm.token_counter(model="gpt-4o", text="x" * 5000)]
counts += [litellm.token_counter(model="gpt-4o", messages=image)]
counts += [litellm.token_counter(model="gpt-4o", messages=talk, tools=t) for t in (None, tools)]
counts += [len(litellm.encode(model="gpt-4o", text="hello there"))]
status = {{name: state.native_calls for name, state in litellm_rust.status().items()}}
print(json.dumps([counts, status]))
"""


@pytest.mark.parametrize("version", list(INTERPRETERS)[:1])
def test_counts_are_the_same_and_native(version: str, upstream: Upstream, tmp_path: Path) -> None:
    enabled = "litellm_rust.enable()"
    plain, after = upstream.run([COUNTS.format(before="", after=""), COUNTS.format(before="", after=enabled)])
    before = json.loads(
        python_program(version, tmp_path, "-c", COUNTS.format(before=enabled, after="")).splitlines()[-1]
    )
    for counts, native in (before, after):
        assert counts == plain[0]
        assert native["token_counting"] >= 7


def test_a_flag_keeps_a_feature_off(upstream: Upstream) -> None:
    script = """
import json, os
os.environ["LITELLM_RUST_TOKEN_COUNTING"] = "false"
import litellm, litellm_rust
original = litellm.encode
litellm_rust.enable()
print(json.dumps([litellm.encode is original, litellm_rust.status()["token_counting"].flag]))
"""
    assert upstream.run([script]) == [[True, False]]


@pytest.mark.parametrize("version", list(INTERPRETERS)[:1])
def test_the_command_line(version: str, tmp_path: Path) -> None:
    for command in ("status", "doctor"):
        printed = python_program(version, tmp_path, "-m", "litellm_rust", command)
        assert "token_counting" in printed or "patch" in printed
