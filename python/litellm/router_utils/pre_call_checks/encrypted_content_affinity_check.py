"""Encrypted reasoning goes back to an account that can read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.llms.responses.encrypted import mark_item, origin_of, restored
from litellm.router_utils.ask import Ask, Pool
from litellm.router_utils.deployments import DeploymentStore, Row


def account_of(row: Mapping[str, Any]) -> tuple[str, str] | None:
    """(address, key) of a deployment: those who share both can read each other's reasoning. None when unknown."""
    params = row["litellm_params"]
    base, key = params.get("api_base"), params.get("api_key")
    return (base, key) if base and key else None


def origin_of_request(ask: Ask, pool: Pool) -> list[str]:
    """The deployment that encrypted the first piece of the request's input, then those of the same account."""
    items = ask.input if isinstance(ask.input, list) else ()
    origin = next((model_id for model_id in map(origin_of, items) if model_id), None)
    if origin is None:
        return []
    row = pool.rows.get(origin)
    account = account_of(row) if row is not None else None
    peers = [model_id for model_id, other in pool.rows.items() if account and account_of(other) == account]
    return [origin, *peers]


def readable_input(items: Any, row: Row, store: DeploymentStore) -> Any:
    """The input of a request to the deployment `row`: without marks, and without what it cannot decrypt."""
    if not isinstance(items, list) or not any(isinstance(item, Mapping) and origin_of(item) for item in items):
        return items
    own, account = row["model_info"]["id"], account_of(row)

    def readable(origin: str | None) -> bool:
        maker = store.by_id.get(origin or "")
        return origin == own or (maker is not None and account is not None and account_of(maker) == account)

    return restored(items, readable)


def mark_response(response: Any, model_id: str) -> None:
    """Note in the encrypted items of a response, or of an event of its stream, which deployment made them."""
    item, inner, output = (_get(response, name) for name in ("item", "response", "output"))
    if item is not None:
        mark_item(item, model_id)
    if inner is not None:
        output = _get(inner, "output")
    for each in output if isinstance(output, list) else ():
        mark_item(each, model_id)


def _get(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else getattr(value, name, None)
