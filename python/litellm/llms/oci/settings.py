"""Where a call to Oracle's Generative AI goes and who signs it: by arguments, else by the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from litellm.llms.wire import Signer, WireError
from litellm.secret_managers.oci import OciSigner

API = "/20231130/actions"
REGION = "us-ashburn-1"
PREFIX = "oci_"


def setting(params: Mapping[str, Any], name: str) -> str | None:
    """The argument `oci_<name>`, or the variable `OCI_<NAME>`."""
    value = params.get(PREFIX + name) or os.environ.get(f"OCI_{name.upper()}")
    return str(value) if value else None


def signer(params: Mapping[str, Any]) -> Signer:
    """What signs the call: `oci_signer`, or the key of a user. Raises `WireError` (401) naming what is missing."""
    given = params.get("oci_signer")
    if given is not None and hasattr(given, "async_sign"):
        signing: Signer = given
        return signing
    parts = {name: setting(params, name) for name in ("tenancy", "user", "fingerprint")}
    pem, file = setting(params, "key"), setting(params, "key_file")
    if pem is None and file:
        try:
            pem = Path(file).expanduser().read_text()
        except OSError as error:
            raise WireError(f"oci_key_file: {file} cannot be read", status=401) from error
    missing = [f"oci_{name}" for name, value in parts.items() if value is None]
    if pem is None:
        missing.append("oci_key or oci_key_file")
    if missing or pem is None:
        raise WireError(f"Oracle Cloud: no {', '.join(missing)}", status=401)
    return OciSigner("/".join(str(value) for value in parts.values()), pem)


def scope(model: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """Compartment and serving mode of a request. Raises `WireError` (401) without a compartment."""
    compartment = setting(params, "compartment_id")
    if compartment is None:
        raise WireError("Oracle Cloud: no oci_compartment_id", status=401)
    mode = (params.get("oci_serving_mode") or "ON_DEMAND").upper()
    if mode == "DEDICATED":
        serving = {"servingType": mode, "endpointId": params.get("oci_endpoint_id") or model}
    else:
        serving = {"servingType": "ON_DEMAND", "modelId": model}
    return {"compartmentId": compartment, "servingMode": serving}


def action_url(api_base: str | None, params: Mapping[str, Any], action: str) -> str:
    """The address of `action` at `api_base`, else in the region."""
    base = (api_base or "").rstrip("/")
    if not base:
        region = setting(params, "region") or REGION
        base = f"https://inference.generativeai.{region}.oci.oraclecloud.com"
    return base if base.endswith(f"{API}/{action}") else f"{base.removesuffix(API)}{API}/{action}"


def body_params(params: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that are no settings."""
    return {name: value for name, value in params.items() if not name.startswith(PREFIX)}
