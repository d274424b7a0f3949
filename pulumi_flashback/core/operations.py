"""The operations of a resource, inside the guard: what both shells offer, each in its own words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from pulumi_flashback.client import FlashbackError
from pulumi_flashback.client.deadline import operation
from pulumi_flashback.core.context import Context
from pulumi_flashback.core.guard import ProviderError, guarded
from pulumi_flashback.core.lifecycle import PartialFailureError
from pulumi_flashback.core.ownership import MARK, new_mark
from pulumi_flashback.core.resource import Resource
from pulumi_flashback.core.resource_model import CheckedInputs, Difference
from pulumi_flashback.core.runtime import Runtime
from pulumi_flashback.core.values import Properties, contains_unknown
from pulumi_flashback.settings import PASSWORD, REFRESH_TOKEN

if TYPE_CHECKING:
    from pulumi_flashback.core.function import Found, Function

Result = TypeVar("Result")


def check_arguments(function: Function[Any], arguments: Properties) -> None:
    """Make sure that a function can be called.

    Args:
        function: A function of the registry.
        arguments: Values by camelCase name; they may be ``UNKNOWN``.

    Raises:
        ProviderError: Something is wrong with the arguments; the text names all of it.
    """
    reasons = [each.reason for each in function.inputs.problems(function.name, arguments)]
    names = (name for name in function.inputs.names() if contains_unknown(arguments.get(name)))
    reasons += [f"{name} is not known yet" for name in names]
    if reasons:
        raise ProviderError(f"could not call {function.name}: {'; '.join(reasons)}")


def invoke(
    function: Function[Found],
    runtime: Runtime,
    arguments: Properties,
    hidden: tuple[str, ...] = (),
) -> Found:
    """Call a function; its arguments have been checked.

    Args:
        function: A function of the registry.
        runtime: What the process keeps.
        arguments: Values by camelCase name.
        hidden: Values that the program has marked as secret.

    Raises:
        ProviderError: It failed.
    """
    return guarded(
        f"call {function.name}",
        lambda: [*hidden, *runtime.settings.secrets],
        lambda: function.call(runtime.context(), arguments),
    )


@dataclass(frozen=True)
class Operations:
    """The operations of one resource. Each raises nothing but ``ProviderError``.

    Attributes:
        type: The resource.
        runtime: What the process keeps.
        hidden: Further values that the program has marked as secret.
        timeout: Seconds for the whole operation; None for no limit.
        urn: The resource that warnings are about; empty where it is not known.
    """

    type: Resource
    runtime: Runtime
    hidden: tuple[str, ...] = field(default=(), repr=False)
    timeout: float | None = None
    urn: str = ""

    def check(self, old: Properties, inputs: Properties) -> CheckedInputs:
        """Find everything that is wrong with the inputs; warn of what looks wrong.

        Args:
            old: The inputs of the last run; empty for a new resource.
            inputs: The wanted ones.
        """

        def work() -> CheckedInputs:
            verdict = self.type.check(inputs, old)
            # the engine checks the inputs of a replacement twice, then as those of a new object
            new = self.runtime.is_new((self.type.name, repr(sorted(inputs.items()))), bool(old))
            foreseen = self._foreseen(inputs) if new and not verdict.problems else ()
            for text in (*verdict.warnings, *foreseen):
                self.runtime.warn(text, self.urn)
            return verdict

        return self._guarded(f"check the {self.type.name}", [inputs], work)

    def diff(self, identifier: str, state: Properties, inputs: Properties) -> Difference:
        """Say exactly what changes, and what of it makes a replacement."""
        self.runtime.ownership.hold(identifier, self._holder(state))
        return self._guarded(
            f"compare {self.type.name} {identifier}",
            [state, inputs],
            lambda: self.type.diff(state, inputs),
        )

    def create(self, inputs: Properties) -> tuple[str, Properties]:
        """Create the object; returns its id and outputs."""

        def work() -> tuple[str, Properties]:
            left = self.type.placeholders(inputs)
            if left:  # a replacement of an imported object: check has seen them before
                raise FlashbackError(f"put the real {' and '.join(left)} into the program first")
            mark = new_mark()
            context = self._context(mark)
            with _marked(mark):
                identifier, outputs = self.type.create(context, inputs)
            context.ownership.hold(identifier, mark)
            return identifier, {**outputs, MARK: mark}

        return self._guarded(f"create the {self.type.name}", [inputs], work)

    def read(self, identifier: str, state: Properties) -> Properties | None:
        """Return the outputs of the object, or None where it is gone."""

        def work() -> Properties | None:
            outputs = self.type.read(self._context(_mark_of(state)), identifier, state)
            return None if outputs is None else _with_mark(outputs, _mark_of(state))

        return self._guarded(f"read {self.type.name} {identifier}", [state], work)

    def find(self, import_id: str) -> tuple[str, Properties]:
        """Return id and outputs of an object that is to be imported."""

        def work() -> tuple[str, Properties]:
            identifier, outputs = self.type.find(self.runtime.context(), import_id)
            return identifier, {**outputs, MARK: new_mark()}

        return self._guarded(f"import {self.type.name} {import_id}", [], work)

    def update(self, identifier: str, state: Properties, inputs: Properties) -> Properties:
        """Change the object in place; returns its outputs."""

        def work() -> Properties:
            wanted = self.type.without_placeholders(inputs, state)
            mark = _mark_of(state)
            with _marked(mark):
                outputs = self.type.update(self._context(mark), identifier, state, wanted)
            return _with_mark(outputs, mark)

        return self._guarded(f"update {self.type.name} {identifier}", [state, inputs], work)

    def delete(self, identifier: str, state: Properties) -> None:
        """Delete the object, unless another resource of the program holds it."""

        def work() -> None:
            mark = self._holder(state)
            ownership = self.runtime.ownership
            ownership.release(identifier, mark)
            if ownership.is_held(identifier):
                self.runtime.engine.info(
                    f"{self.type.name} {identifier} is kept: another resource of this program "
                    "holds it",
                    self.urn,
                )
                return
            self.type.delete(self._context(mark), identifier, state)

        self._guarded(f"delete {self.type.name} {identifier}", [state], work)

    def _holder(self, state: Properties) -> str:
        """What stands for a resource among those that hold an object.

        States of the first versions have no mark. Of such resources the URN tells two apart where
        it is known, which a dynamic provider does not get.
        """
        return _mark_of(state) or self.urn

    def _context(self, mark: str) -> Context:
        return replace(self.runtime.context(), mark=mark)

    def _foreseen(self, inputs: Properties) -> tuple[str, ...]:
        """What a create would meet. A preview works without a backend, so a failure is no news.

        A refresh token may serve only once, and the run after the preview needs it.
        """
        credentials = self.runtime.settings.credentials
        if REFRESH_TOKEN.name in credentials and PASSWORD.name not in credentials:
            return ()
        try:
            return self.type.foresee(self.runtime.context(), inputs)
        except FlashbackError:
            return ()

    def _guarded(
        self, action: str, properties: list[Properties], work: Callable[[], Result]
    ) -> Result:
        def secrets() -> Iterable[object]:
            names = self.type.secrets
            values = [each.get(name) for each in properties for name in names]
            return [*values, *self.hidden, *self.runtime.settings.secrets]

        with operation(self.timeout):
            return guarded(action, secrets, work)


def _mark_of(state: Properties) -> str:
    """The mark of a state; those of the first versions have none."""
    mark = state.get(MARK)
    return mark if isinstance(mark, str) else ""


def _with_mark(outputs: Properties, mark: str) -> Properties:
    return {**outputs, MARK: mark} if mark else outputs


@contextmanager
def _marked(mark: str) -> Iterator[None]:
    """Let the state of a partial failure have its mark as well."""
    try:
        yield
    except PartialFailureError as error:
        error.outputs = _with_mark(error.outputs, mark)
        raise
