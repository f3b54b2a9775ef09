"""The examples of the router's pages run."""

from __future__ import annotations

import asyncio
import inspect
import re
from pathlib import Path

import pytest

PAGES = sorted((Path(__file__).parents[3] / "docs" / "router").glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_examples(page: Path) -> None:
    for code in re.findall(r"^```python\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL):
        names: dict[str, object] = {}
        exec(compile(code, str(page), "exec"), names)
        twice = names.get("twice")
        if inspect.iscoroutinefunction(twice):
            asyncio.run(twice())


def test_every_page_is_in_the_contents() -> None:
    index = (PAGES[0].parent / "index.md").read_text()
    assert [page.stem for page in PAGES if page.stem != "index" and f"\n{page.stem}\n" not in index] == []
