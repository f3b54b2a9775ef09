"""Real Redis in the shapes that it is run in: a cluster of three nodes; a master with a replica and a sentinel.

All speak TLS alone, with an authority of their own, and let the user `app` in. Both shapes start without waiting, so
that one waits while the other does.
"""

from __future__ import annotations

import contextlib
import random
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import redis
import trustme

USER, PASSWORD, SENTINEL_PASSWORD = "app", "secret", "watch"
SERVICE = "main"
_LET_IN = ["user default off", f"user {USER} on >{PASSWORD} ~* &* +@all"]
_SLOTS = ("0-5460", "5461-10922", "10923-16383")
# Below what systems give to outgoing connections, so that none of these takes a port before its server does.
_PORTS = range(20_000, 30_000)


def _free_port() -> int:
    while True:
        port = random.choice(_PORTS)
        with socket.socket() as free, contextlib.suppress(OSError):
            free.bind(("127.0.0.1", port))
            return port


def _until(ready: Callable[[], Any], longest_s: float = 60.0) -> None:
    end = time.monotonic() + longest_s
    while True:
        with contextlib.suppress(redis.RedisError):
            if ready():
                return
        assert time.monotonic() < end, "Redis is not ready"
        time.sleep(0.02)


class Certificates:
    """An authority of its own, and a certificate for this machine by it, as files."""

    def __init__(self, folder: Path) -> None:
        self.authority, self._cert, self._key = (str(folder / f"{name}.pem") for name in ("ca", "cert", "key"))
        authority = trustme.CA()
        issued = authority.issue_cert("localhost", "127.0.0.1")
        authority.cert_pem.write_to_path(self.authority)
        issued.cert_chain_pems[0].write_to_path(self._cert)
        issued.private_key_pem.write_to_path(self._key)

    def lines(self) -> list[str]:
        """What makes redis-server speak TLS alone."""
        return ["port 0", f"tls-cert-file {self._cert}", f"tls-key-file {self._key}",
                f"tls-ca-cert-file {self.authority}", "tls-auth-clients no", "tls-replication yes"]  # fmt: skip

    @property
    def trust(self) -> dict[str, Any]:
        """Arguments of a client that trusts the authority."""
        return {"ssl": True, "ssl_ca_certs": self.authority}


class _Servers:
    """Processes of redis-server, each with a configuration file."""

    def __init__(self, folder: Path, certificates: Certificates) -> None:
        self._folder = folder
        self._running: list[subprocess.Popen[bytes]] = []
        self._lines = certificates.lines()
        self.user: dict[str, Any] = {"username": USER, "password": PASSWORD, **certificates.trust}

    def run(self, name: str, lines: list[str], *more: str) -> subprocess.Popen[bytes]:
        path = self._folder / f"{name}.conf"
        always = [*self._lines, "bind 127.0.0.1", 'save ""', "appendonly no", f"dir {self._folder}", "loglevel warning"]
        path.write_text("\n".join([*always, *lines, ""]))
        process = subprocess.Popen(["redis-server", str(path), *more], stdout=subprocess.DEVNULL)
        self._running.append(process)
        return process

    def stop(self) -> None:
        """Kill what is left."""
        for process in self._running:
            process.kill()
            process.wait()


