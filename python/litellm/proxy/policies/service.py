"""What the policy routes do with the policies of the database, and their versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from litellm.proxy.db.database import Transaction
from litellm.proxy.db.repositories import GuardrailRepository, PolicyAttachmentRepository, PolicyRepository
from litellm.proxy.db.repository import Row
from litellm.proxy.db.tables.columns import utc_now
from litellm.proxy.management_endpoints.common.context import Context, bad_request, not_found, plain
from litellm.proxy.policies.policy import Policy, first_problem, inheritance_problems, resolved
from litellm.proxy.policies.schemas import CreatePolicyRequest, UpdatePolicyRequest
from litellm.proxy.policies.stored import TOPIC, policy_of

TABLE = "LiteLLM_PolicyTable"
DRAFT, PUBLISHED, PRODUCTION = "draft", "published", "production"
_NEXT = {(DRAFT, PUBLISHED), (PUBLISHED, PRODUCTION), (PRODUCTION, PUBLISHED)}
_COPIED = ("inherit", "description", "guardrails_add", "guardrails_remove", "condition", "pipeline")
_EMPTY: Mapping[str, Any] = {"guardrails_add": [], "guardrails_remove": [], "condition": {}}


class PolicyService:
    """Policies. Those of the config are shown; the API changes only those of the database."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def listed(self, status: str | None) -> Row:
        """Every version, those of the config included where none of the database is in their place."""
        async with self._context.read() as connection:
            rows = await PolicyRepository(connection).find()
        taken = {row["policy_name"] for row in rows if row["version_status"] == PRODUCTION}
        config = [config_row(name, policy) for name, policy in self._context.state.policies.from_config.items()
                  if name not in taken]  # fmt: skip
        stored = sorted(rows, key=lambda row: (row["policy_name"], -row["version_number"]))
        shown = [row for row in [*config, *map(_shown, stored)] if status in (None, row["version_status"])]
        return {"policies": shown, "total_count": len(shown)}

    async def info(self, policy_id: str) -> Row:
        """One version, or a policy of the config by its name."""
        policy = self._context.state.policies.from_config.get(policy_id)
        async with self._context.read() as connection:
            row = await PolicyRepository(connection).get(policy_id)
        if row is not None:
            return _shown(row)
        if policy is None:
            raise not_found("policy", "policy_id")
        return config_row(policy_id, policy)

    async def guardrails(self, policy_id: str) -> Row:
        """The guardrails of a version with those that it inherits."""
        row = await self.info(policy_id)
        policies = {**self._context.state.policies.policies, row["policy_name"]: policy_of(row)}
        names = resolved(policies, row["policy_name"], None, any_model=True)
        return {"policy_id": policy_id, "policy_name": row["policy_name"], "resolved_guardrails": names}

    async def new(self, request: CreatePolicyRequest) -> Row:
        """A new policy, in force at once."""
        given = _columns(request)
        async with self._context.write() as transaction:
            rows = PolicyRepository(transaction.connection)
            if await rows.first(policy_name=request.policy_name) is not None:
                raise bad_request("policy_name: there is such a policy already", "policy_name")
            row = {**_EMPTY, **given, "policy_name": request.policy_name, "version_number": 1,
                   "version_status": PRODUCTION, "production_at": utc_now(), **self._by("created_by")}  # fmt: skip
            await self._check(transaction, row)
            made = await rows.add(row)
            await self._note(transaction, "created", None, made)
        return _shown(made)

    async def change(self, policy_id: str, request: UpdatePolicyRequest) -> Row:
        """Change what is given of a version."""
        given = _columns(request)
        async with self._context.write() as transaction:
            rows = PolicyRepository(transaction.connection)
            before = await self._stored(rows, policy_id)
            if request.policy_name not in (None, before["policy_name"]):
                await self._check_rename(transaction, before, str(request.policy_name))
                given["policy_name"] = request.policy_name
            await self._check(transaction, {**before, **given})
            after = await rows.change(policy_id, {**given, **self._by()})
            await self._note(transaction, "updated", before, after)
        return _shown(after or before)

    async def delete(self, policy_id: str) -> Row:
        """Delete a version."""
        async with self._context.write() as transaction:
            rows = PolicyRepository(transaction.connection)
            before = await self._stored(rows, policy_id)
            if before["version_status"] == PRODUCTION:
                await self._check_heirs(transaction, before["policy_name"])
            await rows.remove([policy_id])
            left = await rows.versions(before["policy_name"])
            if left and not any(row["is_latest"] for row in left):
                await rows.change(left[0]["policy_id"], {"is_latest": True})
            await self._note(transaction, "deleted", before, None)
        return {"message": f"Policy {policy_id} deleted successfully"}

    async def delete_all(self, policy_name: str) -> Row:
        """Delete every version of a policy."""
        async with self._context.write() as transaction:
            rows = PolicyRepository(transaction.connection)
            versions = await rows.versions(policy_name)
            if not versions:
                raise not_found("policy", "policy_name")
            await self._check_heirs(transaction, policy_name)
            await rows.remove([row["policy_id"] for row in versions])
            for row in versions:
                await self._note(transaction, "deleted", row, None)
        return {"message": f"All versions of policy {policy_name} deleted successfully"}

    # Versions.

    async def versions(self, policy_name: str) -> Row:
        """A policy's versions, the newest first."""
        async with self._context.read() as connection:
            rows = await PolicyRepository(connection).versions(policy_name)
        if not rows:
            raise not_found("policy", "policy_name")
        return {"policy_name": policy_name, "versions": list(map(_shown, rows)), "total_count": len(rows)}

    async def draft(self, policy_name: str, source_id: str | None) -> Row:
        """A new version that is not in force, with what another has."""
        async with self._context.write() as transaction:
            rows = PolicyRepository(transaction.connection)
            versions = await rows.versions(policy_name)
            wanted = [row for row in versions if (row["policy_id"] == source_id if source_id
                                                  else row["version_status"] == PRODUCTION)]  # fmt: skip
            if not wanted:
                raise not_found("version of this policy", "source_policy_id" if source_id else "policy_name")
            for row in versions:
                await rows.change(row["policy_id"], {"is_latest": False})
            made = await rows.add({
                **{name: wanted[0][name] for name in _COPIED}, "policy_name": policy_name, "version_status": DRAFT,
                "version_number": versions[0]["version_number"] + 1, "parent_version_id": wanted[0]["policy_id"],
                **self._by("created_by"),
            })  # fmt: skip
            await self._note(transaction, "created", None, made)
        return _shown(made)

    async def move(self, policy_id: str, status: str) -> Row:
        """Publish a draft, put a published version into production, or take it out again."""
        async with self._context.write() as transaction:
            rows = PolicyRepository(transaction.connection)
            before = await self._stored(rows, policy_id)
            if (before["version_status"], status) not in _NEXT:
                message = f"version_status: {before['version_status']} does not become {status[:100]!r}"
                raise bad_request(message, "version_status")
            if status == PRODUCTION:
                await self._check(transaction, before)
                for row in await rows.versions(before["policy_name"]):
                    if row["version_status"] == PRODUCTION:
                        await rows.change(row["policy_id"], {"version_status": PUBLISHED})
            elif before["version_status"] == PRODUCTION:
                await self._check_heirs(transaction, before["policy_name"])
            moment = {"production_at": utc_now()} if status == PRODUCTION else {"published_at": utc_now()}
            after = await rows.change(policy_id, {"version_status": status, **moment, **self._by()})
            await self._note(transaction, "updated", before, after)
        return _shown(after or before)

    async def compare(self, first: str, second: str) -> Row:
        """Two versions, and what differs."""
        rows = [await self.info(first), await self.info(second)]
        pairs = {name: (rows[0][name], rows[1][name]) for name in _COPIED}
        diffs = {name: {"version_a": a, "version_b": b} for name, (a, b) in pairs.items() if a != b}
        return {"version_a": rows[0], "version_b": rows[1], "field_diffs": diffs}

    # Checks.

    async def _check(self, transaction: Transaction, row: Row) -> None:
        """Raises ProxyException 400 for a policy that names what is not there, or that is wrong in itself."""
        try:
            policy = policy_of(row)
        except ValidationError as error:
            place, message = first_problem(error)
            place = place or "pipeline"
            raise bad_request(f"{place}: {message}", place.partition(".")[0]) from error
        stored = GuardrailRepository(transaction.connection)
        for name in policy.guardrails.add:
            # One that was just made may not be in force here yet.
            if self._context.state.guardrails.named(name) is None and not await stored.has_active(name):
                raise bad_request(f"guardrails_add: there is no guardrail {name!r}", "guardrails_add")
        others = {other["policy_name"]: policy_of(other)
                  for other in await PolicyRepository(transaction.connection).in_force()}  # fmt: skip
        known = {**self._context.state.policies.from_config, **others, row["policy_name"]: policy}
        for name, message in inheritance_problems(known):
            if name == row["policy_name"]:
                raise bad_request(f"inherit: {message}", "inherit")

    async def _check_rename(self, transaction: Transaction, before: Row, name: str) -> None:
        rows = PolicyRepository(transaction.connection)
        if await rows.first(policy_name=name) is not None:
            raise bad_request("policy_name: there is such a policy already", "policy_name")
        attached = await PolicyAttachmentRepository(transaction.connection).first(policy_name=before["policy_name"])
        if attached is not None or len(await rows.versions(before["policy_name"])) > 1:
            message = "policy_name: a policy that is attached, or has other versions, keeps its name"
            raise bad_request(message, "policy_name")
        await self._check_heirs(transaction, before["policy_name"])

    async def _check_heirs(self, transaction: Transaction, name: str) -> None:
        """Raises ProxyException 400 while others inherit from a policy: they would do without its guardrails."""
        if name in self._context.state.policies.from_config:
            return
        stored = {row["policy_name"]: row["inherit"]
                  for row in await PolicyRepository(transaction.connection).in_force()}  # fmt: skip
        heirs = sorted(heir for heir, parent in stored.items() if parent == name and heir != name)
        if heirs:
            raise bad_request(f"the policy {heirs[0]!r} inherits from it", "inherit")

    async def _stored(self, rows: PolicyRepository, policy_id: str) -> Row:
        row = await rows.get(policy_id, lock=True)
        if row is None and policy_id in self._context.state.policies.from_config:
            raise bad_request("policy_id: it is a policy of the config, which the API does not change", "policy_id")
        if row is None:
            raise not_found("policy", "policy_id")
        return row

    def _by(self, *also: str) -> Row:
        return dict.fromkeys(("updated_by", *also), self._context.actor)

    async def _note(self, transaction: Transaction, action: str, before: Row | None, after: Row | None) -> None:
        transaction.changed(TOPIC)
        row = after or before or {}
        await self._context.audit(transaction, action, TABLE, str(row.get("policy_id")), before, after)


def _columns(request: CreatePolicyRequest | UpdatePolicyRequest) -> Row:
    given = request.model_dump(exclude_unset=True, exclude={"policy_name"})
    return {name: _EMPTY.get(name) if value is None else value for name, value in given.items()}


def _shown(row: Row) -> Row:
    return {**plain(row), "condition": row["condition"] or None, "definition_location": "db"}


def config_row(name: str, policy: Policy) -> Row:
    """A policy of the config, as the API tells of it: known by its name, and in production."""
    nothing = dict.fromkeys(("parent_version_id", "published_at", "production_at", "created_at", "updated_at",
                             "created_by", "updated_by"))  # fmt: skip
    return {
        "policy_id": name, "policy_name": name, "version_number": 1, "version_status": PRODUCTION, "is_latest": True,
        "inherit": policy.inherit, "description": policy.description, "guardrails_add": policy.guardrails.add,
        "guardrails_remove": policy.guardrails.remove,
        "condition": policy.condition and policy.condition.model_dump(),
        "pipeline": policy.pipeline and policy.pipeline.model_dump(), **nothing, "definition_location": "config",
    }  # fmt: skip
