"""The pipelines of examples/ci: linted, and their commands run with the real CLI."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
import yaml

from pulumi_flashback.emulator import Emulator
from pulumi_flashback.settings import ALL_SETTINGS
from tests.docs.pages import EXAMPLES, ROOT
from tests.sdk import environment
from tests.sdk.conftest import Run
from tests.sdk.conftest import needed as needed
from tests.sdk.conftest import run as run
from tools import go
from tools.pulumi_project import PASSPHRASE, Project

ACTIONS = sorted((EXAMPLES / "ci" / "github-actions").glob("*.yml"))
GITLAB = EXAMPLES / "ci" / "gitlab" / ".gitlab-ci.yml"
OURS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
BIN = Path(sys.executable).parent
NO_NETWORK = Path(__file__).parent / "no_network"
SECRET = "canary-secret-of-a-pipeline"


@pytest.mark.timeout(900)  # go builds the linter once
def test_actionlint(needed: Callable[[str], str], run: Run) -> None:
    run(
        *(needed("go"), "tool", "actionlint", "-shellcheck", BIN / "shellcheck", *ACTIONS, *OURS),
        cwd=ROOT / "tools" / "actionlint",
        **go.environment(),
    )


@pytest.mark.parametrize(
    "command",
    [
        # permissions, injections, actions that are not pinned
        ("zizmor", "--offline", "--no-progress", *ACTIONS, *OURS),
        ("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *ACTIONS, *OURS),
        ("check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", "--data-transform",
         "gitlab-ci", GITLAB),
    ],
    ids=["zizmor", "GitHub's schema", "GitLab's schema"],
)  # fmt: skip
def test_linters(command: tuple[str | Path, ...], run: Run) -> None:
    run(BIN / command[0], *command[1:], cwd=ROOT)


def read(file: Path) -> dict[str, Any]:
    pipeline: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return pipeline


def test_when_the_jobs_run() -> None:
    """Only a push to the branch writes; a pull request from a fork gets no secrets."""
    own = "github.event.pull_request.head.repo.full_name == github.repository"
    for file in ACTIONS:
        if file.name != "drift.yml":
            conditions = {name: job["if"] for name, job in read(file)["jobs"].items()}
            preview = f"github.event_name == 'pull_request' && {own}"
            assert conditions == {"preview": preview, "up": "github.event_name == 'push'"}
    pushed = '$CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH'
    for name, condition in (
        ("preview", '$CI_PIPELINE_SOURCE == "merge_request_event"'),
        ("up", pushed),
        ("drift", '$CI_PIPELINE_SOURCE == "schedule"'),
    ):
        assert read(GITLAB)[name]["rules"] == [{"if": condition}]


def test_the_environment_of_pulumi_esc() -> None:
    """It sets variables that the provider reads, from values that it has; no password is in it."""
    values = read(EXAMPLES / "ci" / "esc" / "flashback.yaml")["values"]
    variables: dict[str, str] = values["environmentVariables"]
    known = {setting.variable for setting in ALL_SETTINGS}
    assert {name for name in variables if not name.startswith("AWS_")} <= known
    for reference in variables.values():
        owner, *path = reference.removeprefix("${").removesuffix("}").split(".")
        assert path[0] in values[owner], reference
    assert values["flashback"]["password"] == {"fn::secret": "SET_WITH_PULUMI_ENV_SET"}
    assert set(values["aws"]["login"]["fn::open::aws-login"]) == {"oidc"}


def test_the_trust_policy_has_each_job() -> None:
    """Jobs of a pull request, of an environment and of a branch have different subjects."""
    policy = json.loads((EXAMPLES / "ci" / "aws" / "trust-policy.json").read_text(encoding="utf-8"))
    (statement,) = policy["Statement"]
    conditions = statement["Condition"]["StringEquals"]
    subjects = set(conditions["token.actions.githubusercontent.com:sub"])
    up = read(ACTIONS[1])["jobs"]["up"]
    assert subjects == {
        "repo:acme/backups:pull_request",
        f"repo:acme/backups:environment:{up['environment']}",
        "repo:acme/backups:ref:refs/heads/main",
    }


def scripts(system: str) -> dict[str, str]:
    """Return the commands of each job; those of GitHub's are the same with either backend."""
    if system == "gitlab":
        pipeline = read(GITLAB)
        before = pipeline["default"]["before_script"]
        jobs = ("preview", "up", "drift")
        return {name: "\n".join([*before, *pipeline[name]["script"]]) for name in jobs}
    found: dict[str, str] = {}
    for file in ACTIONS:
        for name, job in read(file)["jobs"].items():
            steps = (step["run"] for step in job["steps"] if "run" in step)
            # a comment needs GitHub
            commands = "\n".join(each for each in steps if not each.startswith("gh "))
            assert found.setdefault(name, commands) == commands, f"{file.name} differs"
    return found


