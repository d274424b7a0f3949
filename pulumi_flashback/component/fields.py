"""The fields of a file: the inputs of the resources, and what only a description has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, get_args

from pulumi_flashback.component.description import KeyDescription, MemberDescription
from pulumi_flashback.core.resource import Resource
from pulumi_flashback.resources.api_key import API_KEY
from pulumi_flashback.resources.workspace_member import WORKSPACE_MEMBER

NAME: Final = "The name of the workspace to make. Changed in place."
WORKSPACE_ID: Final = "A workspace that exists; give it instead of `name`."
EMAIL: Final = "The email address of a user of the organization; give it instead of `userId`."
RENAMED_FROM: Final = (
    "The label, or the labels, that this entry had before. It can be removed when every stack is "
    "up to date."
)


@dataclass(frozen=True)
class EntryKind:
    """The entries of one section.

    Attributes:
        section: Its name.
        resource: What an entry makes.
        extra: Fields that are no inputs of the resource, with their descriptions.
        description: The class of an entry.
    """

    section: str
    resource: Resource
    extra: Mapping[str, str]
    description: type[KeyDescription] | type[MemberDescription]

    @property
    def fields(self) -> dict[str, str]:
        """The attribute of the description by the name of each field."""
        inputs = self.resource.inputs.python_names()
        named = {name: each for name, each in inputs.items() if name != "workspaceId"}
        return {**named, **{name: _ATTRIBUTES[name] for name in self.extra}}

    @property
    def required(self) -> list[str]:
        """The fields that each entry must have."""
        return [name for name in self.resource.inputs.required() if name not in _GIVEN]

    @property
    def flags(self) -> frozenset[str]:
        """The fields that are true or false."""
        inputs = self.resource.inputs
        return frozenset(
            name
            for name, attribute in inputs.python_names().items()
            if bool in get_args(inputs.model_fields[attribute].annotation)
        )


_GIVEN: Final = ("workspaceId", "userId")  # by the component, at least where an entry does not
_ATTRIBUTES: Final = {"email": "email", "renamedFrom": "renamed_from"}

KEYS: Final = EntryKind("keys", API_KEY, {"renamedFrom": RENAMED_FROM}, KeyDescription)
MEMBERS: Final = EntryKind(
    "members",
    WORKSPACE_MEMBER,
    {"email": EMAIL, "renamedFrom": RENAMED_FROM},
    MemberDescription,
)

TOP: Final = ("name", "workspaceId", "members", "keys")
"""The fields of the file."""

PLAIN: Final = frozenset({"email", "renamedFrom", "allowRemovingLastAdmin"})
"""Fields that the program itself looks at, so that they cannot be kept secret."""
