"""The ``WorkspaceMember`` resource: a user who may use a workspace, and what for."""

from __future__ import annotations

import time
from typing import Annotated, Final

from pydantic import AfterValidator

from pulumi_flashback.client import (
    DuplicateError,
    FlashbackError,
    NotFoundError,
    UserNotFoundError,
    Workspace,
)
from pulumi_flashback.client.deadline import extra_time
from pulumi_flashback.core.context import Context
from pulumi_flashback.core.create_once import LOOK_SECONDS
from pulumi_flashback.core.list_cache import settled
from pulumi_flashback.core.properties import (
    Inputs,
    OpenEnum,
    Outputs,
    input_property,
    output_property,
)
from pulumi_flashback.core.resource import Resource
from pulumi_flashback.core.validators import valid_id, valid_identifier
from pulumi_flashback.core.values import Properties
from pulumi_flashback.resources.workspaces import view_of

ADMIN: Final = "ADMIN"
ROLES: Final = {
    "READ": "May read what is in the workspace",
    "WRITE": "May also change it",
    ADMIN: "May also change the workspace and its members",
}
"""The roles that the platform's documentation names."""

OTHER_ADMIN_SECONDS = (0.0, 0.5, 1.0, 2.0)
"""Waits for another ADMIN, whom the same program may be making at this moment."""

_Id = Annotated[str, AfterValidator(valid_id)]


def _valid_role(value: str) -> str:
    valid_identifier(value)
    if value not in ROLES and value.upper() in ROLES:
        raise ValueError(f"must be written in capitals: {value.upper()}")
    return value


_Role = Annotated[str, AfterValidator(_valid_role), OpenEnum("WorkspaceRole", ROLES)]


class WorkspaceMemberInputs(Inputs):
    """Inputs of ``WorkspaceMember`` (Flashback API reference, ``POST /workspace/{id}/users``)."""

    workspace_id: _Id = input_property(
        "The workspace. Another value replaces the membership.", replaces=True
    )
    user_id: _Id = input_property(
        "The user, who must belong to the organization. Another value replaces the membership.",
        replaces=True,
    )
    role: _Role = input_property("The role: `READ`, `WRITE` or `ADMIN`. Changed in place.")
    allow_removing_last_admin: bool | None = input_property(
        "`true` lets the last ADMIN of the workspace be removed or get a lesser role, and lets the "
        "user that the provider is signed in as remove itself while another ADMIN is left. Without "
        "an ADMIN nobody can change or delete the workspace any more.",
        optional=True,  # not local: a change must reach the state, which a later delete reads
    )


class WorkspaceMemberOutputs(Outputs):
    """Outputs of ``WorkspaceMember``."""

    email: str | None = output_property("The email address of the user.")
    org_id: str | None = output_property("The organization that the workspace belongs to.")


def warn(inputs: Properties) -> tuple[str, ...]:
    """Warn of a role that is not documented."""
    role = inputs.get("role")
    if not isinstance(role, str) or not role.strip() or role.upper() in ROLES:
        return ()
    return (
        f"a member has a role that is none of {', '.join(ROLES)}; it is sent as written, and the "
        "platform may refuse it",
    )


def foresee(context: Context, inputs: Properties) -> tuple[str, ...]:
    """Warn of a membership that exists already: managing it means that a destroy ends it."""
    workspace_id, user_id = inputs.get("workspaceId"), inputs.get("userId")
    if not isinstance(workspace_id, str) or not isinstance(user_id, str):
        return ()  # not known before the workspace is created, or the user is looked up
    workspace = view_of(context).seen(workspace_id, f"foresee {user_id}")
    if workspace is None or workspace.member(user_id) is None or _stays(context, user_id, inputs):
        return ()
    return (
        f"user {user_id} is a member of workspace {workspace_id} already: this resource adopts the "
        "membership, and destroying it will remove the user. To keep the user in the workspace "
        "then, set the option retainOnDelete (retain_on_delete=True in Python)",
    )


def create(context: Context, inputs: Properties) -> tuple[str, Properties]:
    """``POST /workspace/{id}/users``; who is a member already (the creator is) is adopted.

    Raises:
        FlashbackError: The user is no member, or not with this role.
    """
    workspace_id, user_id = inputs["workspaceId"], inputs["userId"]
    declared = _declared(f"{workspace_id}/{user_id}")
    if not context.ownership.claim(declared, context.mark):
        raise FlashbackError(
            f"the program declares user {user_id} as a member of workspace {workspace_id} twice; "
            "declare each user once for a workspace"
        )
    try:
        return _created(context, inputs)
    except BaseException:
        context.ownership.release(declared, context.mark)
        raise


def _declared(identifier: str) -> str:
    """What two resources of one run may not both create; the id may be that of a replaced one."""
    return f"{identifier}:new"


