"""The base class of the dynamic providers: translates ``pulumi.dynamic`` calls to the core.

The engine starts ``python -m pulumi.dynamic``, which unpickles the provider from each resource's
state. The pickle of these classes contains only their module and name: it is the same on every
machine, contains no secret, and always runs the installed code. So module and name are frozen.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Mapping
from functools import partial, wraps
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from pulumi import dynamic
from pulumi.output import Unknown
from pulumi.runtime import rpc

from pulumi_flashback.startup import without_garbage_collection

if TYPE_CHECKING:
    from pulumi_flashback.core.operations import Operations
    from pulumi_flashback.core.values import Properties

REPLACE_ON_CHANGES = "replaceOnChanges"  # an input that marks a resource with this option
_PICKLE = "__provider"

Method = TypeVar("Method", bound=Callable[..., Any])


def _one_line(method: Method) -> Method:
    """Raise errors without their traceback, because the SDK would print all of it."""

    @wraps(method)
    def wrapper(*arguments: Any) -> Any:
        from pulumi_flashback.core.operations import ProviderError

        try:
            return method(*arguments)
        except ProviderError as error:
            failure = error.with_traceback(None)
        spec = getattr(sys.modules["__main__"], "__spec__", None)
        if spec is not None and spec.name == "pulumi.dynamic.__main__":
            # The SDK prints a traceback above the error. This process may also run providers of the
            # program, whose authors keep their tracebacks until one of our operations fails.
            sys.tracebacklimit = 0
        raise failure

    return wrapper  # type: ignore[return-value] # the same signature


class FlashbackProvider(dynamic.ResourceProvider):
    """Base class of the providers. Stateless: the state of a process is in ``runtime``."""

    # a program only refers to these classes, so the modules for the operations are imported when a
    # provider process first needs them

    resource_name: ClassVar[str]  # in the registry

    # the pickle is only a public name, so there is nothing to encrypt
    serialize_as_secret_always = False

    def __reduce__(self) -> tuple[type[FlashbackProvider], tuple[()]]:
        return type(self), ()

    def configure(self, req: dynamic.ConfigureRequest) -> None:
        with without_garbage_collection():
            from pulumi_flashback.dynamic.runtime import configure
        configure(req.config.get)

    @_one_line
    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> dynamic.CheckResult:
        operations = self._operations
        verdict = operations.check(_inward(_olds), _inward(news))
        failures = [dynamic.CheckFailure(each.blamed, each.reason) for each in verdict.problems]
        failures += [
            dynamic.CheckFailure("", each) for each in operations.runtime.settings.problems
        ]
        # the SDK restores its own entry
        given = {name: value for name, value in news.items() if name != _PICKLE}
        return dynamic.CheckResult(_outward(given, operations.type.secrets), failures)

    @_one_line
    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> dynamic.DiffResult:
        found = self._operations.diff(_id, _inward(_olds), _inward(_news))
        # The SDK does not pass on which inputs changed, and without that the engine ignores the
        # option replace_on_changes. None lets the engine compare the inputs itself.
        changes = bool(found.changed)
        known = None if changes and REPLACE_ON_CHANGES in _news else changes
        return dynamic.DiffResult(
            known, [*found.replaces], delete_before_replace=found.delete_first
        )

    @_one_line
    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        operations = self._operations
        identifier, outputs = operations.create(_inward(props))
        return dynamic.CreateResult(identifier, _outward(outputs, operations.type.secrets))

    @_one_line
    def read(self, id_: str, props: dict[str, Any]) -> dynamic.ReadResult:
        operations = self._operations
        found = operations.read(id_, _inward(props))
        if found is None:
            return dynamic.ReadResult("", {}, {})  # the object is gone
        outputs = _outward(found, operations.type.secrets)
        return dynamic.ReadResult(id_, outputs, operations.type.inputs_of(outputs))

    @_one_line
    def update(
        self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]
    ) -> dynamic.UpdateResult:
        from pulumi_flashback.dynamic.runtime import update

        operations = self._operations
        work = partial(operations.update, _id, _inward(_olds), _inward(_news))
        outputs = update(work, operations.type.write_again)
        return dynamic.UpdateResult(_outward(outputs, operations.type.secrets))

    @_one_line
    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        self._operations.delete(_id, _inward(_props))

    @property
    def _operations(self) -> Operations:
        from pulumi_flashback.dynamic.runtime import operations

        return operations(self.resource_name)


def _inward(properties: Mapping[str, Any]) -> Properties:
    given = {n: value for n, value in properties.items() if n not in (_PICKLE, REPLACE_ON_CHANGES)}
    return {name: _translated(value) for name, value in given.items() if value is not None}


def _outward(properties: Properties, secrets: Collection[str]) -> dict[str, Any]:
    """Mark the secrets."""
    # the engine itself does this only for values that the program marked, so not for one that a
    # transform set or that was read from the platform
    return {
        name: rpc.wrap_rpc_secret(value) if name in secrets and value is not None else value
        for name, value in properties.items()
    }


def _translated(value: Any) -> Any:
    from pulumi_flashback.core.values import UNKNOWN

    if isinstance(value, Unknown):
        return UNKNOWN
    if isinstance(value, dict):
        return {name: _translated(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_translated(each) for each in value]
    # all numbers arrive as floats
    return int(value) if isinstance(value, float) and value.is_integer() else value
