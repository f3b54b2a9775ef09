"""Connections kept in Rust, asked with plain bytes: what the httpx transports and the SDK's call path stand on.

No HTTP client object is made on the way: a request is a method, a URL, header pairs and a body; a reply is a status,
header pairs and a body. Needs nothing but the wheel.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import ssl
import weakref
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeAlias, TypeVar

from litellm_rust._native import ConnectionPool, LocalRequest, PendingRequest, TransportFailure, WakePort

__all__ = ["Limits", "Pool", "Reply", "Timeouts", "TransportFailure"]

VerifyTypes: TypeAlias = "bool | str | ssl.SSLContext"
CertTypes: TypeAlias = "str | tuple[str, str] | tuple[str, str, str]"
Headers: TypeAlias = Sequence[tuple[bytes, bytes]]
_T = TypeVar("_T")


class Timeouts(NamedTuple):
    """Limits in seconds, as httpx has them; None is without limit."""

    connect: float | None = 5.0
    read: float | None = 600.0
    write: float | None = 600.0
    pool: float | None = 60.0


@dataclass(frozen=True)
class Limits:
    """How many connections a pool may hold; None is without limit. `keepalive_expiry` is in seconds."""

    max_connections: int | None = 100
    max_connections_per_host: int | None = None
    max_keepalive_connections: int | None = 20
    keepalive_expiry: float | None = 5.0


def _roots(verify: VerifyTypes, trust_env: bool) -> bool | bytes | list[bytes]:
    """The certificates to trust: True for the platform's, False for any, else PEM or DER."""
    if isinstance(verify, ssl.SSLContext):
        if verify.verify_mode == ssl.CERT_NONE:
            return False
        return verify.get_ca_certs(binary_form=True) or True
    if isinstance(verify, str):
        path = Path(verify)
        if path.is_dir():
            return b"".join(file.read_bytes() for file in sorted(path.iterdir()) if file.is_file())
        return path.read_bytes()
    if verify and trust_env and (from_env := os.environ.get("SSL_CERT_FILE")):
        return Path(from_env).read_bytes()
    if verify:
        with contextlib.suppress(ImportError):
            import certifi

            return Path(certifi.where()).read_bytes()
    return verify


def _client_cert(cert: CertTypes | None) -> bytes | None:
    if cert is None:
        return None
    if isinstance(cert, str):
        return Path(cert).read_bytes()
    if len(cert) == 3 and cert[2]:
        raise ValueError("cert: an encrypted key is not supported; decrypt it first")
    return b"\n".join(Path(part).read_bytes() for part in cert[:2])


