"""The pipelines of examples/ci: linters check their form, and their commands run with the real CLI."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from pulumi_flashback.emulator import Emulator
from tests.docs.pages import EXAMPLES, ROOT
from tests.engine.conftest import pulumi_cli as pulumi_cli
from tests.sdk.conftest import Run
from tests.sdk.conftest import needed as needed
from tests.sdk.conftest import run as run
from tools import go
from tools.pulumi_project import PASSPHRASE, Project

ACTIONS = sorted((EXAMPLES / "ci" / "github-actions").glob("*.yml"))
GITLAB = EXAMPLES / "ci" / "gitlab" / ".gitlab-ci.yml"
BIN = Path(sys.executable).parent
SECRET = "canary-secret-of-a-pipeline"


@pytest.mark.timeout(900)  # go builds the linter once
def test_actionlint(needed: Callable[[str], str], run: Run) -> None:
    run(
        *(needed("go"), "tool", "actionlint", "-shellcheck", BIN / "shellcheck", *ACTIONS),
        cwd=ROOT / "tools" / "actionlint",
        **go.environment(),
    )


@pytest.mark.parametrize(
    "command",
    [
        # permissions, injections, actions that are not pinned
        ("zizmor", "--offline", "--no-progress", *ACTIONS),
        ("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *ACTIONS),
        ("check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", "--data-transform",
         "gitlab-ci", GITLAB),
    ],
    ids=["zizmor", "GitHub's schema", "GitLab's schema"],
)  # fmt: skip
def test_linters(command: tuple[str | Path, ...], run: Run) -> None:
    run(BIN / command[0], *command[1:], cwd=ROOT)


def jobs(file: Path) -> dict[str, Any]:
    """Return the jobs of a pipeline, by name; those of GitLab have a script."""
    pipeline = yaml.safe_load(file.read_text(encoding="utf-8"))
    found = pipeline.get("jobs", pipeline).items()
    return {name: job for name, job in found if "script" in job or "steps" in job}


def test_when_the_jobs_run() -> None:
    """Only a push to the branch writes; a pull request from a fork gets no secrets."""
    own = "github.event.pull_request.head.repo.full_name == github.repository"
    for file in ACTIONS:
        if file.name != "drift.yml":
            conditions = {name: job["if"] for name, job in jobs(file).items()}
            preview = f"github.event_name == 'pull_request' && {own}"
            assert conditions == {"preview": preview, "up": "github.event_name == 'push'"}
    branch = "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"
    assert {name: job["rules"] for name, job in jobs(GITLAB).items()} == {
        "preview": [{"if": '$CI_PIPELINE_SOURCE == "merge_request_event"'}],
        "up": [{"if": f'$CI_PIPELINE_SOURCE == "push" && {branch}'}],
        "drift": [{"if": '$CI_PIPELINE_SOURCE == "schedule"'}],
    }


def scripts() -> dict[str, dict[str, list[str]]]:
    """Return the scripts of each job, for GitHub and GitLab.

    Each script runs in one process of bash. Both workflows of GitHub have the same.
    """
    of_github: dict[str, list[str]] = {}
    for file in ACTIONS:
        for name, job in jobs(file).items():
            found = [step["run"] for step in job["steps"] if "run" in step]
            assert of_github.setdefault(name, found) == found, f"{file.name} differs"
    before = yaml.safe_load(GITLAB.read_text(encoding="utf-8"))["default"]["before_script"]
    of_gitlab = {name: ["\n".join([*before, *job["script"]])] for name, job in jobs(GITLAB).items()}
    return {"github": of_github, "gitlab": of_gitlab}


class Checkout:
    """A committed project with the stack ``production``; every job runs in a clone of it."""

    def __init__(self, directory: Path, cli: Path, emulator: Emulator) -> None:
        self._directory = directory
        self._origin = shutil.copytree(EXAMPLES / "quickstart", directory / "origin")
        project = Project(self._origin, cli, stack="production", home=directory / "home")
        project.create_stack()
        project.configure({"workspaceId": emulator.workspace_id})
        project.configure({"accessKey": "AKIA", "secretKey": SECRET}, secret=True)
        self._git("init", "--quiet")
        self._git("add", ".")
        identity = ("-c", "user.name=A", "-c", "user.email=a@example.com")
        self._git(*identity, "commit", "--quiet", "--message", "A change")
        # what the workflows take from variables and secrets; the state lies in files
        self.variables = {
            "STACK": "production",
            "PULUMI_BACKEND_URL": project.state_directory.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            "FLASHBACK_EMAIL": emulator.email,
            "FLASHBACK_PASSWORD": emulator.password,
            "FLASHBACK_BASE_URL": emulator.base_url,
            "PATH": os.pathsep.join([str(cli), str(BIN), os.environ["PATH"]]),
            "HOME": os.environ["HOME"],
            "NO_PROXY": "127.0.0.1,localhost",
            "PULUMI_HOME": str(directory / "pulumi"),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "GITHUB_STEP_SUMMARY": str(directory / "summary"),
        }

    def _git(self, *arguments: str | Path) -> None:
        subprocess.run(["git", *arguments], cwd=self._origin, check=True)

    def run(
        self,
        job: list[str],
        started: Callable[[subprocess.Popen[str]], None] = lambda _: None,
    ) -> tuple[int, str]:
        """Run the scripts of a job; return the last exit code and all output.

        Args:
            job: The scripts.
            started: Called with the process of the last script.
        """
        clone = self._directory / f"clone-{len(list(self._directory.iterdir()))}"
        self._git("clone", "--quiet", self._origin, clone)
        printed = ""
        for number, script in enumerate(job, 1):
            file = self._directory / "step.sh"
            file.write_text(script)
            with subprocess.Popen(
                ["bash", "-eo", "pipefail", file],
                cwd=clone,
                env=self.variables,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            ) as process:
                if number == len(job):
                    started(process)
                printed += process.communicate()[0]
            if process.returncode:
                break
        summary = self._directory / "summary"
        assert SECRET not in printed
        assert not summary.exists() or SECRET not in summary.read_text()
        return process.returncode, printed


@pytest.mark.engine
@pytest.mark.parametrize("system", ["github", "gitlab"])
def test_the_commands(
    system: str, pulumi_cli: Path, tmp_path: Path, faulty_emulator: Emulator
) -> None:
    """Preview, an ``up`` that is cancelled in the middle of a create, ``up``, and drift."""
    emulator, found = faulty_emulator, scripts()[system]
    checkout = Checkout(tmp_path, pulumi_cli, emulator)
    code, printed = checkout.run(found["preview"])
    assert code == 0, printed
    assert "+ 2 to create" in printed
    assert emulator.api_keys() == []

    def interrupt(step: subprocess.Popen[str]) -> None:
        while not emulator.in_flight("POST /apikeys"):
            assert step.poll() is None, step.communicate()[0]
            time.sleep(0.05)
        step.send_signal(signal.SIGINT)

    if system == "github":  # which interrupts the first process of the step, and nothing else
        emulator.script_faults({"POST /apikeys": [{"fault": "none", "stallAfter": 10}]})
        code, printed = checkout.run(found["up"], interrupt)
        assert code != 0, printed
        assert len(emulator.api_keys()) == 1
    for job in ("up", "drift"):
        code, printed = checkout.run(found[job])
        assert code == 0, printed
    (row,) = emulator.api_keys()
    assert emulator.count("POST", "/apikeys") == 1
    emulator.update_api_key(row["id"], {"region": "eu-central-1"})  # by somebody else
    code, printed = checkout.run(found["drift"])
    assert code != 0
    assert re.search(r"region.*eu-central-1", printed)
    assert [each["region"] for each in emulator.api_keys()] == ["eu-central-1"]
