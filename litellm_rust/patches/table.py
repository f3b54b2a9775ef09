"""The patch table: every accelerated attribute of upstream LiteLLM, one row each."""

from __future__ import annotations

from typing import Final

from litellm_rust.patches import (
    completion,
    cost_calculation,
    proxy,
    rate_limiting,
    routing,
    streaming,
    token_counting,
    transport,
)
from litellm_rust.patches.installer import Installer

INSTALLER: Final = Installer(
    "litellm",
    (
        *token_counting.PATCHES,
        *completion.PATCHES,
        *streaming.PATCHES,
        *transport.PATCHES,
        *routing.PATCHES,
        *cost_calculation.PATCHES,
        *rate_limiting.PATCHES,
        *proxy.PATCHES,
    ),
)
