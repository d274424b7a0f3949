"""Shell 1: a resource type of the core as a provider of ``pulumi.dynamic``.

The engine starts ``python -m pulumi.dynamic``, which unpickles the provider out of each resource's
state. The pickle of these classes is nothing but their module and name: it is the same on every
machine, holds no secret, and always runs the installed code. Module and name are therefore frozen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    ResourceProvider,
    UpdateResult,
)
from pulumi.output import Unknown

if TYPE_CHECKING:
    from pulumi_flashback.resources.base import Problem, Properties
    from pulumi_flashback.shell.operations import Operations

_PICKLE = "__provider"


Method = TypeVar("Method", bound=Callable[..., Any])


def _one_line(method: Method) -> Method:
    """Let an error leave without the way that it came: the SDK prints all of it."""

    @wraps(method)
    def wrapper(*arguments: Any) -> Any:
        from pulumi_flashback.shell.guard import ProviderError

        try:
            return method(*arguments)
        except ProviderError as error:
            failure = error.with_traceback(None)
        raise failure

    return wrapper  # type: ignore[return-value] # the same signature


class FlashbackProvider(ResourceProvider):
    """Base of the providers. Stateless: what a process keeps is in ``runtime``.

    A program only names these classes, so everything that the operations need is imported where a
    provider process first uses it.

    Attributes:
        resource_name: The name of the resource in the registry.
    """

    resource_name: ClassVar[str]

    # the pickle is a public name: nothing in it to encrypt
    serialize_as_secret_always = False

    def __reduce__(self) -> tuple[type[FlashbackProvider], tuple[()]]:
        return type(self), ()

    def configure(self, req: ConfigureRequest) -> None:
        """Keep the stack config for the first request that needs it."""
        from pulumi_flashback.dynamic.runtime import configure

        configure(req.config.get)

    @_one_line
    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Find everything that is wrong with the inputs and the settings."""
        operations = self._operations
        verdict = operations.check(_inward(_olds), _inward(news))
        failures = [_failure(problem) for problem in verdict.problems]
        failures += [CheckFailure("", each) for each in operations.runtime.settings.problems]
        return CheckResult(_without_pickle(news), failures)

    @_one_line
    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """Say exactly what changes, and what of it makes a replacement."""
        difference = self._operations.diff(_id, _inward(_olds), _inward(_news))
        return DiffResult(changes=bool(difference.changed), replaces=list(difference.replaces))

    @_one_line
    def create(self, props: dict[str, Any]) -> CreateResult:
        """Create the object."""
        return CreateResult(*self._operations.create(_inward(props)))

    @_one_line
    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Read the object; an empty id says that it is gone."""
        operations = self._operations
        outputs = operations.read(id_, _inward(props))
        if outputs is None:
            return ReadResult("", {}, {})
        return ReadResult(id_, outputs, operations.type.inputs_of(outputs))

    @_one_line
    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        """Change the object in place."""
        return UpdateResult(self._operations.update(_id, _inward(_olds), _inward(_news)))

    @_one_line
    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """Delete the object."""
        self._operations.delete(_id, _inward(_props))

    @property
    def _operations(self) -> Operations:
        from pulumi_flashback.dynamic.runtime import operations

        return operations(self.resource_name)


def _without_pickle(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy without the SDK's own entry, which it adds again itself."""
    return {name: value for name, value in properties.items() if name != _PICKLE}


def _inward(properties: Mapping[str, Any]) -> Properties:
    """Translate what the SDK hands over into what the core takes."""
    known = _without_pickle(properties).items()
    return {name: _translated(value) for name, value in known if value is not None}


def _translated(value: Any) -> Any:
    from pulumi_flashback.resources.base import UNKNOWN

    if isinstance(value, Unknown):
        return UNKNOWN
    if isinstance(value, dict):
        return {name: _translated(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_translated(each) for each in value]
    return value


def _failure(problem: Problem) -> CheckFailure:
    """The engine prints the value of a property that is named here, even of a secret one."""
    return CheckFailure(problem.property if problem.showable else "", problem.reason)
