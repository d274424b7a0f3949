"""Declaration of functions. Their results are dataclasses, which a program can export."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Final, Generic, TypeVar, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from pydantic.alias_generators import to_camel
from pydantic.dataclasses import dataclass as pydantic_dataclass
from typing_extensions import dataclass_transform

from pulumi_flashback.core.context import Context
from pulumi_flashback.core.properties import Inputs
from pulumi_flashback.core.values import Properties

Found = TypeVar("Found")

_RESULT: Final = ConfigDict(alias_generator=to_camel, populate_by_name=True)


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(Field,))
def result(declared: type[Found]) -> type[Found]:
    """Declare a result or a part of one. The wire format uses camelCase, Python snake_case."""
    decorate: Any = pydantic_dataclass(frozen=True, kw_only=True, config=_RESULT)
    made: type[Found] = decorate(declared)
    return made


def summary(kind: type[Found], row: BaseModel, **more: Any) -> Found:
    """Return a part of a result: the fields that it shares with a client row, and ``more``."""
    names = {each.name for each in fields(kind)}  # type: ignore[arg-type] # any dataclass
    return kind(**row.model_dump(include=names - more.keys()), **more)


@dataclass(frozen=True)
class Function(Generic[Found]):
    """A function. Its ``call`` returns the result, or raises ``FlashbackError``."""

    name: str
    endpoint: str
    call: Callable[[Context, Properties], Found]
    inputs: type[Inputs] = Inputs  # no arguments

    @cached_property
    def result(self) -> type[Found]:
        declared: type[Found] = get_type_hints(self.call)["return"]
        return declared

    @property
    def description(self) -> str:
        return inspect.getdoc(self.result) or ""

    @cached_property
    def _adapter(self) -> TypeAdapter[Found]:
        return TypeAdapter(self.result)

    def to_wire(self, result: Found) -> Properties:
        values: Properties = self._adapter.dump_python(result, by_alias=True, exclude_none=True)
        return values

    def from_wire(self, values: object) -> Found:
        return self._adapter.validate_python(values)
