"""Keeps the catalog in step with the deployments and credentials in the database."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from litellm.proxy.catalog import Catalog, Deployment
from litellm.proxy.db.database import Database
from litellm.proxy.db.followed import Followed
from litellm.proxy.db.repositories import CredentialRepository, ModelRepository
from litellm.proxy.db.repository import Listing, Row
from litellm.proxy.secrecy import Secrecy

log = logging.getLogger("litellm.proxy.stored_models")

TOPIC = "models"


class StoredModels(Followed):
    """The catalog's share of them."""

    topic, things = TOPIC, "deployments"

    def __init__(self, database: Database, catalog: Catalog, secrecy: Secrecy) -> None:
        super().__init__(database)
        self._catalog, self._secrecy = catalog, secrecy

    async def load(self) -> None:
        """Serve what the database has now. Raises what an absent database raises."""
        async with self._database.read() as connection:
            rows, _ = await ModelRepository(connection).page(Listing(descending=False))
            credentials, _ = await CredentialRepository(connection).page(Listing())
        known = {row["credential_name"]: row["credential_values"] for row in credentials}
        found = (self.deployment(row, known) for row in rows)
        self._catalog.store([deployment for deployment in found if deployment is not None])

    def deployment(self, row: Row, credentials: Mapping[str, Any]) -> Deployment | None:
        """A row as the router takes it, its credential's values filled in; None when it cannot be decrypted."""
        try:
            params = self._secrecy.decrypt_all(row["litellm_params"] or {})
            name = params.pop("litellm_credential_name", None)
            if name is not None and name in credentials:
                params = self._secrecy.decrypt_all(credentials[name]) | params
        except ValueError as error:
            log.error("the stored deployment %s is left out: %s", row["model_id"], error)
            return None
        info = {**(row["model_info"] or {}), "id": row["model_id"], "db_model": True}
        entry = {"model_name": row["model_name"], "litellm_params": params, "model_info": info}
        return entry | ({"blocked": True} if row["blocked"] else {})
