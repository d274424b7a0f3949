"""The structure of a description: the sections of the file, and the fields of their entries.

Reading, checks, renaming, the JSON schema, the resources and the outputs are derived from it. To
add a section, add an entry to ``SECTIONS`` and an attribute to ``WorkspaceDescription`` and to
``FlashbackWorkspace``; the class of its entries is generated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, get_args

import pulumi
from pydantic.alias_generators import to_snake

import pulumi_flashback
from pulumi_flashback.core.properties import PropertyModel
from pulumi_flashback.core.resource import Resource
from pulumi_flashback.core.values import UNKNOWN, Properties, without_nulls
from pulumi_flashback.resources.ai_llm import AI_LLM
from pulumi_flashback.resources.api_key import API_KEY
from pulumi_flashback.resources.bucket import BUCKET
from pulumi_flashback.resources.policy import POLICY
from pulumi_flashback.resources.repository import REPOSITORY, RepositoryBucket
from pulumi_flashback.resources.repository_ai_key import REPOSITORY_AI_KEY
from pulumi_flashback.resources.repository_api_key import REPOSITORY_API_KEY
from pulumi_flashback.resources.repository_cloud_key import REPOSITORY_CLOUD_KEY
from pulumi_flashback.resources.workspace_member import WORKSPACE_MEMBER

RENAMED_FROM: Final = (
    "The label, or the labels, that this entry had before. It can be removed when every stack is "
    "up to date."
)
EMAIL: Final = "The email address of a user of the organization; give it instead of `userId`."

_PLAIN: Final = frozenset(["allowRemovingLastAdmin"])


@dataclass(frozen=True)
class Reference:
    """A field that names entries of an earlier section by label instead of by id."""

    input: str  # the input that gets the ids
    section: str
    ids: str = ""  # for lists: the field with the ids of objects outside the description

    @property
    def description(self) -> str:
        if self.ids:
            return f"Labels of `{self.section}`; for other objects, give their ids in `{self.ids}`."
        return f"A label of `{self.section}`; give it instead of `{self.input}`."


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An entry under a label, or an item of a list in such an entry."""

    model: type[PropertyModel]  # its properties become fields
    entry_name: str  # the name of its generated class
    entry_description: str
    extra: Mapping[str, str] = field(default_factory=dict)  # further fields, with descriptions
    alternatives: Mapping[str, str] = field(default_factory=dict)  # fields that replace inputs
    references: Mapping[str, Reference] = field(default_factory=dict)
    lists: Mapping[str, Entry] = field(default_factory=dict)  # fields that are lists of entries

    # the class is generated from this table, too
    @cached_property
    def entry_class(self) -> type:
        found: type = getattr(pulumi_flashback, self.entry_name)
        return found

    @cached_property
    def inputs(self) -> dict[str, str]:
        names = self.model.python_names()
        return {name: attribute for name, attribute in names.items() if name != "workspaceId"}

    @cached_property
    def descriptions(self) -> dict[str, str]:
        """The fields that are not inputs or have a different meaning."""
        found = {name: each.description for name, each in self.references.items()}
        ids = {each.ids: f"Ids, besides `{n}`." for n, each in self.references.items() if each.ids}
        return {**found, **ids, **self.extra}

    @cached_property
    def fields(self) -> dict[str, str]:
        return {**self.inputs, **{name: to_snake(name) for name in self.descriptions}}

    @cached_property
    def plain(self) -> frozenset[str]:
        """The fields that are neither secrets nor outputs: the program itself reads them."""
        own = (*self.references, *self.lists, *self.extra)
        return frozenset(own) | _PLAIN.intersection(self.fields)

    @cached_property
    def required(self) -> list[str]:
        declared = self.model.declarations()
        required = self.inputs.keys() - self.alternatives.keys()
        return [name for name in declared if name in required and declared[name].is_required()]

    @cached_property
    def flags(self) -> frozenset[str]:
        models = self.model.model_fields
        types = {name: models[attribute].annotation for name, attribute in self.inputs.items()}
        return frozenset(name for name, annotation in types.items() if bool in get_args(annotation))

    def inputs_of(self, values: Properties, id_of: Callable[[str, str], Any]) -> Properties:
        """Return the inputs that fields describe, with ids instead of labels."""
        inputs = {name: values[name] for name in self.inputs if name in values}
        for name, part in self.lists.items():
            if items := _items(inputs.get(name)):
                inputs[name] = [
                    part.inputs_of(each, id_of) if isinstance(each, dict) else each
                    for each in items
                ]
        for name, each in self.references.items():
            if each.ids and values.keys() & {name, each.ids}:
                ids = [id_of(each.section, label) for label in _items(values.get(name))]
                inputs[each.input] = [*ids, *_items(values.get(each.ids))]
            elif name in values:
                inputs[each.input] = id_of(each.section, values[name])
        return inputs

    def values_of(self, described: object) -> Properties:
        """Return the fields of an entry of a program, without omitted ones."""
        values = {name: getattr(described, each) for name, each in self.fields.items()}
        for name, part in self.lists.items():
            if items := _items(values[name]):
                values[name] = [
                    part.values_of(each) if isinstance(each, part.entry_class) else UNKNOWN
                    for each in items
                ]
        found: Properties = without_nulls(values)
        return found


