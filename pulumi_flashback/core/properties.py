"""Declaration of properties: once, in a model of the inputs or outputs of a resource.

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
    optional: bool = False,  # it may be omitted
    secret: bool = False,  # it is encrypted in the state and never shown
    replaces: bool = False,  # the API cannot change it, so another value replaces the object
    local: bool = False,  # it controls the provider; it is in the state but never sent
    ignored: bool = False,  # it is local, and changing only this value causes no diff
) -> Any:
    marks = {"replaces": replaces, "local": local or ignored, "ignored": ignored}
    return _property(description, secret, None if optional else ..., marks)


def output_property(
    description: str,
    *,
    always: bool = False,  # it is in every state
    same_as_id: bool = False,  # it repeats the id of the resource under another name
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
        defer_build=True,  # a run needs only a few of the models
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
    """Base class for models of the outputs that are not inputs."""


@dataclass(frozen=True)
class InputProblem:
    reason: str  # a sentence that names the property and never quotes its value
    blamed: str = ""  # the property for the engine, which prints its value unless this is blank


class Inputs(PropertyModel):
    @classmethod
    @cache
    def sent(cls) -> frozenset[str]:
        """The inputs that an update can send."""
        return frozenset(cls.names()) - cls.marked("local") - cls.marked("replaces")

    @classmethod
    @cache
    def annotated_with(cls, kind: type[Mark]) -> dict[str, Mark]:
        """Return the annotations of a kind on the input types, such as :class:`OpenEnum`."""
        found = {name: _annotation(info, kind) for name, info in cls.declarations().items()}
        return {name: mark for name, mark in found.items() if mark is not None}

    @classmethod
    def canonical(cls, name: str, value: Any) -> Any:
        """Return the canonical form of an input value, equal for all its spellings."""
        canonical = cls.annotated_with(Canonical).get(name)
        return canonical.form(value) if canonical else value

    @classmethod
    def same(cls, name: str, one: Any, other: Any) -> bool:
        """Return whether two values of an input are the same, regardless of spelling."""
        return bool(one == other or cls.canonical(name, one) == cls.canonical(name, other))

    @classmethod
    def equal(cls, name: str, one: Any, other: Any) -> bool:
        """Return whether two values of an input are spelled the same, regardless of order."""
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
        """Find all problems of the inputs of an owner; parts may be ``UNKNOWN``."""
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
        return InputProblem(reason, blamed)


def _annotation(info: FieldInfo, kind: type[Mark]) -> Mark | None:
    annotations = [*info.metadata]
    for part in get_args(info.annotation):  # the parts of an optional type
        annotations += getattr(part, "__metadata__", ())
    return next((each for each in annotations if isinstance(each, kind)), None)


def _is_known(detail: ErrorDetails, given: Properties) -> bool:
    """Return whether a problem exists regardless of the unknown values."""
    # an unknown input name is always a problem
    return detail["type"] == "extra_forbidden" or at(given, detail["loc"]) is not UNKNOWN


def _reason(owner: str, detail: ErrorDetails, value: object) -> str:
    """Return the reason in our own words, because pydantic's messages quote the value."""
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
        "value_error": str(detail.get("ctx", {}).get("error")),  # from our own validators
    }
    kind = detail["type"]
    if kind in wanted:
        return f"must be {wanted[kind]}, not {kind_of(value)}"
    return reasons.get(kind, "is not valid")
