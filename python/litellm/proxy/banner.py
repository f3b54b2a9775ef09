"""What the gateway prints when it is ready: where it is, how to get in, and a line to try it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from typing import Any

from litellm.proxy.config.master_key import MasterKey

_ANY = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}


def address(host: str, port: int, *, tls: bool = False) -> str:
    """The address that a client on this machine can use."""
    shown = _ANY.get(host, f"[{host}]" if ":" in host else host)
    return f"{'https' if tls else 'http'}://{shown}:{port}"


def curl_line(base: str, key: str, model: str) -> str:
    """A chat request to paste into a shell."""
    body = json.dumps({"model": model, "messages": [{"role": "user", "content": "Hello!"}]})
    return (
        f"curl {base}/v1/chat/completions -H {shlex.quote(f'Authorization: Bearer {key}')}"
        f" -H 'Content-Type: application/json' -d {shlex.quote(body)}"
    )


def first_model(model_list: Sequence[dict[str, Any]]) -> str | None:
    """The model to try first: one that answers by itself, else the first one."""
    names = [entry["model_name"] for entry in model_list if entry["litellm_params"].get("mock_response")]
    names += [entry["model_name"] for entry in model_list]
    return next((name for name in names if "*" not in name), None)


def banner(base: str, key: MasterKey, model_list: Sequence[dict[str, Any]]) -> str:
    """The whole text."""
    model = first_model(model_list)
    lines = ["", f"  LiteLLM gateway   {base}", f"  models            {len({e['model_name'] for e in model_list})}"]
    lines.append(f"  master key        {key.value}   ({key.source})")
    if model is None:
        lines.append("  no model can be called: the model_list is empty, or the keys of all its models are unset")
    else:
        lines += ["", "  Try it:", "", f"  {curl_line(base, key.value, model)}"]
    return "\n".join([*lines, ""])
