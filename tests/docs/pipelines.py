"""Pipelines of GitHub Actions and GitLab CI, as the two run them: conditions, variables, shells."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

Json = dict[str, Any]


@dataclass(frozen=True)
class Step:
    """A script of a job.

    Attributes:
        name: What it is called.
        command: The shell, with which the CI system runs the script.
        script: Its lines.
    """

    name: str
    command: tuple[str, ...]
    script: str

    def start(self, directory: Path, environment: Mapping[str, str]) -> subprocess.Popen[str]:
        """Start the script, as the first process of a job."""
        script = directory.with_name("step.sh")
        script.write_text(self.script)
        return subprocess.Popen(
            [*self.command, script],
            cwd=directory,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


Started = Callable[[Step, "subprocess.Popen[str]"], None]
"""Called with each step when it runs."""


@dataclass(frozen=True)
class Job:
    """What one job runs.

    Attributes:
        steps: The scripts, in order; the rest of a job is the CI system's own.
        variables: What they find in their environment.
    """

    steps: list[Step]
    variables: dict[str, str]

    def run(
        self,
        directory: Path,
        environment: Mapping[str, str],
        started: Started = lambda *_: None,
    ) -> list[tuple[int, str]]:
        """Run the steps up to the first that fails; return exit code and output of each."""
        done: list[tuple[int, str]] = []
        for step in self.steps:
            with step.start(directory, {**environment, **self.variables}) as process:
                started(step, process)
                printed, _ = process.communicate()
            done.append((process.returncode, printed))
            if process.returncode:
                break
        return done


class Actions:
    """A workflow of GitHub Actions.

    Args:
        path: The file.
        contexts: The values of ``secrets``, ``vars`` and ``github``.
    """

    _SHELLS = {  # noqa: RUF012 - of the documentation of GitHub
        None: ("bash", "-e"),
        "bash": ("bash", "--noprofile", "--norc", "-eo", "pipefail"),
    }

    def __init__(self, path: Path, **contexts: Mapping[str, Any]) -> None:
        self._workflow: Json = yaml.safe_load(path.read_text(encoding="utf-8"))
        self._contexts = contexts

    def jobs(self) -> dict[str, Job]:
        """Return the jobs whose condition holds."""
        jobs: Json = self._workflow["jobs"]
        return {name: self._job(job) for name, job in jobs.items() if self._holds(job.get("if"))}

    def _job(self, job: Json) -> Job:
        variables = {**self._workflow.get("env", {}), **job.get("env", {})}
        steps = [
            Step(each.get("name", ""), self._SHELLS[each.get("shell")], self._filled(each["run"]))
            for each in job["steps"]
            if "run" in each and self._holds(each.get("if"))
        ]
        return Job(steps, {name: self._filled(value) for name, value in variables.items()})

    def _filled(self, text: str) -> str:
        return re.sub(r"\$\{\{ *(\S+) *\}\}", lambda match: str(self._value(match[1])), text)

    def _value(self, path: str) -> Any:
        context, *names = path.split(".")
        value: Any = self._contexts[context]
        for name in names:
            value = value[name]
        return value

    def _holds(self, condition: str | None) -> bool:
        if condition is None:
            return True
        comparisons = [each.split("==") for each in condition.split("&&")]
        return all(self._operand(left) == self._operand(right) for left, right in comparisons)

    def _operand(self, text: str) -> Any:
        text = text.strip()
        return text[1:-1] if text.startswith("'") else self._value(text)


class GitLab:
    """A pipeline of GitLab CI.

    Args:
        path: The file.
        variables: What GitLab sets, and the variables of the project.
    """

    def __init__(self, path: Path, variables: Mapping[str, str]) -> None:
        self._pipeline: Json = yaml.safe_load(path.read_text(encoding="utf-8"))
        self._variables = {**self._pipeline["variables"], **variables}

    def jobs(self) -> dict[str, Job]:
        """Return the jobs of which a rule holds."""
        jobs = {name: each for name, each in self._pipeline.items() if "script" in each}
        before = self._pipeline["default"]["before_script"]
        return {
            name: Job(
                # one shell for all lines, and its pipelines fail as in GitLab's runner
                [Step(name, ("bash", "-eo", "pipefail"), "\n".join([*before, *job["script"]]))],
                dict(self._variables),
            )
            for name, job in jobs.items()
            if any(self._holds(rule["if"]) for rule in job["rules"])
        }

    def _holds(self, rule: str) -> bool:
        comparisons = [each.split("==") for each in rule.split("&&")]
        return all(self._operand(left) == self._operand(right) for left, right in comparisons)

    def _operand(self, text: str) -> str:
        text = text.strip()
        return text[1:-1] if text.startswith('"') else self._variables.get(text[1:], "")


def bare_environment(*places: Path) -> dict[str, str]:
    """Return what a fresh runner has: a PATH, and a home."""
    path = os.pathsep.join([*map(str, places), os.environ["PATH"]])
    return {"PATH": path, "HOME": os.environ["HOME"], "NO_PROXY": "127.0.0.1,localhost"}
