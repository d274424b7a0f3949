"""The component: a workspace with its members and API keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from os import PathLike
from typing import Any

import pulumi
from typing_extensions import Self

from pulumi_flashback.component.description import (
    KeyDescription,
    MemberDescription,
    WorkspaceDescription,
    former_labels,
    problems_of,
)
from pulumi_flashback.component.problems import refuse
from pulumi_flashback.component.users import UserIds, user_ids
from pulumi_flashback.dynamic.api_key import ApiKey, ApiKeyArgs
from pulumi_flashback.dynamic.resource import refuse_native_provider
from pulumi_flashback.dynamic.workspace import Workspace
from pulumi_flashback.dynamic.workspace_member import WorkspaceMember


class FlashbackWorkspace(pulumi.ComponentResource):
    """A workspace with its members and API keys, made of one description::

        team = FlashbackWorkspace(
            "team",
            WorkspaceDescription(
                name="Team",
                members={"ada": MemberDescription(email="ada@example.com", role="ADMIN")},
                keys={
                    "backups": KeyDescription(
                        provider="AWS",
                        key=config.require_secret("accessKey"),
                        secret=config.require_secret("secretKey"),
                    )
                },
            ),
        )
        pulumi.export("apiKeyIds", team.api_key_ids)

    The names of the resources are made of the labels, so a new label makes a new resource, unless
    ``renamed_from`` says which label the entry had before.

    Args:
        resource_name: The name of the component in the program.
        description: The workspace, its members and its keys.
        opts: Options of the component. ``provider``, ``protect``, ``aliases``, ``depends_on``,
            ``deleted_with`` and ``retain_on_delete`` hold for what it makes as well.

    Raises:
        pulumi.RunError: Something is wrong with the description; everything is told at once. Or
            the options have a provider that would be ignored.
    """

    workspace_id: pulumi.Output[str]
    """The id of the workspace."""
    member_ids: pulumi.Output[Mapping[str, str]]
    """The ids of the memberships by label: ``WORKSPACE_ID/USER_ID``."""
    api_key_ids: pulumi.Output[Mapping[str, str]]
    """The ids of the API keys by label."""
    workspace: Workspace | None
    """The workspace, where the component makes it."""
    members: Mapping[str, WorkspaceMember]
    """The members by label."""
    keys: Mapping[str, ApiKey]
    """The API keys by label."""

    def __init__(
        self,
        resource_name: str,
        description: WorkspaceDescription,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        refuse_native_provider(resource_name, opts)
        # late: the core takes longer to load than all the rest of a program
        from pulumi_flashback.component.values import value_problems

        # before anything is registered: a wrong description makes nothing
        source = description.source or resource_name
        refuse([*problems_of(description), *value_problems(description)], source)
        users, problems = user_ids(description.members)
        refuse(problems, source)

        super().__init__("flashback:index:FlashbackWorkspace", resource_name, None, opts)
        self._depends_on = opts.depends_on if opts else None
        self.workspace = self._make_workspace(description)
        if self.workspace is not None:
            self.workspace_id = self.workspace.workspace_id
        elif description.workspace_id is not None:
            self.workspace_id = pulumi.Output.from_input(description.workspace_id)
        self.members, last_to_go = self._make_members(description.members, users)
        self.keys = self._make_keys(description.keys, last_to_go)
        self.member_ids = _ids(self.members)
        self.api_key_ids = _ids(self.keys)
        self.register_outputs(
            {
                "workspaceId": self.workspace_id,
                "memberIds": self.member_ids,
                "apiKeyIds": self.api_key_ids,
            }
        )

    @classmethod
    def from_file(
        cls,
        resource_name: str,
        path: str | PathLike[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> Self:
        """Make a workspace of a file such as ``workspace.yaml``; docs/workspace.md has its form.

        Args:
            resource_name: The name of the component in the program.
            path: The file; a relative path begins at the directory of the program.
            opts: Options of the component.

        Raises:
            pulumi.RunError: Something is wrong with the file; everything is told at once, with
                file and line.
        """
        # late: a program that describes its workspace itself reads no file
        from pulumi_flashback.component.file import read_description

        return cls(resource_name, read_description(path), opts)

    def _make_workspace(self, description: WorkspaceDescription) -> Workspace | None:
        if description.name is None:
            return None
        return Workspace(self.pulumi_resource_name, name=description.name, opts=self._options())

    def _make_members(
        self, members: Mapping[str, MemberDescription], users: UserIds
    ) -> tuple[dict[str, WorkspaceMember], list[WorkspaceMember]]:
        """Make the members; return those that everything else is deleted before as well.

        Whoever may leave the workspace without an ADMIN is made first and so goes last: the
        provider may be signed in as that user.
        """
        made: dict[str, WorkspaceMember] = {}
        last = [label for label, each in members.items() if each.allow_removing_last_admin]
        for label in last:
            made[label] = self._make_member(label, members[label], users[label], [])
        last_to_go = list(made.values())
        for label, member in members.items():
            if label not in last:
                made[label] = self._make_member(label, member, users[label], last_to_go)
        return {label: made[label] for label in members}, last_to_go

    def _make_member(
        self,
        label: str,
        member: MemberDescription,
        user_id: pulumi.Input[str],
        after: Sequence[pulumi.Resource],
    ) -> WorkspaceMember:
        return WorkspaceMember(
            self._child_name(label),
            workspace_id=self.workspace_id,
            user_id=user_id,
            role=member.role,
            allow_removing_last_admin=member.allow_removing_last_admin,
            # a workspace takes its members along: who deletes it must still be one of them
            opts=self._options(member, after, deleted_with=self.workspace),
        )

    def _make_keys(
        self, keys: Mapping[str, KeyDescription], after: Sequence[pulumi.Resource]
    ) -> dict[str, ApiKey]:
        # each key is deleted by itself: what a deleted workspace means for its keys is not known
        return {
            label: ApiKey(
                self._child_name(label),
                ApiKeyArgs(workspace_id=self.workspace_id, **_inputs(key)),
                self._options(key, after),
            )
            for label, key in keys.items()
        }

    def _child_name(self, label: str) -> str:
        # a label has no slash, so no two components make the same name
        return f"{self.pulumi_resource_name}/{label}"

    def _options(
        self,
        entry: MemberDescription | KeyDescription | None = None,
        after: Sequence[pulumi.Resource] = (),
        *,
        deleted_with: pulumi.Resource | None = None,
    ) -> pulumi.ResourceOptions:
        former = former_labels(entry) if entry else []
        return pulumi.ResourceOptions.merge(
            # the one option of a component that Pulumi does not pass on to what it makes
            pulumi.ResourceOptions(depends_on=self._depends_on),
            pulumi.ResourceOptions(
                parent=self,
                depends_on=list(after),
                deleted_with=deleted_with,
                aliases=[pulumi.Alias(name=self._child_name(label)) for label in former],
            ),
        )


def _inputs(key: KeyDescription) -> dict[str, Any]:
    return {
        each.name: getattr(key, each.name) for each in fields(key) if each.name != "renamed_from"
    }


def _ids(
    resources: Mapping[str, WorkspaceMember] | Mapping[str, ApiKey],
) -> pulumi.Output[Mapping[str, str]]:
    return pulumi.Output.all(**{label: each.id for label, each in resources.items()})
