"""What every function is made of. No Pulumi in here: both shells speak to this.

Results are dataclasses: a program can export one, or a part of it, as it is.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Generic, TypeVar

from pydantic import ConfigDict, TypeAdapter
from pydantic.alias_generators import to_camel

from pulumi_flashback.core.context import Context
from pulumi_flashback.core.properties import Inputs
from pulumi_flashback.core.values import Properties

RESULT: Final = ConfigDict(alias_generator=to_camel, populate_by_name=True)
"""For the dataclasses that functions return: the wire uses camelCase, Python snake_case."""

Found = TypeVar("Found")


@dataclass(frozen=True)
class Function(Generic[Found]):
    """A function, as both shells use it: a line of the registry.

    Attributes:
        name: Its name in tokens, such as ``getApiKeys``.
        inputs: The model of its arguments.
        result: The dataclass of what it returns.
        call: ``(context, arguments) -> result``.
    """

    name: str
    inputs: type[Inputs]
    result: type[Found]
    call: Callable[[Context, Properties], Found]

    @property
    def description(self) -> str:
        """What it does."""
        return inspect.getdoc(self.result) or ""

    @cached_property
    def _adapter(self) -> TypeAdapter[Found]:
        return TypeAdapter(self.result)

    def to_wire(self, result: Found) -> Properties:
        """Return a result as plain values by camelCase name, without those that are None."""
        values: Properties = self._adapter.dump_python(result, by_alias=True, exclude_none=True)
        return values

    def from_wire(self, values: object) -> Found:
        """Return plain values by camelCase name as a result."""
        return self._adapter.validate_python(values)
