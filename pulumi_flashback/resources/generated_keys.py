"""Base class of repository keys, which the platform generates and returns only once."""

from __future__ import annotations

from typing import Annotated

from pulumi_flashback.core.properties import Inputs, input_property, output_property
from pulumi_flashback.core.types import Id, Name, as_map
from pulumi_flashback.core.values import Properties
from pulumi_flashback.resources.masked_keys import is_masked
from pulumi_flashback.resources.repository_sources import InRepository, InRepositoryOutputs


class GeneratedKeyInputs(Inputs):
    """The inputs that repository keys share."""

    repository_id: Id = input_property(
        "The repository. Changing it replaces the key: the new one is created before the old one "
        "is deleted.",
        replaces=True,
    )
    name: Name = input_property("The name of the key. Updated in place.")
    rotation_triggers: Annotated[dict[str, str], as_map()] | None = input_property(
        "Arbitrary strings. When they change, the key is replaced: the new one is created before "
        "the old one is deleted.",
        optional=True,
        local=True,
        replaces=True,
    )


class GeneratedKeyOutputs(InRepositoryOutputs):
    """The outputs that repository keys share."""

    key: str | None = output_property(
        "The public half, which the platform generates.", secret=True, shown_once=True
    )
    secret: str | None = output_property(
        "The private half, which the platform generates and returns only once. None for a key that "
        "was imported or read with `get`.",
        secret=True,
        shown_once=True,
    )


class GeneratedKey(InRepository):
    """A repository key."""

    def shown(self, row: object) -> Properties:
        shown = super().shown(row)
        return {**shown, "key": None if is_masked(shown["key"]) else shown["key"]}


GENERATED = (
    "The platform generates `key` and `secret` and returns them only once, so they exist only in "
    "the state, encrypted."
)
WITHOUT_RESPONSE = (
    "If the response to the create is lost, the key with the unknown secret is deleted, and "
    "another one is created. An import cannot read the secret: to get a key with a known secret, "
    "change `rotationTriggers`."
)
