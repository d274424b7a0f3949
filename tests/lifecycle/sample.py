"""What the life-cycle suite has to know of a resource, and how a sample of rows does it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import Any, ClassVar

from pulumi_flashback.emulator import Emulator
from pulumi_flashback.emulator.families.storage import Repository, remove_repository, set_contents
from pulumi_flashback.emulator.rows import Row, now

Properties = dict[str, Any]
NUMBERS = count(1)


def usual_requests(
    path: str, one: str = "{id}", *, single: bool = False, updates: bool = True
) -> dict[str, str]:
    """Return the usual requests; an object is read alone, or else in a list."""
    reads = {"look": f"GET {path}", "read": f"GET {path}/{one}"}
    update = {"update": f"PUT {path}/{one}"} if updates else {}
    writes = {"create": f"POST {path}", **update, "delete": f"DELETE {path}/{one}"}
    return {**writes, **(reads if single else {"read": f"GET {path}"})}


class Sample:
    """What one test does with an object of a resource, in a workspace that no other test uses.

    Attributes:
        kind: The rows of the emulator that are its objects.
        properties: A value of each input, the optional ones too, and another value; None for none.
            In a text, `{n}` is the number of the sample; a function takes the sample.
        coded: The inputs that the backend has as numbers.
        own_id: The output that is the id.
        replaces: The inputs whose change replaces the object.
        hidden: The inputs that the API never returns.
        ignored: The inputs that tell the provider what to do; their change is no difference.
        unsent: The inputs that are only in the state: their change is no request.
        needed: The optional inputs that this object cannot do without.
        unused: The inputs that exclude others of this object.
        elsewhere: The inputs whose other values are out of reach for the user of the suite.
        identity: The inputs that make an object another one for the backend.
        requests: The requests of ``create``, ``read``, ``update`` (unless every change replaces the
            object) and ``delete``; ``look`` is what a create sends before, if that is not ``read``.
        get: The inputs that a program has to give, beside the id, to read what it does not manage.
        import_id: The id for an import, of outputs and ``id``.
        adopt: The inputs with which a create adopts an identical object; None if it never does.
        in_use: What a delete says of an object in use; empty if nothing can use it.
        generated: Only the response to the create has all of its outputs, so an object whose response
            was lost is deleted, and another one is created.
        choices: Settings of the emulator under which the whole life is the same.
    """

    kind: ClassVar[type[Any]]
    properties: ClassVar[Mapping[str, tuple[Any, Any]]]
    coded: ClassVar[Mapping[str, Any]] = {}
    own_id: ClassVar[str]
    replaces: ClassVar[tuple[str, ...]] = ("workspaceId",)
    hidden: ClassVar[tuple[str, ...]] = ()
    ignored: ClassVar[tuple[str, ...]] = ()
    unsent: ClassVar[tuple[str, ...]] = ()
    needed: ClassVar[tuple[str, ...]] = ()
    unused: ClassVar[tuple[str, ...]] = ()
    elsewhere: ClassVar[tuple[str, ...]] = ()
    identity: ClassVar[tuple[str, ...]] = ()
    requests: ClassVar[dict[str, str]]
    get: ClassVar[tuple[str, ...]] = ()
    import_id: ClassVar[str] = "{id}"
    adopt: ClassVar[Properties | None] = None
    in_use: ClassVar[str] = ""
    generated: ClassVar[bool] = False
    choices: ClassVar[tuple[tuple[str, ...], ...]] = ()

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.number = next(NUMBERS)
        self.workspace = self.new_workspace()
        self.email = f"user-{self.number}@flashback.example"
        self.user = emulator.add_user(self.email).id

    def new_workspace(self) -> str:
        workspace = self.emulator.add_workspace(f"Of test {next(NUMBERS)}").id
        self.emulator.set_member(workspace, self.emulator.user_id, "ADMIN")
        return workspace

    def inputs(self) -> Properties:
        """Return all inputs, the optional ones too."""
        return self._filled({name: first for name, (first, _) in self.properties.items()})

    def changes(self) -> Properties:
        """Return another value for each input."""
        return self._filled({name: second for name, (_, second) in self.properties.items()})

    def _filled(self, values: Properties) -> Properties:
        filled = {
            name: value.format(n=self.number) if isinstance(value, str) else value
            for name, value in values.items()
            if value is not None
        }
        return {n: value(self) if callable(value) else value for n, value in filled.items()}

    def outputs(self, identifier: str) -> Properties:
        """Return the outputs that are not inputs."""
        own = {self.own_id: identifier, "orgId": "demo-organization"}
        return {name: value for name, value in own.items() if name not in self.properties}

    def rows(self) -> list[Any]:
        """Return the rows of the objects of this test."""
        return self.emulator.store.find(self.kind, workspace_id=self.workspace)

    def live(self) -> dict[str, Properties]:
        """Return what the backend shows of the objects of this test, by id."""
        return {
            each.id: self.shown(each) for each in self.rows() if not vars(each).get("deleted_at")
        }

    def shown(self, row: Row) -> Properties:
        """Return the values of a row by the names of inputs."""
        values = row.values()
        return {**values, **{n: code.text(values[n]) for n, code in self.coded.items()}}

    def attributes(self, inputs: Properties) -> Properties:
        """Return the attributes of a row that the inputs set."""
        known = {each.name: each.attribute for each in self.kind.properties()}
        return {
            known[name]: self.coded[name].number(value) if name in self.coded else value
            for name, value in inputs.items()
            if name in known
        }

    def add(self, inputs: Properties) -> str:
        """Create an object behind the back of the provider; return its id."""
        return str(self.emulator.store.add(self.kind(**self.attributes(inputs))).id)

    def change(self, identifier: str, name: str, value: Any) -> None:
        """Change an object behind the back of the provider."""
        self.emulator.store.change(self.kind, self.attributes({name: value}), id=identifier)

    def remove(self, identifier: str) -> None:
        """Delete an object behind the back of the provider."""
        if not self.emulator.store.change(self.kind, {"deleted_at": now()}, id=identifier):
            self.emulator.store.remove(self.kind, id=identifier)

    def use(self, identifier: str, number: int) -> None:
        """Let so many others use an object."""


class InWorkspace(Sample):
    """An object that only the list of a workspace has."""

    get = ("workspaceId",)
    import_id = "{workspaceId}/{id}"


class InRepositories(InWorkspace):
    """An object of a workspace that repositories use."""

    mention: ClassVar[Properties]  # how a repository mentions it, with `{id}` for the id

    def use(self, identifier: str, number: int) -> None:
        store = self.emulator.store
        for each in store.find(Repository, workspace_id=self.workspace):
            remove_repository(store, each.id)
        for n in range(number):
            about = {"name": f"site-{self.number}-{n}", "storage_type": "S3", "mode": "NORMAL"}
            row = store.add(Repository(workspace_id=self.workspace, **about))
            ((name, entry),) = self.mention.items()
            mentioned = {key: value.format(id=identifier, n=n) for key, value in entry.items()}
            set_contents(store, row.id, {name: [mentioned]})


class InRepository(Sample):
    """An object of a repository."""

    get = ("repositoryId",)
    import_id = "{repositoryId}/{id}"

    def __init__(self, emulator: Emulator) -> None:
        super().__init__(emulator)
        self.repository = self.new_repository()

    def new_repository(self) -> str:
        about = {"name": f"Of test {next(NUMBERS)}", "storage_type": "S3", "mode": "NORMAL"}
        return self.emulator.store.add(Repository(workspace_id=self.workspace, **about)).id

    def rows(self) -> list[Any]:
        return self.emulator.store.find(self.kind, repository_id=self.repository)

    def shown(self, row: Row) -> Properties:
        return {**super().shown(row), "repositoryId": self.repository}

    def attributes(self, inputs: Properties) -> Properties:
        parent = {"repository_id": inputs["repositoryId"]} if "repositoryId" in inputs else {}
        return {**super().attributes(inputs), **parent}

    def outputs(self, identifier: str) -> Properties:
        known = {**super().outputs(identifier), "workspaceId": self.workspace}
        if not self.generated:
            return known
        row: Any = self.emulator.store.one(self.kind, id=identifier)
        generated = {"key": row.key, "secret": row.secret} if row else {"key": "k", "secret": "s"}
        return {**known, **generated}


WORKSPACE = (lambda sample: sample.workspace, lambda sample: sample.new_workspace())
"""The values of an input that is the workspace."""
