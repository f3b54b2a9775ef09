"""The headers of the proxy's answers: constant ones, the provider's, and those that tell about the call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from litellm_rust.patches.call.wire import Unsuitable

Headers = Sequence[tuple[bytes, bytes]]
_CONSTANT: Final = frozenset(
    {
        "content-type",
        "cache-control",
        "x-accel-buffering",
        "connection",
        "x-litellm-version",
        "x-litellm-model-region",
        "x-litellm-response-cost-discount-amount",
        "x-litellm-response-cost-margin-amount",
        "x-litellm-response-cost-margin-percent",
        "x-litellm-response-cost-tool-usage",
        "x-litellm-callback-duration-ms",
        "x-litellm-key-tpm-limit",
        "x-litellm-key-rpm-limit",
        "x-litellm-key-max-budget",
        "x-litellm-model-group",
        "x-litellm-attempted-retries",
        "x-litellm-attempted-fallbacks",
        "x-litellm-max-fallbacks",
        "x-litellm-max-retries",
    }
)
# They name the call or measure it, so that no two answers have the same.
_VOLATILE: Final = frozenset(
    {"x-litellm-call-id", "x-litellm-response-duration-ms", "x-litellm-overhead-duration-ms", "content-length"}
)
# The proxy leaves these values out.
_LEFT_OUT: Final = frozenset({"", "None"})
_FREE: Final = "0.0"


def deployment_facts(deployment: Mapping[str, Any]) -> dict[str, str]:
    """What headers tell about the deployment that answered."""
    params = deployment["litellm_params"]
    return {
        "x-litellm-model-id": str(deployment["model_info"]["id"]),
        "x-litellm-model-name": str(params.get("model")),
        "x-litellm-model-api-base": str(params.get("api_base")).split("?")[0],
    }


def cost_facts(total: float, parts: tuple[float, float]) -> dict[str, str]:
    """What headers tell about the price: of the whole, of the prompt and of the answer, in dollars."""
    text = str(total)
    return {
        "x-litellm-response-cost": text,
        "x-litellm-response-cost-original": text,
        "x-litellm-response-cost-input": str(parts[0]),
        "x-litellm-response-cost-output": str(parts[1]),
        "x-litellm-key-spend": text,
    }


class Head:
    """Makes the headers of an answer like one that was seen."""

    def __init__(self, seen: Headers, facts: Mapping[str, str], provider: Mapping[str, Any]) -> None:
        """`facts` are the values that differ between answers, `provider` what the provider's headers become.

        Raises Unsuitable for a header that neither they nor the list above explain.
        """
        self._rows: list[tuple[bytes, bytes | str]] = []
        shown = {name.lower(): str(value) for name, value in provider.items()}
        names = [name.decode("latin-1") for name, _ in seen]
        if len(set(names)) != len(names):
            raise Unsuitable("a header twice")
        passed = {name for name, value in shown.items() if value not in _LEFT_OUT}
        given = passed.isdisjoint(names)  # older proxies pass none of them on with a stream
        if not given and not passed.issubset(names):
            raise Unsuitable("a provider's header that is not passed on")
        for name, (raw, value) in zip(names, seen, strict=True):
            text = value.decode("latin-1")
            if name in shown:
                if text != shown[name]:
                    raise Unsuitable(f"header {name}")
                if not given:
                    self._rows.append((b"", ""))
                    given = True
            elif name in _VOLATILE:
                self._rows.append((raw, name))
            elif name in facts:
                if text != facts[name]:
                    raise Unsuitable(f"header {name}")
                self._rows.append((raw, name))
            elif name in _CONSTANT or text == _FREE:
                self._rows.append((raw, value))
            else:
                raise Unsuitable(f"header {name}")

    def build(self, facts: Mapping[str, str], provider: Mapping[str, Any]) -> list[tuple[bytes, bytes]]:
        """The headers for `facts`, which has a value for each volatile header."""
        headers: list[tuple[bytes, bytes]] = []
        for raw, source in self._rows:
            if type(source) is bytes:
                headers.append((raw, source))
            elif raw:
                value = facts[str(source)]
                if value not in _LEFT_OUT:
                    headers.append((raw, value.encode("latin-1")))
            else:
                headers += [
                    (name.lower().encode("latin-1"), str(value).encode("latin-1"))
                    for name, value in provider.items()
                    if str(value) not in _LEFT_OUT
                ]
        return headers