def _created(context: Context, inputs: Properties) -> tuple[str, Properties]:
    workspace_id, user_id = inputs["workspaceId"], inputs["userId"]
    identifier = f"{workspace_id}/{user_id}"
    workspace = view_of(context).existing(workspace_id)
    removed = view_of(context).was_removed(workspace_id, user_id)
    if removed or workspace.member(user_id) is None:
        workspace = _with_new_member(context, inputs)
    else:
        context.notify(f"user {user_id} is a member of workspace {workspace_id} already: adopted")
    context.ownership.hold(identifier, context.mark)
    _give_role(context, inputs, workspace)
    view_of(context).written(workspace_id)
    return identifier, _outputs(inputs, workspace)


def read(context: Context, identifier: str, state: Properties) -> Properties | None:
    """Return the membership as the platform has it, or None where it is gone.

    Raises:
        FlashbackError: It could not be determined whether it exists.
    """
    workspace_id, user_id = _parts(identifier)
    managed = "workspaceId" in state  # otherwise somebody asks for it by its id
    if not managed:
        view_of(context).existing(workspace_id)
    workspace, member = view_of(context).find_member(workspace_id, user_id, identifier)
    if workspace is None:
        view_of(context).check_organization(state.get("orgId"))
        return None
    if member is None:
        if not managed:
            raise FlashbackError(
                f"user {user_id} is not a member of workspace {workspace_id}. Check both ids"
            )
        return None
    known = state.get("role")
    role = known if _same_role(member.role, known) else member.role
    seen = {**state, "workspaceId": workspace_id, "userId": user_id, "role": role}
    return _outputs(seen, workspace)


def find(context: Context, import_id: str) -> tuple[str, Properties]:
    """Return id and outputs of a membership for an import: ``WORKSPACE_ID/USER_ID``.

    Raises:
        FlashbackError: The id has another form, or there is no such membership.
    """
    _parts(import_id)
    outputs = read(context, import_id, {})
    assert outputs is not None  # noqa: S101 - a missing one has raised
    return import_id, outputs


def update(context: Context, identifier: str, state: Properties, inputs: Properties) -> Properties:
    """``PUT /workspace/{id}/users/{userId}``: another role.

    Raises:
        FlashbackError: The change was refused, or would leave the workspace without an ADMIN.
    """
    workspace_id, user_id = _parts(identifier)
    outputs = {
        **{name: state[name] for name in WorkspaceMemberOutputs.names() if name in state},
        **inputs,
    }
    if "role" not in WORKSPACE_MEMBER.diff(state, inputs).changed:
        return outputs
    workspace = settled(
        lambda: view_of(context).existing(workspace_id),
        lambda found: found.member(user_id) is not None,
    )
    if workspace.member(user_id) is None:
        raise FlashbackError(
            "the user is not a member any more. Run `pulumi refresh`; the next `pulumi up` adds "
            "the user again"
        )
    _give_role(context, inputs, workspace)
    return outputs


def delete(context: Context, identifier: str, state: Properties) -> None:
    """``DELETE /workspace/{id}/users/{userId}``; who is no member any more is removed.

    Raises:
        FlashbackError: The user is the last ADMIN, or it could not be determined whether the user
            is a member.
    """
    workspace_id, user_id = _parts(identifier)
    context.ownership.release(_declared(identifier), context.mark)
    workspace, member = view_of(context).find_member(
        workspace_id, user_id, f"delete {user_id}", fresh=True
    )
    if workspace is None:
        view_of(context).check_organization(state.get("orgId"))
        return
    if member is None:
        return
    with view_of(context).lock(workspace_id):
        if member.role == ADMIN and _keeps_its_admin(context, workspace_id, user_id, state):
            context.notify(
                f"user {user_id} stays a member of workspace {workspace_id}: the provider is "
                "signed in as this user, and without the role ADMIN it could not delete the "
                "workspace. While another ADMIN is left, allowRemovingLastAdmin lets it go"
            )
            return
        _remove(context, workspace_id, user_id)


def _stays(context: Context, user_id: str, inputs: Properties) -> bool:
    """Say whether a membership is not ended by a delete: it is that of the signed-in user."""
    return not inputs.get("allowRemovingLastAdmin") and user_id == view_of(context).user.id


def _keeps_its_admin(context: Context, workspace_id: str, user_id: str, state: Properties) -> bool:
    """Say whether a workspace must keep an ADMIN because nobody else could delete it any more.

    Raises:
        FlashbackError: It must, and another user than the signed-in one is that ADMIN.
    """
    if _stays(context, user_id, state):
        return True
    if not state.get("allowRemovingLastAdmin"):
        _refuse_without_admin(context, workspace_id, user_id)
        return False
    # what else is destroyed in the same run comes after this membership
    return user_id == view_of(context).user.id and not _has_other_admin(
        view_of(context).existing(workspace_id), user_id
    )


def _parts(identifier: str) -> tuple[str, str]:
    workspace_id, _, user_id = identifier.partition("/")
    if not workspace_id or not user_id or "/" in user_id:
        raise FlashbackError("the id of a membership is WORKSPACE_ID/USER_ID")
    return workspace_id, user_id


