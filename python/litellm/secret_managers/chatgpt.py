"""Who is signed in to ChatGPT: tokens that `codex login`, or another LiteLLM, left in a file, and their renewal.

The addresses, the client's id and the headers are those of OpenAI's Codex, whose API this is.
"""

from __future__ import annotations

import base64
import json
import os
import platform
import tempfile
import threading
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from litellm._version import version
from litellm.secret_managers.token_exchange import EXPIRY_MARGIN_S, TIMEOUT_S, TokenRefused

AUTH_BASE = "https://auth.openai.com"
API_BASE = "https://chatgpt.com/backend-api/codex"
CLIENT_ID = "app_EMoamEEZ73f0CkXaXp7hrann"
TOKEN_DIR = "~/.config/litellm/chatgpt"
DEFAULT_ORIGINATOR = "codex_cli_rs"
_CLAIMS = "https://api.openai.com/auth"
_renewing = threading.Lock()


class ChatGPTAuthError(TokenRefused):
    """Nobody is signed in, or OpenAI gave no token. `status_code` is its own, 401 for missing credentials."""

    def __init__(self, status_code: int = 401, message: str = "nobody has signed in to ChatGPT", **_: Any) -> None:
        super().__init__(message, status_code)


class GetDeviceCodeError(ChatGPTAuthError):
    """No code to sign in with was given."""


class GetAccessTokenError(ChatGPTAuthError):
    """There is no access token, and none was given."""


class RefreshAccessTokenError(ChatGPTAuthError):
    """The refresh token was not taken."""


class Authenticator:
    """The tokens in `CHATGPT_TOKEN_DIR` (`~/.config/litellm/chatgpt`), file `CHATGPT_AUTH_FILE` (`auth.json`).

    The file is a JSON object with `access_token`, `refresh_token` and `id_token`, or Codex's, which has them in
    `tokens`.
    """

    def __init__(self) -> None:
        folder = Path(os.environ.get("CHATGPT_TOKEN_DIR") or TOKEN_DIR).expanduser()
        self.token_dir = str(folder)
        self.auth_file = str(folder / (os.environ.get("CHATGPT_AUTH_FILE") or "auth.json"))

    def get_api_base(self) -> str:
        """Where the API is: `CHATGPT_API_BASE`, `OPENAI_CHATGPT_API_BASE` or ChatGPT's own."""
        return os.environ.get("CHATGPT_API_BASE") or os.environ.get("OPENAI_CHATGPT_API_BASE") or API_BASE

    def get_access_token(self) -> str:
        """A token that is good for a minute at least, renewed where need be, which blocks for one request.

        Raises `GetAccessTokenError` when nobody has signed in, `RefreshAccessTokenError` when they would have to again.
        """
        with _renewing:
            tokens = self._read_auth_file() or {}
            access = tokens.get("access_token")
            if access and not self._is_token_expired(tokens, access):
                return str(access)
            if tokens.get("refresh_token"):
                return self._refresh_tokens(str(tokens["refresh_token"]))["access_token"]
            return self._login_device_code()["access_token"]

    def get_account_id(self) -> str | None:
        """The account that pays, by the file or by the token's claims."""
        tokens = self._read_auth_file() or {}
        named = tokens.get("account_id")
        return str(named) if named else _account(tokens.get("id_token")) or _account(tokens.get("access_token"))

    def _read_auth_file(self) -> dict[str, Any] | None:
        try:
            read = json.loads(Path(self.auth_file).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise GetAccessTokenError(401, f"ChatGPT: {self.auth_file} cannot be read") from error
        if not isinstance(read, dict):
            raise GetAccessTokenError(401, f"ChatGPT: {self.auth_file} holds no tokens")
        return read["tokens"] if isinstance(read.get("tokens"), dict) else read

    def _write_auth_file(self, data: Mapping[str, Any]) -> None:
        """Keeps the tokens, for this user alone; a reader never sees half a file."""
        Path(self.token_dir).mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=self.token_dir)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(dict(data), file)
        os.replace(name, self.auth_file)

    def _is_token_expired(self, auth_data: Mapping[str, Any], access_token: str) -> bool:
        ends = auth_data.get("expires_at") or _claims(access_token).get("exp")
        return isinstance(ends, (int, float)) and ends - EXPIRY_MARGIN_S <= time.time()

    def _login_device_code(self) -> dict[str, str]:
        """Nobody can sign in while a request waits; they do so once, with Codex."""
        raise GetAccessTokenError(
            401,
            f"ChatGPT: nobody has signed in: there are no tokens in {self.auth_file}; `codex login` makes such a file",
        )

    def _refresh_tokens(self, refresh_token: str) -> dict[str, str]:
        """New tokens, kept. Raises `RefreshAccessTokenError` without quoting any."""
        url = (os.environ.get("CHATGPT_AUTH_BASE") or AUTH_BASE) + "/oauth/token"
        asked = {
            "client_id": CLIENT_ID,
            "grant_type": "refresh_token",
            "refresh_token": refresh_token,
            "scope": "openid profile email",
        }
        with httpx.Client(timeout=TIMEOUT_S) as client:
            reply = client.post(url, json=asked)
        try:
            told = reply.json() if reply.status_code < 400 else {}
        except ValueError:
            told = {}
        if not isinstance(told, dict) or not told.get("access_token"):
            status = reply.status_code if reply.status_code in (400, 401, 403, 429) else 500
            raise RefreshAccessTokenError(status, f"ChatGPT: {url} renewed no token: status {reply.status_code}")
        record = self._build_auth_record({"refresh_token": refresh_token, **told})
        self._write_auth_file(record)
        return record

    def _build_auth_record(self, tokens: Mapping[str, Any]) -> dict[str, Any]:
        kept = {name: tokens.get(name) for name in ("access_token", "refresh_token", "id_token")}
        account = _account(kept["id_token"]) or _account(kept["access_token"])
        return {**kept, "expires_at": _claims(kept["access_token"]).get("exp"), "account_id": account}


def chatgpt_headers(access_token: str, account_id: str | None, session_id: str | None = None) -> dict[str, str]:
    """The headers of a request: who signed in, and which client asks (`CHATGPT_ORIGINATOR`, `CHATGPT_USER_AGENT`)."""
    originator = os.environ.get("CHATGPT_ORIGINATOR") or DEFAULT_ORIGINATOR
    agent = (
        os.environ.get("CHATGPT_USER_AGENT") or f"{originator}/{version} ({platform.system()}; {platform.machine()})"
    )
    headers = {
        "authorization": f"Bearer {access_token}",
        "accept": "text/event-stream",
        "originator": originator,
        "user-agent": agent + (os.environ.get("CHATGPT_USER_AGENT_SUFFIX") or ""),
        "session_id": session_id or str(uuid.uuid4()),
    }
    return {**headers, "chatgpt-account-id": account_id} if account_id else headers


def _claims(token: Any) -> dict[str, Any]:
    """What a token says of itself, unverified: it is only read for when it ends and whose it is."""
    parts = str(token or "").split(".")
    try:
        read = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))) if len(parts) > 1 else {}
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def _account(token: Any) -> str | None:
    claims = _claims(token).get(_CLAIMS)
    found = claims.get("chatgpt_account_id") if isinstance(claims, dict) else None
    return str(found) if found else None
