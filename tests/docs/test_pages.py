"""What README and docs say can be done: configs validate, code compiles and its names exist, links and routes resolve.

The router's pages are run in `tests/litellm/router/test_docs.py`, the examples in `tests/examples`.
"""

from __future__ import annotations

import ast
import importlib
import json
import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from litellm.proxy.config import load_config
from litellm.proxy.config.schema import KNOWN, OWN_SECTIONS

from tests.proxy.auth.test_route_matrix import ROUTES

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted(path for path in (ROOT / "docs").rglob("*.md") if "_build" not in path.parts)]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
PATHS = {re.sub(r"\{[^}]*\}", "{}", path) for _, path in ROUTES}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def blocks(kind: str) -> list[object]:
    """Each fenced block of that kind, with its page and line as its test's name."""
    return [
        pytest.param(found[2], id=f"{name(page)}:{text.count(chr(10), 0, found.start()) + 1}")
        for page in PAGES
        for text in [page.read_text("utf-8")]
        for found in BLOCK.finditer(text)
        if found[1] == kind
    ]


def anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_resolve(page: Path) -> None:
    prose = BLOCK.sub("", page.read_text("utf-8"))
    for link in re.findall(r"\]\(([^)\s]+)\)", prose):
        if link.startswith(("https://", "http://")):
            continue
        file, _, fragment = link.partition("#")
        target = Path(os.path.normpath(page.parent / file)) if file else page
        assert target.exists(), link
        if fragment:
            assert fragment in map(anchor, re.findall(r"^#+ (.*)$", target.read_text("utf-8"), re.MULTILINE)), link


@pytest.mark.parametrize("text", blocks("yaml"))
def test_configs_are_valid(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = yaml.safe_load(text)
    for variable, value in (data.pop("environment_variables", None) or {}).items():
        assert isinstance(value, str), variable
    for variable in re.findall(r"os\.environ/(\w+)", text):
        monkeypatch.setenv(variable, "sk-value")
    for included in data.get("include") or ():
        (tmp_path / included).write_text("{}")
    assert set(data) <= {*KNOWN["config"], *OWN_SECTIONS}
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(data, sort_keys=False))
    load_config(tmp_path / "config.yaml")


@pytest.mark.parametrize("text", blocks("json"))
def test_json_is_json(text: str) -> None:
    json.loads(text)


def imported(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """(module, name) of everything that code takes from one of the two packages."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.module, alias.name) for alias in node.names)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield node.value.id, node.attr


@pytest.mark.parametrize("text", blocks("python"))
def test_code_compiles_and_its_names_exist(text: str) -> None:
    for module, attribute in imported(ast.parse(text)):
        if module.partition(".")[0] in ("litellm", "litellm_rust", "moneta"):
            assert hasattr(importlib.import_module(module), attribute), f"{module}.{attribute}"


@pytest.mark.parametrize("text", blocks("bash"))
def test_commands_name_what_there_is(text: str) -> None:
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for line in text.replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        if words[:1] == ["make"]:
            assert {word for word in words[1:] if "=" not in word} <= targets, line
        for word in words:
            if word.startswith("localhost:4000"):
                assert word.removeprefix("localhost:4000").partition("?")[0] in PATHS, line
            if word.startswith(("examples/", "benches/")):
                assert (ROOT / word).exists(), line
            if word.startswith("{"):
                json.loads(word)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_settings_and_routes_exist(page: Path) -> None:
    prose = BLOCK.sub("", page.read_text("utf-8"))
    for section, setting in re.findall(r"`(general_settings|litellm_settings|router_settings)\.(\w+)", prose):
        assert setting in KNOWN[section], f"{section}.{setting}"
    if page.name == "routes.md":  # it lists what is not there; tests/proxy/test_upstream_routes.py reads it
        return
    for path in re.findall(r"`(?:GET|POST|PUT|PATCH|DELETE) (/[\w/{}<>.-]+)", prose):
        if not path.startswith("/moneta/"):  # served with a section `moneta` alone
            assert re.sub(r"[{<][^}>]*[}>]", "{}", path) in PATHS, path


def test_extras_exist() -> None:
    project = (ROOT / "python/pyproject.toml").read_text("utf-8")
    extras = re.search(r"optional-dependencies\](.*?)\n\n", project, re.DOTALL)
    assert extras
    known = set(re.findall(r"^(\w+) = \[", extras[1], re.MULTILINE))
    for page in PAGES:
        text = page.read_text("utf-8")
        assert set(re.findall(r"litellm-rust-gateway\[(\w+)\]", text)) <= known, page
        assert "litellm-rust[" not in text, f"{page}: the accelerator has no extras"
