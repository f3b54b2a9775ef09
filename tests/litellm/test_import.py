"""What a first call loads."""

from __future__ import annotations

import subprocess
import sys

import pytest

CALL = """
import sys, litellm
litellm.completion(model="openai/gpt-4o", messages=[{"role": "user", "content": "hi"}], mock_response="x")
print("openai" in sys.modules, "rich" in sys.modules, "pydantic.plugin._loader" in sys.modules)
try:
    litellm.completion(model="nobody/knows", messages=[])
except Exception as error:
    import openai
    print(isinstance(error, openai.BadRequestError), isinstance(error, openai.APIError))
"""


COMMAND = """
import sys, litellm, httpx
sys.argv = ["httpx", "--help"]
httpx.main()
"""


def test_openai_is_loaded_by_the_first_error_only_and_what_no_call_needs_not_at_all() -> None:
    ran = subprocess.run([sys.executable, "-c", CALL], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["False", "False", "False", "True", "True"]


def test_the_command_line_of_httpx_still_runs() -> None:
    pytest.importorskip("click")
    pytest.importorskip("rich")
    ran = subprocess.run([sys.executable, "-c", COMMAND], capture_output=True, text=True, check=True)
    assert "httpx" in ran.stdout
