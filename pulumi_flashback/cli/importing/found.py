"""What is in an existing workspace, as the provider imports it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from pulumi_flashback.cli.importing.names import Subject, config_name, unique_names
from pulumi_flashback.client import Workspace, WorkspaceMember, errors
from pulumi_flashback.client.models import Row, Rows
from pulumi_flashback.core.context import Context
from pulumi_flashback.core.resource import Resource
from pulumi_flashback.core.resource_model import placeholder
from pulumi_flashback.core.values import Properties
from pulumi_flashback.resources import resource_type
from pulumi_flashback.settings import token


@dataclass(frozen=True)
class Secret:
    property: str  # the input, in camelCase
    config: str  # the key of the stack config that holds it
    known: bool  # whether the API returns it, so that the program must have the same value


@dataclass(frozen=True)
class Found:
    type: Resource
    name: str  # its name in the program
    import_id: str  # the id that ``pulumi import`` takes
    inputs: Properties = field(repr=False)  # what an import puts into the state; secrets included
    remark: str = ""  # one line for the reader, or empty

    @property
    def token(self) -> str:
        return token(self.type.name)

    @property
    def plain(self) -> Properties:
        """The inputs that may be written down, in order of declaration."""
        return {n: self.inputs[n] for n in self._given() if n not in self.type.secrets}

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """The inputs that may not."""
        return tuple(
            Secret(name, config_name(self.name, name), self.inputs[name] != placeholder(name))
            for name in self._given()
            if name in self.type.secrets
        )

    @property
    def problems(self) -> tuple[str, ...]:
        """What the API returns and the provider does not accept, one sentence each."""
        return tuple(each.reason for each in self.type.check(self.inputs, self.inputs).problems)

    def _given(self) -> list[str]:
        return [name for name in self.type.inputs.names() if name in self.inputs]


def collect(context: Context, workspace_id: str) -> list[Found]:
    workspace = context.client.workspaces.get(workspace_id)
    objects: list[tuple[str, Row]] = [("Workspace", workspace)]
    for name, list_rows in _LISTS.items():
        rows = context.reported(list_rows(context, workspace))
        # the order of the API is not documented
        unique = {_id(row): row for row in rows}.values()
        by_age = sorted(unique, key=lambda each: (getattr(each, "created_at", "") or "", _id(each)))
        objects += [(name, row) for row in by_age]
    names = unique_names([_subject(*each) for each in objects])
    return [
        _found(context, workspace, *each, name) for each, name in zip(objects, names, strict=True)
    ]


_LISTS: Final[dict[str, Callable[[Context, Workspace], Rows[Any]]]] = {
    "WorkspaceMember": lambda _, workspace: (
        workspace.members if workspace.members is not None else Rows()
    ),
    "ApiKey": lambda context, workspace: context.client.api_keys.list(workspace_id=workspace.id),
}


def _found(context: Context, workspace: Workspace, type_name: str, row: Row, name: str) -> Found:
    kind = resource_type(type_name)
    parent = f"{workspace.id}/" if "workspaceId" in kind.inputs.names() else ""
    import_id = f"{parent}{_id(row)}"
    try:
        _, outputs = kind.find(context, import_id)
    except (errors.APIError, errors.APIConnectionError, errors.ConfigurationError):
        raise
    except errors.FlashbackError:  # its message is about a stack, which does not exist yet
        raise errors.FlashbackError(
            f"{kind.name} {import_id} was listed, and could not be read a moment later. Check the "
            "role of the user in the workspace, then run the same command again"
        ) from None
    return Found(kind, name, import_id, kind.inputs_to_import(outputs, {}), _remark(row))


def _id(row: Row) -> str:
    return str(getattr(row, row.id_name))


def _subject(type_name: str, row: Row) -> Subject:
    if isinstance(row, WorkspaceMember):
        account = _email(row).partition("@")[0]
        return Subject(row.user_id, "member", f"member {account}" if account else "")
    described = getattr(row, "description", None) or getattr(row, "name", None)
    kind = getattr(row, "provider", None) or re.findall("[A-Z][a-z]+", type_name)[-1].lower()
    return Subject(_id(row), kind, described or "")


def _remark(row: Row) -> str:
    if isinstance(row, Workspace) and row.members is None:
        return "The API did not return the members of this workspace."
    return _email(row) if isinstance(row, WorkspaceMember) else ""


def _email(member: WorkspaceMember) -> str:
    return (member.user.email if member.user else None) or ""
