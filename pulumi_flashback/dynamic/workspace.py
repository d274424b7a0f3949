"""The ``Workspace`` resource as programs write it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import overload

import pulumi

from pulumi_flashback.dynamic.provider import FlashbackProvider
from pulumi_flashback.dynamic.resource import FlashbackResource, values_of


class WorkspaceProvider(FlashbackProvider):
    """Runs the core's ``Workspace`` in the provider process. Its module and name are frozen."""

    resource_name = "Workspace"


@dataclass(kw_only=True)
class WorkspaceArgs:
    """The inputs of :class:`Workspace`, for programs that build them apart from the resource.

    Args:
        name: The name of the workspace. Changed in place.
    """

    name: pulumi.Input[str]


class Workspace(FlashbackResource, module="flashback", name="Workspace"):
    """A workspace: the place where API keys, buckets, repositories and members belong.

    The user who creates it is a member of it with the role ADMIN::

        team = Workspace("team", name="Team")
        pulumi.export("workspaceId", team.workspace_id)

    Deleting one is refused while buckets or repositories are in it.

    Args:
        resource_name: The name of the resource in the program.
        args: All inputs in one object, instead of the single ones.
        opts: Options of the resource.
        name: The name of the workspace. Changed in place.

    Raises:
        TypeError: A required input is missing.
    """

    name: pulumi.Output[str]
    """The name of the workspace."""
    workspace_id: pulumi.Output[str]
    """The id that the platform gave the workspace; also the id of the resource."""
    org_id: pulumi.Output[str | None]
    """The organization that the workspace belongs to."""

    @overload
    def __init__(
        self, resource_name: str, args: WorkspaceArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None: ...

    @overload
    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None: ...

    def __init__(
        self,
        resource_name: str,
        args: WorkspaceArgs | None = None,
        opts: pulumi.ResourceOptions | None = None,
        *,
        name: pulumi.Input[str] | None = None,
    ) -> None:
        super().__init__(
            WorkspaceProvider(),
            resource_name,
            inputs=values_of(args, {"name": name}),
            required=("name",),
            outputs=("org_id",),
            secrets=(),
            opts=opts,
            same_as_id="workspace_id",
        )

    @staticmethod
    def get(
        resource_name: str,
        id: pulumi.Input[str],  # noqa: A002 - the name that Pulumi's SDKs give it
        opts: pulumi.ResourceOptions | None = None,
    ) -> Workspace:
        """Read a workspace that exists already and is not managed by this program.

        Args:
            resource_name: The name of the resource in the program.
            id: The id of the workspace.
            opts: Options of the resource.
        """
        merged = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(id=id))
        found: Workspace = Workspace(  # type: ignore[call-overload] # reading needs no more
            resource_name, opts=merged
        )
        return found
