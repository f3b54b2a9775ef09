"""Signature Version 4 on a request that is about to be sent."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from litellm.secret_managers.aws.credentials import NoCredentials, credential_cache
from litellm.secret_managers.aws.settings import AwsSettings

INSTALL = "Signing for AWS needs botocore: pip install 'litellm-rust-gateway[aws]'"


class AwsSigner:
    """Signs with the credentials of `settings`, for `service` in `region`. Makes no connection before it signs."""

    __slots__ = ("region", "service", "settings")

    def __init__(self, settings: AwsSettings, service: str, region: str) -> None:
        self.settings = settings
        self.service = service
        self.region = region

    def sign(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
        """`headers` with the signature. Waits for credentials that must be fetched.

        Raises `NoCredentials` when there are none, and what botocore raises when a source refuses.
        """
        return self._signed(_checked(credential_cache.resolve, self.settings), method, url, headers, body)

    async def async_sign(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
        """The same; credentials that must be fetched are fetched in a thread, so that the event loop goes on."""
        credentials = _checked(credential_cache.get, self.settings)
        if credentials is None:
            credentials = await asyncio.to_thread(_checked, credential_cache.resolve, self.settings)
        return self._signed(credentials, method, url, headers, body)

    def _signed(
        self, credentials: Any, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> dict[str, str]:
        from botocore.auth import SigV4Auth
        from botocore.awsrequest import AWSRequest

        frozen = credentials.get_frozen_credentials()
        if not frozen.access_key or not frozen.secret_key:
            raise NoCredentials("Unable to locate credentials: the source gave an empty key")
        signed = {name: value for name, value in headers.items() if name.lower() == "content-type"}
        request = AWSRequest(method=method, url=url, data=body, headers=signed)
        SigV4Auth(frozen, self.service, self.region).add_auth(request)
        return {**headers, **dict(request.headers.items())}


def _checked(source: Any, settings: AwsSettings) -> Any:
    try:
        return source(settings)
    except ImportError as error:
        raise NoCredentials(INSTALL) from error
