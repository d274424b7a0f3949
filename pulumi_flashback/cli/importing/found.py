"""What is in a live workspace, as the provider imports it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi_flashback.cli.importing.names import Subject, config_name, unique_names
from pulumi_flashback.client import (
    APIConnectionError,
    APIError,
    ConfigurationError,
    FlashbackError,
    Workspace,
    WorkspaceMember,
)
from pulumi_flashback.core.context import Context
from pulumi_flashback.core.resource import Resource
from pulumi_flashback.core.resource_model import placeholder
from pulumi_flashback.core.values import Properties
from pulumi_flashback.native.schema import resource_token
from pulumi_flashback.resources.api_key import API_KEY
from pulumi_flashback.resources.workspace import WORKSPACE
from pulumi_flashback.resources.workspace_member import WORKSPACE_MEMBER

_UNTOLD = "The platform does not tell who its members are."


@dataclass(frozen=True)
class Secret:
    """An input that is kept out of all files.

    Attributes:
        property: The input, in camelCase.
        config: The key of the stack config that holds it.
        known: Whether the import finds it on the platform, so that it has to be the same.
    """

    property: str
    config: str
    known: bool


@dataclass(frozen=True)
class Found:
    """One resource of a live workspace.

    Attributes:
        type: The resource.
        name: Its name in the program.
        import_id: The id that ``pulumi import`` takes.
        inputs: What an import puts into the state; secrets included.
        remark: One line for the reader, or empty.
    """

    type: Resource
    name: str
    import_id: str
    inputs: Properties = field(repr=False)
    remark: str = ""

    @property
    def token(self) -> str:
        """The type token."""
        return resource_token(self.type)

    @property
    def plain(self) -> Properties:
        """The inputs that may be written down, in order of declaration."""
        names = (name for name in self.type.inputs.names() if name not in self.type.secrets)
        return {name: self.inputs[name] for name in names if name in self.inputs}

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """The inputs that may not."""
        return tuple(
            Secret(name, config_name(self.name, name), self.inputs[name] != placeholder(name))
            for name in self.type.inputs.names()
            if name in self.type.secrets and name in self.inputs
        )

    @property
    def problems(self) -> tuple[str, ...]:
        """What the platform has and the provider does not accept, one sentence each."""
        return tuple(each.reason for each in self.type.check(self.inputs, self.inputs).problems)


@dataclass(frozen=True)
class _Object:
    """Something on the platform that is to be imported."""

    type: Resource
    import_id: str
    subject: Subject
    remark: str = ""


def collect(context: Context, workspace_id: str) -> list[Found]:
    """Return everything in a workspace that can be imported, the workspace first.

    Raises:
        FlashbackError: It cannot be read.
    """
    objects = list(_objects(context, workspace_id))
    names = unique_names([each.subject for each in objects])
    return [_found(context, each, name) for each, name in zip(objects, names, strict=True)]


def key_subject(row: Mapping[str, Any]) -> Subject:
    """Return what a key is to be named after.

    Args:
        row: Its visible properties, by camelCase name.
    """
    return Subject(row["id"], row.get("provider") or "key", row.get("description") or "")


def _objects(context: Context, workspace_id: str) -> Iterator[_Object]:
    workspace = context.client.workspaces.get(workspace_id)
    subject = Subject(workspace.id, "workspace", workspace.name or "")
    remark = _UNTOLD if workspace.members is None else ""
    yield _Object(WORKSPACE, workspace.id, subject, remark)
    if workspace.members is not None:
        context.reported(workspace.members)
    yield from _members(workspace)
    keys = context.reported(context.client.api_keys.list(workspace_id=workspace.id))
    # in an order of ours: the platform's is not documented
    for key in sorted(keys, key=lambda each: (each.created_at or "", each.id)):
        subject = key_subject(key.model_dump(include={"id", "provider", "description"}))
        yield _Object(API_KEY, f"{workspace.id}/{key.id}", subject)


def _members(workspace: Workspace) -> Iterable[_Object]:
    members = {each.user_id: each for each in workspace.members or ()}
    for user_id, member in sorted(members.items()):
        email = _email(member)
        account = email.partition("@")[0]
        words = f"member {account}" if account else ""
        subject = Subject(user_id, "member", words)
        yield _Object(WORKSPACE_MEMBER, f"{workspace.id}/{user_id}", subject, email)


def _email(member: WorkspaceMember) -> str:
    return (member.user.email if member.user else None) or ""


def _found(context: Context, each: _Object, name: str) -> Found:
    try:
        _, outputs = each.type.find(context, each.import_id)
    except (APIError, APIConnectionError, ConfigurationError):
        raise
    except FlashbackError:  # what it says is about a stack, which does not exist yet
        raise FlashbackError(
            f"{each.type.name} {each.import_id} was listed, and could not be read a moment later. "
            "Check the role of the user in the workspace, then run the same command again"
        ) from None
    inputs = each.type.inputs_to_import(outputs, {})
    return Found(each.type, name, each.import_id, inputs, each.remark)
