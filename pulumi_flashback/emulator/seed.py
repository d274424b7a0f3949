"""The seed of a new emulator, besides the demo data: users, workspaces and their contents.

The models define the format of the file that :mod:`~pulumi_flashback.emulator.seed_file` reads. Its
JSON schema and the table in the documentation come from them.
"""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from pulumi_flashback.emulator.back_door import DEMO_ORGANIZATION, DEMO_PASSWORD, BackDoor
from pulumi_flashback.emulator.families.roles import ROLE_NAMES
from pulumi_flashback.emulator.families.storage import AiLlm, ApiKey, Bucket
from pulumi_flashback.emulator.rows import new_id
from pulumi_flashback.emulator.store import Workspace


def _text(value: str) -> str:
    if not value.strip() or "\x00" in value:
        raise PydanticCustomError("text", "must not be empty or have null characters")
    return value


def _email(value: str) -> str:
    if "@" not in value.strip("@") or not value.isprintable():
        raise PydanticCustomError("email", "must be an email address")
    return value


def _id(value: str) -> str:
    if not re.fullmatch(r"(?!\.+$)[A-Za-z0-9_.-]+", value):
        raise PydanticCustomError("id", "must be an id: letters, digits and . _ - only")
    return value


Text = Annotated[str, AfterValidator(_text)]
Id = Annotated[str, AfterValidator(_id)]


class _Entry(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="forbid",
        frozen=True,
        strict=True,
        use_attribute_docstrings=True,
    )

    @model_validator(mode="before")
    @classmethod
    def _given(cls, values: Any) -> Any:
        """Omit fields with nothing after the colon, for example because lines are commented out."""
        if not isinstance(values, dict):
            return {} if values is None else values
        return {name: value for name, value in values.items() if value is not None}


class UserSeed(_Entry):
    """A user of the organization."""

    id: Id = Field(default_factory=new_id)
    """The id. Default: a new one."""
    email: Annotated[Text, AfterValidator(_email)]
    """The email address to sign in with."""
    password: Text = Field(default=DEMO_PASSWORD, repr=False)
    """The password."""
    name: str = ""
    """The first name. Default: the part before the `@`."""
    last_name: str = ""
    """The last name."""
    org_role: Literal["USER", "BILLING", "WORKSPACES", "ADMINISTRATORS", "OWNER"] = "USER"
    """The role in the organization."""
    validated: bool = True
    """Whether the user has validated the account; if not, the user cannot sign in."""

    @property
    def role(self) -> int:
        """The role in the organization as a number."""
        return next(number for number, name in ROLE_NAMES.items() if name == self.org_role)


class KeySeed(_Entry):
    """An API key of a workspace."""

    id: Id = Field(default_factory=new_id)
    """The id. Default: a new one."""
    provider: Text
    """The provider type, such as `AWS`."""
    key: Text = Field(repr=False)
    """The public half."""
    secret: Text = Field(repr=False)
    """The private half."""
    endpoint: Text | None = None
    """The endpoint."""
    region: Text | None = None
    """The region."""
    tenant_id: Text | None = None
    """The tenant."""
    subscription_id: Text | None = None
    """The subscription."""
    description: Text | None = None
    """The description."""


class BucketSeed(_Entry):
    """A bucket of a workspace, which uses a key."""

    id: Id = Field(default_factory=new_id)
    """The id. Default: a new one."""
    name: Text
    """The name, unique among buckets."""
    key: Text
    """The label of the key that it uses, in the same workspace."""
    bucket: Text | None = None
    """The name at the provider. Default: `name`."""
    storage_type: Text = "S3"
    """The protocol."""
    region: Text | None = None
    """The region."""
    endpoint: Text | None = None
    """The endpoint."""


class AiLlmSeed(_Entry):
    """An AI model that uses a key, with its label as its name."""

    key: Text
    """The label of the key that it uses, in the same workspace."""


class WorkspaceSeed(_Entry):
    """A workspace."""

    id: Id = Field(default_factory=new_id)
    """The id. Default: a new one."""
    name: Text
    """The name."""
    members: dict[str, Literal["READ", "WRITE", "ADMIN"]] = {}
    """The role of each member, by the label of the user."""
    keys: dict[str, KeySeed] = {}
    """API keys by label."""
    buckets: dict[str, BucketSeed] = {}
    """Buckets by label."""
    ai_llms: dict[str, AiLlmSeed] = {}
    """AI models by label."""

    def plant_contents(self, door: BackDoor) -> None:
        """Add the contents of the workspace to an emulator."""
        for key in self.keys.values():
            door.store.add(ApiKey(workspace_id=self.id, **key.model_dump()))
        for each in self.buckets.values():
            about = {**each.model_dump(exclude={"key"}), "bucket": each.bucket or each.name}
            uses = {"workspace_id": self.id, "api_key_id": self.keys[each.key].id}
            door.store.add(Bucket(**uses, **about))
        for label, model in self.ai_llms.items():
            key = self.keys[model.key]
            about = {"name": label, "ai_type": key.provider, "api_key_id": key.id}
            door.store.add(AiLlm(workspace_id=self.id, **about))


class Seed(_Entry):
    """The data of a new emulator, besides the demo user and the demo workspaces."""

    users: dict[str, UserSeed] = {}
    """Users by label."""
    workspaces: dict[str, WorkspaceSeed] = {}
    """Workspaces by label."""

    def plant(self, door: BackDoor) -> None:
        """Add it to an emulator."""
        ids = {
            label: door.add_user(**user.model_dump(exclude={"org_role"}), org_role=user.role).id
            for label, user in self.users.items()
        }
        for workspace in self.workspaces.values():
            row = Workspace(id=workspace.id, name=workspace.name, org_id=DEMO_ORGANIZATION)
            door.store.add(row)
            for label, role in workspace.members.items():
                door.set_member(workspace.id, ids[label], role)
            workspace.plant_contents(door)


SECTIONS: dict[str, type[BaseModel]] = {
    "users": UserSeed,
    "workspaces": WorkspaceSeed,
    "keys": KeySeed,
    "buckets": BucketSeed,
    "aiLlms": AiLlmSeed,
}
"""The type of the entries of each section."""
