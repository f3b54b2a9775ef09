"""The agents that are served: the config's, and those of the database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from litellm.proxy.agents.agent import Agent, agent_of, problems
from litellm.proxy.config.problems import ConfigError
from litellm.proxy.config.settings import ProxyConfig


class ActiveAgents:
    """What the gateway serves. An agent of the database takes the place of the config's of the same name."""

    def __init__(self) -> None:
        self.active: tuple[Agent, ...] = ()
        self._config: Sequence[Agent] = ()
        self._stored: Sequence[Agent] = ()

    def configure(self, config: ProxyConfig) -> None:
        """Serve the config's agents. Raises ConfigError for a wrong one, and leaves all as it was."""
        self._config = config_agents(config)
        self._join()

    def store(self, agents: Iterable[Agent]) -> None:
        """Serve the database's agents."""
        self._stored = tuple(agents)
        self._join()

    def _join(self) -> None:
        stored = {agent.agent_name for agent in self._stored}
        self.active = (*(agent for agent in self._config if agent.agent_name not in stored), *self._stored)

    def find(self, name: str) -> Agent | None:
        """The agent of that id, else of that name."""
        named = None
        for agent in self.active:
            if agent.agent_id == name:
                return agent
            named = agent if agent.agent_name == name else named
        return named


def config_agents(config: ProxyConfig) -> Sequence[Agent]:
    """The config's `agent_list`. Raises ConfigError that names every mistake."""
    entries = config.sections.get("agent_list") or ()
    found = [(f"agent_list[{index}]" + (f".{key}" if key else ""), message)
             for index, entry in enumerate(entries) for key, message in problems(entry)]  # fmt: skip
    names = [entry.get("agent_name") for entry in entries if isinstance(entry, dict)]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        found.append(("agent_list", f"there are two agents named {twice!r}"))
    if found:
        raise ConfigError([config.problem(key, message) for key, message in found])
    return [agent_of(entry) for entry in entries]
