"""Types that the gateway's parts share, by upstream's names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


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
    """Who asks."""

    token: str | None = None
    user_role: str | None = None
    user_id: str | None = None
    team_id: str | None = None
    key_alias: str | None = None
    models: list[str] = field(default_factory=list)
    max_budget: float | None = None
    spend: float = 0.0
    metadata: dict[str, Any] = field(default_factory=dict)
