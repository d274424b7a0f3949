"""The component class ``FlashbackWorkspace``."""

from collections.abc import Mapping
from dataclasses import replace
from os import PathLike
from typing import Any, Self

import pulumi
from pydantic.alias_generators import to_camel, to_snake

from pulumi_flashback.component.checks import check_description
from pulumi_flashback.component.description import WorkspaceDescription
from pulumi_flashback.component.diagnostics import raise_errors
from pulumi_flashback.component.fields import SECTIONS, Section
from pulumi_flashback.component.file import read_description
from pulumi_flashback.component.users import with_user_ids
from pulumi_flashback.dynamic.ai_llm import AiLlm
from pulumi_flashback.dynamic.api_key import ApiKey
from pulumi_flashback.dynamic.bucket import Bucket
from pulumi_flashback.dynamic.policy import Policy
from pulumi_flashback.dynamic.repository import Repository
from pulumi_flashback.dynamic.repository_ai_key import RepositoryAiKey
from pulumi_flashback.dynamic.repository_api_key import RepositoryApiKey
from pulumi_flashback.dynamic.repository_cloud_key import RepositoryCloudKey
from pulumi_flashback.dynamic.resource import refuse_native_provider
from pulumi_flashback.dynamic.workspace import Workspace
from pulumi_flashback.dynamic.workspace_member import WorkspaceMember


class FlashbackWorkspace(pulumi.ComponentResource):
    """A workspace and its contents, declared with one description::

        team = FlashbackWorkspace.from_file("team", "workspace.yaml")
        pulumi.export("apiKeyIds", team.api_key_ids)

    The labels are part of the names of the resources, so a new label declares a new resource,
    unless ``renamed_from`` gives the label that the entry had before.

    Args:
        resource_name: The name of the component in the program.
        description: The workspace and its contents.
        opts: Options of the component. ``provider``, ``protect``, ``aliases``, ``depends_on``,
            ``deleted_with`` and ``retain_on_delete`` apply to its resources as well.

    Raises:
        pulumi.RunError: The description has errors, which are reported together; or the options
            contain a provider that would be ignored.
    """

    workspace_id: pulumi.Output[str]
    """The id of the workspace."""
    member_ids: pulumi.Output[Mapping[str, str]]
    """The ids of the memberships by label: ``WORKSPACE_ID/USER_ID``."""
    api_key_ids: pulumi.Output[Mapping[str, str]]
    """The ids of the API keys by label."""
    bucket_ids: pulumi.Output[Mapping[str, str]]
    """The ids of the buckets by label."""
    ai_llm_ids: pulumi.Output[Mapping[str, str]]
    """The ids of the AI models by label."""
    repository_ids: pulumi.Output[Mapping[str, str]]
    """The ids of the repositories by label."""
    repository_api_key_ids: pulumi.Output[Mapping[str, str]]
    """The ids of the access keys of repositories by label."""
    repository_ai_key_ids: pulumi.Output[Mapping[str, str]]
    """The ids of the AI keys of repositories by label."""
    repository_cloud_key_ids: pulumi.Output[Mapping[str, str]]
    """The ids of the links of repositories to API keys by label."""
    policy_ids: pulumi.Output[Mapping[str, str]]
    """The ids of the policies by label."""
    workspace: Workspace | None
    """The workspace, if the component creates it."""
    members: Mapping[str, WorkspaceMember]
    """The members by label."""
    keys: Mapping[str, ApiKey]
    """The API keys by label."""
    buckets: Mapping[str, Bucket]
    """The buckets by label."""
    ai_llms: Mapping[str, AiLlm]
    """The AI models by label."""
    repositories: Mapping[str, Repository]
    """The repositories by label."""
    repository_api_keys: Mapping[str, RepositoryApiKey]
    """The access keys of repositories by label."""
    repository_ai_keys: Mapping[str, RepositoryAiKey]
    """The AI keys of repositories by label."""
    repository_cloud_keys: Mapping[str, RepositoryCloudKey]
    """The links of repositories to API keys by label."""
    policies: Mapping[str, Policy]
    """The policies by label."""

    def __init__(
        self,
        resource_name: str,
        description: WorkspaceDescription,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        refuse_native_provider(resource_name, opts)
        # before anything is registered, so that an invalid description creates nothing
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
            resources = self._declare(section, getattr(description, section.attribute))
            ids = pulumi.Output.all(**{label: each.id for label, each in resources.items()})
            setattr(self, section.attribute, resources)
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
        """Declare a workspace from a file such as ``workspace.yaml``; see docs/workspace.md.

        Args:
            resource_name: The name of the component in the program.
            path: The file; a relative path is resolved against the directory of the program.
            opts: Options of the component.

        Raises:
            pulumi.RunError: The file has errors, which are reported together, with their lines.
        """
        return cls(resource_name, read_description(path), opts)

    def _declare(
        self, section: Section, entries: Mapping[str, Any]
    ) -> dict[str, pulumi.CustomResource]:
        """Declare first what is deleted last: the provider may be signed in as that user."""
        declared: dict[str, pulumi.CustomResource] = {}
        for label in sorted(entries, key=lambda each: not _is_deleted_last(entries[each])):
            entry = entries[label]
            inputs = section.inputs_of(section.values_of(entry), self._id_of)
            inputs = {section.inputs[name]: each for name, each in inputs.items()}
            if "workspaceId" in section.model.names():
                inputs["workspace_id"] = self.workspace_id
            options = self._options(entry, with_workspace=section.deleted_with_workspace)
            declared[label] = section.resource_class(
                self._child_name(label), **inputs, opts=options
            )
            if _is_deleted_last(entry):
                self._deleted_last.append(declared[label])
        return {label: declared[label] for label in entries}

    def _id_of(self, section: str, label: str) -> pulumi.Output[str]:
        resource: pulumi.CustomResource = getattr(self, to_snake(section))[label]
        return resource.id

    def _child_name(self, label: str) -> str:
        # a label contains no slash, so two components never produce the same name
        return f"{self.pulumi_resource_name}/{label}"

    def _options(
        self, entry: object = None, *, with_workspace: bool = False
    ) -> pulumi.ResourceOptions:
        former = getattr(entry, "renamed_from", None) or ()
        labels = [former] if isinstance(former, str) else former
        return pulumi.ResourceOptions.merge(
            # the only option of these that Pulumi does not pass on to the children of a component
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
