"""LiteLLM's hot paths in Rust.

    import litellm_rust
    litellm_rust.enable()

accelerates an installed upstream LiteLLM, whichever of the two is imported first. Nothing is imported that the
application does not import itself; `disable()` puts the original objects back, `status()` says what runs natively.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from litellm_rust._native import __version__

if TYPE_CHECKING:
    from litellm_rust.counters import FeatureCounts
    from litellm_rust.flags import FlagLike
    from litellm_rust.patches.status import FeatureStatus

__all__ = ["__version__", "disable", "enable", "metrics", "metrics_text", "set_flags", "status"]


def enable(features: Mapping[str, FlagLike] | None = None) -> None:
    """Accelerate upstream LiteLLM with every feature whose flag is on; calling it again changes only the flags.

    `features` overrides flags by name, e.g. `{"routing": False, "token_counting": "canary:10"}`; without it,
    `LITELLM_RUST_<FEATURE>=on|off|shadow|canary:10` and the defaults decide. What the installed LiteLLM does not match
    is left alone; `status()` says why. Raises ValueError for an unknown feature or state.
    """
    from litellm_rust import flags
    from litellm_rust.patches.table import INSTALLER

    if features is not None:
        flags.set_flags(features)
    INSTALLER.enable()


def set_flags(features: Mapping[str, FlagLike]) -> None:
    """Change flags at run time, as `enable(features)` does, without enabling anything. Raises ValueError."""
    from litellm_rust import flags

    flags.set_flags(features)


def disable() -> None:
    """Put every original object of LiteLLM back, wherever the accelerated one is bound; flags stay as they are."""
    from litellm_rust.patches.table import INSTALLER

    INSTALLER.disable()


def status() -> dict[str, FeatureStatus]:
    """For each feature: its flag, whether it is installed or why not, calls served natively and calls left alone."""
    from litellm_rust.patches.status import collect

    return collect()


def metrics() -> dict[str, FeatureCounts]:
    """For each feature: native calls and their latencies, fallbacks by reason, and differences found in shadow."""
    from litellm_rust import counters

    return counters.collect()


def metrics_text() -> str:
    """`metrics()` in Prometheus' text format, to be served as `text/plain; version=0.0.4`."""
    from litellm_rust import counters

    return counters.metrics_text()
