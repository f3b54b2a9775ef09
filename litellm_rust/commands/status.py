"""`python -m litellm_rust status`: what would run natively in this environment."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util

import litellm_rust


def upstream_version() -> str | None:
    """The version of the installed upstream LiteLLM, without importing it; None when it is not installed."""
    try:
        return importlib.metadata.version("litellm")
    except importlib.metadata.PackageNotFoundError:
        return None


def load_upstream() -> bool:
    """Import upstream LiteLLM with acceleration on; False when there is none."""
    litellm_rust.enable()
    if importlib.util.find_spec("litellm") is None:
        return False
    for name in ("litellm", "litellm.utils", "litellm.router", "litellm.litellm_core_utils.token_counter"):
        importlib.import_module(name)
    return True


def print_status() -> int:
    """Print each feature: flag, what is installed, what is not and why. Exit status 1 when LiteLLM is absent."""
    found = load_upstream()
    print(f"litellm-rust {litellm_rust.__version__}, litellm {upstream_version() or 'not installed'}")
    for feature, state in litellm_rust.status().items():
        print(f"\n{feature}: {state.state}")
        for name in state.installed:
            print(f"  native   {name}")
        for name, reason in state.not_installed.items():
            print(f"  original {name}: {reason}")
        left = sum(state.fallbacks.values())
        print(f"  calls    {state.native_calls} native, {left} left to LiteLLM")
        for difference in state.recent_differences:
            print(f"  differs  {difference}")
    return 0 if found else 1
