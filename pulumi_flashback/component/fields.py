"""The fields of a file: the inputs of the resources, and what only a description has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, get_args

from pulumi_flashback.component import entries
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
        class_name: The name of the class of an entry, which is generated.
        meaning: What an entry is, for its class.
    """

    section: str
    resource: Resource
    extra: Mapping[str, str]
    class_name: str
    meaning: str

    @property
    def description(self) -> type[Any]:
        """The class of an entry."""
        found: type[Any] = getattr(entries, self.class_name)
        return found

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

KEYS: Final = EntryKind(
    "keys",
    API_KEY,
    {"renamedFrom": RENAMED_FROM},
    "KeyDescription",
    "An API key of a workspace: the inputs of :class:`ApiKeyArgs` without the workspace.",
)
MEMBERS: Final = EntryKind(
    "members",
    WORKSPACE_MEMBER,
    {"email": EMAIL, "renamedFrom": RENAMED_FROM},
    "MemberDescription",
    "A member of a workspace: give `email` or `userId`.",
)

TOP: Final = ("name", "workspaceId", "members", "keys")
"""The fields of the file."""

PLAIN: Final = frozenset({"email", "renamedFrom", "allowRemovingLastAdmin"})
"""Fields that the program itself looks at, so that they cannot be kept secret."""
