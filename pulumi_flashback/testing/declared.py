"""Runs a Python program without an engine, and records its declarations."""

import asyncio
import runpy
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest


@dataclass(frozen=True)
class Declaration:
    """A resource that a program declares."""

    # Its type, such as ``flashback:ApiKey`` with the dynamic provider and
    # ``flashback:index:ApiKey`` with the native one
    type: str
    inputs: dict[str, Any] = field(repr=False)  # its inputs as plain values, by camelCase name
    secrets: frozenset[str]  # the names of the secret inputs


def record(
    program: Path,
    project: str,
    directory: Path,
    config: tuple[dict[str, str], dict[str, str]],
    variables: Mapping[str, str],
) -> dict[str, Declaration]:
    """Run a program with plain and secret config; return its declarations by resource name."""
    __tracebackhide__ = True
    plain, hidden = (
        {name if ":" in name else f"{project}:{name}": value for name, value in each.items()}
        for each in config
    )

    def run() -> None:
        __tracebackhide__ = True
        import pulumi  # imported here: tests of a script that uses only the client do not need it

        pulumi.runtime.set_mocks(recorder, project=project, stack="test")
        pulumi.runtime.set_all_config({**plain, **hidden}, list(hidden))
        as_program: Callable[[Callable[[], None]], Callable[[], None]] = pulumi.runtime.test
        as_program(lambda: _run_program(program))()

    recorded = _recorder(variables)
    with pytest.MonkeyPatch.context() as patch, _own_modules(directory), recorded as recorder:
        for name, value in variables.items():
            patch.setenv(name, value)
        patch.chdir(directory)
        patch.syspath_prepend(str(program.parent))
        _alone(run)
    declared: dict[tuple[str, str], Declaration] = recorder.declared
    times = Counter(name for name, _ in declared)
    return {
        name if times[name] == 1 else f"{name} ({each.type})": each
        for (name, _), each in declared.items()
    }


def _run_program(program: Path) -> None:
    __tracebackhide__ = True
    runpy.run_path(str(program), run_name="__main__")


def _alone(work: Callable[[], None]) -> None:
    """Do some work in its own context and in its own threads with event loops."""
    # the SDK stores the state of a run in a context, and does not close the loops of its threads
    __tracebackhide__ = True
    loops: list[asyncio.AbstractEventLoop] = []

    def add_loop() -> None:
        loops.append(asyncio.new_event_loop())
        asyncio.set_event_loop(loops[-1])

    def with_threads() -> None:
        __tracebackhide__ = True
        loop = asyncio.get_event_loop()
        with ThreadPoolExecutor(initializer=add_loop) as threads:
            loop.set_default_executor(threads)
            try:
                work()
            finally:
                left = asyncio.all_tasks(loop)
                for task in left:
                    task.cancel()
                loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))

    try:
        with ThreadPoolExecutor(max_workers=1, initializer=add_loop) as program:
            program.submit(copy_context().run, with_threads).result()
    finally:
        for each in loops:
            each.close()


@contextmanager
def _own_modules(directory: Path) -> Iterator[None]:
    """Make the next run import the modules of a project again, except those of the test itself."""
    before = set(sys.modules)
    try:
        yield
    finally:
        for name in set(sys.modules) - before:
            file = Path(getattr(sys.modules[name], "__file__", None) or "")
            if file.is_relative_to(directory) and "site-packages" not in file.parts:
                del sys.modules[name]


@contextmanager
def _recorder(variables: Mapping[str, str]) -> Iterator[Any]:
    from pulumi.runtime import Mocks, rpc

    from pulumi_flashback.config import read_settings
    from pulumi_flashback.core.operations import invoke
    from pulumi_flashback.core.runtime import Runtime
    from pulumi_flashback.engine import Engine
    from pulumi_flashback.functions import FUNCTIONS
    from pulumi_flashback.resources import RESOURCES
    from pulumi_flashback.settings import token

    outputs = {each.name: each.outputs.names() for each in RESOURCES}
    functions = {token(each.name): each for each in FUNCTIONS}
    runtime = Runtime(lambda: read_settings({}, variables), Engine())

    class Recorder(Mocks):
        def __init__(self) -> None:
            self.declared: dict[tuple[str, str], Declaration] = {}

        def new_resource(self, args: Any) -> tuple[str | None, dict[Any, Any]]:
            given = {n: v for n, v in args.inputs.items() if n != "__provider"}
            self.declared[args.name, args.typ] = Declaration(
                args.typ.removeprefix("pulumi-python:dynamic/"),
                {name: rpc.unwrap_rpc_secret(value) for name, value in given.items()},
                frozenset(n for n, value in given.items() if rpc.is_rpc_secret(value)),
            )
            created = outputs.get(args.typ.rpartition(":")[2], ()) if args.custom else ()
            return f"{args.name}-id", {**{n: f"{args.name}-{n}" for n in created}, **given}

        def call(self, args: Any) -> tuple[dict[Any, Any], list[tuple[str, str]]]:
            function = functions.get(args.token)
            if function is None:
                raise NotImplementedError(
                    f"{args.token} is not a function of this provider; patch it"
                )
            return function.to_wire(invoke(function, runtime, args.args)), []

    try:
        yield Recorder()
    finally:
        runtime.close()
