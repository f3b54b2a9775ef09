"""`/credentials/migrate-encryption`, `/credentials/{credential_name}/jwks`."""

from __future__ import annotations

import json
from typing import Any

from litellm.proxy.db.repositories import CredentialRepository, ModelRepository
from litellm.proxy.db.repository import Listing, Repository, Row
from litellm.proxy.guarded_router import guarded_router
from litellm.proxy.management_endpoints.common.context import InContext, not_found
from litellm.proxy.management_endpoints.credential.service import TABLE
from litellm.proxy.secrecy import Secrecy
from litellm.proxy.stored_models import TOPIC

router = guarded_router("credential management")
_PEM = "-----BEGIN "


@router.get("/credentials/migrate-encryption/check")
async def check_encryption(context: InContext) -> dict[str, Any]:
    """How many stored secrets this process's key opens, and how many it does not."""
    async with context.read() as connection:
        found = await _examined(context, connection)
    return {"status": "success", "readable": found["readable"], "unreadable": found["unreadable"]}


@router.post("/credentials/migrate-encryption")
async def migrate_encryption(context: InContext, dry_run: bool = False) -> dict[str, Any]:
    """Encrypt every secret that can be read anew, with this process's key."""
    async with context.write() as transaction:
        found = await _examined(context, transaction.connection)
        if not dry_run:
            for repository, column, rows in found["rows"]:
                for key, values in rows:
                    await repository.change(key, {column: Secrecy(context.state.master_key).encrypt_all(values)})
            transaction.changed(TOPIC)
            await context.audit(transaction, "updated", TABLE, "encryption")
    return {"status": "success", "dry_run": dry_run, "migrated": found["readable"], "unreadable": found["unreadable"]}


async def _examined(context: InContext, connection: Any) -> dict[str, Any]:
    secrecy = Secrecy(context.state.master_key)
    readable, unreadable, found = 0, [], []
    for repository, column in (
        (CredentialRepository(connection), "credential_values"), (ModelRepository(connection), "litellm_params"),
    ):  # fmt: skip
        rows, _ = await _all(repository)
        opened = []
        for row in rows:
            try:
                opened.append((row[repository.key], secrecy.decrypt_all(row[column] or {})))
                readable += 1
            except ValueError:
                unreadable.append(str(row[repository.key]))
        found.append((repository, column, opened))
    return {"readable": readable, "unreadable": unreadable, "rows": found}


async def _all(repository: Repository) -> tuple[list[Row], int]:
    return await repository.page(Listing())


@router.get("/credentials/{credential_name}/jwks")
async def credential_jwks(credential_name: str, context: InContext) -> dict[str, Any]:
    """The public half of a credential's private keys, for who checks what they sign."""
    async with context.read() as connection:
        row = await CredentialRepository(connection).get(credential_name)
    values = Secrecy(context.state.master_key).decrypt_all(row["credential_values"] or {}) if row else {}
    keys = [_public(name, value) for name, value in values.items() if isinstance(value, str) and _PEM in value]
    if not any(keys):
        raise not_found("credential with a private key", "credential_name")
    return {"keys": [key for key in keys if key]}


def _public(name: str, pem: str) -> dict[str, Any] | None:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

    try:
        public = load_pem_private_key(pem.encode(), None).public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    kind = type(public).__name__
    algorithm = RSAAlgorithm if "RSA" in kind else ECAlgorithm if "EllipticCurve" in kind else OKPAlgorithm
    return {**json.loads(algorithm.to_jwk(public)), "kid": name, "use": "sig"}  # type: ignore[arg-type]
