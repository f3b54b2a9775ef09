"""What a first call loads."""

from __future__ import annotations

import subprocess
import sys

CALL = """
import sys, litellm
litellm.completion(model="openai/gpt-4o", messages=[{"role": "user", "content": "hi"}], mock_response="x")
print("openai" in sys.modules)
try:
    litellm.completion(model="nobody/knows", messages=[])
except Exception as error:
    import openai
    print(isinstance(error, openai.BadRequestError), isinstance(error, openai.APIError))
"""


def test_openai_is_loaded_by_the_first_error_only() -> None:
    ran = subprocess.run([sys.executable, "-c", CALL], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["False", "True", "True"]
