"""What the settings ask of each LLM request beside its body's own rules: parameters, a session, whose name it bears."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from litellm.proxy._types import UserAPIKeyAuth
from litellm.proxy.config.problems import ConfigError
from litellm.proxy.errors import InvalidRequestError

if TYPE_CHECKING:
    from litellm.proxy.config.settings import ProxyConfig
    from litellm.proxy.state import GatewayState

SESSION_POLICIES = ("generate", "reject", "omit")
"""`general_settings.missing_session_id`: what becomes of a request that belongs to no session. `omit` leaves it so."""
_TOLD = {
    "user_api_key_hash": "token", "user_api_key_alias": "key_alias", "user_api_key_user_id": "user_id",
    "user_api_key_team_id": "team_id", "user_api_key_team_alias": "team_alias", "user_api_key_org_id": "org_id",
    "user_api_key_user_email": "user_email", "user_api_key_end_user_id": "end_user_id",
    "user_api_key_max_budget": "max_budget", "user_api_key_spend": "spend",
}  # fmt: skip
"""Headers that `litellm_settings.add_user_information_to_llm_headers` adds, without `x-litellm-`."""


def check_demands(config: ProxyConfig) -> None:
    """Raises ConfigError for demands that are none."""
    policy = config.general_settings.raw.get("missing_session_id")
    if policy is not None and policy not in SESSION_POLICIES:
        message = f"expected one of {', '.join(SESSION_POLICIES)}"
        raise ConfigError([config.problem("general_settings.missing_session_id", message)])


def refuse_undemanded(state: GatewayState, auth: UserAPIKeyAuth, body: Mapping[str, Any]) -> None:
    """Raise InvalidRequestError for a body without one of the `enforced_params` of the settings, key or team.

    `a.b` asks for `b` inside of the object `a`. `service_account_settings.enforced_params` are for service accounts.
    """
    general = state.config.general_settings.raw
    if not general and not auth.metadata and not auth.team_metadata:
        return
    for name in _enforced(general, auth):
        found: Any = body
        for part in name.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
        if found is None:
            raise InvalidRequestError(f"{name}: required, as enforced_params name it", name)


def _enforced(general: Mapping[str, Any], auth: UserAPIKeyAuth) -> Iterator[str]:
    lists = [general.get("enforced_params"), auth.metadata.get("enforced_params")]
    lists.append(auth.team_metadata.get("enforced_params"))
    own = general.get("service_account_settings")
    if isinstance(own, Mapping) and "service_account_id" in auth.metadata:
        lists.append(own.get("enforced_params"))
    for names in lists:
        yield from (str(name) for name in names or ())


def session_for(state: GatewayState, given: str | None, body: Mapping[str, Any]) -> str | None:
    """The session of a request that says `given`, by `missing_session_id`. Raises InvalidRequestError without one."""
    policy = state.config.general_settings.raw.get("missing_session_id")
    if given is not None or policy not in ("generate", "reject"):
        return given
    metadata = (body.get(name) for name in ("metadata", "litellm_metadata"))
    inside = next((one["session_id"] for one in metadata if isinstance(one, dict) and one.get("session_id")), None)
    if inside is not None:
        return str(inside)
    if policy == "generate":
        return str(uuid.uuid4())
    message = "no session: send x-litellm-session-id or metadata.session_id, as missing_session_id demands"
    raise InvalidRequestError(message, "session_id")


def in_the_name_of(state: GatewayState, auth: UserAPIKeyAuth, body: dict[str, Any]) -> None:
    """Tell the provider whose request it is, in place, where the settings say so.

    `overwrite_user_with_key_hash` puts the key's hash into `user`; `add_user_information_to_llm_headers` adds headers.
    """
    settings = state.config.litellm_settings
    if settings.get("overwrite_user_with_key_hash") is True and auth.token:
        body["user"] = auth.token
    if settings.get("add_user_information_to_llm_headers") is True:
        told = {f"x-litellm-{name}": _text(getattr(auth, field, None)) for name, field in _TOLD.items()}
        own = {name: value for name, value in told.items() if value}
        body["extra_headers"] = {**(body.get("extra_headers") or {}), **own}


def _text(value: Any) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value)
    return text if text.isascii() and text.isprintable() else ""
