"""Base class of all resources: how they are read, which requests write them, their own rules.

All resources have the same life cycle (:mod:`pulumi_flashback.core.lifecycle`). A resource that is
special in some respect overrides a method here.
"""

from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pulumi_flashback.client import BadRequestError, DuplicateError, FlashbackClient, FlashbackError
from pulumi_flashback.client.endpoints.family import Collection as Endpoints
from pulumi_flashback.core import lifecycle
from pulumi_flashback.core.context import Context
from pulumi_flashback.core.listed import Source
from pulumi_flashback.core.ownership import MARK
from pulumi_flashback.core.resource_model import ResourceModel
from pulumi_flashback.core.types import ApiForm
from pulumi_flashback.core.values import Properties

_AS_IT_IS = ApiForm()


def undeclared(*_: Any) -> Any:
    raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class Resource(ResourceModel):
    # the functions that create, update and delete an object: (client, its inputs or its state)
    endpoints: Callable[[FlashbackClient, Properties], Endpoints[Any, Any]] = undeclared
    updates_all: bool = False  # an update sends all inputs, not only those that change
    finds_again: tuple[str, ...] = ()  # inputs that identify an object after a lost response
    accepts_twins: bool = False  # the API may accept a second object that looks the same
    unique_in: str = ""  # where each name must be unique, such as "organization"

    @property
    def source(self) -> Source:
        """Return the source that its objects are read from."""
        raise NotImplementedError

    # the requests

    def post(self, client: FlashbackClient, inputs: Properties) -> tuple[str, Properties]:
        """Send the create; return the id and the outputs that only this response has."""
        created = self.endpoints(client, inputs).create(self.body(inputs))
        lost = self.outputs.marked("shown_once")
        return created.id, {name: getattr(created, self._python_names[name]) for name in lost}

    def put(
        self, client: FlashbackClient, identifier: str, changes: Properties, inputs: Properties
    ) -> None:
        """Send an update of changed inputs; None clears an input."""
        if self.updates_all:
            secret = self.inputs.marked("secret")  # sent only if changed
            changes = {**{n: v for n, v in inputs.items() if n not in secret}, **changes}
        self.endpoints(client, inputs).update(identifier, self.body(changes))

    def remove(self, client: FlashbackClient, identifier: str, state: Properties) -> None:
        """Send the delete."""
        self.endpoints(client, state).delete(identifier)

    def body(self, inputs: Properties) -> Properties:
        """Return inputs in the form of a request body."""
        forms, local = self.inputs.annotated_with(ApiForm), self.inputs.marked("local")
        given = ((n, v, forms.get(n, _AS_IT_IS)) for n, v in inputs.items() if n not in local)
        return {form.name or name: form.sent(value) for name, value, form in given}

    # the operations

    create = lifecycle.create
    read = lifecycle.read
    find = lifecycle.find
    update = lifecycle.update
    delete = lifecycle.delete

    def foresee(self, context: Callable[[], Context], inputs: Properties) -> tuple[str, ...]:
        """Return warnings to show before an object with these inputs is created."""
        # most resources need neither a request nor a client for this
        return ()

    # rules for create

    def identity(self, inputs: Properties) -> tuple[str, ...]:
        """Return a key that two creates share if one could adopt the object of the other."""
        names = (*self.parents, *self.finds_again)
        return tuple(str(self.inputs.canonical(name, inputs.get(name))) for name in names)

    def is_ours(self, context: Context, row: Any, inputs: Properties) -> bool:
        """Return whether a new object is ours: its row contradicts nothing in the inputs."""
        creator, shown = getattr(row, "created_by", None), self.shown(row)
        certain = {*self.finds_again, *self.inputs.marked("replaces")}

        def fits(name: str) -> bool:
            listed, wanted = shown[name], inputs.get(name)
            if listed is None:  # a list may omit it
                return wanted is None or name not in self.finds_again
            if wanted is None:  # the API may set it
                return name not in certain
            return self.looks_same(name, listed, wanted)

        own = creator is None or creator == context.account.user.id
        return own and all(fits(name) for name in self.inputs.names() if name in shown)

    def how_to_look(self, inputs: Properties) -> str:
        """Return advice on how to find an object by hand that may have been created."""
        return f"Look for a new {self.label} that no stack manages; {self.what_to_do_with_lost}"

    @property
    def what_to_do_with_lost(self) -> str:
        lost = self.outputs.marked("shown_once")
        return "delete it, because nobody knows its secret" if lost else "import it, or delete it"

    def on_duplicate(
        self, context: Context, inputs: Properties, error: DuplicateError
    ) -> tuple[str, Properties]:
        """Return id and outputs of an adopted object, or raise an error with advice."""
        name, found = self.finds_again[0], []
        with suppress(FlashbackError):
            found = [
                row.id
                for row in self.source.candidates(context, inputs)
                if self.inputs.same(name, self.shown(row).get(name), inputs[name])
            ]
        which = f" It is {self.label} {' or '.join(found)}." if found else ""
        raise FlashbackError(f"{error.brief}.{which} {self._if_duplicate}") from None

    @property
    def _if_duplicate(self) -> str:
        advice = [
            f"If the {self.label} belongs to a resource that was renamed, add the option aliases"
        ]
        if not self.delete_before_replace:
            advice.append(
                "if it is being replaced, set deleteBeforeReplace (delete_before_replace=True in "
                "Python)"
            )
        if not self.outputs.marked("shown_once"):  # an import cannot read these
            advice.append("to manage the one that exists, import it (native provider)")
        if "name" in self.inputs.names():
            where = f", which is unique in the {self.unique_in}" if self.unique_in else ""
            advice.append(f"otherwise use another name{where}")
        return "; ".join(advice)

    # rules for read

    def shown(self, row: Any) -> Properties:
        fields, forms = type(row).model_fields, self.inputs.annotated_with(ApiForm)
        names = self._python_names.items()
        shown = {name: getattr(row, each) for name, each in names if each in fields}
        return {n: forms[n].shown(v) if n in forms else v for n, v in shown.items()}

    def looks_same(self, name: str, listed: Any, known: Any) -> bool:
        """Return whether a listed value can be the known one, given what a list shows."""
        if listed is None and name in self.inputs.required():
            return True  # every object has one, so a list without it hides it
        return self.inputs.same(name, listed, known)

    def outputs_of(
        self, context: Context, identifier: str, row: Any, state: Properties
    ) -> Properties:
        """Return the outputs of a row. Values that only look different stay as in the state."""
        shown = self.shown(row)
        # includes outputs that an earlier version stored: dropping them would show as drift
        outputs = {name: value for name, value in state.items() if name not in self.id_parts}
        for name in self.inputs.names():
            listed, known = shown.get(name), state.get(name)
            same = name not in shown or self.looks_same(name, listed, known)
            outputs[name] = known if same else listed
        own = {n: shown[n] for n in self.outputs.names() if shown.get(n) is not None}
        # a list may show only part of these
        own.update({n: state[n] for n in self.outputs.marked("shown_once") if state.get(n)})
        return self.completed(context, identifier, {**outputs, **own})

    def not_found(self, named: Properties) -> str:
        """Return the error message for an id that does not exist."""
        if not self.parents:
            return (
                f"there is no {self.label} with this id, or this user has no role in it. Check the "
                "id and the credentials"
            )
        kind, parent = self.parents[0].removesuffix("Id"), named[self.parents[0]]
        return f"{kind} {parent} has no {self.label} with this id. Check both ids"

    # rules for update

    def changes(self, state: Properties, inputs: Properties) -> Properties:
        changed = self.diff(state, inputs).changed
        return {name: inputs.get(name) for name in changed if name in self.inputs.sent()}

    def send_update(
        self,
        context: Context,
        identifier: str,
        state: Properties,
        inputs: Properties,
        changes: Properties,
    ) -> None:
        removed = [name for name, value in changes.items() if value is None]
        try:
            self.put(context.client, identifier, changes, inputs)
        except BadRequestError:
            if not removed:
                raise
            # a backend may reject null and accept an empty string
            emptied = dict.fromkeys(removed, "")
            self.put(context.client, identifier, {**changes, **emptied}, {**inputs, **emptied})

    def in_doubt(self, changes: Properties) -> Collection[str]:
        """Return the inputs whose values are unknown after an update with an unclear outcome."""
        return {name for name, value in changes.items() if value is not None}

    def on_taken(
        self, context: Context, identifier: str, inputs: Properties, error: DuplicateError
    ) -> FlashbackError:
        """Return the error for an update that the API rejects as a duplicate."""
        return error

    # rules for delete

    def is_refusal(self, error: FlashbackError) -> bool:
        """Return whether the object certainly exists after a failed delete."""
        return False

    def refused(
        self, context: Context, identifier: str, row: Any | None, failure: FlashbackError
    ) -> FlashbackError:
        """Return why an object was not deleted; the row is None if it was not read."""
        return failure

    # names and ids

    @cached_property
    def _python_names(self) -> dict[str, str]:
        return {**self.inputs.python_names(), **self.outputs.python_names()}

    @cached_property
    def id_parts(self) -> tuple[str, ...]:
        return tuple(part.strip("{}") for part in self.import_id.split("/"))

    @cached_property
    def parents(self) -> tuple[str, ...]:
        own = self.outputs.marked("same_as_id")
        return tuple(name for name in self.id_parts if name not in own)

    def parsed(self, import_id: str) -> Properties:
        values = import_id.split("/")
        if len(values) != len(self.id_parts) or not all(values):
            form = "/".join(self._python_names[part].upper() for part in self.id_parts)
            raise FlashbackError(f"the id must have the form {form}")
        return dict(zip(self.id_parts, values, strict=True))

    def named(self, identifier: str, state: Properties) -> Properties:
        if not self.outputs.marked("same_as_id"):
            return self.parsed(identifier)
        if missing := [name for name in self.parents if not state.get(name)]:
            raise FlashbackError(f"{' and '.join(missing)} is needed to find it")
        return {name: state[name] for name in self.parents}

    def is_managed(self, state: Properties) -> bool:
        return not state.keys() <= {*self.id_parts, MARK}

    def completed(self, context: Context, identifier: str, outputs: Properties) -> Properties:
        """Return outputs with id, mark and organization, without those that are not set."""
        # without the organization, a missing object looks like one that the user may not read
        outputs = {**outputs, **dict.fromkeys(self.outputs.marked("same_as_id"), identifier)}
        if context.mark:
            outputs[MARK] = context.mark
        if "orgId" in self.outputs.names() and not outputs.get("orgId"):
            outputs["orgId"] = context.account.organization_if_known()
        return {name: value for name, value in outputs.items() if value is not None}
