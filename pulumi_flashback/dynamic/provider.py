"""Shell 1: a resource type of the core as a provider of ``pulumi.dynamic``.

The engine starts ``python -m pulumi.dynamic``, which unpickles the provider out of each resource's
state. The pickle of these classes is nothing but their module and name: it is the same on every
machine, holds no secret, and always runs the installed code. Module and name are therefore frozen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
    from pulumi_flashback.dynamic.runtime import Runtime
    from pulumi_flashback.resources.base import Problem, Properties, ResourceType

_PICKLE = "__provider"

Result = TypeVar("Result")


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
        self._runtime.configure(req.config.get)

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Find everything that is wrong with the inputs and the settings."""
        inputs = _inward(news)

        def work() -> CheckResult:
            runtime = self._runtime
            verdict = self._type.check(inputs)
            for text in verdict.warnings:
                runtime.warn(text)
            failures = [_failure(problem) for problem in verdict.problems]
            failures += [CheckFailure("", problem) for problem in runtime.settings.problems]
            return CheckResult(_without_pickle(news), failures)

        return self._guarded(f"check the {self.resource_name}", [inputs], work)

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """Say exactly what changes, and what of it makes a replacement."""
        state, inputs = _inward(_olds), _inward(_news)
        self._runtime.claims.claim(_id)  # nobody else may adopt it

        def work() -> DiffResult:
            difference = self._type.diff(state, inputs)
            return DiffResult(changes=bool(difference.changed), replaces=list(difference.replaces))

        return self._guarded(f"compare {self.resource_name} {_id}", [state, inputs], work)

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Create the object."""
        inputs = _inward(props)

        def work() -> CreateResult:
            return CreateResult(*self._type.create(self._runtime.context(), inputs))

        return self._guarded(f"create the {self.resource_name}", [inputs], work)

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Read the object; an empty id says that it is gone."""
        state = _inward(props)

        def work() -> ReadResult:
            outputs = self._type.read(self._runtime.context(), id_, state)
            if outputs is None:
                return ReadResult("", {}, {})
            return ReadResult(id_, outputs, self._type.inputs_of(outputs))

        return self._guarded(f"read {self.resource_name} {id_}", [state], work)

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        """Change the object in place."""
        state, inputs = _inward(_olds), _inward(_news)

        def work() -> UpdateResult:
            return UpdateResult(self._type.update(self._runtime.context(), _id, state, inputs))

        return self._guarded(f"update {self.resource_name} {_id}", [state, inputs], work)

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """Delete the object."""
        state = _inward(_props)

        def work() -> None:
            self._type.delete(self._runtime.context(), _id, state)

        self._guarded(f"delete {self.resource_name} {_id}", [state], work)

    @property
    def _runtime(self) -> Runtime:
        from pulumi_flashback.dynamic.runtime import RUNTIME

        return RUNTIME

    @property
    def _type(self) -> ResourceType:
        from pulumi_flashback.resources import RESOURCES

        return next(each for each in RESOURCES if each.name == self.resource_name)

    def _guarded(
        self, action: str, properties: list[Properties], work: Callable[[], Result]
    ) -> Result:
        from pulumi_flashback.resources.guard import guarded

        def secrets() -> list[object]:
            names = self._type.secrets
            values = [each.get(name) for each in properties for name in names]
            return [*values, *self._runtime.settings.secrets]

        return guarded(action, secrets, work)


def _without_pickle(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy without the SDK's own entry, which it adds again itself."""
    return {name: value for name, value in properties.items() if name != _PICKLE}


def _inward(properties: Mapping[str, Any]) -> Properties:
    """Translate what the SDK hands over into what the core takes."""
    from pulumi_flashback.resources.base import UNKNOWN

    return {
        name: UNKNOWN if isinstance(value, Unknown) else value
        for name, value in _without_pickle(properties).items()
        if value is not None
    }


def _failure(problem: Problem) -> CheckFailure:
    """The engine prints the value of a property that is named here, even of a secret one."""
    return CheckFailure(problem.property if problem.showable else "", problem.reason)
