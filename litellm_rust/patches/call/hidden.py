"""`_hidden_params` and `_response_headers` of a response: learnt once a plan from those that upstream made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

_MEASURED: Final = frozenset({"_response_ms", "litellm_overhead_time_ms", "callback_duration_ms"})
_CONSTANT: Final = frozenset({"custom_llm_provider", "region_name", "api_base", "litellm_model_name"})
_GIVEN: Final = frozenset({"litellm_call_id", "model_id", "response_cost", "provider_response_model"})
_MAX_HEADER_SETS: Final = 256


class HeaderNames:
    """The `additional_headers` of a reply: which of its headers appear under which names."""

    def __init__(self, process: Callable[[dict[str, str]], dict[str, Any]]) -> None:
        """`process` is upstream's own function from a reply's headers to these."""
        self._process = process
        self._known: dict[tuple[str, ...], tuple[tuple[str, str], ...] | None] = {}

    def of(self, headers: dict[str, str]) -> dict[str, Any]:
        """What upstream makes of `headers`."""
        names = tuple(headers)
        if names not in self._known:
            if len(self._known) >= _MAX_HEADER_SETS:
                self._known.clear()
            self._known[names] = self._learn(headers)
        pairs = self._known[names]
        return self._process(headers) if pairs is None else {name: headers[source] for name, source in pairs}

    def _learn(self, headers: dict[str, str]) -> tuple[tuple[str, str], ...] | None:
        """Processed with every value a different one, each result shows where it came from."""
        marks = {f"\0{number}": name for number, name in enumerate(headers)}
        made = self._process(dict(zip(headers, marks, strict=True)))
        if not all(type(value) is str and value in marks for value in made.values()):
            return None
        pairs = tuple((name, marks[value]) for name, value in made.items())
        return pairs if {name: headers[source] for name, source in pairs} == self._process(headers) else None


class HiddenParams:
    """How upstream fills `_hidden_params` for the calls of one plan."""

    def __init__(self, learnt: Mapping[str, Any], headers: HeaderNames, *, private: Mapping[str, Any]) -> None:
        """From the `_hidden_params` of a response and its private attributes. Raises KeyError for unknown entries."""
        self._names = tuple(learnt)
        self._constant = {name: learnt[name] for name in _CONSTANT if name in learnt}
        self._params = learnt.get("optional_params")
        self._headers = headers
        unknown = learnt.keys() - _MEASURED - _CONSTANT - _GIVEN - {"headers", "additional_headers", "optional_params"}
        if unknown or private.keys() - {"_hidden_params", "_response_headers"}:
            raise KeyError(", ".join(sorted(unknown)) or "a private attribute")
        self._private = tuple(private)

    def build(
        self,
        given: Mapping[str, Any],
        body: Mapping[str, Any],
        headers: dict[str, str],
        duration_ms: float,
        network_ms: float,
    ) -> dict[str, Any]:
        """The private attributes of a response: `given` holds what differs from call to call, times are in ms."""
        hidden: dict[str, Any] = {}
        for name in self._names:
            if name in given:
                hidden[name] = given[name]
            elif name in self._constant:
                hidden[name] = self._constant[name]
            elif name == "headers":
                hidden[name] = headers
            elif name == "additional_headers":
                hidden[name] = self._headers.of(headers)
            elif name == "optional_params":
                hidden[name] = self._optional_params(body)
            elif name == "_response_ms":
                hidden[name] = duration_ms
            elif name == "litellm_overhead_time_ms":
                hidden[name] = round(duration_ms - network_ms, 4)
            else:
                hidden[name] = 0.0
        return {name: hidden if name == "_hidden_params" else headers for name in self._private}

    def _optional_params(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """What upstream mapped the parameters to: themselves, and constants of its own."""
        params: Mapping[str, Any] = self._params or {}
        return {
            name: body[name] if name in body else (value.copy() if type(value) is dict else value)
            for name, value in params.items()
        }
