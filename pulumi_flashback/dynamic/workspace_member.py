"""The ``WorkspaceMember`` resource as programs write it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import overload

import pulumi

from pulumi_flashback.dynamic.provider import FlashbackProvider
from pulumi_flashback.dynamic.resource import FlashbackResource, values_of


class WorkspaceMemberProvider(FlashbackProvider):
    """Runs the core's ``WorkspaceMember`` in the provider process. Module and name are frozen."""

    resource_name = "WorkspaceMember"


@dataclass(kw_only=True)
class WorkspaceMemberArgs:
    """The inputs of :class:`WorkspaceMember`, for programs that build them apart from it.

    Args:
        workspace_id: The workspace. Another value replaces the membership.
        user_id: The user, who must belong to the organization. Another value replaces the
            membership.
        role: The role: `READ`, `WRITE` or `ADMIN`. Changed in place.
        allow_removing_last_admin: `true` lets the last ADMIN of the workspace be removed or get a
            lesser role, and lets the user that the provider is signed in as remove itself while
            another ADMIN is left. Without an ADMIN nobody can change or delete the workspace any
            more.
    """

    workspace_id: pulumi.Input[str]
    user_id: pulumi.Input[str]
    role: pulumi.Input[str]
    allow_removing_last_admin: pulumi.Input[bool] | None = None


class WorkspaceMember(FlashbackResource, module="flashback", name="WorkspaceMember"):
    """A user who may use a workspace.

    Declaring a user who is a member already adopts the membership: it is managed from then on, and
    destroying the resource removes the user from the workspace. Set the option
    ``retain_on_delete`` to keep the user. The user who creates a workspace is a member of it
    already; as long as the provider is signed in as this user, the membership stays until the
    workspace is deleted::

        ada = get_organization_users(email="ada@example.com").users[0]
        WorkspaceMember("ada", workspace_id=team.workspace_id, user_id=ada.id, role="WRITE")

    A workspace is deleted after its members. To let a membership go together with its workspace
    instead, set the option ``deleted_with`` to the workspace.

    Args:
        name: The name of the resource in the program.
        args: All inputs in one object, instead of the single ones.
        opts: Options of the resource.
        workspace_id: See :class:`WorkspaceMemberArgs`, as for the other inputs.
        user_id: The user.
        role: `READ`, `WRITE` or `ADMIN`.
        allow_removing_last_admin: Let the last ADMIN be removed.

    Raises:
        TypeError: A required input is missing.
    """

    workspace_id: pulumi.Output[str]
    """The workspace."""
    user_id: pulumi.Output[str]
    """The user."""
    role: pulumi.Output[str]
    """The role."""
    allow_removing_last_admin: pulumi.Output[bool | None]
    """Whether the last ADMIN may be removed."""
    email: pulumi.Output[str | None]
    """The email address of the user."""
    org_id: pulumi.Output[str | None]
    """The organization that the workspace belongs to."""

    @overload
    def __init__(
        self, name: str, args: WorkspaceMemberArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None: ...

    @overload
    def __init__(
        self,
        name: str,
        *,
        workspace_id: pulumi.Input[str],
        user_id: pulumi.Input[str],
        role: pulumi.Input[str],
        allow_removing_last_admin: pulumi.Input[bool] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None: ...

    def __init__(
        self,
        name: str,
        args: WorkspaceMemberArgs | None = None,
        opts: pulumi.ResourceOptions | None = None,
        *,
        workspace_id: pulumi.Input[str] | None = None,
        user_id: pulumi.Input[str] | None = None,
        role: pulumi.Input[str] | None = None,
        allow_removing_last_admin: pulumi.Input[bool] | None = None,
    ) -> None:
        single = {
            "workspace_id": workspace_id,
            "user_id": user_id,
            "role": role,
            "allow_removing_last_admin": allow_removing_last_admin,
        }
        super().__init__(
            WorkspaceMemberProvider(),
            name,
            inputs=values_of(args, single),
            required=("workspace_id", "user_id", "role"),
            outputs=("email", "org_id"),
            secrets=(),
            opts=opts,
        )

    @staticmethod
    def get(
        name: str,
        id: pulumi.Input[str],  # noqa: A002 - the name that Pulumi's SDKs give it
        opts: pulumi.ResourceOptions | None = None,
    ) -> WorkspaceMember:
        """Read a membership that exists already and is not managed by this program.

        Args:
            name: The name of the resource in the program.
            id: ``WORKSPACE_ID/USER_ID``.
            opts: Options of the resource.
        """
        merged = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(id=id))
        found: WorkspaceMember = WorkspaceMember(  # type: ignore[call-overload] # reading needs no more
            name, opts=merged
        )
        return found
