"""The guardrails in force: the config's, and those of the database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from litellm.integrations.custom_guardrail import CustomGuardrail
from litellm.proxy.config.problems import ConfigError
from litellm.proxy.config.settings import ProxyConfig
from litellm.proxy.guardrails.registry import build
from litellm.proxy.guardrails.spec import GuardrailSpec, problems, spec_of

INJECTION = "detect_prompt_injection"
"""A callback's name that stands for a guardrail which always runs."""


class ActiveGuardrails:
    """What the gateway runs. A guardrail of the database takes the place of the config's of the same name."""

    def __init__(self) -> None:
        self.active: tuple[CustomGuardrail, ...] = ()
        self.specs: dict[str, GuardrailSpec] = {}
        """By id."""
        self._config: list[tuple[GuardrailSpec, CustomGuardrail]] = []
        self._stored: list[tuple[GuardrailSpec, CustomGuardrail]] = []

    def configure(self, config: ProxyConfig) -> None:
        """Put the config's guardrails into force. Raises ConfigError for a wrong one, and leaves all as it was."""
        self._config = [(spec, build(spec, config)) for spec in config_specs(config)]
        self._join()

    def store(self, made: Iterable[tuple[GuardrailSpec, CustomGuardrail]]) -> None:
        """Put the database's guardrails into force."""
        self._stored = list(made)
        self._join()

    def _join(self) -> None:
        named = {spec.guardrail_name: (spec, guard) for spec, guard in [*self._config, *self._stored]}
        self.specs = {spec.guardrail_id: spec for spec, _ in named.values()}
        self.active = tuple(guard for _, guard in named.values())

    def named(self, name: str) -> CustomGuardrail | None:
        """The guardrail of that name."""
        return next((guard for guard in self.active if guard.guardrail_name == name), None)


def config_specs(config: ProxyConfig) -> Sequence[GuardrailSpec]:
    """The config's guardrails. Raises ConfigError that names every mistake."""
    entries = config.sections.get("guardrails") or []
    found = [
        config.problem(f"guardrails[{index}]" + (f".{key}" if key else ""), message)
        for index, entry in enumerate(entries)
        for key, message in problems(entry)
    ]
    if found:
        raise ConfigError(found)
    specs = [spec_of(entry) for entry in entries]
    names = [spec.guardrail_name for spec in specs]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise ConfigError([config.problem("guardrails", f"there are two guardrails named {twice!r}")])
    if INJECTION in (config.litellm_settings.get("callbacks") or ()):
        params = {"guardrail": INJECTION, "mode": "pre_call", "default_on": True,
                  **(config.litellm_settings.get("prompt_injection_params") or {})}  # fmt: skip
        specs.append(spec_of({"guardrail_name": INJECTION, "litellm_params": params}))
    return specs