@pytest.fixture
def variables(pulumi_cli: Path, tmp_path: Path, faulty_emulator: Emulator) -> dict[str, str]:
    """Create a project with the stack ``production``; return the variables of a runner."""
    origin = shutil.copytree(EXAMPLES / "quickstart", tmp_path / "origin")
    project = Project(origin, pulumi_cli, stack="production", home=tmp_path / "home")
    project.create_stack()
    project.configure({"workspaceId": faulty_emulator.workspace_id})
    project.configure({"accessKey": "AKIA", "secretKey": SECRET}, secret=True)
    return {
        **environment.PIP,
        "STACK": "production",
        "PULUMI_BACKEND_URL": project.state_directory.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        "FLASHBACK_EMAIL": faulty_emulator.email,
        "FLASHBACK_PASSWORD": faulty_emulator.password,
        "FLASHBACK_BASE_URL": faulty_emulator.base_url,
        "PATH": os.pathsep.join(map(str, [NO_NETWORK, pulumi_cli, BIN, os.environ["PATH"]])),
        "PYTHONPATH": str(ROOT),
        "HOME": os.environ["HOME"],
        "NO_PROXY": "127.0.0.1,localhost",
        "PULUMI_HOME": str(tmp_path / "pulumi"),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
    }


def run_job(
    job: str,
    directory: Path,
    variables: dict[str, str],
    meanwhile: Callable[[subprocess.Popen[str]], None] = lambda _: None,
) -> tuple[int, str]:
    """Run the commands of a job in a fresh copy of the project; return exit code and output."""
    copy = shutil.copytree(directory / "origin", Path(mkdtemp(dir=directory)) / "copy")
    with subprocess.Popen(
        ["bash", "-eo", "pipefail", "-c", job],
        cwd=copy,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        meanwhile(process)
        printed = process.communicate()[0]
    summary = directory / "summary"
    assert SECRET not in printed + (summary.read_text() if summary.exists() else "")
    return process.returncode, printed


@pytest.mark.engine
@pytest.mark.parametrize("system", ["github", "gitlab"])
def test_the_commands(
    system: str, variables: dict[str, str], tmp_path: Path, faulty_emulator: Emulator
) -> None:
    """Preview, an ``up`` that is cancelled in the middle of a create, ``up``, and drift."""
    emulator, jobs = faulty_emulator, scripts(system)
    code, printed = run_job(jobs["preview"], tmp_path, variables)
    assert code == 0, printed
    assert "+ 2 to create" in printed
    assert emulator.api_keys() == []

    def interrupt(job: subprocess.Popen[str]) -> None:
        while not emulator.in_flight("POST /apikeys"):
            assert job.poll() is None, job.communicate()[0]
            time.sleep(0.05)
        job.send_signal(signal.SIGINT)

    if system == "github":  # which interrupts the first process of the step, and nothing else
        emulator.script_faults({"POST /apikeys": [{"fault": "none", "stallAfter": 10}]})
        code, printed = run_job(jobs["up"], tmp_path, variables, interrupt)
        assert code != 0, printed
        assert len(emulator.api_keys()) == 1
    for name in ("up", "drift"):
        code, printed = run_job(jobs[name], tmp_path, variables)
        assert code == 0, printed
    (row,) = emulator.api_keys()
    assert emulator.count("POST", "/apikeys") == 1
    emulator.update_api_key(row["id"], {"region": "eu-central-1"})  # by somebody else
    code, printed = run_job(jobs["drift"], tmp_path, variables)
    assert code != 0
    assert re.search(r"region.*eu-central-1", printed)
    assert [each["region"] for each in emulator.api_keys()] == ["eu-central-1"]
