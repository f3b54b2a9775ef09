from collections.abc import Callable, Iterable, Sequence
from typing import final

__all__ = [
    "ENCODINGS",
    "TRANSPORT_FAILURES",
    "ConnectionPool",
    "EventStreamSplitter",
    "NativeEncoding",
    "PendingRequest",
    "RoutingTable",
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

@final
class RoutingTable:
    def __new__(
        cls,
        seed: int | None = None,
        *,
        clock: Callable[[], float] | None = None,
        latency_buffer: float = 0.0,
        latency_samples: int = 10,
        latency_ttl_s: float = 3600.0,
        ttft_percentile: float | None = None,
    ) -> RoutingTable: ...
    def add(
        self,
        group: str,
        deployment_id: str,
        *,
        weight: float | None = None,
        rpm: float | None = None,
        tpm: float | None = None,
        max_parallel_requests: int | None = None,
        order: int | None = None,
        input_cost: float | None = None,
        output_cost: float | None = None,
        tags: Iterable[str] | None = None,
    ) -> int: ...
    def set_weight(self, deployment_id: str, weight: float | None) -> None: ...
    def remove(self, deployment_id: str) -> bool: ...
    def pick(
        self,
        group: str,
        strategy: str,
        *,
        tokens: int = 0,
        exclude: Iterable[str] | None = None,
        among: Iterable[str] | None = None,
        tags: Iterable[str] | None = None,
        match_any: bool = True,
        stream: bool = False,
        reserve: bool = True,
    ) -> str | None: ...
    def reserve(self, deployment_id: str) -> bool: ...
    def release(self, deployment_id: str) -> bool: ...
    def report(
        self,
        deployment_id: str,
        *,
        ok: bool,
        latency_s: float | None = None,
        ttft_s: float | None = None,
        tokens: int = 0,
        completion_tokens: int = 0,
        timed_out: bool = False,
    ) -> tuple[int, int] | None: ...
    def cool_down(self, deployment_id: str, seconds: float) -> bool: ...
    def cooling(self) -> list[tuple[str, float]]: ...
    def set_healthy(self, deployment_id: str, healthy: bool) -> bool: ...
    def usage(self, deployment_id: str) -> tuple[int, int]: ...
    def stats(self, deployment_id: str) -> dict[str, float]: ...
    def __len__(self) -> int: ...
    def _after_fork(self) -> None: ...

ENCODINGS: list[str]

@final
class NativeEncoding:
    def __new__(cls, name: str) -> NativeEncoding: ...
    @property
    def name(self) -> str: ...
    def count(self, text: str) -> int: ...
    def count_many(self, texts: Sequence[str]) -> list[int]: ...
    def encode(self, text: str) -> list[int]: ...
    def decode_bytes(self, tokens: Sequence[int]) -> bytes: ...
    def truncate(self, text: str, max_tokens: int) -> str: ...
    def ranks(self) -> dict[bytes, int]: ...