def _items(value: object) -> Sequence[Any]:
    return value if isinstance(value, (list, tuple)) else ()


@dataclass(frozen=True, kw_only=True)
class Section(Entry):
    """A section of a description: entries by label."""

    name: str
    description: str
    resource: Resource
    ids: str  # the output of the component with the ids by label
    deleted_with_workspace: bool = False  # whether the platform deletes them with the workspace

    @property
    def attribute(self) -> str:
        return to_snake(self.name)

    @cached_property
    def resource_class(self) -> Callable[..., pulumi.CustomResource]:
        found: Callable[..., pulumi.CustomResource] = getattr(pulumi_flashback, self.resource.name)
        return found


def _section(
    name: str, resource: Resource, entry_name: str, text: str, description: str, **more: Any
) -> Section:
    return Section(
        name=name,
        description=description,
        model=resource.inputs,
        resource=resource,
        entry_name=entry_name,
        entry_description=text,
        **{"ids": f"{to_snake(resource.name)}_ids", "extra": _RENAMED_FROM, **more},
    )


_RENAMED_FROM: Final = {"renamedFrom": RENAMED_FROM}
_OF_KEY: Final = {"apiKey": Reference("apiKeyId", "keys")}
_OF_REPOSITORY: Final = {"repository": Reference("repositoryId", "repositories")}
_REPOSITORY_ID: Final = {"repositoryId": "repository"}

MEMBERS: Final = _section(
    "members",
    WORKSPACE_MEMBER,
    "MemberDescription",
    "A member of a workspace: give `email` or `userId`.",
    "The members by label.",
    ids="member_ids",
    extra={"email": EMAIL, "renamedFrom": RENAMED_FROM},
    alternatives={"userId": "email"},
    deleted_with_workspace=True,
)
KEYS: Final = _section(
    "keys",
    API_KEY,
    "KeyDescription",
    "An API key of a workspace: the inputs of :class:`ApiKeyArgs` without the workspace.",
    "The API keys by label.",
)
BUCKETS: Final = _section(
    "buckets",
    BUCKET,
    "BucketDescription",
    "A bucket of a workspace, with the credentials of one of its keys or with its own.",
    "The buckets by label.",
    references=_OF_KEY,
)
AI_LLMS: Final = _section(
    "aiLlms",
    AI_LLM,
    "AiLlmDescription",
    "An AI model of a workspace, with the credentials of one of its keys or with its own.",
    "The AI models by label.",
    references=_OF_KEY,
)
REPOSITORY_BUCKET: Final = Entry(
    model=RepositoryBucket,
    entry_name="RepositoryBucketDescription",
    entry_description="A bucket of a repository: give `bucket` or `bucketId`.",
    references={"bucket": Reference("bucketId", "buckets")},
    alternatives={"bucketId": "bucket"},
)
REPOSITORIES: Final = _section(
    "repositories",
    REPOSITORY,
    "RepositoryDescription",
    "A repository of a workspace: its buckets and AI models.",
    "The repositories by label.",
    ids="repository_ids",
    references={"aiLlms": Reference("aiLlms", "aiLlms", ids="aiLlmIds")},
    lists={"buckets": REPOSITORY_BUCKET},
)
REPOSITORY_API_KEYS: Final = _section(
    "repositoryApiKeys",
    REPOSITORY_API_KEY,
    "RepositoryApiKeyDescription",
    "An access key of a repository: give `repository` or `repositoryId`.",
    "The access keys of repositories by label.",
    references=_OF_REPOSITORY,
    alternatives=_REPOSITORY_ID,
)
REPOSITORY_AI_KEYS: Final = _section(
    "repositoryAiKeys",
    REPOSITORY_AI_KEY,
    "RepositoryAiKeyDescription",
    "An AI key of a repository: give `repository` or `repositoryId`.",
    "The AI keys of repositories by label.",
    references=_OF_REPOSITORY,
    alternatives=_REPOSITORY_ID,
)
REPOSITORY_CLOUD_KEYS: Final = _section(
    "repositoryCloudKeys",
    REPOSITORY_CLOUD_KEY,
    "RepositoryCloudKeyDescription",
    "An API key that a repository may use.",
    "The API keys that repositories may use, by label.",
    references={**_OF_REPOSITORY, **_OF_KEY},
    alternatives={**_REPOSITORY_ID, "apiKeyId": "apiKey"},
)
POLICIES: Final = _section(
    "policies",
    POLICY,
    "PolicyDescription",
    "A policy of a workspace, or of one of its repositories.",
    "The policies by label.",
    references=_OF_REPOSITORY,
)
SECTIONS: Final = (  # in order of creation
    MEMBERS,
    KEYS,
    BUCKETS,
    AI_LLMS,
    REPOSITORIES,
    REPOSITORY_API_KEYS,
    REPOSITORY_AI_KEYS,
    REPOSITORY_CLOUD_KEYS,
    POLICIES,
)
ENTRIES: Final[tuple[Entry, ...]] = tuple(
    each for section in SECTIONS for each in (*section.lists.values(), section)
)

WORKSPACE_FIELDS: Final = {
    "name": "The name of the workspace to create. Updated in place.",
    "workspaceId": "The id of an existing workspace; give it instead of `name`.",
}
TOP: Final = (*WORKSPACE_FIELDS, *(section.name for section in SECTIONS))  # the fields of the file
