"""The entry points of both providers. An error leaves them as one readable line only."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import wraps
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, TypeVar

from pulumi_flashback.client import FlashbackError
from pulumi_flashback.client.deadline import operation
from pulumi_flashback.core.context import Context
from pulumi_flashback.core.lifecycle import PartialFailureError
from pulumi_flashback.core.ownership import MARK, new_mark
from pulumi_flashback.core.resource import Resource
from pulumi_flashback.core.resource_model import CheckedInputs, Difference
from pulumi_flashback.core.runtime import Runtime
from pulumi_flashback.core.values import Properties, contains_unknown
from pulumi_flashback.redaction import printable, redact, secrets_at_hand
from pulumi_flashback.settings import PASSWORD, REFRESH_TOKEN
from pulumi_flashback.version import VERSION

if TYPE_CHECKING:
    from pulumi_flashback.core.function import Found, Function

Method = TypeVar("Method", bound=Callable[..., Any])
Result = TypeVar("Result")

# our own texts contain no secrets; redacting shorter values would only remove words from them
_SHORTEST_REDACTED = 8


class ProviderError(Exception):
    """The error that the user sees: one line, without secrets and without a cause."""

    partial: PartialFailureError | None = None  # set if the object exists despite the failure
    may_have_taken_effect: bool = False
    hopeless: bool = False  # the same operation would fail in the same way

    # the last line of the traceback that the SDK prints begins with this name
    __module__ = "pulumi_flashback"

    def __init__(self, text: str) -> None:
        super().__init__(printable(text))  # ids and names in it come from the API


def guarded(
    action: str, secrets: Callable[[], Iterable[object]], work: Callable[[], Result]
) -> Result:
    """Do some work; on failure raise ``ProviderError`` with the action but without secrets."""
    # the original error is not attached, because it may contain requests
    cause = FlashbackError()
    known: list[str] = []
    try:
        # also guarded: the secrets come from the settings, which may be wrong
        known = [str(secret) for secret in secrets() if secret is not None]
        with secrets_at_hand(known):
            return work()
    except FlashbackError as error:
        reason = str(error)
        cause = error
    except (Exception, SystemExit) as error:  # noqa: BLE001 - sys.exit would hang the engine
        reason = unexpected(error)
    long = [secret for secret in known if len(secret) >= _SHORTEST_REDACTED]
    failure = ProviderError(redact(f"could not {action}: {reason}", long))
    failure.partial = cause if isinstance(cause, PartialFailureError) else None
    failure.may_have_taken_effect = cause.may_have_taken_effect
    failure.hopeless = cause.hopeless
    raise failure


def unexpected(error: BaseException) -> str:
    """Return the type and location of an error, because its own text may contain anything."""
    place = ""
    for frame, line in traceback.walk_tb(error.__traceback__):  # even if sys.tracebacklimit is 0
        place = f" at {PurePath(frame.f_code.co_filename).name}:{line}"
    return (
        f"unexpected {type(error).__name__}{place} in version {VERSION}. Report it with this line"
    )


def check_arguments(function: Function[Any], arguments: Properties) -> None:
    """Raise an error that names all problems of the arguments, by camelCase name."""
    reasons = [each.reason for each in function.inputs.problems(function.name, arguments)]
    names = (name for name in function.inputs.names() if contains_unknown(arguments.get(name)))
    reasons += [f"{name} is not known yet" for name in names]
    if reasons:
        raise ProviderError(f"could not call {function.name}: {'; '.join(reasons)}")


def invoke(
    function: Function[Found], runtime: Runtime, arguments: Properties, hidden: tuple[str, ...] = ()
) -> Found:
    return guarded(
        f"call {function.name}",
        lambda: [*hidden, *runtime.settings.secrets],
        lambda: function.call(runtime.context(), arguments),
    )


def _entry_point(action: str) -> Callable[[Method], Method]:
    """Run a method guarded and within its timeout; ``{0}`` is its first argument."""

    def decorate(method: Method) -> Method:
        @wraps(method)
        def wrapper(self: Operations, *arguments: Any) -> Any:
            def secrets() -> list[object]:
                given = [each for each in arguments if isinstance(each, dict)]
                values = [each.get(name) for each in given for name in self.type.secrets]
                return [*values, *self.hidden, *self.runtime.settings.secrets]

            described = action.format(*arguments, type=self.type.name)
            with operation(self.timeout):
                return guarded(described, secrets, lambda: method(self, *arguments))

        return wrapper  # type: ignore[return-value] # the same signature

    return decorate


@dataclass(frozen=True)
class Operations:
    type: Resource
    runtime: Runtime
    hidden: tuple[str, ...] = field(default=(), repr=False)  # further secrets of the program
    timeout: float | None = None  # seconds for the whole operation
    urn: str = ""  # empty if unknown

    @_entry_point("check the {type}")
    def check(self, old: Properties, inputs: Properties) -> CheckedInputs:
        """Find all problems of the inputs, and warn of values that look wrong."""
        verdict = self.type.check(inputs, old)
        # the engine checks the inputs of a replacement twice, then as those of a new object
        new = self.runtime.is_new((self.type.name, repr(sorted(inputs.items()))), bool(old))
        foreseen = self._foreseen(inputs) if new and not verdict.problems else ()
        for text in (*verdict.warnings, *foreseen):
            self.runtime.warn(text, self.urn)
        return verdict

    @_entry_point("compare {type} {0}")
    def diff(self, identifier: str, state: Properties, inputs: Properties) -> Difference:
        self.runtime.ownership.hold(identifier, self._holder(state))
        found = self.type.diff(state, inputs)
        for text in self.type.foresee_update(identifier, state, inputs, found):
            self.runtime.warn(text, self.urn)
        return found

    @_entry_point("create the {type}")
    def create(self, inputs: Properties) -> tuple[str, Properties]:
        left = self.type.placeholders(inputs)
        if left:  # a replacement of an imported object; check accepted its placeholders
            raise FlashbackError(f"put the real {' and '.join(left)} into the program first")
        context = self._context(new_mark())
        identifier, outputs = self.type.create(context, inputs)
        context.ownership.hold(identifier, context.mark)
        return identifier, {**outputs, MARK: context.mark}

    @_entry_point("read {type} {0}")
    def read(self, identifier: str, state: Properties) -> Properties | None:
        return self.type.read(self._context(_mark_of(state)), identifier, state)

    @_entry_point("import {type} {0}")
    def find(self, import_id: str) -> tuple[str, Properties]:
        identifier, outputs = self.type.find(self._context(new_mark()), import_id)
        for text in self.type.left_out_of_imports(outputs):
            self.runtime.warn(text, self.urn)
        return identifier, outputs

    @_entry_point("update {type} {0}")
    def update(self, identifier: str, state: Properties, inputs: Properties) -> Properties:
        wanted = self.type.without_placeholders(inputs, state)
        return self.type.update(self._context(_mark_of(state)), identifier, state, wanted)

    @_entry_point("delete {type} {0}")
    def delete(self, identifier: str, state: Properties) -> None:
        """Delete an object, unless another resource of the program manages it."""
        holder, ownership = self._holder(state), self.runtime.ownership
        ownership.release(identifier, holder)
        if ownership.is_held(identifier):
            self.runtime.engine.info(
                f"{self.type.name} {identifier} is kept: another resource of this program manages "
                "it",
                self.urn,
            )
        else:
            self.type.delete(self._context(holder), identifier, state)

    def _holder(self, state: Properties) -> str:
        # the states of the first versions have no mark, and a dynamic provider does not get the URN
        return _mark_of(state) or self.urn

    def _context(self, mark: str) -> Context:
        return replace(self.runtime.context(), mark=mark)

    def _foreseen(self, inputs: Properties) -> tuple[str, ...]:
        """Return warnings about a create. A preview works offline, so failures are ignored."""
        credentials = self.runtime.settings.credentials
        if REFRESH_TOKEN.name in credentials and PASSWORD.name not in credentials:
            return ()  # the token may be valid only once, and the run after the preview needs it
        try:
            return self.type.foresee(self.runtime.context, inputs)
        except FlashbackError:
            return ()


def _mark_of(state: Properties) -> str:
    mark = state.get(MARK)
    return mark if isinstance(mark, str) else ""
