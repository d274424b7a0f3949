"""What a description consists of: the sections of the file, and the fields of an entry in each.

Reading, checks, renaming, the JSON schema, the resources and the outputs are derived from this. A
new section is an entry of ``SECTIONS``, and an attribute of ``WorkspaceDescription`` and of
``FlashbackWorkspace``; the class of its entries is generated.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, get_args

import pulumi
from pydantic.alias_generators import to_snake

import pulumi_flashback
from pulumi_flashback.core.resource import Resource
from pulumi_flashback.resources.api_key import API_KEY
from pulumi_flashback.resources.workspace_member import WORKSPACE_MEMBER

RENAMED_FROM: Final = (
    "The label, or the labels, that this entry had before. It can be removed when every stack is "
    "up to date."
)
EMAIL: Final = "The email address of a user of the organization; give it instead of `userId`."


@dataclass(frozen=True)
class Section:
    name: str
    description: str
    resource: Resource  # its inputs are fields of an entry
    entry_name: str  # of the class of an entry, which is generated
    entry_description: str
    ids: str  # the output of the component that has the ids by label
    extra: Mapping[str, str]  # fields that are not inputs, with their descriptions
    alternatives: Mapping[str, str] = field(default_factory=dict)  # an input: the extra field
    deleted_with_workspace: bool = False  # by the platform

    # both classes are generated, also from this table

    @cached_property
    def resource_class(self) -> Callable[..., pulumi.CustomResource]:
        found: Callable[..., pulumi.CustomResource] = getattr(pulumi_flashback, self.resource.name)
        return found

    @cached_property
    def entry_class(self) -> type:
        found: type = getattr(pulumi_flashback, self.entry_name)
        return found

    @cached_property
    def inputs(self) -> dict[str, str]:
        names = self.resource.inputs.python_names()
        return {name: attribute for name, attribute in names.items() if name != "workspaceId"}

    @cached_property
    def fields(self) -> dict[str, str]:
        return {**self.inputs, **{name: to_snake(name) for name in self.extra}}

    @cached_property
    def required(self) -> list[str]:
        required = self.inputs.keys() - self.alternatives.keys()
        return [name for name in self.resource.inputs.required() if name in required]

    @cached_property
    def flags(self) -> frozenset[str]:
        models = self.resource.inputs.model_fields
        types = {name: models[attribute].annotation for name, attribute in self.inputs.items()}
        return frozenset(name for name, annotation in types.items() if bool in get_args(annotation))


MEMBERS: Final = Section(
    "members",
    "The members by label.",
    WORKSPACE_MEMBER,
    "MemberDescription",
    "A member of a workspace: give `email` or `userId`.",
    ids="member_ids",
    extra={"email": EMAIL, "renamedFrom": RENAMED_FROM},
    alternatives={"userId": "email"},
    deleted_with_workspace=True,
)
KEYS: Final = Section(
    "keys",
    "The API keys by label.",
    API_KEY,
    "KeyDescription",
    "An API key of a workspace: the inputs of :class:`ApiKeyArgs` without the workspace.",
    ids="api_key_ids",
    extra={"renamedFrom": RENAMED_FROM},
)
SECTIONS: Final = (MEMBERS, KEYS)  # in order of creation

WORKSPACE_FIELDS: Final = {
    "name": "The name of the workspace to create. Updated in place.",
    "workspaceId": "A workspace that exists; give it instead of `name`.",
}
TOP: Final = (*WORKSPACE_FIELDS, *(section.name for section in SECTIONS))  # the fields of the file

PLAIN: Final = ("email", "renamedFrom", "allowRemovingLastAdmin")  # no secrets or outputs
