"""An HTTP/2 server on loopback: echoes bodies, counts connections."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import h2.config
import h2.connection
import h2.events


@dataclass
class Http2Server:
    """Where it listens, and what it saw."""

    port: int
    connections: int = 0
    resets: list[int] = field(default_factory=list)


@contextmanager
def serve_http2(context: ssl.SSLContext | None = None) -> Iterator[Http2Server]:
    """Serve until the block ends; with a TLS context, HTTP/2 by ALPN."""
    if context is not None:
        context.set_alpn_protocols(["h2"])
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Http2Server(listener.getsockname()[1])
        thread = threading.Thread(target=_accept, args=(listener, server, context), daemon=True)
        thread.start()
        yield server
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def _accept(listener: socket.socket, server: Http2Server, context: ssl.SSLContext | None) -> None:
    while True:
        try:
            accepted, _ = listener.accept()
        except OSError:
            return
        server.connections += 1
        threading.Thread(target=_serve, args=(accepted, server, context), daemon=True).start()


def _serve(accepted: socket.socket, server: Http2Server, context: ssl.SSLContext | None) -> None:
    with context.wrap_socket(accepted, server_side=True) if context else accepted as connected:
        protocol = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False, header_encoding="utf-8"))
        protocol.initiate_connection()
        connected.sendall(protocol.data_to_send())
        paths: dict[int, str] = {}
        bodies: dict[int, bytes] = {}
        try:
            while data := connected.recv(65536):
                for event in protocol.receive_data(data):
                    _answer(event, protocol, server, paths, bodies)
                connected.sendall(protocol.data_to_send())
        except OSError:
            return


def _answer(
    event: h2.events.Event,
    protocol: h2.connection.H2Connection,
    server: Http2Server,
    paths: dict[int, str],
    bodies: dict[int, bytes],
) -> None:
    if isinstance(event, h2.events.RequestReceived):
        paths[event.stream_id] = dict(event.headers)[":path"]
        bodies[event.stream_id] = b""
    elif isinstance(event, h2.events.DataReceived):
        bodies[event.stream_id] += event.data
        protocol.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
    elif isinstance(event, h2.events.StreamReset):
        server.resets.append(event.stream_id)
    elif isinstance(event, h2.events.StreamEnded) and paths[event.stream_id] != "/silent":
        protocol.send_headers(event.stream_id, [(":status", "200"), ("x-path", paths[event.stream_id])])
        body, frame = bodies[event.stream_id], protocol.max_outbound_frame_size
        for at in range(0, len(body), frame):
            protocol.send_data(event.stream_id, body[at : at + frame])
        protocol.end_stream(event.stream_id)
