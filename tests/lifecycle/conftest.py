"""An object of each resource in each provider: the cases of the life-cycle suite.

The tests of a worker share an emulator and a process of each provider: each test has a workspace of
its own, so nothing that another one does can be seen in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest

from pulumi_flashback.core.resource import Resource
from pulumi_flashback.emulator import Emulator
from pulumi_flashback.emulator.settings import parse_settings
from pulumi_flashback.resources import RESOURCES
from tests.contract.driver import PROVIDERS, ProviderProcess
from tests.contract.steps import of
from tests.lifecycle.samples import SAMPLES, Properties, Sample

REGISTRY = {each.name: each for each in RESOURCES}
BOTH = tuple(PROVIDERS)


def updated(sample: type[Sample], resource: Resource) -> list[str]:
    """The inputs that are changed in place."""
    left_out = {*sample.replaces, *sample.ignored, *sample.unused}
    return [name for name in resource.inputs.names() if name not in left_out]


def cleared(sample: type[Sample], resource: Resource) -> list[str]:
    kept = {*resource.inputs.required(), *sample.needed}
    return [name for name in updated(sample, resource) if name not in kept]


def changed_outside(sample: type[Sample], resource: Resource) -> list[str]:
    return [name for name in updated(sample, resource) if name not in sample.hidden]


def a_change(life: Life, which: int = 0) -> Properties:
    """Return the inputs with another visible value, if an update can write one."""
    names = changed_outside(type(life.sample), life.resource)
    return changed(life, names[which], life.sample.changes()[names[which]]) if names else {}


def changed(life: Life, name: str, value: Any) -> dict[str, Any]:
    """Return the inputs with another value for one of them; None leaves it out."""
    wanted = {**life.inputs, name: value}
    return {n: v for n, v in wanted.items() if v is not None}


WHOLE = ("ApiKey", "Workspace")
"""The resources with most rules of their own."""


def cases(
    select: Callable[[type[Sample], Resource], Iterable[Any]], *, halved: bool = False
) -> pytest.MarkDecorator:
    """Run a test for whatever is selected of each resource, in each provider.

    The test gets a life and, as ``case``, what was selected. Halved, the cases of a resource go to
    one provider and the other in turn, except for the resources with most rules of their own: what
    is tested is in the core, which both share.
    """
    parameters = [
        pytest.param((kind, name), case, id=f"{kind}-{name}-{case}")
        for turn, kind in enumerate(BOTH)
        for number, (name, resource) in enumerate(REGISTRY.items(), turn)
        if name in SAMPLES  # a test of its own complains of one without a sample
        for index, case in enumerate(select(SAMPLES[name], resource), number)
        if not halved or name in WHOLE or index % 2 == 0
    ]
    return pytest.mark.parametrize(("life", "case"), parameters, indirect=["life"])


def lives(
    kinds: Iterable[str] = BOTH, resources: Iterable[str] = tuple(REGISTRY)
) -> pytest.MarkDecorator:
    """Run a test once for each resource, in each provider."""
    names = [(kind, name) for kind in kinds for name in resources if name in SAMPLES]
    return pytest.mark.parametrize("life", names, indirect=True, ids="-".join)


@dataclass
class Life:
    """An object to be, and where it lives.

    Attributes:
        provider: A provider process, asked about the resource of the object.
        sample: What the test does with it.
    """

    provider: ProviderProcess
    sample: Sample
    inputs: Properties = field(init=False)

    def __post_init__(self) -> None:
        self.inputs = self.sample.inputs()

    @property
    def kind(self) -> str:
        return next(name for name, kind in PROVIDERS.items() if isinstance(self.provider, kind))

    @property
    def emulator(self) -> Emulator:
        return self.sample.emulator

    @property
    def resource(self) -> Resource:
        return REGISTRY[self.provider.resource]

    @property
    def required(self) -> Properties:
        """The inputs without the optional ones."""
        names = (*self.resource.inputs.required(), *self.sample.needed)
        return {name: self.inputs[name] for name in names}

    def create(self) -> tuple[str, Properties]:
        """Create the object, and forget the requests for that."""
        created = self.provider.create(self.inputs)
        self.emulator.requests.clear()
        return created

    def suffer(self, operation: str, *faults: Any) -> None:
        """Let things go wrong."""
        self.emulator.script_faults({self.sample.requests.get(operation, operation): list(faults)})

    def sent(self, operation: str) -> int:
        """Return how often the request of an operation was sent."""
        return self.emulator.count(*self.sample.requests[operation].split(" "))

    def writes(self) -> list[str]:
        """Return the requests that were not reads."""
        return [f"{m} {path}" for m, path, _ in self.emulator.requests if m != "GET"]

    def shown(self, identifier: str) -> Properties:
        """Return what the backend has in the place of the inputs."""
        row = self.sample.live()[identifier]
        return {n: row[n] for n in self.resource.inputs.names() if row.get(n) not in (None, "")}

    def visible(self, properties: Properties) -> Properties:
        """Return what of the properties the API shows."""
        return {n: v for n, v in properties.items() if n not in self.sample.hidden and n[0] != "_"}


MANY_WORKSPACES = 50
"""To find a workspace whose response is lost, a create reads each that others have added."""


class Stage(ExitStack):
    """What the tests of a worker share, until there is too much on it."""

    def __init__(self) -> None:
        super().__init__()
        self.processes: dict[str, ProviderProcess] = {}
        self.emulator = self.enter_context(Emulator(faults=True))

    def life(self, kind: str, resource: str) -> Life:
        if len(self.emulator.workspaces()) > MANY_WORKSPACES:
            self.close()
            self.processes.clear()
            self.emulator = self.enter_context(Emulator(faults=True))
        if kind not in self.processes:
            self.processes[kind] = self.enter_context(process(kind, self.emulator))
        return Life(of(self.processes[kind], resource), SAMPLES[resource](self.emulator))


def process(kind: str, emulator: Emulator, resource: str = "", **config: Any) -> ProviderProcess:
    """Start a provider process on an emulator; it sends a request again once."""
    settings = {"baseUrl": emulator.base_url, "token": emulator.token, "maxRetries": "1", **config}
    named = {f"flashback:{name}": value for name, value in settings.items()}
    return PROVIDERS[kind](named, resource=resource or "ApiKey", warm=True, hasty=True)


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    """An emulator and provider processes for all tests of a worker."""
    with Stage() as shared:
        yield shared


@pytest.fixture
def life(request: pytest.FixtureRequest, stage: Stage) -> Iterator[Life]:
    """An object to be; see :func:`cases`."""
    found = stage.life(*request.param)
    stage.emulator.requests.clear()
    del found.provider.log[:], found.provider.unmarked[:]
    yield found
    stage.emulator.clear_faults()


@pytest.fixture
def apart(life: Life) -> Iterator[Callable[..., Life]]:
    """Return a function that lets the life begin elsewhere: a new emulator, a new process."""
    resource = life.provider.resource
    with ExitStack() as running:

        def begin(*settings: str, **config: Any) -> Life:
            emulator = running.enter_context(Emulator(parse_settings(settings), faults=True))
            provider = running.enter_context(process(life.kind, emulator, resource, **config))
            return Life(provider, SAMPLES[resource](emulator))

        yield begin