class RedisCluster(_Servers):
    """Three nodes, each with a third of the slots."""

    def __init__(self, folder: Path, certificates: Certificates) -> None:
        super().__init__(folder, certificates)
        self.ports = [_free_port() for _ in _SLOTS]
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Start every node."""
        self._folder.mkdir()
        buses = [_free_port() for _ in _SLOTS]
        names = [f"{number:040x}" for number in range(1, 4)]
        for me, port in enumerate(self.ports):
            known = [
                f"{name} 127.0.0.1:{self.ports[it]}@{buses[it]} {'myself,' if it == me else ''}master - 0 0 {it + 1}"
                f" connected {_SLOTS[it]}"
                for it, name in enumerate(names)
            ]
            nodes = self._folder / f"nodes-{me}.conf"
            nodes.write_text("\n".join([*known, "vars currentEpoch 3 lastVoteEpoch 0", ""]))
            at = [f"tls-port {port}", f"cluster-port {buses[me]}", f"cluster-config-file {nodes}"]
            lines = [*_LET_IN, *at, "cluster-enabled yes", "tls-cluster yes"]
            self.processes.append(self.run(f"node-{me}", lines))

    @property
    def settings(self) -> dict[str, Any]:
        """The arguments of a `RedisCache` on the cluster."""
        return {"startup_nodes": [{"host": "127.0.0.1", "port": port} for port in self.ports], **self.user}

    def wait(self) -> None:
        """Wait until every node takes writes."""
        for port in self.ports:
            with redis.Redis(port=port, retry=None, **self.user) as client:
                _until(lambda client=client: b"cluster_state:ok" in client.execute_command("CLUSTER", "INFO"))

    def held(self) -> list[list[str]]:
        """The keys that each node holds."""
        found = []
        for port in self.ports:
            with redis.Redis(port=port, decode_responses=True, **self.user) as client:
                found.append(list(client.scan_iter(count=1000)))
        return found


class WatchedRedis(_Servers):
    """A master and its replica, with TLS alone and the user `app`, and a sentinel, with TLS and a password."""

    def __init__(self, folder: Path, certificates: Certificates) -> None:
        super().__init__(folder, certificates)
        self._trust = certificates.trust
        self.port, self._replica, self.sentinel = _free_port(), _free_port(), _free_port()

    def start(self) -> None:
        """Start all three; waits for the replica, so that the sentinel hears of it at once."""
        self._folder.mkdir()
        common = [*_LET_IN, f"masteruser {USER}", f"masterauth {PASSWORD}", "repl-diskless-sync-delay 0"]
        self.master = self.run("master", [*common, f"tls-port {self.port}"])
        self.run("replica", [*common, f"tls-port {self._replica}", f"replicaof 127.0.0.1 {self.port}"])
        with redis.Redis(port=self.port, retry=None, **self.user) as client:
            _until(lambda: client.info("replication")["connected_slaves"] == 1)
        watch = [
            f"tls-port {self.sentinel}", f"requirepass {SENTINEL_PASSWORD}",
            f"sentinel monitor {SERVICE} 127.0.0.1 {self.port} 1", f"sentinel auth-user {SERVICE} {USER}",
            f"sentinel auth-pass {SERVICE} {PASSWORD}", f"sentinel failover-timeout {SERVICE} 3000",
            f"sentinel down-after-milliseconds {SERVICE} 600000",
        ]  # fmt: skip
        self.run("sentinel", watch, "--sentinel")

    @property
    def url(self) -> str:
        """The first master's address."""
        return f"rediss://{USER}:{PASSWORD}@localhost:{self.port}/0"

    @property
    def settings(self) -> dict[str, Any]:
        """The arguments of a `RedisCache` that goes by the sentinel."""
        return {
            "sentinel_nodes": [("127.0.0.1", self.sentinel)], "service_name": SERVICE,
            "sentinel_password": SENTINEL_PASSWORD, **self.user,
        }  # fmt: skip

    def _watching(self) -> redis.Redis:
        return redis.Redis(port=self.sentinel, password=SENTINEL_PASSWORD, retry=None, **self._trust)

    def wait(self) -> None:
        """Wait until the sentinel knows the replica, and that it follows."""
        with self._watching() as client:
            _until(lambda: any(int(each["slave-repl-offset"]) for each in client.sentinel_slaves(SERVICE)))

    def kill_master(self) -> None:
        """As a crash would, when the replica has what was written.

        The sentinel is patient until then: on a busy machine a master answers late.
        """
        with redis.Redis(port=self.port, retry=None, **self.user) as client:
            written = client.info("replication")["master_repl_offset"]
            _until(lambda: client.info("replication")["slave0"]["offset"] >= written)
        self.master.kill()
        self.master.wait()
        with self._watching() as client:
            client.sentinel_set(SERVICE, "down-after-milliseconds", 500)


@contextlib.contextmanager
def running(folder: Path) -> Iterator[tuple[RedisCluster, WatchedRedis]]:
    """All of it."""
    certificates = Certificates(folder)
    cluster, watched = RedisCluster(folder / "cluster", certificates), WatchedRedis(folder / "watched", certificates)
    try:
        cluster.start()
        watched.start()
        yield cluster, watched
    finally:
        watched.stop()
        cluster.stop()