def _with_new_member(context: Context, inputs: Properties) -> Workspace:
    """Add a member and return the workspace after it.

    Neither a success nor a failure is certain: who is a member with which role is told by the
    workspace alone.
    """
    workspace_id, user_id = inputs["workspaceId"], inputs["userId"]
    failure: FlashbackError | None = None
    try:
        context.client.workspaces.add_member(workspace_id, user_id=user_id, role=inputs["role"])
    except UserNotFoundError as error:
        raise FlashbackError(
            f"the organization has no user {user_id} ({error.brief}). Give the id of one of its "
            "users, as getOrganizationUsers finds it by email address; somebody who is invited "
            "may have to validate the account first"
        ) from None
    except FlashbackError as error:
        if not error.may_have_taken_effect and not isinstance(error, DuplicateError):
            raise
        failure = error
    outcome = failure.brief if failure else "a success"
    try:
        with extra_time(LOOK_SECONDS):
            workspace = settled(
                lambda: view_of(context).existing(workspace_id),
                lambda found: found.member(user_id) is not None,
            )
    except FlashbackError as error:
        raise FlashbackError(
            f"could not determine whether the user is a member now ({outcome}; {error.brief}). Run "
            "`pulumi up` again: who is a member already is adopted"
        ) from None
    if failure is not None and workspace.member(user_id) is None:
        raise FlashbackError(
            f"no clear answer came ({outcome}), and the user is not a member. Run `pulumi up` again"
        )
    return workspace  # a list that lags behind a success does not make it a failure


def _give_role(context: Context, inputs: Properties, workspace: Workspace) -> None:
    user_id, role = inputs["userId"], inputs["role"]
    member = workspace.member(user_id)
    if member is None or _same_role(member.role, role):
        return
    if member.role != ADMIN:  # at once: whoever stops being ADMIN may wait for this one
        _write_role(context, workspace.id, user_id, role)
        return
    with view_of(context).lock(workspace.id):
        if not inputs.get("allowRemovingLastAdmin"):
            _refuse_without_admin(context, workspace.id, user_id)
        _write_role(context, workspace.id, user_id, role)


def _write_role(context: Context, workspace_id: str, user_id: str, role: str) -> None:
    try:
        context.client.workspaces.update_member(workspace_id, user_id, role=role)
    finally:
        view_of(context).written(workspace_id)


def _same_role(listed: str | None, known: str | None) -> bool:
    """Answers have roles in upper case, also one that a program writes in another way."""
    return (listed or "").upper() == (known or "").upper()


def _refuse_without_admin(context: Context, workspace_id: str, user_id: str) -> None:
    """Make sure that somebody else is ADMIN of the workspace."""
    for seconds in OTHER_ADMIN_SECONDS:
        time.sleep(seconds)
        if _has_other_admin(view_of(context).existing(workspace_id), user_id):
            return
    raise FlashbackError(
        f"user {user_id} is the last ADMIN of workspace {workspace_id}, and without one nobody can "
        "change it any more. Make another member ADMIN first, or set allowRemovingLastAdmin"
    )


def _has_other_admin(workspace: Workspace, user_id: str) -> bool:
    members = workspace.members or ()
    return any(each.role == ADMIN and each.user_id != user_id for each in members)


def _remove(context: Context, workspace_id: str, user_id: str) -> None:
    try:
        context.client.workspaces.remove_member(workspace_id, user_id)
    except FlashbackError as error:
        if error.not_processed:
            raise
        failure = error
    else:
        view_of(context).member_removed(workspace_id, user_id)
        return
    finally:
        view_of(context).written(workspace_id)
    try:
        with extra_time(LOOK_SECONDS):
            # a read that contradicts the response to the delete may be older than it
            gone = isinstance(failure, NotFoundError)
            _, kept = settled(
                lambda: view_of(context).find_member(
                    workspace_id, user_id, f"delete {user_id}", fresh=True
                ),
                lambda found: not gone or found[1] is None,
            )
    except FlashbackError as error:
        raise FlashbackError(
            f"{failure.brief}; and could not determine whether the user is still a member: {error}"
        ) from None
    if kept:
        raise failure
    view_of(context).member_removed(workspace_id, user_id)


def _outputs(inputs: Properties, workspace: Workspace) -> Properties:
    member = workspace.member(inputs["userId"])
    outputs = {
        **{name: inputs.get(name) for name in WorkspaceMemberInputs.names()},
        "email": member.user.email if member and member.user else None,
        "orgId": workspace.org_id,
    }
    return {name: value for name, value in outputs.items() if value is not None}


WORKSPACE_MEMBER: Final = Resource(
    name="WorkspaceMember",
    description=(
        "A user who may use a workspace.\n\n"
        "Declaring a user who is a member already adopts the membership: it is managed from then "
        "on, and destroying the resource removes the user from the workspace. Set the option "
        "`retainOnDelete` to keep the user. The user who creates a workspace is a member of it "
        "already; as long as the provider is signed in as this user, the membership stays until "
        "the workspace is deleted.\n\n"
        "A workspace is deleted after its members. To let a membership go together with its "
        "workspace instead, set the option `deletedWith` to the workspace."
    ),
    inputs=WorkspaceMemberInputs,
    outputs=WorkspaceMemberOutputs,
    create=create,
    read=read,
    find=find,
    update=update,
    delete=delete,
    warn=warn,
    foresee=foresee,
)
