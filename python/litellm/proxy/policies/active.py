"""The policies in force, and which of them hold for a request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from litellm.proxy.config.problems import ConfigError, suggestion
from litellm.proxy.config.settings import ProxyConfig
from litellm.proxy.guardrails.active import config_specs
from litellm.proxy.policies.policy import (
    EVERYTHING,
    Attachment,
    Policy,
    fits,
    inheritance_problems,
    parsed,
    problems_of,
    resolved,
)


@dataclass(frozen=True, slots=True)
class Asking:
    """What policies are chosen by."""

    team_alias: str | None = None
    key_alias: str | None = None
    model: str | None = None
    tags: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Matched:
    """The policies that hold for a request, and what each came by, where it is attached."""

    names: tuple[str, ...]
    sources: Mapping[str, str]


class ActivePolicies:
    """What the gateway follows. A policy of the database takes the place of the config's of the same name."""

    def __init__(self) -> None:
        self.policies: dict[str, Policy] = {}
        self.ids: dict[str, str] = {}
        """By name; of the config's, the name itself."""
        self.attachments: tuple[Attachment, ...] = ()
        self.from_config: dict[str, Policy] = {}
        self.config_attachments: tuple[Attachment, ...] = ()
        self._stored: dict[str, tuple[str, Policy]] = {}
        self._stored_attachments: tuple[Attachment, ...] = ()

    def configure(self, config: ProxyConfig) -> None:
        """Put the config's policies into force. Raises ConfigError for a wrong one, and leaves all as it was."""
        self.from_config, self.config_attachments = config_policies(config)
        self._join()

    def store(self, policies: Mapping[str, tuple[str, Policy]], attachments: Iterable[Attachment]) -> None:
        """Put the database's policies into force: by name, each with its id."""
        self._stored, self._stored_attachments = dict(policies), tuple(attachments)
        self._join()

    def _join(self) -> None:
        self.policies = {**self.from_config, **{name: policy for name, (_, policy) in self._stored.items()}}
        self.ids = {name: name for name in self.from_config} | {name: key for name, (key, _) in self._stored.items()}
        both = [*self.config_attachments, *self._stored_attachments]
        self.attachments = tuple(sorted(both, key=lambda attachment: attachment.place))

    def matching(self, asking: Asking, named: Iterable[str] = ()) -> Matched:
        """The policies that hold: those that are attached, then those of `named`, which a request or its key names."""
        found = self._attached(asking, default=False) or self._attached(asking, default=True)
        held = {name: source for name, source in found.items() if self._holds(name, asking.model)}
        asked = [name for name in named if name not in held and self._holds(name, asking.model)]
        return Matched((*held, *dict.fromkeys(asked)), held)

    def _attached(self, asking: Asking, *, default: bool) -> dict[str, str]:
        found: dict[str, str] = {}
        for attachment in self.attachments:
            if attachment.default is default and attachment.policy not in found:
                source = source_of(attachment, asking)
                if source is not None:
                    found[attachment.policy] = source
        return found

    def _holds(self, name: str, model: str | None) -> bool:
        policy = self.policies.get(name)
        return policy is not None and (policy.condition is None or policy.condition.holds(model))

    def guardrails(self, names: Iterable[str], model: str | None) -> list[str]:
        """The guardrails of these policies, each once."""
        return list(dict.fromkeys(guard for name in names for guard in resolved(self.policies, name, model)))

    def owners(self, names: Iterable[str], guardrail: str, model: str | None) -> list[str]:
        """The ids of those of these policies that a guardrail runs by."""
        return [self.ids[name] for name in names
                if name in self.ids and guardrail in resolved(self.policies, name, model)]  # fmt: skip


def source_of(attachment: Attachment, asking: Asking) -> str | None:
    """What an attachment holds by, as in `tag:health`; None when it does not hold."""
    if attachment.scope == EVERYTHING:
        return "scope:*"
    source = None
    for kind, patterns, values in (
        ("tag", attachment.tags, asking.tags), ("team", attachment.teams, (asking.team_alias,)),
        ("key", attachment.keys, (asking.key_alias,)), ("model", attachment.models, (asking.model,)),
    ):  # fmt: skip
        if not patterns:
            continue
        value = next((value for value in values if fits(patterns, value) is not None), None)
        if value is None:
            return None
        source = source or f"{kind}:{value}"
    return source


def config_policies(config: ProxyConfig) -> tuple[dict[str, Policy], tuple[Attachment, ...]]:
    """The config's `policies` and `policy_attachments`. Raises ConfigError that names every mistake."""
    entries = {str(name): entry for name, entry in (config.sections.get("policies") or {}).items()}
    attached = config.sections.get("policy_attachments") or []
    found = [(f"policies.{name}{key and '.' + key}", message)
             for name, entry in entries.items() for key, message in problems_of(Policy, entry)]  # fmt: skip
    found += [(f"policy_attachments[{index}]{key and '.' + key}", message)
              for index, entry in enumerate(attached) for key, message in problems_of(Attachment, entry)]  # fmt: skip
    if not found:
        policies = {name: parsed(Policy, entry) for name, entry in entries.items()}
        attachments = tuple(parsed(Attachment, entry) for entry in attached)
        found = list(_unknown_names(config, policies, attachments))
        if not found:
            return policies, attachments
    raise ConfigError([config.problem(key, message) for key, message in found])


def _unknown_names(
    config: ProxyConfig, policies: Mapping[str, Policy], attachments: Sequence[Attachment]
) -> Iterator[tuple[str, str]]:
    """A policy that is not there would protect nobody, without a word: (key, message)."""
    for name, message in inheritance_problems(policies):
        yield f"policies.{name}.inherit", message
    known = {spec.guardrail_name for spec in config_specs(config)}
    for name, policy in policies.items():
        for guard in policy.guardrails.add:
            if guard not in known:
                yield f"policies.{name}.guardrails.add", f"there is no guardrail {guard!r}{suggestion(guard, known)}"
    for index, attachment in enumerate(attachments):
        if attachment.policy not in policies:
            message = f"there is no policy {attachment.policy!r}{suggestion(attachment.policy, policies)}"
            yield f"policy_attachments[{index}].policy", message
