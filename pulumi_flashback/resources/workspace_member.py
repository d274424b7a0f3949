"""The ``WorkspaceMember`` resource: a user with a role in a workspace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Final

from pydantic import AfterValidator

from pulumi_flashback.client import DuplicateError, FlashbackClient, FlashbackError, Workspace
from pulumi_flashback.client.deadline import extra_time
from pulumi_flashback.client.errors import UserNotFoundError
from pulumi_flashback.core.context import Context
from pulumi_flashback.core.create_once import LOOK_SECONDS
from pulumi_flashback.core.list_cache import settled
from pulumi_flashback.core.properties import Inputs, Outputs, input_property, output_property
from pulumi_flashback.core.resource import Resource
from pulumi_flashback.core.types import Canonical, Id, OpenEnum, valid_identifier
from pulumi_flashback.core.values import Properties
from pulumi_flashback.resources.last_admin import (
    ADMIN,
    keeps_its_admin,
    members_lock,
    refuse_without_admin,
    stays,
)
from pulumi_flashback.resources.workspace_reader import reader_of
from pulumi_flashback.resources.workspace_sources import Membership, MemberSource

ROLES: Final = {
    "READ": "May read the contents of the workspace",
    "WRITE": "May also change its contents",
    ADMIN: "May also change the workspace and its members",
}
"""The roles that the API reference names."""


def _valid_role(value: str) -> str:
    valid_identifier(value)
    if value not in ROLES and value.upper() in ROLES:
        raise ValueError(f"must be written in capitals: {value.upper()}")
    return value


_Role = Annotated[
    str,
    AfterValidator(_valid_role),
    OpenEnum("WorkspaceRole", ROLES),
    Canonical(lambda role: (role or "").upper()),  # responses have roles in uppercase
]


class WorkspaceMemberInputs(Inputs):
    """Inputs of ``WorkspaceMember`` (``POST /workspace/{id}/users``)."""

    workspace_id: Id = input_property(
        "The workspace. Changing it replaces the membership.", replaces=True
    )
    user_id: Id = input_property(
        "The user, who must belong to the organization. Changing it replaces the membership.",
        replaces=True,
    )
    role: _Role = input_property("The role: `READ`, `WRITE` or `ADMIN`. Updated in place.")
    allow_removing_last_admin: bool | None = input_property(
        "`true` allows the removal of the last ADMIN of the workspace, or a lesser role for this "
        "user. It also allows the user that the provider is signed in as to remove itself while "
        "another ADMIN is left. Without an ADMIN, nobody can change or delete the workspace.",
        optional=True,
        local=True,
    )


class WorkspaceMemberOutputs(Outputs):
    """Outputs of ``WorkspaceMember``."""

    email: str | None = output_property("The email address of the user.")
    org_id: str | None = output_property("The organization that the workspace belongs to.")


class _WorkspaceMember(Resource):
    """The rules of members: adoption, and that a workspace needs an ADMIN."""

    @property
    def source(self) -> MemberSource:
        return MemberSource()

    def remove(self, client: FlashbackClient, identifier: str, state: Properties) -> None:
        client.workspaces.remove_member(state["workspaceId"], state["userId"])

    def foresee(self, context: Callable[[], Context], inputs: Properties) -> tuple[str, ...]:
        """Warn of a membership that already exists, because a destroy will end it."""
        workspace_id, user_id = inputs.get("workspaceId"), inputs.get("userId")
        if not isinstance(workspace_id, str) or not isinstance(user_id, str):
            return ()  # unknown until the workspace is created or the user is looked up
        own = context()
        workspace = reader_of(own).in_preview(workspace_id, f"foresee {user_id}")
        member = workspace and workspace.member(user_id)
        if member is None or stays(own, user_id, inputs):
            return ()
        return (
            f"user {user_id} is already a member of workspace {workspace_id}: this resource adopts "
            "the membership, and destroying it will remove the user. To keep the user in the "
            "workspace, set the option retainOnDelete (retain_on_delete=True in Python)",
        )

    def create(self, context: Context, inputs: Properties) -> tuple[str, Properties]:
        """Add a member; adopt an existing one, such as the creator of the workspace."""
        workspace_id, user_id = inputs["workspaceId"], inputs["userId"]
        identifier = f"{workspace_id}/{user_id}"
        if not context.ownership.claim(_declared(identifier), context.mark):
            raise FlashbackError(
                f"the program declares user {user_id} as a member of workspace {workspace_id} "
                "twice; declare each user once for a workspace"
            )
        try:
            workspace = reader_of(context).existing(workspace_id)
            removed = identifier in context.service(_removals)
            if removed or workspace.member(user_id) is None:
                workspace = _with_new_member(context, inputs)
            else:
                context.notify(
                    f"user {user_id} is already a member of workspace {workspace_id}: adopted"
                )
            context.ownership.hold(identifier, context.mark)
            _give_role(context, inputs, workspace)
        except BaseException:
            context.ownership.release(_declared(identifier), context.mark)
            raise
        finally:
            self.source.invalidate(context, identifier, inputs)
        member = workspace.member(user_id)
        shown = self.shown(Membership(workspace, member)) if member else {"orgId": workspace.org_id}
        outputs = {**inputs, **self.outputs_kept(shown)}
        return identifier, self.completed(context, identifier, outputs)

    def shown(self, row: Membership) -> Properties:
        user = row.member.user
        return {
            "role": row.member.role,
            "email": user.email if user else None,
            "orgId": row.workspace.org_id,
        }

    def not_found(self, named: Properties) -> str:
        return (
            f"user {named['userId']} is not a member of workspace {named['workspaceId']}. Check "
            "both ids"
        )

    def send_update(
        self,
        context: Context,
        identifier: str,
        state: Properties,
        inputs: Properties,
        changes: Properties,
    ) -> None:
        workspace_id, user_id = inputs["workspaceId"], inputs["userId"]
        workspace = _settled_with(context, workspace_id, user_id)
        if workspace.member(user_id) is None:
            raise FlashbackError(
                "the user is no longer a member. Run `pulumi refresh`; the next `pulumi up` "
                "adds the user again"
            )
        _give_role(context, inputs, workspace)

    def delete(self, context: Context, identifier: str, state: Properties) -> None:
        known = {**state, **self.parsed(identifier)}
        workspace_id, user_id = known["workspaceId"], known["userId"]
        context.ownership.release(_declared(identifier), context.mark)
        workspace, member = reader_of(context).find_member(
            workspace_id, user_id, f"delete {identifier}", fresh=True
        )
        if workspace is None:
            context.account.confirm_organization(state.get("orgId"))
        if member is None:
            return
        with members_lock(context, workspace_id):
            if member.role == ADMIN and keeps_its_admin(context, known):
                context.notify(
                    f"user {user_id} stays a member of workspace {workspace_id}: the provider is "
                    "signed in as this user, and without the role ADMIN it could not delete the "
                    "workspace. To remove it while another ADMIN is left, set "
                    "allowRemovingLastAdmin"
                )
                return
            super().delete(context, identifier, known)
            context.service(_removals).add(identifier)


def _removals(_: Context) -> set[str]:
    """Return the memberships that this process ended: older responses may still show them."""
    return set()


def _declared(identifier: str) -> str:
    """Return the key that only one resource of a run may create."""
    return f"{identifier}:new"


def _settled_with(context: Context, workspace_id: str, user_id: str) -> Workspace:
    return settled(
        lambda: reader_of(context).existing(workspace_id),
        lambda found: found.member(user_id) is not None,
    )


def _with_new_member(context: Context, inputs: Properties) -> Workspace:
    """Add a member and return the workspace after it.

    The response proves neither success nor failure: only the workspace shows the members and their
    roles.
    """
    workspace_id, user_id = inputs["workspaceId"], inputs["userId"]
    failure: FlashbackError | None = None
    try:
        context.client.workspaces.add_member(workspace_id, user_id=user_id, role=inputs["role"])
    except UserNotFoundError as error:
        raise FlashbackError(
            f"the organization has no user {user_id} ({error.brief}). Give the id of one of its "
            "users, as getOrganizationUsers finds it by email address; an invited user may have "
            "to validate the account first"
        ) from None
    except FlashbackError as error:
        if not error.may_have_taken_effect and not isinstance(error, DuplicateError):
            raise
        failure = error
    outcome = failure.brief if failure else "a success"
    try:
        with extra_time(LOOK_SECONDS):
            workspace = _settled_with(context, workspace_id, user_id)
    except FlashbackError as error:
        raise FlashbackError(
            f"could not determine whether the user is now a member ({outcome}; {error.brief}). "
            "Run `pulumi up` again: an existing member is adopted"
        ) from None
    if failure is not None and workspace.member(user_id) is None:
        raise FlashbackError(
            f"no clear response came ({outcome}), and the user is not a member. Run `pulumi up` "
            "again"
        )
    return workspace  # a list that lags behind a success does not make it a failure


def _give_role(context: Context, inputs: Properties, workspace: Workspace) -> None:
    user_id, role = inputs["userId"], inputs["role"]
    member = workspace.member(user_id)
    if member is None or WorkspaceMemberInputs.same("role", member.role, role):
        return
    write = context.client.workspaces.update_member
    if member.role != ADMIN:  # immediately: a user who loses ADMIN may be waiting for this one
        write(workspace.id, user_id, role=role)
        return
    with members_lock(context, workspace.id):
        if not inputs.get("allowRemovingLastAdmin"):
            refuse_without_admin(context, workspace.id, user_id)
        write(workspace.id, user_id, role=role)


WORKSPACE_MEMBER: Final = _WorkspaceMember(
    name="WorkspaceMember",
    label="member",
    description=(
        "A member of a workspace: a user with a role in it.\n\n"
        "Declaring an existing member adopts the membership: Pulumi manages it from then on, and "
        "destroying the resource removes the user from the workspace. To keep the user, set the "
        "option `retainOnDelete`. The user who creates a workspace is a member from the start. As "
        "long as the provider is signed in as this user, the membership stays until the workspace "
        "is deleted.\n\n"
        "A workspace is deleted after its members. To skip the delete of a membership whose "
        "workspace is deleted, set the option `deletedWith` to the workspace."
    ),
    inputs=WorkspaceMemberInputs,
    outputs=WorkspaceMemberOutputs,
    import_id="{workspaceId}/{userId}",
)
