"""A module out of a package whose `__init__` files run when they are looked into, each in a fresh interpreter."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

RAN = "import sys\nsys.ran = [*getattr(sys, 'ran', []), __name__]\n"
PACKAGE = {
    "big/__init__.py": "from big.inner import name\nsetting = None\n" + RAN,
    "big/inner/__init__.py": "name = 'inner'\n" + RAN,
    "big/inner/leaf.py": "class Error(Exception): pass\n",
    "big/errors.py": "from .inner.leaf import Error\nfrom .helpers.leaf import help\n",
    "big/helpers/__init__.py": RAN,
    "big/helpers/leaf.py": "def help(): pass\n",
    "big/broken.py": "from .worse import name\n",
    "big/worse/__init__.py": "raise RuntimeError('worse')\n",
}
START = """
import sys, threading
from litellm.types.deferred_packages import import_module
errors = import_module("big.errors")
assert not hasattr(sys, "ran")
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    for name, text in PACKAGE.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    "code",
    [
        "import big; assert big.name == 'inner' and sys.ran == ['big.inner', 'big']",
        "from big.inner import name; assert name == 'inner' and sys.ran == ['big.inner']",
        "from big.inner.leaf import Error; assert Error is errors.Error and not hasattr(sys, 'ran')",
        "import big; big.setting = 1; assert big.setting == 1 and big.name == 'inner'",
        "import big; assert 'name' in dir(big)",
        "import big; assert big.__spec__.loader.get_source('big').startswith('from big.inner')",
        "import big\ntry: big.nothing\nexcept AttributeError: pass\nelse: raise SystemExit(1)",
        "import big, pickle; assert pickle.loads(pickle.dumps(errors.Error('x'))).args == ('x',)",
        "import big; from unittest import mock\n"
        "with mock.patch('big.inner.name', 'other'): assert big.inner.name == 'other'",
        "import_module('big.errors'); import big, importlib; importlib.reload(big); assert big.name == 'inner'",
        "ts = [threading.Thread(target=lambda: __import__('big').name) for _ in range(8)]\n"
        "[t.start() for t in ts]; [t.join() for t in ts]; assert sys.ran == ['big.inner', 'big']",
        "try: import_module('big.broken')\nexcept RuntimeError: assert 'big.worse' not in sys.modules\n"
        "else: raise SystemExit(1)",
        "try: import_module('absent.errors')\nexcept ModuleNotFoundError: pass\nelse: raise SystemExit(1)",
    ],
)
def test_a_package_is_what_it_always_is_once_looked_into(package: Path, code: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", START + textwrap.dedent(code)],
        cwd=package, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr


def test_openais_exceptions_are_the_bases_and_the_rest_is_not_loaded() -> None:
    code = """
        import sys
        from litellm.exceptions import RateLimitError
        assert "openai.types.chat" not in sys.modules and "openai.resources" not in sys.modules
        import openai
        assert issubclass(RateLimitError, openai.RateLimitError)
        assert openai.OpenAI(api_key="k").chat.completions
    """
    ended = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 0, ended.stderr
