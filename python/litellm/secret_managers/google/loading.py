"""google-auth's credentials for what a user gives: JSON of any kind, or nothing for those of the machine."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from litellm.secret_managers.aws.credentials import credential_cache
from litellm.secret_managers.aws.settings import ARGUMENTS, settings_of

SCOPES = ("https://www.googleapis.com/auth/cloud-platform",)
INSTALL = "Vertex AI needs google-auth: pip install 'litellm-rust-gateway[google]'"
_AWS_TOKEN = "urn:ietf:params:aws:token-type:aws4_request"


class NoToken(Exception):
    """No access token: no credentials were found, or Google refused them. Stands for a 401."""

    status_code = 401

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class VertexBase:
    """How credentials are made; calls to Vertex AI get theirs by these methods. None of them fetches a token."""

    def load_auth(self, credentials: Any, project_id: str | None = None) -> tuple[Any, str | None]:
        """google-auth's credentials for `credentials` (JSON, a dict or None), and their project unless one is given.

        Raises `NoToken` when there are none, or of no known kind.
        """
        try:
            import google.auth.exceptions
        except ImportError as error:
            raise NoToken(INSTALL) from error
        try:
            if credentials is None:
                found, project = self._credentials_from_default_auth(list(SCOPES))
            else:
                info = json.loads(credentials) if isinstance(credentials, (str, bytes)) else dict(credentials)
                found = self._of_kind(info, list(SCOPES))
                project = info.get("project_id") or info.get("quota_project_id")
        except (google.auth.exceptions.GoogleAuthError, ValueError, KeyError) as error:
            raise NoToken(f"Google credentials: {error}") from error
        return found, project_id or project

    def _of_kind(self, info: Mapping[str, Any], scopes: list[str]) -> Any:
        kind = info.get("type")
        if kind == "service_account":
            return self._credentials_from_service_account(info, scopes)
        if kind == "authorized_user":
            return self._credentials_from_authorized_user(info, scopes)
        if kind == "impersonated_service_account":
            from google.auth import impersonated_credentials

            return impersonated_credentials.Credentials.from_impersonated_service_account_info(info, scopes=scopes)
        if kind == "external_account_authorized_user":
            from google.auth import external_account_authorized_user

            return external_account_authorized_user.Credentials.from_info(info, scopes=scopes)
        if kind == "external_account":
            return self._workload_identity(info, scopes)
        raise NoToken(f"vertex_credentials: a 'type' of {kind!r} is not known")

    def _workload_identity(self, info: Mapping[str, Any], scopes: list[str]) -> Any:
        if info.get("subject_token_type") == _AWS_TOKEN:
            aws = VertexAIAwsWifAuth.extract_aws_params(info)
            if aws:
                return VertexAIAwsWifAuth.credentials_from_explicit_aws(info, aws, scopes)
            return self._credentials_from_identity_pool_with_aws(info, scopes)
        if "executable" in (info.get("credential_source") or {}):
            return self._credentials_from_pluggable(info, scopes)
        return self._credentials_from_identity_pool(info, scopes)

    def _credentials_from_service_account(self, json_obj: Mapping[str, Any], scopes: Sequence[str]) -> Any:
        from google.oauth2 import service_account

        return service_account.Credentials.from_service_account_info(json_obj, scopes=scopes)

    def _credentials_from_authorized_user(self, json_obj: Mapping[str, Any], scopes: Sequence[str]) -> Any:
        from google.oauth2 import credentials

        return credentials.Credentials.from_authorized_user_info(json_obj, scopes=scopes)

    def _credentials_from_identity_pool(self, json_obj: Mapping[str, Any], scopes: Sequence[str]) -> Any:
        from google.auth import identity_pool

        return identity_pool.Credentials.from_info(json_obj, scopes=scopes)

    def _credentials_from_pluggable(self, json_obj: Mapping[str, Any], scopes: Sequence[str]) -> Any:
        from google.auth import pluggable

        return pluggable.Credentials.from_info(json_obj, scopes=scopes)

    def _credentials_from_identity_pool_with_aws(self, json_obj: Mapping[str, Any], scopes: Sequence[str]) -> Any:
        from google.auth import aws

        return aws.Credentials.from_info(json_obj, scopes=scopes)

    def _credentials_from_default_auth(self, scopes: Sequence[str]) -> tuple[Any, str | None]:
        import google.auth

        from litellm.secret_managers.google.transport import HttpxRequest

        found, project = google.auth.default(scopes=list(scopes), request=HttpxRequest())
        return found, project


class VertexAIAwsWifAuth:
    """Workload identity by AWS credentials that the JSON itself names (`aws_role_name`, `aws_region_name`, …)."""

    @staticmethod
    def extract_aws_params(json_obj: Mapping[str, Any]) -> dict[str, str]:
        """The `aws_*` settings in the JSON, as calls to Bedrock have them; empty without any."""
        return {name: str(json_obj[name]) for name in ARGUMENTS if json_obj.get(name)}

    @staticmethod
    def credentials_from_explicit_aws(
        json_obj: Mapping[str, Any], aws_params: Mapping[str, Any], scopes: Sequence[str]
    ) -> Any:
        """Google's credentials, exchanged for AWS's by these settings. Raises `ValueError` without a region."""
        from google.auth import aws

        settings = settings_of(aws_params)
        if not settings.region_name:
            raise ValueError("aws_region_name: needed with the other aws_ settings")

        class Supplier(aws.AwsSecurityCredentialsSupplier):  # type: ignore[misc]
            def get_aws_security_credentials(self, context: Any, request: Any) -> Any:
                found = credential_cache.resolve(settings).get_frozen_credentials()
                return aws.AwsSecurityCredentials(found.access_key, found.secret_key, found.token)

            def get_aws_region(self, context: Any, request: Any) -> str:
                return str(settings.region_name)

        own = {*ARGUMENTS, "credential_source"}
        kept = {name: value for name, value in json_obj.items() if name not in own}
        return aws.Credentials.from_info({**kept, "aws_security_credentials_supplier": Supplier()}, scopes=list(scopes))
