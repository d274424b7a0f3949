"""What every function is made of. No Pulumi in here: both shells speak to this."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from pulumi_flashback.resources.base import Context, Inputs, Properties


class Result(BaseModel):
    """Base of what functions return. The wire uses camelCase, Python snake_case."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)


@dataclass(frozen=True)
class FunctionType:
    """A function, as both shells use it: a line of the registry.

    Attributes:
        name: Its name in tokens, such as ``getApiKeys``.
        inputs: The model of its arguments.
        result: The model of what it returns.
        call: ``(context, arguments) -> result``.
    """

    name: str
    inputs: type[Inputs]
    result: type[Result]
    call: Callable[[Context, Properties], Result]

    @property
    def description(self) -> str:
        """What it does."""
        return self.result.__doc__ or ""
