"""Objects with credentials of a provider: those of an ``ApiKey``, or their own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from pulumi_flashback.client import DuplicateError, FlashbackError
from pulumi_flashback.core.context import Context
from pulumi_flashback.core.properties import InputProblem
from pulumi_flashback.core.resource import Resource
from pulumi_flashback.core.resource_model import placeholder
from pulumi_flashback.core.values import Properties

_OWN: Final = ("key", "secret")
_CREDENTIALS: Final = ("apiKeyId", *_OWN)


@dataclass(frozen=True, kw_only=True)
class CredentialsResource(Resource):
    """A resource whose inputs are ``apiKeyId``, or ``key`` and ``secret``, among others.

    Attributes:
        needed: What credentials of its own cannot do without.
        unique_in: What no two of them with one name are in.
    """

    needed: tuple[str, ...] = _OWN
    unique_in: str = "workspace"

    def contradictions(self, inputs: Properties) -> list[InputProblem]:
        of_key, *own = (inputs.get(name) is not None for name in _CREDENTIALS)
        complete = all(inputs.get(name) is not None for name in self.needed)
        if of_key is not any(own) and (of_key or complete):
            return []
        instead = " and ".join(self.needed)
        return [InputProblem("apiKeyId", f"apiKeyId is required, or {instead} instead of it")]

    def inputs_to_import(self, outputs: Properties, known: Properties) -> Properties:
        found = super().inputs_to_import(outputs, known)
        if found.get("apiKeyId") or known.get("apiKeyId"):
            return found
        return {**{name: known.get(name, placeholder(name)) for name in self.needed}, **found}

    def on_duplicate(
        self, context: Context, inputs: Properties, error: DuplicateError
    ) -> tuple[str, Properties]:
        raise FlashbackError(
            f"{error.brief}. If the {self.label} belongs to a resource that was renamed, add the "
            "option aliases; if it is being replaced, set deleteBeforeReplace "
            "(delete_before_replace=True in Python); to manage the one that exists, import it "
            "(native provider); otherwise use another name, which is unique in the "
            f"{self.unique_in}"
        ) from None

    def changes(self, state: Properties, inputs: Properties) -> Properties:
        changes = super().changes(state, inputs)
        if changes.keys().isdisjoint(_CREDENTIALS):
            return changes
        # they are written together: the wanted ones replace whatever the object has instead
        others = {n: value for n, value in changes.items() if n not in _CREDENTIALS}
        wanted: Properties = {n: inputs[n] for n in _CREDENTIALS if n in inputs}
        if "apiKeyId" not in inputs:  # its own, without a half that it had
            others |= {n: None for n in _OWN if n in changes and n not in (*self.needed, *wanted)}
        return {**others, **wanted}

    def in_doubt(self, changes: Properties) -> Collection[str]:
        doubtful = set(super().in_doubt(changes))
        # it may have the earlier ones or the new ones, whichever the program says next
        return doubtful if doubtful.isdisjoint(_CREDENTIALS) else doubtful.union(_CREDENTIALS)


def as_sent(inputs: Properties) -> Properties:
    """Return inputs by the names of requests; responses call the key ``apiKeyId``."""
    return {("apiKeyUuid" if n == "apiKeyId" else n): value for n, value in inputs.items()}
