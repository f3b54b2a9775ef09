from collections.abc import Sequence
from typing import final

__all__ = ["__version__"]
__all__ = [
    "TRANSPORT_FAILURES",
    "ConnectionPool",
    "EventStreamSplitter",
    "PendingRequest",
    "SSESplitter",
    "TransportFailure",
    "WakePort",
    "__version__",
]

__version__: str

TRANSPORT_FAILURES: list[str]

class TransportFailure(Exception): ...

@final
class WakePort:
    def __new__(cls) -> WakePort: ...
    def fileno(self) -> int: ...
    def drain(self) -> list[int]: ...

@final
class ConnectionPool:
    def __new__(
        cls,
        *,
        verify: bool | bytes | list[bytes],
        client_cert: bytes | None,
        http1: bool,
        http2: bool,
        max_connections: int | None,
        max_connections_per_host: int | None,
        max_keepalive: int | None,
        keepalive_expiry: float | None,
        proxy: str | None,
        trust_env: bool,
        local_address: str | None,
    ) -> ConnectionPool: ...
    def start(
        self,
        method: str,
        url: str,
        headers: Sequence[tuple[bytes, bytes]],
        body: bytes,
        timeouts: tuple[float | None, float | None, float | None, float | None],
        *,
        port: WakePort | None = None,
        ident: int = 0,
        upload: bool = False,
    ) -> PendingRequest: ...
    def close(self) -> None: ...

@final
class PendingRequest:
    def head(self) -> tuple[int, str, list[tuple[bytes, bytes]], bytes | None] | None: ...
    def body(self) -> bytes | None: ...
    def wait_head(self) -> tuple[int, str, list[tuple[bytes, bytes]], bytes | None]: ...
    def wait_body(self) -> bytes: ...
    def try_push(self, piece: bytes) -> bool: ...
    def push(self, piece: bytes) -> None: ...
    def end_upload(self, broken: bool = False) -> None: ...
    def cancel(self) -> None: ...

@final
class SSESplitter:
    def __new__(cls, *, max_event_bytes: int = 16777216) -> SSESplitter: ...
    def feed(self, data: bytes) -> list[tuple[str, str]]: ...
    def finish(self) -> tuple[str, str] | None: ...

@final
class EventStreamSplitter:
    def __new__(cls, *, max_frame_bytes: int = 25165824) -> EventStreamSplitter: ...
    @property
    def unfinished(self) -> bool: ...
    def feed(self, data: bytes) -> list[tuple[dict[str, str], bytes]]: ...
