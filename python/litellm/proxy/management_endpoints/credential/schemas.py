"""Bodies of the credential routes."""

from __future__ import annotations

from typing import Any

from litellm.proxy.management_endpoints.common.fields import Fields, Id, Name


class CredentialFields(Fields):
    """What a credential has: parameters of a provider, such as `api_key` and `api_base`."""

    credential_name: Id | None = None
    display_name: Name | None = None
    credential_info: dict[str, Any] | None = None
    credential_values: dict[str, Any] | None = None


class NewCredentialRequest(CredentialFields):
    """POST /credentials."""

    credential_name: Id
    credential_values: dict[str, Any]
