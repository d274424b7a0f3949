"""The component: a workspace with its members and API keys."""

from collections.abc import Mapping
from dataclasses import replace
from os import PathLike
from typing import Any, Self

import pulumi
from pydantic.alias_generators import to_camel

from pulumi_flashback.component.checks import check_description
from pulumi_flashback.component.description import WorkspaceDescription
from pulumi_flashback.component.diagnostics import raise_errors
from pulumi_flashback.component.fields import SECTIONS, Section
from pulumi_flashback.component.file import read_description
from pulumi_flashback.component.users import with_user_ids
from pulumi_flashback.dynamic.api_key import ApiKey
from pulumi_flashback.dynamic.resource import refuse_native_provider
from pulumi_flashback.dynamic.workspace import Workspace
from pulumi_flashback.dynamic.workspace_member import WorkspaceMember


class FlashbackWorkspace(pulumi.ComponentResource):
    """A workspace with its members and API keys, declared with one description::

        team = FlashbackWorkspace.from_file("team", "workspace.yaml")
        pulumi.export("apiKeyIds", team.api_key_ids)

    The labels are part of the names of the resources, so a new label declares a new resource,
    unless ``renamed_from`` gives the label that the entry had before.

    Args:
        resource_name: The name of the component in the program.
        description: The workspace, its members and its keys.
        opts: Options of the component. ``provider``, ``protect``, ``aliases``, ``depends_on``,
            ``deleted_with`` and ``retain_on_delete`` apply to its resources as well.

    Raises:
        pulumi.RunError: The description has errors, which are reported together. Or the options
            have a provider that would be ignored.
    """

    workspace_id: pulumi.Output[str]
    """The id of the workspace."""
    member_ids: pulumi.Output[Mapping[str, str]]
    """The ids of the memberships by label: ``WORKSPACE_ID/USER_ID``."""
    api_key_ids: pulumi.Output[Mapping[str, str]]
    """The ids of the API keys by label."""
    workspace: Workspace | None
    """The workspace, if the component creates it."""
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
        # before anything is registered, so that a wrong description creates nothing
        source = description.source or resource_name
        raise_errors(check_description(description), source)
        members, errors = with_user_ids(description.members)
        raise_errors(errors, source)
        description = replace(description, members=members)

        super().__init__("flashback:index:FlashbackWorkspace", resource_name, None, opts)
        self._depends_on = opts.depends_on if opts else None
        self._deleted_last: list[pulumi.Resource] = []
        self.workspace = None
        if description.name is not None:
            options = self._options()
            self.workspace = Workspace(resource_name, name=description.name, opts=options)
            self.workspace_id = self.workspace.workspace_id
        elif description.workspace_id is not None:
            self.workspace_id = pulumi.Output.from_input(description.workspace_id)
        outputs: dict[str, pulumi.Output[Any]] = {"workspaceId": self.workspace_id}
        for section in SECTIONS:
            resources = self._declare(section, getattr(description, section.name))
            ids = pulumi.Output.all(**{label: each.id for label, each in resources.items()})
            setattr(self, section.name, resources)
            setattr(self, section.ids, ids)
            outputs[to_camel(section.ids)] = ids
        self.register_outputs(outputs)

    @classmethod
    def from_file(
        cls,
        resource_name: str,
        path: str | PathLike[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> Self:
        """Declare a workspace with a file such as ``workspace.yaml``: see docs/workspace.md.

        Args:
            resource_name: The name of the component in the program.
            path: The file; a relative path begins at the directory of the program.
            opts: Options of the component.

        Raises:
            pulumi.RunError: The file has errors, which are reported together, with their lines.
        """
        return cls(resource_name, read_description(path), opts)

    def _declare(
        self, section: Section, entries: Mapping[str, Any]
    ) -> dict[str, pulumi.CustomResource]:
        """Declare those first that are deleted last: the provider may be signed in as that user."""
        declared: dict[str, pulumi.CustomResource] = {}
        for label in sorted(entries, key=lambda each: not _is_deleted_last(entries[each])):
            entry = entries[label]
            inputs = {attribute: getattr(entry, attribute) for attribute in section.inputs.values()}
            options = self._options(entry, with_workspace=section.deleted_with_workspace)
            declared[label] = section.resource_class(
                self._child_name(label), workspace_id=self.workspace_id, **inputs, opts=options
            )
            if _is_deleted_last(entry):
                self._deleted_last.append(declared[label])
        return {label: declared[label] for label in entries}

    def _child_name(self, label: str) -> str:
        # a label has no slash, so no two components give the same name
        return f"{self.pulumi_resource_name}/{label}"

    def _options(
        self, entry: object = None, *, with_workspace: bool = False
    ) -> pulumi.ResourceOptions:
        former = getattr(entry, "renamed_from", None) or ()
        labels = [former] if isinstance(former, str) else former
        return pulumi.ResourceOptions.merge(
            # the one option of a component that Pulumi does not pass on to its children
            pulumi.ResourceOptions(depends_on=self._depends_on),
            pulumi.ResourceOptions(
                parent=self,
                depends_on=[] if _is_deleted_last(entry) else list(self._deleted_last),
                deleted_with=self.workspace if with_workspace else None,
                aliases=[pulumi.Alias(name=self._child_name(label)) for label in labels],
            ),
        )


def _is_deleted_last(entry: object) -> bool:
    return bool(getattr(entry, "allow_removing_last_admin", False))
