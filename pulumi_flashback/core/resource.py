"""The declaration of a resource, and what follows from it without a request: checks and diffs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pulumi_flashback.client import FlashbackError
from pulumi_flashback.core.context import Context
from pulumi_flashback.core.properties import InputProblem, Inputs, Outputs
from pulumi_flashback.core.values import Properties, without_unknowns


class PartialFailureError(FlashbackError):
    """An object exists, but not all of what was to be done to it is done.

    Attributes:
        identifier: The id of the object.
        outputs: Its outputs, as far as they are known.
    """

    def __init__(self, text: str, identifier: str, outputs: Properties) -> None:
        super().__init__(text)
        self.identifier = identifier
        self.outputs = outputs


@dataclass(frozen=True)
class Checked:
    """The verdict on inputs.

    Attributes:
        problems: What makes them unusable; empty where all is well.
        warnings: What looks wrong but is sent as written.
    """

    problems: tuple[InputProblem, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Difference:
    """How wanted inputs differ from a state.

    Attributes:
        changed: camelCase names, in order of declaration.
        replaces: Those of them that make a new object necessary.
    """

    changed: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()


@dataclass(frozen=True)
class Resource:
    """A resource, as both providers use it: a line of the registry.

    Attributes:
        name: Its name in type tokens, such as ``ApiKey``.
        description: What it is, for the reference.
        inputs: The model of its inputs.
        outputs: The model of its outputs that are not inputs.
        import_id: What identifies an object, by property: ``"{workspaceId}/{apiKeyId}"``.
        create: Makes the object: ``(context, inputs) -> (id, outputs)``.
        read: ``(context, id, state) -> outputs``, or None where the object is gone.
        find: ``(context, import id) -> (id, outputs)`` of an object that no state knows.
        update: ``(context, id, state, inputs) -> outputs``.
        delete: ``(context, id, state)``.
        warn: What looks wrong in known inputs but is sent as written.
        write_again: What to do if a program takes back an update whose outcome is not known; an
            imperative.
        foresee: What the user should know before an object with these inputs is created:
            ``(context, inputs) -> warnings``.
    """

    name: str
    description: str
    inputs: type[Inputs]
    outputs: type[Outputs]
    import_id: str
    create: Callable[[Context, Properties], tuple[str, Properties]]
    read: Callable[[Context, str, Properties], Properties | None]
    find: Callable[[Context, str], tuple[str, Properties]]
    update: Callable[[Context, str, Properties, Properties], Properties]
    delete: Callable[[Context, str, Properties], None]
    warn: Callable[[Properties], tuple[str, ...]] = lambda _: ()
    write_again: str = "run `pulumi refresh` first"
    foresee: Callable[[Context, Properties], tuple[str, ...]] = lambda _context, _inputs: ()

    @property
    def secrets(self) -> frozenset[str]:
        """The properties that are encrypted in the state and never shown."""
        return self.inputs.marked("secret") | self.outputs.marked("secret")

    def inputs_of(self, outputs: Properties) -> Properties:
        """Return those of the outputs that are inputs."""
        return {name: outputs[name] for name in self.inputs.names() if name in outputs}

    def inputs_to_import(self, outputs: Properties, known: Properties) -> Properties:
        """Return the inputs of an object that was read.

        Args:
            outputs: What was read.
            known: The inputs of the last run. They fill in what the platform never returns; where
                they do not have it either, a placeholder says so.
        """
        missing = [name for name in self.inputs.required() if name not in outputs]
        filled = {name: known.get(name, placeholder(name)) for name in missing}
        return {**self.inputs_of(outputs), **filled}

    def placeholders(self, inputs: Properties) -> tuple[str, ...]:
        """Return the names of the inputs that an import left to be filled in."""
        return tuple(n for n in self.inputs.required() if inputs.get(n) == placeholder(n))

    def without_placeholders(self, inputs: Properties, state: Properties) -> Properties:
        """Return the inputs with what the state knows in the place of placeholders."""
        unknown = self.placeholders(inputs)
        kept = {name: state[name] for name in unknown if name in state}
        return {**{n: v for n, v in inputs.items() if n not in unknown}, **kept}

    def check(self, inputs: Properties, old: Properties | None = None) -> Checked:
        """Find everything that is wrong with inputs, all at once.

        Args:
            inputs: What the program says; values may be :data:`UNKNOWN`.
            old: What it said the last time, or what an import found; None for a new object.
        """
        problems = self.inputs.problems(self.name, inputs)
        known = without_unknowns(inputs)
        old = old or {}
        left = self.placeholders(known)
        kept = [name for name in left if old.get(name) == known[name]]
        problems += [
            InputProblem(name, f"{name} {_STILL_LEFT}") for name in left if name not in kept
        ]
        return Checked(
            tuple(problems),
            (*self.warn(known), *(f"{name} {_LEFT}" for name in kept)),
        )

    def diff(self, state: Properties, inputs: Properties) -> Difference:
        """Compare wanted inputs with a state. An unknown value counts as changed."""
        compared = (n for n in self.inputs.names() if n not in self.inputs.marked("local"))
        inputs = self.without_placeholders(inputs, state)
        changed = tuple(name for name in compared if inputs.get(name) != state.get(name))
        replacing = self.inputs.marked("replaces")
        return Difference(changed, tuple(name for name in changed if name in replacing))


_STILL_LEFT = (
    "is the placeholder that an import leaves where the platform does not return a value; put the "
    "real value there"
)
_LEFT = (
    "is not known, because the platform does not return it. Put the real value in the place of the "
    "placeholder; the next `pulumi up` writes it in place"
)


def placeholder(name: str) -> str:
    """Return what an import leaves in the place of a required input that it cannot read.

    Args:
        name: The camelCase name of the input.
    """
    return f"<put the real {name} here: the platform does not return it>"
