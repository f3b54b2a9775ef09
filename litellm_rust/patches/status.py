"""What `litellm_rust.status()` returns."""

from __future__ import annotations

from dataclasses import dataclass

from litellm_rust import flags
from litellm_rust.counters import feature_metrics, recent_differences
from litellm_rust.patches.table import INSTALLER


@dataclass(frozen=True)
class FeatureStatus:
    """One feature: what was asked for, what is in place, and what it did."""

    flag: bool
    """Whether the feature is switched on, for all keys, for some, or in shadow."""
    state: str
    """The flag as it is set: `on`, `off`, `canary:10`, `shadow`."""
    installed: tuple[str, ...]
    """Dotted names in LiteLLM that are accelerated now."""
    not_installed: dict[str, str]
    """Dotted names that are not, each with the reason."""
    native_calls: int
    """Calls served natively."""
    fallbacks: dict[str, int]
    """Calls left to LiteLLM's own code, by reason."""
    differences: int
    """Calls in shadow whose two answers differed."""
    recent_differences: tuple[str, ...]
    """The last of them, oldest first, at most 50: which function, and the kinds of the two answers."""


def collect() -> dict[str, FeatureStatus]:
    """The status of every feature that has patches, by name."""
    return {feature: _feature(feature) for feature in dict.fromkeys(patch.feature for patch in INSTALLER.patches)}


def _feature(feature: str) -> FeatureStatus:
    patches = [patch for patch in INSTALLER.patches if patch.feature == feature]
    reasons = {patch.name: INSTALLER.reason_off(patch) for patch in patches}
    metrics = feature_metrics(feature)
    return FeatureStatus(
        flag=flags.enabled(feature),
        state=str(flags.flag(feature)),
        installed=tuple(name for name, reason in reasons.items() if reason is None),
        not_installed={name: reason for name, reason in reasons.items() if reason is not None},
        native_calls=metrics.native.value,
        fallbacks=metrics.fallbacks(),
        differences=metrics.differences.value,
        recent_differences=tuple(recent_differences(feature)),
    )
