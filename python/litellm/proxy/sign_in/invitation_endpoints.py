"""The routes of invitations, of whoever was invited, and of changing a password."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Header, Request
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from litellm.proxy.auth.session_cookie import session_claims
from litellm.proxy.auth.user_api_key_auth import hash_token
from litellm.proxy.guarded_router import guarded_router
from litellm.proxy.management_endpoints.common.context import InContext, forbidden, plain
from litellm.proxy.management_endpoints.common.fields import Id
from litellm.proxy.request_context import state_of
from litellm.proxy.sign_in.addresses import here
from litellm.proxy.sign_in.invitations import InvitationService, change_password, claim, invited
from litellm.proxy.sign_in.password_hash import MAX_LENGTH
from litellm.proxy.sign_in.session import PASSWORD, open_session, set_session

router = guarded_router("invitations")
Password = Annotated[str, Field(min_length=1, max_length=MAX_LENGTH, repr=False)]


class NewInvitationRequest(BaseModel):
    """POST /invitation/new."""

    user_id: Id


class InvitationRequest(BaseModel):
    """POST /invitation/delete."""

    invitation_id: Id


class UpdateInvitationRequest(InvitationRequest):
    """POST /invitation/update."""

    is_accepted: bool


class ClaimRequest(BaseModel):
    """POST /onboarding/claim_token."""

    invitation_link: Id
    user_id: Id
    password: Password


class ChangePasswordRequest(BaseModel):
    """POST /user/password/change."""

    current_password: Password
    new_password: Password


@router.post("/invitation/new")
async def new_invitation(body: NewInvitationRequest, context: InContext) -> dict[str, Any]:
    """Invite a user to choose a password at `/ui/?invitation_id=<id>`."""
    return await InvitationService(context).new(body.user_id)


@router.get("/invitation/info")
async def invitation_info(context: InContext, invitation_id: str) -> dict[str, Any]:
    """An invitation."""
    return await InvitationService(context).info(invitation_id)


@router.post("/invitation/update")
async def update_invitation(body: UpdateInvitationRequest, context: InContext) -> dict[str, Any]:
    """Mark an invitation as used, or as not used."""
    return await InvitationService(context).update(body.invitation_id, is_accepted=body.is_accepted)


@router.post("/invitation/delete")
async def delete_invitation(body: InvitationRequest, context: InContext) -> dict[str, Any]:
    """Take an invitation back."""
    return await InvitationService(context).delete(body.invitation_id)


@router.get("/onboarding/get_token")
async def onboarding(invite_link: str, request: Request) -> dict[str, Any]:
    """Open an invitation: who it is for, and a token (`key`) with which to set the password."""
    found = await invited(state_of(request), invite_link)
    user_id, email = found.user["user_id"], found.user["user_email"]
    address = here(request, f"/ui/?invitation_id={invite_link}")
    return {"login_url": address, "token": found.token, "key": found.token, "user_id": user_id, "user_email": email}


@router.post("/onboarding/claim_token")
async def claim_invitation(
    body: ClaimRequest, request: Request, authorization: Annotated[str, Header()] = ""
) -> Response:
    """Set the password, and sign in with it."""
    state = state_of(request)
    token = authorization.removeprefix("Bearer ").strip()
    user = await claim(state, body.invitation_link, body.user_id, token, body.password)
    session = await open_session(state, user["user_id"], user["user_email"], user["user_role"], PASSWORD)
    shown = {"login_url": here(request, "/ui/?login=success"), "user_email": user["user_email"], "user": plain(user)}
    response = JSONResponse(shown)
    set_session(response, request, session)
    return response


@router.post("/user/password/change")
async def change(body: ChangePasswordRequest, request: Request, context: InContext) -> dict[str, Any]:
    """Change the caller's own password, in a session that was opened with it."""
    claims = session_claims(request, context.state.master_key)
    same = hash_token(str(claims.get("key"))) == context.caller.token
    if claims.get("login_method") != PASSWORD or not same:
        raise forbidden("a password can be changed only where it was used to sign in")
    await change_password(context, body.current_password, body.new_password)
    return {"user_id": context.caller.user_id, "message": "Password updated successfully."}
