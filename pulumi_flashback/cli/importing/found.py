"""The objects of an existing workspace, with the inputs that an import stores."""

import re
from dataclasses import dataclass, field
from typing import Final

from pulumi_flashback.cli.contents import Item, contents, workspace_items
from pulumi_flashback.cli.importing.names import Subject, config_name, unique_names
from pulumi_flashback.client import Workspace, WorkspaceMember
from pulumi_flashback.client.models import Row
from pulumi_flashback.core.context import Context
from pulumi_flashback.core.resource import Resource
from pulumi_flashback.core.resource_model import placeholder
from pulumi_flashback.core.values import Properties
from pulumi_flashback.resources.workspace_sources import Membership
from pulumi_flashback.settings import token


@dataclass(frozen=True)
class Secret:
    property: str  # the input, in camelCase
    config: str  # the key of the stack config that holds it
    known: bool  # whether the API returns it; the program must then have the same value


@dataclass(frozen=True)
class Found:
    type: Resource
    name: str  # its name in the program
    import_id: str  # the id that ``pulumi import`` takes
    inputs: Properties = field(repr=False)  # what an import writes to the state, with secrets
    remark: str = ""  # one line for the reader, or empty

    @property
    def token(self) -> str:
        return token(self.type.name)

    @property
    def id_property(self) -> str:
        """The output that repeats the id, such as ``apiKeyId``; empty if there is none."""
        return next(iter(self.type.outputs.marked("same_as_id")), "")

    @property
    def plain(self) -> Properties:
        """The inputs that may be written to a file, in order of declaration."""
        return {n: self.inputs[n] for n in self._given() if n not in self.type.secrets}

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """The inputs that may not be written to a file."""
        return tuple(
            Secret(name, config_name(self.name, name), self.inputs[name] != placeholder(name))
            for name in self._given()
            if name in self.type.secrets
        )

    @property
    def problems(self) -> tuple[str, ...]:
        """Values of the API that the provider does not accept, one sentence each."""
        return tuple(each.reason for each in self.type.check(self.inputs, self.inputs).problems)

    def _given(self) -> list[str]:
        return [name for name in self.type.inputs.names() if name in self.inputs]


def collect(context: Context, workspace_id: str) -> list[Found]:
    workspace = context.client.workspaces.get(workspace_id)
    if workspace.members is not None:
        context.reported(workspace.members)
    items = [*workspace_items(workspace), *contents(context, workspace.id)]
    names = unique_names([subject_of(each) for each in items])
    return [_found(context, workspace, each, name) for each, name in zip(items, names, strict=True)]


def _found(context: Context, workspace: Workspace, item: Item, name: str) -> Found:
    kind, row = item.type, item.row
    # a refresh would store the workspace; without it, the provider would search for it
    state = {"workspaceId": workspace.id, **kind.parsed(item.import_id)}
    known = {n: value for n, value in state.items() if n not in kind.outputs.marked("same_as_id")}
    shown = Membership(workspace, row) if isinstance(row, WorkspaceMember) else row
    outputs = kind.outputs_of(context, item.id, shown, known)
    inputs = kind.inputs_to_import(outputs, {})
    return Found(kind, name, item.import_id, inputs, _remark(row))


def subject_of(item: Item) -> Subject:
    row, kind = item.row, item.type.name
    if isinstance(row, WorkspaceMember):
        account = _email(row).partition("@")[0]
        return Subject(row.user_id, "member", f"member {account}" if account else "")
    described = getattr(row, "description", None) or getattr(row, "name", None) or ""
    if kind in _WORDS:  # a bucket may have the same name as its key
        return Subject(item.id, _WORDS[kind], f"{_WORDS[kind]} {described}" if described else "")
    word = getattr(row, "provider", None) or re.findall("[A-Z][a-z]+", kind)[-1].lower()
    return Subject(item.id, word, described)


_WORDS: Final = {
    "Bucket": "bucket",
    "AiLlm": "model",
    "Repository": "repository",
    "RepositoryApiKey": "access",
    "RepositoryAiKey": "ai access",
    "RepositoryCloudKey": "cloud access",
    "Policy": "policy",
}
"""What the name of a resource begins with."""


def _remark(row: Row) -> str:
    if isinstance(row, Workspace) and row.members is None:
        return "The API did not return the members of this workspace."
    return _email(row) if isinstance(row, WorkspaceMember) else ""


def _email(member: WorkspaceMember) -> str:
    return (member.user.email if member.user else None) or ""
