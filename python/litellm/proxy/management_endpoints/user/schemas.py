"""Bodies of the user routes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from litellm.proxy.management_endpoints.common.fields import Fields, Id, LimitFields, Money, Name, ObjectPermission

UserRole = Literal["proxy_admin", "proxy_admin_viewer", "internal_user", "internal_user_viewer", "org_admin", "team",
                   "customer"]  # fmt: skip


class UserFields(LimitFields):
    """What a user has."""

    user_email: Annotated[str, Field(max_length=320)] | None = None
    user_alias: Name | None = None
    user_role: UserRole | None = None
    sso_user_id: Name | None = None
    spend: Money | None = None
    object_permission: ObjectPermission | None = None


class NewUserRequest(UserFields):
    """POST /user/new. With `auto_create_key` the user gets a key with the same limits."""

    user_id: Id | None = None
    teams: list[Any] | None = None
    organizations: list[Id] | None = None
    auto_create_key: bool = True
    key_alias: Name | None = None
    duration: str | None = None
    team_id: Id | None = None
    aliases: dict[str, Any] | None = None
    config: dict[str, Any] | None = None
    permissions: dict[str, Any] | None = None
    allowed_routes: list[str] | None = None


class UpdateUserRequest(UserFields):
    """POST /user/update: only what is given changes. The user is named by `user_id` or `user_email`."""

    user_id: Id | None = None


class BulkUpdateUsersRequest(Fields):
    """POST /user/bulk_update: `users`, or `user_updates` for `all_users`."""

    users: Annotated[list[UpdateUserRequest], Field(max_length=500)] | None = None
    all_users: bool = False
    user_updates: UpdateUserRequest | None = None


class DeleteUsersRequest(Fields):
    """POST /user/delete."""

    user_ids: Annotated[list[str], Field(min_length=1, max_length=1000)]
