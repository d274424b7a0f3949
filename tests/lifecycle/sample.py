"""What the life-cycle suite has to know of a resource, and how a sample of rows does it."""

from __future__ import annotations

from itertools import count
from typing import Any, ClassVar

from pulumi_flashback.emulator import Emulator
from pulumi_flashback.emulator.families.storage import Repository
from pulumi_flashback.emulator.rows import Row

Properties = dict[str, Any]
NUMBERS = count(1)


class Sample:
    """What one test does with an object of a resource, in a workspace that no other test uses.

    Attributes:
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
        self.workspace = self._new_workspace()
        self.email = f"user-{self.number}@flashback.example"
        self.user = emulator.add_user(self.email).id

    def _new_workspace(self) -> str:
        workspace = self.emulator.add_workspace(f"Of test {next(NUMBERS)}").id
        self.emulator.set_member(workspace, self.emulator.user_id, "ADMIN")
        return workspace

    def inputs(self) -> Properties:
        """Return all inputs, the optional ones too."""
        raise NotImplementedError

    def changes(self) -> Properties:
        """Return another value for each input."""
        raise NotImplementedError

    def outputs(self, identifier: str) -> Properties:
        """Return the outputs that are not inputs."""
        raise NotImplementedError

    def live(self) -> dict[str, Properties]:
        """Return what the backend shows of the objects of this test, by id."""
        raise NotImplementedError

    def add(self, inputs: Properties) -> str:
        """Create an object behind the back of the provider; return its id."""
        raise NotImplementedError

    def change(self, identifier: str, name: str, value: Any) -> None:
        """Change an object behind the back of the provider."""
        raise NotImplementedError

    def remove(self, identifier: str) -> None:
        """Delete an object behind the back of the provider."""
        raise NotImplementedError

    def use(self, identifier: str, number: int) -> None:
        """Let so many others use an object."""


class RowSample(Sample):
    """A sample whose objects are rows of one kind, in the workspace of the test."""

    kind: ClassVar[type[Row]]

    def live(self) -> dict[str, Properties]:
        found: Any = self.emulator.store.find(self.kind, workspace_id=self.workspace)
        return {each.id: each.values() for each in found}

    def add(self, inputs: Properties) -> str:
        row: Any = self.emulator.store.add(self.kind(**self.kind.attributes(inputs)))
        return str(row.id)

    def change(self, identifier: str, name: str, value: Any) -> None:
        changes = self.kind.attributes({name: value})
        self.emulator.store.change(self.kind, changes, id=identifier)

    def remove(self, identifier: str) -> None:
        self.emulator.store.remove(self.kind, id=identifier)


class InRepository(Sample):
    """An object of a repository."""

    get = ("repositoryId",)
    import_id = "{repositoryId}/{id}"

    def __init__(self, emulator: Emulator) -> None:
        super().__init__(emulator)
        self.repository = self._new_repository()

    def _new_repository(self) -> str:
        about = {"name": f"Of test {next(NUMBERS)}", "storage_type": "S3", "mode": "NORMAL"}
        return self.emulator.store.add(Repository(workspace_id=self.workspace, **about)).id

    def outputs(self, identifier: str) -> Properties:
        return {"workspaceId": self.workspace, "orgId": "demo-organization"}
