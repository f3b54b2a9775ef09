"""An identity provider on loopback: discovery, keys that rotate, userinfo, and the code flow with PKCE."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

AUDIENCE = "gateway"
LIFETIME_S = 300


class IdentityProvider:
    """Signs tokens; `claims` are what userinfo and id tokens tell of whoever signs in."""

    def __init__(self) -> None:
        self.keys: dict[str, Any] = {}
        self.fetches = 0
        self.away = False
        self.claims: dict[str, Any] = {"sub": "u-1", "email": "ada@example.org", "name": "Ada"}
        self.userinfo_tokens: dict[str, Mapping[str, Any]] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.token_requests: list[dict[str, str]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.base = f"http://127.0.0.1:{self._server.server_port}"
        self.rotate("first")

    @property
    def discovery(self) -> str:
        """The address of the discovery document."""
        return f"{self.base}/.well-known/openid-configuration"

    def rotate(self, kid: str, *, curve: bool = False) -> None:
        """Sign with a new key from now on, and show no other."""
        made = ec.generate_private_key(ec.SECP256R1()) if curve else rsa.generate_private_key(65537, 2048)
        self.keys = {kid: made}

    def token(self, claims: Mapping[str, Any] | None = None, **more: Any) -> str:
        """A signed token of the newest key, valid for five minutes."""
        kid, key = next(reversed(self.keys.items()))
        now = int(time.time())
        given = {"iss": self.base, "aud": AUDIENCE, "iat": now, "exp": now + LIFETIME_S, **(claims or {}), **more}
        algorithm = "ES256" if isinstance(key, ec.EllipticCurvePrivateKey) else "RS256"
        return jwt.encode(given, key, algorithm=algorithm, headers={"kid": kid})

    def public_pem(self) -> bytes:
        """The newest public key."""
        public = next(reversed(self.keys.values())).public_key()
        return public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

    def jwks(self) -> dict[str, Any]:
        """The public keys."""
        found = []
        for kid, key in self.keys.items():
            curve = isinstance(key, ec.EllipticCurvePrivateKey)
            algorithm = jwt.algorithms.ECAlgorithm if curve else jwt.algorithms.RSAAlgorithm
            found.append({**json.loads(algorithm.to_jwk(key.public_key())), "kid": kid, "use": "sig"})
        return {"keys": found}

    def answer(self, path: str, query: Mapping[str, str], bearer: str, form: Mapping[str, str]) -> tuple[int, Any]:
        """What the provider says: a status and JSON, or 302 and an address."""
        if self.away:
            return 503, {}
        if path == "/.well-known/openid-configuration":
            ends = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
            found = {f"{name}_endpoint": f"{self.base}/{end}" for name, end in ends.items()}
            return 200, {"issuer": self.base, "jwks_uri": f"{self.base}/keys", **found}
        if path == "/keys":
            self.fetches += 1
            return 200, self.jwks()
        if path == "/userinfo":
            claims = self.userinfo_tokens.get(bearer)
            return (200, claims) if claims is not None else (401, {"error": "invalid_token"})
        if path == "/authorize":
            code = secrets.token_urlsafe(16)
            self.codes[code] = dict(query)
            return 302, f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query.get('state', '')})}"
        if path == "/token":
            return self._exchange(form)
        return 404, {}

    def _exchange(self, form: Mapping[str, str]) -> tuple[int, Any]:
        self.token_requests.append(dict(form))
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None or asked["redirect_uri"] != form.get("redirect_uri"):
            return 400, {"error": "invalid_grant"}
        if challenge := asked.get("code_challenge"):
            digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
            if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != challenge:
                return 400, {"error": "invalid_grant"}
        access = secrets.token_urlsafe(16)
        self.userinfo_tokens[access] = self.claims
        id_token = self.token(self.claims, aud=asked["client_id"], nonce=asked.get("nonce"))
        return 200, {"access_token": access, "token_type": "Bearer", "id_token": id_token, "expires_in": LIFETIME_S}

    def __enter__(self) -> IdentityProvider:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(provider: IdentityProvider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._reply({})

        def do_POST(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            body = parse_qs(self.rfile.read(length).decode())
            form = {name: values[0] for name, values in body.items()}
            basic = self.headers.get("authorization", "")
            if basic.startswith("Basic "):
                client, _, secret = base64.b64decode(basic[6:]).decode().partition(":")
                form |= {"client_id": client, "client_secret": secret}
            self._reply(form)

        def _reply(self, form: Mapping[str, str]) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            bearer = self.headers.get("authorization", "").removeprefix("Bearer ")
            status, content = provider.answer(parts.path, query, bearer, form)
            body = b"" if status == 302 else json.dumps(content).encode()
            self.send_response(status)
            if status == 302:
                self.send_header("location", content)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler
