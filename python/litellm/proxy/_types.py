"""Types that the gateway's parts share, by upstream's names."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class LitellmUserRoles(str, Enum):
    """What a user may do."""

    PROXY_ADMIN = "proxy_admin"
    PROXY_ADMIN_VIEW_ONLY = "proxy_admin_viewer"
    INTERNAL_USER = "internal_user"
    INTERNAL_USER_VIEW_ONLY = "internal_user_viewer"
    TEAM = "team"
    CUSTOMER = "customer"


class ProxyException(Exception):
    """A refusal that the client is told: `code` is the HTTP status."""

    def __init__(
        self, message: str, type: str, param: str | None, code: int | str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.message, self.type, self.param, self.code = message, type, param, str(code)
        self.headers = dict(headers or {})


@dataclass(slots=True)
class UserAPIKeyAuth:
    """Who asks. `token` is the key's SHA-256; money is in USD, times are UTC without a zone."""

    token: str | None = None
    user_role: str | None = None
    user_id: str | None = None
    team_id: str | None = None
    key_alias: str | None = None
    models: list[str] = field(default_factory=list)
    allowed_routes: list[str] = field(default_factory=list)
    max_budget: float | None = None
    spend: float = 0.0
    blocked: bool = False
    expires: datetime.datetime | None = None
    metadata: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> UserAPIKeyAuth:
        """Of a key's row in the database."""
        return cls(
            token=row["token"],
            user_id=row["user_id"],
            team_id=row["team_id"],
            key_alias=row["key_alias"],
            models=list(row["models"] or ()),
            allowed_routes=list(row["allowed_routes"] or ()),
            max_budget=row["max_budget"],
            spend=float(row["spend"] or 0.0),
            blocked=bool(row["blocked"]),
            expires=row["expires"],
            metadata=dict(row["metadata"] or {}),
        )
