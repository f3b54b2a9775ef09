"""Where an AWS service is, and for which region a request is signed."""

from __future__ import annotations

import os
from collections.abc import Mapping

from litellm.llms.wire import WireError
from litellm.secret_managers.aws.settings import REFERENCE, AwsSettings, checked_region, environment_region

DEFAULT_REGION = "us-west-2"
"""LiteLLM's default for Bedrock."""
_PARTITIONS: Mapping[str, str] = {"cn-": "amazonaws.com.cn", "us-iso-": "c2s.ic.gov", "us-isob-": "sc2s.sgov.gov"}


def region_for(settings: AwsSettings, named: str | None = None, default: str = DEFAULT_REGION) -> str:
    """The call's region, else the one that its model name asks for, else the environment's.

    Raises `WireError` (status 400) for one that is no region's name.
    """
    region = settings.region_name or named or environment_region() or _profile_region(settings) or default
    try:
        return checked_region(region)
    except ValueError as error:
        raise WireError(str(error), status=400) from error


def _profile_region(settings: AwsSettings) -> str | None:
    """The region of the profile that the call names, when botocore is there to read it."""
    if settings.profile_name is None:
        return None
    try:
        import botocore.session
        from botocore.exceptions import BotoCoreError
    except ImportError:
        return None
    try:
        region: str | None = botocore.session.Session(profile=settings.profile_name).get_config_variable("region")
    except BotoCoreError:
        return None
    return region


def service_address(service: str, region: str) -> str:
    """`https://<service>.<region>.<domain of the region's partition>`."""
    domain = next((name for start, name in _PARTITIONS.items() if region.startswith(start)), "amazonaws.com")
    return f"https://{service}.{region}.{domain}"


def endpoint(given: str | None, variable: str, service: str, region: str) -> str:
    """The base address: the call's, else the environment variable's, else AWS's own. Without a trailing slash."""
    if given and given.startswith(REFERENCE):
        given = os.environ.get(given.removeprefix(REFERENCE))
    return (given or os.environ.get(variable) or service_address(service, region)).rstrip("/")
