"""Base class of buckets and AI models, which use an ``ApiKey`` or have credentials of their own."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pulumi_flashback.client import (
    BadRequestError,
    ConflictError,
    FlashbackError,
    PermissionDeniedError,
)
from pulumi_flashback.client.endpoints.repositories import Repository
from pulumi_flashback.core.context import Context
from pulumi_flashback.core.properties import InputProblem
from pulumi_flashback.core.resource_model import placeholder
from pulumi_flashback.core.types import ApiForm, Id
from pulumi_flashback.core.values import Properties
from pulumi_flashback.resources.workspace_contents import listed, named
from pulumi_flashback.resources.workspace_sources import InWorkspace

_OWN: Final = ("key", "secret")
_CREDENTIALS: Final = ("apiKeyId", *_OWN)
_REFUSALS: Final = (BadRequestError, ConflictError, PermissionDeniedError)
"""Errors that may mean that an object is in use; the API's texts for this are undocumented."""

SentId = Annotated[Id, ApiForm("apiKeyUuid")]
"""The type of ``apiKeyId``; only responses use this name."""


@dataclass(frozen=True, kw_only=True)
class CredentialsResource(InWorkspace):
    """A resource whose inputs are ``apiKeyId``, or ``key`` and ``secret``, among others.

    Attributes:
        uses: Returns whether a repository uses an id.
        a_used_one: The kind with its article, at the beginning of a sentence.
        needed: The inputs that credentials of its own require.
    """

    uses: Callable[[Repository, str], bool]
    a_used_one: str
    needed: tuple[str, ...] = _OWN

    def contradictions(self, inputs: Properties) -> list[InputProblem]:
        of_key, *own = (inputs.get(name) is not None for name in _CREDENTIALS)
        complete = all(inputs.get(name) is not None for name in self.needed)
        if of_key is not any(own) and (of_key or complete):
            return []
        instead = " and ".join(self.needed)
        return [InputProblem(f"apiKeyId is required, or {instead} instead of it")]

    def inputs_to_import(self, outputs: Properties, known: Properties) -> Properties:
        found = super().inputs_to_import(outputs, known)
        if found.get("apiKeyId") or known.get("apiKeyId"):
            return found
        return {**{name: known.get(name, placeholder(name)) for name in self.needed}, **found}

    def changes(self, state: Properties, inputs: Properties) -> Properties:
        changes = super().changes(state, inputs)
        if changes.keys().isdisjoint(_CREDENTIALS):
            return changes
        # credentials are written together: they replace whichever ones the object has
        others = {n: value for n, value in changes.items() if n not in _CREDENTIALS}
        wanted: Properties = {n: inputs[n] for n in _CREDENTIALS if n in inputs}
        if "apiKeyId" not in inputs:  # credentials of its own; one half may have been removed
            others |= {n: None for n in _OWN if n in changes and n not in (*self.needed, *wanted)}
        return {**others, **wanted}

    def in_doubt(self, changes: Properties) -> Collection[str]:
        doubtful = set(super().in_doubt(changes))
        # the object may have the old or the new ones, whichever the program wants next
        return doubtful if doubtful.isdisjoint(_CREDENTIALS) else doubtful.union(_CREDENTIALS)

    def refused(
        self, context: Context, identifier: str, row: Any | None, failure: FlashbackError
    ) -> FlashbackError:
        if row is None or not isinstance(failure, _REFUSALS):
            return failure

        def users() -> list[str]:
            shown = [each.name or each.id or "" for each in row.repos]
            rows = () if shown else context.client.repositories.list()
            return shown or [each.name or each.id for each in rows if self.uses(each, row.id)]

        if names := listed(users):
            return FlashbackError(
                f"it is in use by repositories {named(names)} ({failure.brief}). Remove it from "
                "them, or delete them, then run the same command again"
            )
        return FlashbackError(
            f"{failure.brief}. {self.a_used_one} that a repository uses cannot be deleted: remove "
            "it from the repository, then run the same command again. If none uses it, this user "
            "needs the role WRITE in the workspace"
        )
