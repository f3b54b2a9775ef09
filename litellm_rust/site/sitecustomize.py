"""Starts a Python process accelerated; put on `PYTHONPATH` by `python -m litellm_rust run`."""

import importlib.machinery
import importlib.util
import os
import sys


def _next_sitecustomize() -> None:
    """Run the `sitecustomize` that this one hides, if there is one."""
    here = os.path.dirname(os.path.abspath(__file__))
    elsewhere = [entry for entry in sys.path if os.path.abspath(entry or ".") != here]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", elsewhere)
    if spec is not None and spec.loader is not None:
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)


if os.environ.get("LITELLM_RUST_ENABLE") == "1" and importlib.util.find_spec("litellm_rust") is not None:
    import litellm_rust

    litellm_rust.enable()
_next_sitecustomize()
