"""What the guardrails that ask somebody over HTTP share."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from typing import Any, ClassVar, NoReturn

import httpx
import orjson
from starlette.exceptions import HTTPException

from litellm.integrations.custom_guardrail import CustomGuardrail
from litellm.llms.custom_httpx.clients import CONNECT_TIMEOUT_S, pool
from litellm.llms.wire import Signer
from litellm.proxy.guardrails.refusals import GuardrailRefusal

log = logging.getLogger("litellm.proxy.guardrails")

TIMEOUT_S = 10.0
"""How long an answer is waited for; `timeout`."""
_ERROR_SHOWN = 200


class VendorGuardrail(CustomGuardrail):
    """`api_key` and `api_base` of the settings, else of the environment; `unreachable_fallback`: `fail_closed` refuses
    requests that cannot be looked at, `fail_open` lets them pass.
    """

    key_env: ClassVar[tuple[str, ...]] = ()
    base_env: ClassVar[tuple[str, ...]] = ()
    default_base: ClassVar[str] = ""
    needs_key: ClassVar[bool] = True

    def __init__(
        self,
        api_key: str | None = None,
        api_base: str | None = None,
        timeout: float | None = None,
        unreachable_fallback: str = "fail_closed",
        **kwargs: Any,
    ) -> None:
        """Raises ValueError where the key or the address is missing."""
        self.api_key = api_key or environment(self.key_env)
        self.api_base = (api_base or environment(self.base_env) or self.default_base).rstrip("/")
        self.timeout_s = float(timeout or TIMEOUT_S)
        if unreachable_fallback not in ("fail_closed", "fail_open"):
            raise ValueError("unreachable_fallback: expected fail_closed or fail_open")
        self.fails_open = unreachable_fallback == "fail_open"
        if self.needs_key and not self.api_key:
            raise ValueError(f"api_key is required, or {' or '.join(self.key_env)}")
        if not self.api_base:
            raise ValueError(f"api_base is required{', or ' + ' or '.join(self.base_env) if self.base_env else ''}")
        super().__init__(**kwargs)

    async def ask(
        self, path: str, body: Mapping[str, Any], headers: Mapping[str, str], signer: Signer | None = None, *,
        base: str | None = None,
    ) -> Any:  # fmt: skip
        """The JSON that `base` (else `api_base`) + `path` answers; None where it fails and requests may pass then.

        Raises GuardrailRefusal 500 where they may not.
        """
        try:
            return await self._asked((base or self.api_base) + path, body, headers, signer)
        except (httpx.HTTPError, orjson.JSONDecodeError) as error:
            reason = f"{type(error).__name__}: {error}"[:_ERROR_SHOWN]
            log.warning("guardrail %s is not answered: %s", self.guardrail_name, reason)
            if self.fails_open:
                return None
            raise GuardrailRefusal(f"the guardrail {self.guardrail_name} cannot be reached", 500) from error

    async def _asked(self, url: str, body: Mapping[str, Any], headers: Mapping[str, str], signer: Signer | None) -> Any:
        raw = orjson.dumps(body, default=str)
        sent = {"content-type": "application/json", **headers}
        if signer is not None:
            sent = await signer.async_sign("POST", url, sent, raw)
        wait = httpx.Timeout(self.timeout_s, connect=min(self.timeout_s, CONNECT_TIMEOUT_S))
        answer = await pool.asynchronous().post(url, content=raw, headers=sent, timeout=wait, follow_redirects=False)
        answer.raise_for_status()
        return orjson.loads(answer.content)

    def refuse(self, message: str, status: int = 400, **detail: Any) -> NoReturn:
        """Refuse the request, and tell why. Raises HTTPException."""
        raise HTTPException(status, {"error": self.render_violation_message(message, detail), **detail})  # type: ignore[arg-type]


def environment(names: tuple[str, ...]) -> str:
    """The first of these variables that is set."""
    return next((value for name in names if (value := os.environ.get(name))), "")
