"""The declaration of a resource, and the checks and diffs that need no request."""

from dataclasses import dataclass

from pulumi_flashback.core.properties import InputProblem, Inputs, Outputs
from pulumi_flashback.core.types import OpenEnum
from pulumi_flashback.core.values import Properties, without_unknowns


@dataclass(frozen=True)
class CheckedInputs:
    problems: tuple[InputProblem, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Difference:
    """The inputs that differ from the state, and those among them that replace the object."""

    changed: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    # the new object cannot exist at the same time as the old one; also applies to replacements
    # that the user requests (--replace, replaceOnChanges)
    delete_first: bool = False


@dataclass(frozen=True, kw_only=True)
class ResourceModel:
    name: str  # its name in type tokens, such as ``ApiKey``
    label: str  # its name in sentences, such as ``API key``
    description: str  # what it is, for the reference
    inputs: type[Inputs]
    outputs: type[Outputs]  # the outputs that are not inputs
    import_id: str  # the pattern of the import id, such as ``"{workspaceId}/{apiKeyId}"``
    delete_before_replace: bool = False  # old and new object cannot exist at the same time
    holds_data: bool = False  # it holds user data: a preview warns of its replacement
    # what to do if a program reverts an update with an unclear outcome
    write_again: str = "run `pulumi refresh` first"

    @property
    def secrets(self) -> frozenset[str]:
        return self.inputs.marked("secret") | self.outputs.marked("secret")

    def warn(self, inputs: Properties) -> tuple[str, ...]:
        """Return warnings about inputs that look wrong but are sent as written, if known."""
        return tuple(
            f"{self.label} with an unknown {name} (known: {', '.join(known.values)}); sending it "
            "unchanged"
            for name, known in self.inputs.annotated_with(OpenEnum).items()
            if isinstance(inputs.get(name), str)
            and inputs[name].strip()
            and inputs[name] not in known.values
        )

    def foresee_update(
        self,
        identifier: str,
        state: Properties,  # noqa: ARG002
        inputs: Properties,  # noqa: ARG002
        difference: Difference,
    ) -> tuple[str, ...]:
        """Return warnings about a planned update or replacement."""
        if not self.holds_data or not difference.replaces:
            return ()
        return (
            f"changing {' and '.join(difference.replaces)} deletes {self.label} {identifier}, "
            "which holds data, and creates another one. To keep it, revert the change or set "
            "the option protect",
        )

    def contradictions(self, inputs: Properties) -> list[InputProblem]:  # noqa: ARG002
        """Return the problems of inputs that contradict each other; values may be ``UNKNOWN``."""
        return []

    def inputs_of(self, outputs: Properties) -> Properties:
        return {name: outputs[name] for name in self.inputs.names() if name in outputs}

    def outputs_kept(self, state: Properties) -> Properties:
        return {name: state[name] for name in self.outputs.names() if name in state}

    def left_out_of_imports(self, outputs: Properties) -> tuple[str, ...]:
        """Return warnings about outputs that an import can never provide."""
        missing = sorted(self.outputs.marked("shown_once") - outputs.keys())
        return tuple(
            f"the API returns {name} of a {self.label} only once, so the state does not have it. "
            "If a program needs it, `pulumi up --replace URN` creates another key and deletes this "
            "one"
            for name in missing
        )

    def inputs_to_import(self, outputs: Properties, known: Properties) -> Properties:
        """Return the inputs of an object; known values or placeholders fill the gaps."""
        missing = [name for name in self.inputs.required() if name not in outputs]
        filled = {name: known.get(name, placeholder(name)) for name in missing}
        return {**self.inputs_of(outputs), **filled}

    def placeholders(self, inputs: Properties) -> tuple[str, ...]:
        return tuple(n for n in self.inputs.names() if inputs.get(n) == placeholder(n))

    def without_placeholders(self, inputs: Properties, state: Properties) -> Properties:
        unknown = self.placeholders(inputs)
        known = {name: value for name, value in inputs.items() if name not in unknown}
        return {**known, **{name: state[name] for name in unknown if name in state}}

    def check(self, inputs: Properties, old: Properties | None = None) -> CheckedInputs:
        """Find all problems of the inputs; the old ones may have placeholders."""
        problems = [*self.inputs.problems(self.name, inputs), *self.contradictions(inputs)]
        known = without_unknowns(inputs)
        left = self.placeholders(known)
        kept = [name for name in left if (old or {}).get(name) == known[name]]
        again = (name for name in left if name not in kept)
        problems += [InputProblem(f"{name} {_STILL_LEFT}") for name in again]
        warnings = (*self.warn(inputs), *(_LEFT.format(name) for name in kept))
        return CheckedInputs(tuple(problems), warnings)

    def diff(self, state: Properties, inputs: Properties) -> Difference:
        """Compare the inputs of the program with a state. An unknown value counts as changed."""
        ignored, replacing = self.inputs.marked("ignored"), self.inputs.marked("replaces")
        inputs = self.without_placeholders(inputs, state)
        compared = (name for name in self.inputs.names() if name not in ignored)
        same = self.inputs.equal
        changed = tuple(n for n in compared if not same(n, inputs.get(n), state.get(n)))
        replaces = tuple(name for name in changed if name in replacing)
        return Difference(changed, replaces, self.delete_before_replace)


_STILL_LEFT = (
    "is the placeholder that an import writes if the API does not return a value. Replace it with "
    "the real value"
)
_LEFT = (
    "the API does not return {0}. Replace the placeholder with the real value; the next `pulumi "
    "up` writes it"
)


def placeholder(name: str) -> str:
    """Return what an import writes for a required input (camelCase name) that it cannot read."""
    return f"<put the real {name} here: the platform does not return it>"
