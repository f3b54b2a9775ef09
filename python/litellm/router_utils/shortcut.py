"""The first attempt of a call where a pick is all there is to it, which is nearly every attempt there is.

Where anything else has a say, and for whatever comes after that attempt, there is the plan of a `RoutedCall`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.router_utils.attempts import Attempt, AttemptLog
from litellm.router_utils.call import Endpoint, answered, facts_of, headers_of, num_retries
from litellm.router_utils.choosing import Chooser
from litellm.router_utils.deployments import Row
from litellm.router_utils.requests import RequestBuilder
from litellm.router_utils.settings import RouterSettings

# Arguments that decide more than which deployment is sent what.
SPECIAL = frozenset(
    {
        "specific_deployment", "enable_tag_filtering", "mock_testing_fallbacks", "mock_testing_context_fallbacks",
        "mock_testing_content_policy_fallbacks",
    }
)  # fmt: skip


class Shortcut:
    """Begins such attempts of one router, and ends those that are answered as a whole."""

    def __init__(self, chooser: Chooser, log: AttemptLog, requests: RequestBuilder, settings: RouterSettings) -> None:
        self._chooser, self._log, self._requests, self._settings = chooser, log, requests, settings

    def begin(self, endpoint: Endpoint, model: str, kwargs: Mapping[str, Any]) -> tuple[Attempt, dict[str, Any]] | None:
        """The attempt, and the arguments to send; None where there is more to decide, or nothing to pick."""
        chooser = self._chooser
        if (
            endpoint.items
            or not (chooser.is_idle and self._log.gate.is_open)
            or not SPECIAL.isdisjoint(kwargs)
            or (endpoint.asynchronous and chooser.has_hooks)
        ):
            return None
        picked = chooser.selector.pick_quickly(model, kwargs)
        if picked is None:
            return None
        return self._begun(endpoint, model, kwargs, *picked)

    def resume(
        self, endpoint: Endpoint, model: str, kwargs: Mapping[str, Any], model_id: str
    ) -> tuple[Attempt, dict[str, Any]] | None:
        """As `begin`, of an attempt at a deployment that was picked and reserved before; None when it is gone."""
        row = self._log.store.by_id.get(model_id)
        if row is None:
            return None
        return self._begun(endpoint, model, kwargs, row, self._chooser.selector.group_size(model, kwargs))

    def _begun(
        self, endpoint: Endpoint, model: str, kwargs: Mapping[str, Any], row: Row, size: int
    ) -> tuple[Attempt, dict[str, Any]]:
        facts = facts_of(model, model, size, self._settings, max_retries=num_retries(kwargs, self._settings))
        attempt = self._log.begin(row, model, kwargs)
        return attempt, self._requests.build(row, kwargs, facts, endpoint.metadata_name)

    def ended(self, endpoint: Endpoint, attempt: Attempt, response: Any) -> Any:
        """Report the whole answer to an attempt, and note in it who gave it."""
        return answered(self._log, endpoint, attempt, response, headers_of(attempt.group))
