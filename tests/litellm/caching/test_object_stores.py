"""Caches in object stores, over HTTP to a store that keeps objects in memory."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from litellm.caching import object_store_cache
from litellm.caching.caching import Cache
from litellm.caching.object_store_cache import ObjectStoreCache, azure_store

ASKED = {"model": "m", "messages": [{"role": "user", "content": "Say hello."}]}
ANSWER = {"id": "1", "choices": [{"index": 0}]}


class Store(BaseHTTPRequestHandler):
    """PUT, GET and DELETE, with the metadata that came along."""

    objects: dict[str, tuple[dict[str, str], bytes]]
    seen: list[dict[str, str]]

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        kept = {name.lower(): value for name, value in self.headers.items()}
        self.seen.append(kept)
        self.objects[self.path] = ({name: value for name, value in kept.items() if "-meta-" in name}, body)
        self._answer(200, {}, b"")

    def do_GET(self) -> None:
        found = self.objects.get(self.path)
        self._answer(404, {}, b"<Error/>") if found is None else self._answer(200, *found)

    def do_DELETE(self) -> None:
        self.objects.pop(self.path, None)
        self._answer(204, {}, b"")

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in {**headers, "content-length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture
def store() -> Iterator[tuple[str, type[Store]]]:
    handler = type("Fresh", (Store,), {"objects": {}, "seen": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", handler
    server.shutdown()
    server.server_close()
    thread.join()


def s3(base: str, **more: Any) -> Cache:
    keys = {"s3_aws_access_key_id": "AKIA", "s3_aws_secret_access_key": "secret"}
    return Cache(type="s3", s3_bucket_name="bucket", s3_region_name="eu-west-1", s3_endpoint_url=base, **keys, **more)


async def test_s3_keeps_and_signs(store: tuple[str, type[Store]]) -> None:
    base, handler = store
    cache = s3(base, s3_path="llm", namespace="team")
    assert cache.get_cache(**ASKED) is None
    cache.add_cache(ANSWER, **ASKED)
    assert cache.get_cache(**ASKED) == await cache.async_get_cache(**ASKED) == ANSWER
    (path,) = handler.objects
    assert path.startswith("/bucket/llm/team/")
    signature = handler.seen[0]["authorization"]
    assert "AWS4-HMAC-SHA256" in signature
    assert "/eu-west-1/s3/aws4_request" in signature
    await cache.delete_cache_keys([cache.get_cache_key(**ASKED)])
    assert await cache.async_get_cache(**ASKED) is None


async def test_what_expired_or_is_no_json_is_a_miss(store: tuple[str, type[Store]]) -> None:
    base, handler = store
    cache = s3(base)
    await cache.async_add_cache(ANSWER, **ASKED, cache={"ttl": -1})
    assert await cache.async_get_cache(**ASKED) is None
    await cache.async_add_cache(ANSWER, **ASKED, cache={"ttl": 60})
    assert await cache.async_get_cache(**ASKED) == ANSWER
    for path, (headers, _) in list(handler.objects.items()):
        handler.objects[path] = (headers, b"\xff not json")
    assert await cache.async_get_cache(**ASKED) is None


async def test_azure_blobs(store: tuple[str, type[Store]]) -> None:
    base, handler = store
    cache = ObjectStoreCache(
        azure_store({"azure_account_url": base, "azure_blob_container": "c", "azure_ad_token_provider": lambda: "tok"})
    )
    await cache.async_set_cache("k", {"a": 1})
    assert cache.get_cache("k") == {"a": 1}
    assert list(handler.objects) == ["/c/k"]
    assert handler.seen[0]["authorization"] == "Bearer tok"
    assert handler.seen[0]["x-ms-blob-type"] == "BlockBlob"


async def test_google_cloud_storage(store: tuple[str, type[Store]], monkeypatch: pytest.MonkeyPatch) -> None:
    base, handler = store

    class Signed:
        def __init__(self, *_: Any) -> None:
            """As any account."""

        def sign(self, method: str, url: str, headers: Any, body: bytes) -> dict[str, str]:
            return {**headers, "authorization": "Bearer tok"}

    monkeypatch.setattr("litellm.secret_managers.google.signer.GoogleSigner", Signed)
    cache = ObjectStoreCache(object_store_cache.gcs_store({"gcs_bucket_name": "b", "gcs_endpoint_url": base}))
    cache.set_cache("k", [1], ttl=60)
    assert cache.get_cache("k") == [1]
    cache.delete_cache("k")
    assert handler.objects == {}


def test_a_missing_name_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="s3_bucket_name"):
        Cache(type="s3")


def test_a_store_that_is_away_is_a_miss() -> None:
    assert s3("http://127.0.0.1:9").get_cache(**ASKED) is None
