"""What every resource is made of. No Pulumi in here: both shells speak to this.

Properties travel as plain dicts under the API's camelCase names. In a preview a value may be
:data:`UNKNOWN`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from pulumi_flashback.client import FlashbackClient, FlashbackError
from pulumi_flashback.client.models import Rows, RowType
from pulumi_flashback.resources.listing import Listing
from pulumi_flashback.resources.ownership import Ownership
from pulumi_flashback.resources.workspace_view import WorkspaceView

Properties = dict[str, Any]
"""Property values by camelCase name. None and absent mean the same: not set."""


class _Unknown:
    """The type of :data:`UNKNOWN`."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = _Unknown()
"""A value that is not known before other resources are made."""


def contains_unknown(value: object) -> bool:
    """Say whether a value, or a part of it, is not known yet."""
    if isinstance(value, dict):
        return any(map(contains_unknown, value.values()))
    if isinstance(value, (list, tuple)):
        return any(map(contains_unknown, value))
    return value is UNKNOWN


def _known(value: Any) -> Any:
    """Return a value without those parts of objects that are not known yet, or null."""
    if isinstance(value, dict):
        parts = value.items()
        return {n: _known(v) for n, v in parts if v is not None and v is not UNKNOWN}
    return value


@dataclass(frozen=True)
class Foreign:
    """A value of a kind that no property takes.

    Attributes:
        kind: In words, such as ``an asset``.
    """

    kind: str


@dataclass(frozen=True)
class Suggestions:
    """Values of a property that are known; others are taken as well.

    Attributes:
        name: The name of the type in typed languages.
        values: With a description each.
    """

    name: str
    values: Mapping[str, str]


def input_property(
    description: str,
    *,
    optional: bool = False,
    secret: bool = False,
    replaces: bool = False,
    local: bool = False,
) -> Any:
    """Declare a property in an :class:`Inputs` model.

    Args:
        description: What the documentation says of it.
        optional: It may be left out.
        secret: It is encrypted in the state and never shown.
        replaces: The backend cannot change it, so another value makes a new object.
        local: It tells the provider what to do and is no property of the object.
    """
    return Field(
        default=None if optional else ...,
        description=description,
        repr=not secret,
        json_schema_extra={"secret": secret, "replaces": replaces, "local": local},
    )


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with an input.

    Attributes:
        property: The camelCase name.
        reason: A sentence that names the property and never quotes its value.
        showable: True where the value is absent or blank and printing it shows nothing.
    """

    property: str
    reason: str
    showable: bool = False


class Inputs(BaseModel):
    """Base of the models that say which inputs a resource has."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="forbid",
        strict=True,
        hide_input_in_errors=True,
        defer_build=True,  # a run needs a few of them
    )

    @classmethod
    @cache
    def names(cls) -> tuple[str, ...]:
        """All inputs by camelCase name, in order of declaration."""
        return tuple(cls.python_names())

    @classmethod
    @cache
    def python_names(cls) -> dict[str, str]:
        """The attribute name of each camelCase name."""
        return {info.alias or name: name for name, info in cls.model_fields.items()}

    @classmethod
    def problems(cls, owner: str, given: Properties) -> list[Problem]:
        """Find everything that is wrong with inputs, as far as they are known.

        Args:
            owner: What the inputs belong to, such as ``ApiKey``.
            given: Values by camelCase name; they, or parts of them, may be :data:`UNKNOWN`.
        """
        # a name that no input has is wrong whatever its value will be
        unknown = {name for name in cls.names() if given.get(name) is UNKNOWN}
        known = {n: _known(v) for n, v in given.items() if v is not None and n not in unknown}
        try:
            cls.model_validate(known)
        except ValidationError as error:
            details = error.errors(include_url=False, include_input=False)
            found = [cls._problem(owner, detail, known) for detail in details]
            return [problem for problem in found if problem.property not in unknown]
        return []

    @classmethod
    def _problem(cls, owner: str, detail: ErrorDetails, known: Properties) -> Problem:
        path = [part for part in detail["loc"] if part != "[key]"]
        name = str(path[0]) if path else ""
        value: Any = known
        for part in path:
            value = value.get(part) if isinstance(value, dict) else value
        blank = (isinstance(value, str) and not value.strip()) or name not in known
        return Problem(
            name,
            f"{'.'.join(map(str, path))} {_reason(owner, detail, value)}",
            showable=blank and name not in cls.marked("secret"),
        )

    @classmethod
    @cache
    def required(cls) -> tuple[str, ...]:
        """The inputs that must not be left out, by camelCase name."""
        fields = cls.model_fields.items()
        return tuple(info.alias or name for name, info in fields if info.is_required())

    @classmethod
    @cache
    def marked(cls, mark: str) -> frozenset[str]:
        """The camelCase names that are declared ``secret``, ``replaces`` or ``local``."""
        return frozenset(
            info.alias or name
            for name, info in cls.model_fields.items()
            if isinstance(info.json_schema_extra, dict) and info.json_schema_extra.get(mark)
        )


