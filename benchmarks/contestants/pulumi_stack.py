"""Stacks of the real Pulumi CLI: nothing but the engine, and both providers."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from typing import ClassVar, Final

from benchmarks.backend import WORKSPACE
from benchmarks.contestants.base import Case, Contestant
from benchmarks.measure import Command
from tools.pulumi_cli import ensure_cli
from tools.pulumi_project import Project

SKIP_CHECKPOINTS: Final = {"PULUMI_SKIP_CHECKPOINTS": "true"}
"""Lets the engine write the state once, at the end."""

_cli = cache(ensure_cli)  # it prints where it finds the CLI

_PROGRAM = """
import os
{imports}

for number in range(int(os.environ["BENCHMARK_KEYS"])):
    inputs = {{
        "{workspace_id}": "{workspace}",
        "key": f"AKIAIOSFODNN7EX{{number:05}}",
        "secret": f"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMP{{number:05}}",
        "provider": "AWS",
        "region": os.environ["BENCHMARK_REGION"],
    }}
    {declare}
"""


class Stack(Contestant):
    imports: ClassVar[str] = "import pulumi"
    declare: ClassVar[str]
    workspace_id: ClassVar[str] = "workspaceId"

    def __init__(self, variables: dict[str, str] | None = None) -> None:
        self._variables = variables or {}

    def set_up(self, case: Case) -> None:
        cli = _cli().directory
        program, plugins = case.directory / "program", case.directory / "plugins"
        program.mkdir()
        plugins.mkdir()
        (program / "Pulumi.yaml").write_text("name: benchmark\nruntime: python\n")
        (program / "__main__.py").write_text(
            _PROGRAM.format(
                imports=self.imports,
                declare=self.declare,
                workspace=WORKSPACE,
                workspace_id=self.workspace_id,
            )
        )
        floor = plugins / "pulumi-resource-floor"
        floor.write_text(f"#!/bin/sh\nexec {shlex.quote(sys.executable)} -m benchmarks.floor\n")
        floor.chmod(0o755)
        search = [cli, plugins, Path(sys.executable).parent, os.environ["PATH"]]
        variables = {
            **case.backend,
            "PULUMI_PARALLEL": str(case.parallel),
            **self._variables,
            "BENCHMARK_KEYS": str(case.keys),
            "PATH": os.pathsep.join(map(str, search)),
            "PYTHONPATH": str(Path(__file__).parents[2]),  # for the floor
        }
        self._project = Project(program, cli, variables, home=case.directory / "home")
        self._project.create_stack()

    def command(self, phase: str) -> Command | None:
        action, *options = {
            "preview": ["preview"],
            "no-op preview": ["preview", "--expect-no-changes"],
            "no-op up": ["up", "--expect-no-changes"],
            "update": ["up"],
        }.get(phase, [phase])
        if action != "preview":
            options += ["--yes", "--skip-preview"]
        region = "eu-west-1" if phase in ("update", "destroy") else "us-east-1"
        pulumi = (str(self._project.cli / "pulumi"), "--non-interactive", "--color=never")
        return Command(
            [*pulumi, action, *options, "--stack", self._project.stack],
            self._project.directory,
            {**self._project.environment(), "BENCHMARK_REGION": region},
        )

    def state(self) -> dict[str, float]:
        if any(name.startswith("PULUMI_DIY_BACKEND_") for name in self._variables):
            return {}  # its content is the same
        rows = self._project.resources(":ApiKey")
        parts: Counter[str] = Counter()
        for row in rows:
            for name, value in row.items():
                parts[name] += len(json.dumps({name: value}, separators=(",", ":"))) - 1  # a comma
        return {name: size / len(rows) for name, size in parts.items()}


class FloorStack(Stack):
    """The same stack with a plugin that does nothing."""

    provider = "benchmarks.floor"
    declare = (
        "inputs |= {name: pulumi.Output.secret(inputs[name]) for name in ('key', 'secret')}\n"
        '    pulumi.CustomResource("floor:index:ApiKey", f"key-{number}", inputs)'
    )


class NativeStack(Stack):
    """The native provider."""

    provider = "pulumi-resource-flashback"
    declare = 'pulumi.CustomResource("flashback:index:ApiKey", f"key-{number}", inputs)'


class DynamicStack(Stack):
    """The dynamic provider."""

    provider = "pulumi.dynamic"
    workspace_id = "workspace_id"
    imports = "from pulumi_flashback import ApiKey"
    declare = 'ApiKey(f"key-{number}", **inputs)'
