"""A cache in an object store: Amazon S3, Google Cloud Storage, or Azure Blob Storage.

One object a value, as JSON; when it expires is among its metadata. Signing in is as for the models of each cloud.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import quote

from litellm.caching.base_cache import BaseCache
from litellm.llms.custom_httpx.clients import TLSSettings, pool

TIMEOUT_S = 10.0
MISSING = frozenset({403, 404})  # without the right to list, S3 answers 403 for what is not there


class Signer(Protocol):
    """Adds what proves who asks."""

    def sign(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, str]: ...
    async def async_sign(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, str]: ...


@dataclass(frozen=True)
class Store:
    """A bucket or container: its URL, its signer, and the headers of its dialect."""

    url: str
    signer: Signer
    expires_header: str
    headers: Mapping[str, str] = field(default_factory=dict)
    put_headers: Mapping[str, str] = field(default_factory=dict)
    verify: TLSSettings = True


def s3_store(options: Mapping[str, Any]) -> Store:
    """The bucket of `s3_bucket_name` and the other `s3_*` options. Raises ValueError when a name is missing."""
    from litellm.secret_managers.aws.settings import AwsSettings, environment_region
    from litellm.secret_managers.aws.signer import AwsSigner

    bucket = _needed(options, "s3_bucket_name")
    region = options.get("s3_region_name") or environment_region() or "us-east-1"
    scheme = "https" if options.get("s3_use_ssl", True) else "http"
    base = options.get("s3_endpoint_url") or f"{scheme}://s3.{region}.amazonaws.com"
    settings = AwsSettings(
        access_key_id=options.get("s3_aws_access_key_id"),
        secret_access_key=options.get("s3_aws_secret_access_key"),
        session_token=options.get("s3_aws_session_token"),
        region_name=region,
    )
    verify = options.get("s3_verify")
    return Store(
        _joined(base, bucket, options.get("s3_path")),
        _S3Signer(AwsSigner(settings, "s3", region)),
        "x-amz-meta-expires",
        verify=True if verify is None else verify,
    )


def gcs_store(options: Mapping[str, Any]) -> Store:
    """The bucket of `gcs_bucket_name`, as the service account whose file `gcs_path_service_account` names."""
    from litellm.secret_managers.google.settings import google_settings
    from litellm.secret_managers.google.signer import GoogleSigner

    bucket = options.get("gcs_bucket_name") or os.environ.get("GCS_BUCKET_NAME") or _needed(options, "gcs_bucket_name")
    account = options.get("gcs_path_service_account") or os.environ.get("GCS_PATH_SERVICE_ACCOUNT")
    base = options.get("gcs_endpoint_url") or "https://storage.googleapis.com"
    signer = GoogleSigner(google_settings({"vertex_credentials": account}))
    return Store(_joined(base, bucket, options.get("gcs_path")), signer, "x-goog-meta-expires")


def azure_store(options: Mapping[str, Any]) -> Store:
    """The container `azure_blob_container` of `azure_account_url`, signed in with Entra ID."""
    from litellm.secret_managers.azure.signer import EntraSigner, Principal, token_source

    account, container = _needed(options, "azure_account_url"), _needed(options, "azure_blob_container")
    provider = options.get("azure_ad_token_provider") or token_source(
        Principal(
            tenant_id=os.environ.get("AZURE_TENANT_ID"),
            client_id=os.environ.get("AZURE_CLIENT_ID"),
            client_secret=os.environ.get("AZURE_CLIENT_SECRET"),
            username=None,
            password=None,
            scope="https://storage.azure.com/.default",
        )
    )
    version = {"x-ms-version": "2021-08-06"}
    return Store(
        _joined(account, container, None),
        EntraSigner(provider),
        "x-ms-meta-expires",
        headers=version,
        put_headers={"x-ms-blob-type": "BlockBlob"},
    )


class _S3Signer:
    """S3 wants the hash of the body among the signed headers."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer

    def sign(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
        return {**headers, **self._signer.sign(method, url, _hashed(headers, body), body)}

    async def async_sign(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
        return {**headers, **await self._signer.async_sign(method, url, _hashed(headers, body), body)}


def _hashed(headers: Mapping[str, str], body: bytes) -> dict[str, str]:
    return {**headers, "x-amz-content-sha256": hashlib.sha256(body).hexdigest()}


def _needed(options: Mapping[str, Any], name: str) -> str:
    value = options.get(name)
    if not value:
        raise ValueError(f"cache: {name!r} is missing")
    return str(value)


def _joined(*parts: str | None) -> str:
    return "/".join(part.strip("/") for part in parts if part)


class ObjectStoreCache(BaseCache):
    """Values in a `Store`. Without a `ttl` they do not expire. A refusal raises httpx's error."""

    def __init__(self, store: Store, default_ttl: float | None = None) -> None:
        super().__init__(default_ttl)
        self._store = store

    def _url(self, key: str) -> str:
        return f"{self._store.url}/{quote(key.replace(':', '/'), safe='/')}"

    def _put(self, value: Any, **kwargs: Any) -> tuple[dict[str, str], bytes]:
        ttl = self.get_ttl(**kwargs)
        headers = {**self._store.headers, **self._store.put_headers, "content-type": "application/json"}
        if ttl is not None:
            headers[self._store.expires_header] = f"{time.time() + ttl:.3f}"
        return headers, json.dumps(value).encode()

    def _value(self, response: Any) -> Any:
        if response.status_code in MISSING:
            return None
        response.raise_for_status()
        try:
            expires = response.headers.get(self._store.expires_header)
            if expires is not None and float(expires) <= time.time():
                return None
            return json.loads(response.content)
        except ValueError:
            return None

    def _send(self, method: str, key: str, headers: dict[str, str], body: bytes = b"") -> Any:
        url = self._url(key)
        signed = self._store.signer.sign(method, url, headers, body)
        client = pool.sync(self._store.verify)
        return client.request(method, url, headers=signed, content=body, timeout=TIMEOUT_S)

    async def _asend(self, method: str, key: str, headers: dict[str, str], body: bytes = b"") -> Any:
        url = self._url(key)
        signed = await self._store.signer.async_sign(method, url, headers, body)
        client = pool.asynchronous(self._store.verify)
        return await client.request(method, url, headers=signed, content=body, timeout=TIMEOUT_S)

    def set_cache(self, key: str, value: Any, **kwargs: Any) -> None:
        """Keep `value` under `key`."""
        self._send("PUT", key, *self._put(value, **kwargs)).raise_for_status()

    def get_cache(self, key: str, **kwargs: Any) -> Any:
        """The value under `key`; None when there is none, it has expired, or it is not JSON."""
        return self._value(self._send("GET", key, dict(self._store.headers)))

    def delete_cache(self, key: str) -> None:
        """Forget `key`."""
        self._send("DELETE", key, dict(self._store.headers))

    async def async_set_cache(self, key: str, value: Any, **kwargs: Any) -> None:
        """As `set_cache`."""
        (await self._asend("PUT", key, *self._put(value, **kwargs))).raise_for_status()

    async def async_get_cache(self, key: str, **kwargs: Any) -> Any:
        """As `get_cache`."""
        return self._value(await self._asend("GET", key, dict(self._store.headers)))

    async def async_delete_cache(self, key: str) -> None:
        """As `delete_cache`."""
        await self._asend("DELETE", key, dict(self._store.headers))