class _LoopPort:
    """What one event loop waits for: a future per request, woken through one descriptor."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.port = WakePort()
        self._futures: dict[int, asyncio.Future[None]] = {}
        self._idents = itertools.count(1)
        self._create_future = loop.create_future
        loop.add_reader(self.port.fileno(), self._drain)

    def _drain(self) -> None:
        for ident in self.port.drain():
            future = self._futures.pop(ident, None)
            if future is not None and not future.done():
                future.set_result(None)

    def ident(self) -> int:
        """A number of its own for a request."""
        return next(self._idents)

    async def until(self, ident: int, take: Callable[[], _T | None]) -> _T:
        """What `take` gives, once it gives something."""
        while (value := take()) is None:
            future = asyncio.get_running_loop().create_future()
            self._futures[ident] = future
            try:
                await future
            finally:
                self._futures.pop(ident, None)
        return value


_ports: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, _LoopPort] = weakref.WeakKeyDictionary()


def _loop_port() -> _LoopPort:
    loop = asyncio.get_running_loop()
    port = _ports.get(loop)
    if port is None:
        port = _ports[loop] = _LoopPort(loop)
    return port


class Reply:
    """An answer: `status`, `version`, `headers`, and its body as `content` when all of it has arrived, else None.

    Read the rest with `iter_bytes` or `aiter_bytes` (raise TransportFailure), or give it up with `close`.
    """

    __slots__ = ("_ident", "_pending", "_port", "content", "headers", "status", "version")

    def __init__(
        self,
        head: tuple[int, str, list[tuple[bytes, bytes]], bytes | None],
        pending: PendingRequest | LocalRequest | None,
        port: _LoopPort | None = None,
        ident: int = 0,
    ) -> None:
        self.status, self.version, self.headers, self.content = head
        self._pending, self._port, self._ident = pending, port, ident

    def iter_bytes(self) -> Iterator[bytes]:
        """The body as it arrives, still encoded as `content-encoding` says; what stops this closes the connection."""
        if self.content is not None:
            yield self.content
            return
        assert self._pending is not None
        try:
            while piece := self._pending.wait_body():
                yield piece
        except BaseException:
            self.close()
            raise

    async def aiter_bytes(self) -> AsyncIterator[bytes]:
        """As `iter_bytes`, on asyncio; the task's cancellation closes the connection too."""
        if self.content is not None:
            yield self.content
            return
        assert self._port is not None
        assert isinstance(self._pending, PendingRequest)
        try:
            while piece := await self._port.until(self._ident, self._pending.body):
                yield piece
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Give up what has not arrived; the connection is closed unless the body has ended."""
        if self._pending is not None:
            self._pending.cancel()


class Pool:
    """Connections by host, kept alive between requests. May be shared by threads and event loops, and survives fork.

    `verify`, `cert`, `trust_env`, `http1`, `http2`, `proxy` and `local_address` mean what they mean in httpx.
    `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` are followed when `trust_env` is on and `proxy` is not given.
    Raises ValueError for certificates or a proxy address that cannot be read.
    """

    def __init__(
        self,
        *,
        verify: VerifyTypes = True,
        cert: CertTypes | None = None,
        trust_env: bool = True,
        http1: bool = True,
        http2: bool = False,
        limits: Limits | None = None,
        proxy: str | None = None,
        local_address: str | None = None,
    ) -> None:
        limits = limits or Limits()
        self._native = ConnectionPool(
            verify=_roots(verify, trust_env),
            client_cert=_client_cert(cert),
            http1=http1,
            http2=http2,
            max_connections=limits.max_connections,
            max_connections_per_host=limits.max_connections_per_host,
            max_keepalive=limits.max_keepalive_connections,
            keepalive_expiry=limits.keepalive_expiry,
            proxy=proxy,
            trust_env=trust_env,
            local_address=local_address,
        )
        self._is_local = self._native.is_local

    def request(
        self,
        method: str,
        url: str,
        headers: Headers,
        content: bytes | Iterator[bytes] = b"",
        timeouts: Timeouts = Timeouts(),  # noqa: B008 - immutable
    ) -> Reply:
        """Send a request and wait for its head. Raises TransportFailure(httpx class name, message)."""
        if isinstance(content, bytes):
            if self._is_local:
                return Reply(*self._native.fetch(method, url, headers, content, timeouts))
            pending = self._native.start(method, url, headers, content, timeouts)
        else:
            pending = self._native.start(method, url, headers, b"", timeouts, upload=True)
            _upload(pending, content)
        return Reply(pending.wait_head(), pending)

    async def arequest(
        self,
        method: str,
        url: str,
        headers: Headers,
        content: bytes | AsyncIterator[bytes] = b"",
        timeouts: Timeouts = Timeouts(),  # noqa: B008 - immutable
    ) -> Reply:
        """As `request`, on asyncio; a cancelled request is given up and its connection closed."""
        port = _loop_port()
        ident = port.ident()
        whole = isinstance(content, bytes)
        body = content if isinstance(content, bytes) else b""
        pending = self._native.start(
            method, url, headers, body, timeouts, port=port.port, ident=ident, upload=not whole
        )
        try:
            if not isinstance(content, bytes):
                await _aupload(pending, content)
            head = await port.until(ident, pending.head)
        except BaseException:
            pending.cancel()
            raise
        return Reply(head, pending, port, ident)

    def close(self) -> None:
        """Close idle connections; requests under way go on, and later ones connect anew."""
        self._native.close()


def _upload(pending: PendingRequest, pieces: Iterator[bytes]) -> None:
    broken = True
    try:
        for piece in pieces:
            if not pending.try_push(piece):
                pending.push(piece)
        broken = False
    finally:
        pending.end_upload(broken)


async def _aupload(pending: PendingRequest, pieces: AsyncIterator[bytes]) -> None:
    broken = True
    try:
        async for piece in pieces:
            if not pending.try_push(piece):
                await asyncio.get_running_loop().run_in_executor(None, pending.push, piece)
        broken = False
    finally:
        pending.end_upload(broken)
