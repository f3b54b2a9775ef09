"""Upstream's functions and classes look as they did: identity, signatures, pickling, subclassing, restoration."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.support.upstream import INTERPRETERS, Upstream, environment

pytestmark = pytest.mark.timeout(300)
ALONE = """
import json, sys
import litellm_rust
litellm_rust.enable()
print(json.dumps(not any(name.split(".")[0] == "litellm" for name in sys.modules)))
"""
SCRIPT = """
import asyncio, inspect, json, pickle, sys
import importlib
import litellm, litellm_rust, litellm.router, litellm.utils
from litellm.integrations.custom_logger import CustomLogger
from litellm_rust.patches.table import INSTALLER

for patch in INSTALLER.patches:
    importlib.import_module(patch.module)

def bound():
    found = {}
    for patch in INSTALLER.patches:
        module = sys.modules[patch.module]
        found[patch.name] = vars(patch.owner(module))[patch.attribute.rpartition(".")[2]]
    return {**found, "a": litellm.acompletion, "b": litellm.completion, "c": litellm.utils.token_counter}

before = bound()
litellm_rust.enable()
status = litellm_rust.status()
during = bound()

class Mine(litellm.Router):
    def get_available_deployment(self, *args, **kwargs):
        return "mine"

class Logger(CustomLogger):
    pass

mine = Mine(model_list=[{"model_name": "g", "litellm_params": {"model": "openai/gpt-4o", "api_key": "k"}}])
stock = litellm.Router(model_list=[{"model_name": "g", "litellm_params": {"model": "openai/gpt-4o", "api_key": "k"}}])
print(json.dumps({
    "not_installed": {name: state.not_installed for name, state in status.items() if state.not_installed},
    "replaced": all(during[name] is not each for name, each in before.items() if "." in name),
    "signatures": all(inspect.signature(during[name]) == inspect.signature(each) for name, each in before.items()),
    "coroutines": [name for name, each in before.items()
                   if inspect.iscoroutinefunction(each) != inspect.iscoroutinefunction(during[name])],
    "pickled": pickle.loads(pickle.dumps(litellm.main.acompletion)) is litellm.main.acompletion,
    "subclass": [mine.get_available_deployment("g"), asyncio.run(
        mine.async_get_available_deployment("g", request_kwargs={}))["model_name"]],
    "isinstance": [isinstance(mine, litellm.Router), isinstance(Logger(), CustomLogger)],
    "same_deployment": stock.get_available_deployment("g") is stock.model_list[0],
    "restored": (litellm_rust.disable(), all(each is before[name] for name, each in bound().items()))[1],
}))
"""


@pytest.mark.parametrize("version", INTERPRETERS)
def test_enable_imports_nothing_of_upstream(version: str, tmp_path: Path) -> None:
    ended = subprocess.run(
        [INTERPRETERS[version], "-c", ALONE],
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
        env=environment(tmp_path),
        cwd=tmp_path,
    )
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout) is True


def test_upstream_looks_as_before(upstream: Upstream) -> None:
    seen: dict[str, Any] = upstream.run([SCRIPT], "litellm.proxy.proxy_server")[0]
    assert seen == {
        "not_installed": {},
        "replaced": True,
        "signatures": True,
        "coroutines": [],
        "pickled": True,
        "subclass": ["mine", "g"],
        "isinstance": [True, True],
        "same_deployment": True,
        "restored": True,
    }
