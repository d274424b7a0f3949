"""How properties are declared: once, in a model of the inputs or of the outputs of a resource.

Checks, diffs, the schema, the typed classes and the reference are derived from these models.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from pulumi_flashback.core.types import Canonical
from pulumi_flashback.core.values import (
    UNKNOWN,
    Properties,
    at,
    contains_unknown,
    kind_of,
    without_nulls,
)

Mark = TypeVar("Mark")


def input_property(
    description: str,
    *,
    optional: bool = False,  # it may be left out
    secret: bool = False,  # it is encrypted in the state and never shown
    replaces: bool = False,  # the API cannot change it, so another value replaces the object
    local: bool = False,  # it tells the provider what to do; it is in the state but never sent
    ignored: bool = False,  # it is local, and another value alone is not a change
) -> Any:
    marks = {"replaces": replaces, "local": local or ignored, "ignored": ignored}
    return _property(description, secret, None if optional else ..., marks)


def output_property(
    description: str,
    *,
    always: bool = False,  # it is in every state
    same_as_id: bool = False,  # it is the id of the resource under a name of its own
    secret: bool = False,
    # the backend generates it, and only the response to the create has all of it; an object whose
    # response was lost is of no use: it is deleted, and another one is created
    shown_once: bool = False,
) -> Any:
    marks = {
        "always": always or same_as_id,
        "same_as_id": same_as_id,
        "shown_once": shown_once,
    }
    return _property(description, secret, None, marks)


def _property(description: str, secret: bool, default: Any, marks: dict[str, bool]) -> Any:
    extra: dict[str, Any] = {"secret": secret, **marks}
    return Field(default=default, description=description, repr=not secret, json_schema_extra=extra)


def has_mark(info: FieldInfo, mark: str) -> bool:
    return isinstance(info.json_schema_extra, dict) and bool(info.json_schema_extra.get(mark))


class PropertyModel(BaseModel):
    """A model whose fields are properties. All its methods use the camelCase names."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="forbid",
        strict=True,
        hide_input_in_errors=True,
        defer_build=True,  # a run needs a few of them
    )

    @classmethod
    @cache
    def python_names(cls) -> dict[str, str]:
        return {info.alias or to_camel(name): name for name, info in cls.model_fields.items()}

    @classmethod
    @cache
    def declarations(cls) -> dict[str, FieldInfo]:
        return {name: cls.model_fields[each] for name, each in cls.python_names().items()}

    @classmethod
    @cache
    def names(cls) -> tuple[str, ...]:
        return tuple(cls.python_names())

    @classmethod
    @cache
    def marked(cls, mark: str) -> frozenset[str]:
        return frozenset(n for n, info in cls.declarations().items() if has_mark(info, mark))


class Outputs(PropertyModel):
    """Base of the models of a resource's outputs that are not inputs."""


@dataclass(frozen=True)
class InputProblem:
    property: str
    reason: str  # a sentence that names the property and never quotes its value
    blamed: str = ""  # the property for the engine, which prints its value, if that is blank


class Inputs(PropertyModel):
    @classmethod
    @cache
    def sent(cls) -> frozenset[str]:
        """The inputs that an update can send."""
        return frozenset(cls.names()) - cls.marked("local") - cls.marked("replaces")

    @classmethod
    @cache
    def annotated_with(cls, kind: type[Mark]) -> dict[str, Mark]:
        """What the types of the inputs are annotated with, such as an :class:`OpenEnum`."""
        found = {name: _annotation(info, kind) for name, info in cls.declarations().items()}
        return {name: mark for name, mark in found.items() if mark is not None}

    @classmethod
    def canonical(cls, name: str, value: Any) -> Any:
        """Return what all spellings of a value of an input have in common."""
        canonical = cls.annotated_with(Canonical).get(name)
        return canonical.form(value) if canonical else value

    @classmethod
    def same(cls, name: str, one: Any, other: Any) -> bool:
        """Say whether two values of an input are the same, whatever their spelling."""
        return bool(cls.canonical(name, one) == cls.canonical(name, other))

    @classmethod
    def equal(cls, name: str, one: Any, other: Any) -> bool:
        """Say whether two values of an input are written in the same way, except for an order."""
        canonical = cls.annotated_with(Canonical).get(name)
        if canonical is None or not canonical.unordered or contains_unknown([one, other]):
            return bool(one == other)
        return cls.same(name, one, other)

    @classmethod
    @cache
    def required(cls) -> tuple[str, ...]:
        return tuple(name for name, info in cls.declarations().items() if info.is_required())

    @classmethod
    def problems(cls, owner: str, given: Properties) -> list[InputProblem]:
        """Find everything that is wrong with the inputs of an owner; parts may be ``UNKNOWN``."""
        known = without_nulls(given)
        try:
            cls.model_validate(known)
        except ValidationError as error:
            details = error.errors(include_url=False, include_input=False)
            return [cls._problem(owner, each, known) for each in details if _is_known(each, known)]
        return []

    @classmethod
    def _problem(cls, owner: str, detail: ErrorDetails, known: Properties) -> InputProblem:
        path = [part for part in detail["loc"] if part != "[key]"]
        name = str(path[0]) if path else ""
        value = at(known, path)
        blank = (isinstance(value, str) and not value.strip()) or name not in known
        blamed = name if blank and name not in cls.marked("secret") else ""
        reason = f"{'.'.join(map(str, path))} {_reason(owner, detail, value)}"
        return InputProblem(name, reason, blamed)


def _annotation(info: FieldInfo, kind: type[Mark]) -> Mark | None:
    annotations = [*info.metadata]
    for part in get_args(info.annotation):  # of an optional property
        annotations += getattr(part, "__metadata__", ())
    return next((each for each in annotations if isinstance(each, kind)), None)


def _is_known(detail: ErrorDetails, given: Properties) -> bool:
    """Say whether something is wrong whatever the unknown values will be."""
    # a name that is not an input is wrong in any case
    return detail["type"] == "extra_forbidden" or at(given, detail["loc"]) is not UNKNOWN


def _reason(owner: str, detail: ErrorDetails, value: object) -> str:
    """Return the reason in our own words: those of pydantic quote the value."""
    wanted = {
        "string_type": "a string",
        "bool_type": "true or false",
        "int_type": "a whole number",
        "dict_type": "an object of strings",
        "model_type": "an object",
        "list_type": "a list",
    }
    reasons = {
        "missing": "is required",
        "extra_forbidden": f"is not a property of {owner}",
        "value_error": str(detail.get("ctx", {}).get("error")),  # of our own validators
    }
    kind = detail["type"]
    if kind in wanted:
        return f"must be {wanted[kind]}, not {kind_of(value)}"
    return reasons.get(kind, "is not valid")