class PartialFailureError(FlashbackError):
    """An object exists, but not all of what was to be done to it is done.

    Attributes:
        identifier: The id of the object.
        outputs: Its outputs, as far as they are known.
    """

    def __init__(self, text: str, identifier: str, outputs: Properties) -> None:
        super().__init__(text)
        self.identifier = identifier
        self.outputs = outputs


@dataclass(frozen=True)
class Checked:
    """The verdict on inputs.

    Attributes:
        problems: What makes them unusable; empty where all is well.
        warnings: What looks wrong but is sent as written.
    """

    problems: tuple[Problem, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Difference:
    """How wanted inputs differ from a state.

    Attributes:
        changed: camelCase names, in order of declaration.
        replaces: Those of them that make a new object necessary.
    """

    changed: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()


@dataclass(frozen=True)
class Context:
    """What the functions of all resources share for the life of a process.

    Attributes:
        client: Speaks with the backend.
        listing: The lists of API keys, fetched once for many readers.
        workspaces: The workspaces with their members, fetched once for many readers.
        notify: Tells the user something that is neither a warning nor an error.
        adopt_existing: New objects may take over identical ones that exist.
        ownership: Which resource of the program holds which object.
        mark: That of the resource at hand; see :mod:`pulumi_flashback.resources.ownership`.
    """

    client: FlashbackClient
    listing: Listing
    workspaces: WorkspaceView
    notify: Callable[[str], None] = lambda _: None
    adopt_existing: bool = False
    ownership: Ownership = field(default_factory=Ownership)
    mark: str = ""

    def reported(self, rows: Rows[RowType]) -> Rows[RowType]:
        """Return the rows of a list, and tell the user what of it could not be read."""
        for remark in rows.remarks:
            self.notify(remark)
        return rows


@dataclass(frozen=True)
class ResourceType:
    """A resource, as both shells use it: a line of the registry.

    Attributes:
        name: Its name in type tokens, such as ``ApiKey``.
        description: What it is, for the reference.
        inputs: The model of its inputs.
        outputs: Outputs that are no inputs, by camelCase name, with their descriptions.
        always: Those of them that are there in every state.
        create: Makes the object: ``(context, inputs) -> (id, outputs)``.
        read: ``(context, id, state) -> outputs``, or None where the object is gone.
        find: ``(context, import id) -> (id, outputs)`` of an object that no state knows.
        update: ``(context, id, state, inputs) -> outputs``.
        delete: ``(context, id, state)``.
        warn: What looks wrong in known inputs but is sent as written.
        foresee: What the user should know before an object with these inputs is created:
            ``(context, inputs) -> warnings``.
    """

    name: str
    description: str
    inputs: type[Inputs]
    outputs: Mapping[str, str]
    always: tuple[str, ...]
    create: Callable[[Context, Properties], tuple[str, Properties]]
    read: Callable[[Context, str, Properties], Properties | None]
    find: Callable[[Context, str], tuple[str, Properties]]
    update: Callable[[Context, str, Properties, Properties], Properties]
    delete: Callable[[Context, str, Properties], None]
    warn: Callable[[Properties], tuple[str, ...]] = lambda _: ()
    foresee: Callable[[Context, Properties], tuple[str, ...]] = lambda _context, _inputs: ()

    @property
    def secrets(self) -> frozenset[str]:
        """The properties that are encrypted in the state and never shown."""
        return self.inputs.marked("secret")

    def inputs_of(self, outputs: Properties) -> Properties:
        """Return those of the outputs that are inputs."""
        return {name: outputs[name] for name in self.inputs.names() if name in outputs}

    def inputs_to_import(self, outputs: Properties, known: Properties) -> Properties:
        """Return the inputs of an object that was read.

        Args:
            outputs: What was read.
            known: The inputs of the last run. They fill in what the platform never returns; where
                they do not have it either, a placeholder says so.
        """
        missing = [name for name in self.inputs.required() if name not in outputs]
        filled = {name: known.get(name, placeholder(name)) for name in missing}
        return {**self.inputs_of(outputs), **filled}

    def placeholders(self, inputs: Properties) -> tuple[str, ...]:
        """Return the names of the inputs that an import left to be filled in."""
        return tuple(n for n in self.inputs.required() if inputs.get(n) == placeholder(n))

    def without_placeholders(self, inputs: Properties, state: Properties) -> Properties:
        """Return the inputs with what the state knows in the place of placeholders."""
        unknown = self.placeholders(inputs)
        kept = {name: state[name] for name in unknown if name in state}
        return {**{n: v for n, v in inputs.items() if n not in unknown}, **kept}

    def check(self, inputs: Properties, old: Properties | None = None) -> Checked:
        """Find everything that is wrong with inputs, all at once.

        Args:
            inputs: What the program says; values may be :data:`UNKNOWN`.
            old: What it said the last time, or what an import found; None for a new object.
        """
        problems = self.inputs.problems(self.name, inputs)
        known = _known(inputs)
        old = old or {}
        left = self.placeholders(known)
        kept = [name for name in left if old.get(name) == known[name]]
        problems += [Problem(name, f"{name} {_STILL_LEFT}") for name in left if name not in kept]
        return Checked(
            tuple(problems),
            (*self.warn(known), *(f"{name} {_LEFT}" for name in kept)),
        )

    def diff(self, state: Properties, inputs: Properties) -> Difference:
        """Compare wanted inputs with a state. An unknown value counts as changed."""
        compared = (n for n in self.inputs.names() if n not in self.inputs.marked("local"))
        inputs = self.without_placeholders(inputs, state)
        changed = tuple(name for name in compared if inputs.get(name) != state.get(name))
        replacing = self.inputs.marked("replaces")
        return Difference(changed, tuple(name for name in changed if name in replacing))


_STILL_LEFT = (
    "is the placeholder that an import leaves where the platform does not return a value; put the "
    "real value there"
)
_LEFT = (
    "is not known, because the platform does not return it. Put the real value in the place of the "
    "placeholder; the next `pulumi up` writes it in place"
)


def placeholder(name: str) -> str:
    """Return what an import leaves in the place of a required input that it cannot read.

    Args:
        name: The camelCase name of the input.
    """
    return f"<put the real {name} here: the platform does not return it>"


_WANTED = {
    "string_type": "a string",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "dict_type": "an object of strings",
}


def _reason(owner: str, detail: ErrorDetails, value: object) -> str:
    """Put a finding of pydantic in words of ours: its own quote the value."""
    kind = detail["type"]
    if kind == "missing":
        return "is required"
    if kind == "extra_forbidden":
        return f"is not a property of {owner}"
    if kind == "value_error":  # raised by a validator of ours
        return str(detail.get("ctx", {}).get("error", "is not valid"))
    if kind in _WANTED:
        return f"must be {_WANTED[kind]}, not {_kind_of(value)}"
    return "is not valid"


def _kind_of(value: object) -> str:
    if isinstance(value, Foreign):
        return value.kind
    if isinstance(value, str):
        return "a string"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, (int, float)):
        return "a number" if float(value).is_integer() else "a fraction"
    if isinstance(value, (list, tuple)):
        return "a list"
    if isinstance(value, dict):
        return "an object"
    return "something else"
