"""The ``RepositoryApiKey`` resource: what an application signs in to a repository with."""

from __future__ import annotations

from typing import Annotated, Final

from pulumi_flashback.client import DuplicateError, FlashbackClient, FlashbackError
from pulumi_flashback.client.endpoints.repositories import RepositoryApiKey
from pulumi_flashback.core.context import Context
from pulumi_flashback.core.properties import (
    Inputs,
    OpenEnum,
    input_property,
    output_property,
)
from pulumi_flashback.core.types import Id, Name, Word
from pulumi_flashback.core.values import Properties
from pulumi_flashback.resources.masked_keys import is_masked
from pulumi_flashback.resources.repository_sources import (
    InRepository,
    InRepositoryOutputs,
    listed_in_repository,
)

_ACCESS_TYPES: Final = {
    "READ": "Read what is in the repository",
    "WRITE": "Change it as well",
    "ADMIN": "Do everything",
}


class RepositoryApiKeyInputs(Inputs):
    """Inputs of ``RepositoryApiKey`` (``POST /repo/{id}/apikey``)."""

    repository_id: Id = input_property(
        "The repository. Another value replaces the key: the new one is created before the old one "
        "is deleted.",
        replaces=True,
    )
    name: Name = input_property("The name of the key. Changed in place.")
    access_type: Annotated[Word, OpenEnum("AccessType", _ACCESS_TYPES)] = input_property(
        "What the key allows: `READ`, `WRITE` or `ADMIN`. Changed in place."
    )
    rotation_triggers: dict[str, str] | None = input_property(
        "Any texts. When they change, the key is replaced: a new one is created before the old one "
        "is deleted.",
        optional=True,
        local=True,
        replaces=True,
    )


class RepositoryApiKeyOutputs(InRepositoryOutputs):
    """Outputs of ``RepositoryApiKey``."""

    repository_api_key_id: str = output_property(
        "The id that the platform gave the key; also the id of the resource.", same_as_id=True
    )
    key: str | None = output_property(
        "The public half, which the platform generates.", secret=True, shown_once=True
    )
    secret: str | None = output_property(
        "The private half, which the platform generates and shows only once: it is None for a key "
        "that was imported or read with `get`.",
        secret=True,
        shown_once=True,
    )


class _RepositoryApiKey(InRepository):
    """What is special about an access key, beside its secret: its path has two ids."""

    def shown(self, row: RepositoryApiKey) -> Properties:
        shown = super().shown(row)
        return {**shown, "key": None if is_masked(row.key or "") else row.key}

    def send_delete(self, context: Context, identifier: str, state: Properties) -> None:
        context.client.repository_api_keys.delete(state["repositoryId"], identifier)

    def on_duplicate(
        self, context: Context, inputs: Properties, error: DuplicateError
    ) -> tuple[str, Properties]:
        raise FlashbackError(
            f"{error.brief}. Use another name. If the key is being replaced, set the option "
            "deleteBeforeReplace (delete_before_replace=True in Python). If it belongs to a "
            "resource that was renamed, add the option aliases"
        ) from None


def _post(client: FlashbackClient, inputs: Properties) -> tuple[str, Properties]:
    made = client.repository_api_keys.create(
        inputs["repositoryId"], name=inputs["name"], access_type=inputs["accessType"]
    )
    return made.id, {"key": made.key, "secret": made.secret}


def _put(client: FlashbackClient, identifier: str, _: Properties, inputs: Properties) -> None:
    client.repository_api_keys.update(
        inputs["repositoryId"], identifier, name=inputs["name"], access_type=inputs["accessType"]
    )


REPOSITORY_API_KEY: Final = _RepositoryApiKey(
    name="RepositoryApiKey",
    label="repository API key",
    description=(
        "An access key of a `Repository`. The platform generates `key` and `secret` and shows them "
        "once, so they are in the state alone, encrypted.\n\n"
        "If the response to the create is lost, the key that nobody knows is deleted, and another "
        "one is created. An import cannot read the secret: to get a known one, change "
        "`rotationTriggers`."
    ),
    inputs=RepositoryApiKeyInputs,
    outputs=RepositoryApiKeyOutputs,
    import_id="{repositoryId}/{repositoryApiKeyId}",
    source=listed_in_repository(
        "repository API keys",
        lambda client, repository_id: client.repository_api_keys.list(repository_id),
    ),
    post=_post,
    put=_put,
    finds_again=("name", "accessType"),
)
