"""The pipelines of examples/ci: linted, and their steps run with the real CLI."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from pulumi_flashback.emulator import Emulator
from tests.docs.pages import ROOT
from tests.docs.pipelines import Actions, GitLab, Job, Started, Step, bare_environment
from tests.engine.conftest import pulumi_cli as pulumi_cli
from tests.sdk.conftest import Run
from tests.sdk.conftest import needed as needed
from tests.sdk.conftest import run as run
from tools import pulumi_cli as cli
from tools.pulumi_project import PASSPHRASE, Project

ACTIONS = ROOT / "examples" / "ci" / "github-actions"
GITLAB = ROOT / "examples" / "ci" / "gitlab" / ".gitlab-ci.yml"
BIN = Path(sys.executable).parent
SECRET = "canary-secret-of-a-pipeline"


@pytest.mark.timeout(900)  # go builds the linter once
def test_actionlint(needed: Callable[[str], str], run: Run) -> None:
    run(
        *(needed("go"), "tool", "actionlint", "-shellcheck", BIN / "shellcheck"),
        *sorted(ACTIONS.glob("*.yml")),
        cwd=ROOT / "tools" / "actionlint",
        **cli._go_environment(),
    )


def test_zizmor(run: Run) -> None:
    """Permissions, injections, actions that are not pinned."""
    run(BIN / "zizmor", "--offline", "--no-progress", *ACTIONS.glob("*.yml"), cwd=ROOT)


def test_schemas(run: Run) -> None:
    check = (BIN / "check-jsonschema", "--builtin-schema")
    run(*check, "vendor.github-workflows", *ACTIONS.glob("*.yml"), cwd=ROOT)
    run(*check, "vendor.gitlab-ci", "--data-transform", "gitlab-ci", GITLAB, cwd=ROOT)


class Repository:
    """A project with the stack ``production``, committed as the guide says; the CI clones it.

    Args:
        directory: An empty directory.
        cli: The directory of the Pulumi CLI.
        emulator: The backend.
    """

    def __init__(self, directory: Path, cli: Path, emulator: Emulator) -> None:
        self.emulator = emulator
        self._origin = directory / "origin"
        self._clones = directory / "clones"
        self._cli = cli
        shutil.copytree(ROOT / "examples" / "quickstart", self._origin)
        self._project = Project(self._origin, cli, stack="production", home=directory / "home")
        self._project.create_stack()
        self._project.configure({"workspaceId": emulator.workspace_id})
        self._project.configure({"accessKey": "AKIA", "secretKey": SECRET}, secret=True)
        self._git("init", "--quiet")
        self.commit()

    def commit(self) -> None:
        self._git("add", ".")
        identity = ("-c", "user.name=A", "-c", "user.email=a@example.com")
        self._git(*identity, "commit", "--quiet", "--message", "A change")

    def rotate(self) -> None:
        self._project.configure({"secretKey": f"{SECRET}-2"}, secret=True)
        self.commit()

    def secrets(self) -> dict[str, str]:
        return {
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            "PULUMI_ACCESS_TOKEN": "pul-of-nobody",
            "FLASHBACK_EMAIL": self.emulator.email,
            "FLASHBACK_PASSWORD": self.emulator.password,
        }

    def backend(self) -> str:
        return self._project.state_directory.as_uri()

    def run(
        self,
        job: Job,
        variables: Mapping[str, str] | None = None,
        started: Started = lambda *_: None,
    ) -> list[tuple[int, str]]:
        """Run a job in a fresh clone."""
        clone = self._clones / str(len(list(self._clones.glob("*"))))
        self._git("clone", "--quiet", str(self._origin), str(clone / "repository"))
        summary = clone / "summary"
        environment = {
            **bare_environment(self._cli, BIN),
            "FLASHBACK_BASE_URL": self.emulator.base_url,
            "PULUMI_HOME": str(clone / "pulumi"),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "GITHUB_STEP_SUMMARY": str(summary),
            **(variables or {}),
        }
        done = job.run(clone / "repository", environment, started)
        assert SECRET not in "".join(printed for _, printed in done)
        assert not summary.exists() or SECRET not in summary.read_text()
        return done

    def _git(self, *arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=self._origin, check=True)


@pytest.fixture
def repository(pulumi_cli: Path, tmp_path: Path, flashback_emulator: Emulator) -> Repository:
    return Repository(tmp_path, pulumi_cli, flashback_emulator)


def event(name: str, head: str = "acme/infrastructure") -> dict[str, object]:
    pull_request = {"head": {"repo": {"full_name": head}}}
    return {
        "event_name": name,
        "event": {"pull_request": pull_request},
        "ref": "refs/heads/a",
        "repository": "acme/infrastructure",
    }


def all_done(results: list[tuple[int, str]]) -> str:
    """Return what the steps printed; none failed."""
    assert [code for code, _ in results] == [0] * len(results), results[-1][1]
    return "".join(printed for _, printed in results)


@pytest.mark.engine
@pytest.mark.parametrize("name", ["pulumi-cloud.yml", "own-backend.yml"])
def test_github_actions(name: str, repository: Repository) -> None:
    """The state lies in files for both; a token for Pulumi Cloud is not needed for that."""
    variables = {"PULUMI_STACK": "production", "PULUMI_BACKEND_URL": repository.backend()}
    emulator = repository.emulator

    def jobs(of: dict[str, object]) -> dict[str, Job]:
        secrets = repository.secrets()
        return Actions(ACTIONS / name, secrets=secrets, vars=variables, github=of).jobs()

    # what a runner has where the workflow says nothing: a login to the backend
    login = {
        "PULUMI_BACKEND_URL": repository.backend(),
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
    }
    assert jobs(event("pull_request", head="somebody/fork")) == {}
    assert list(jobs(event("pull_request"))) == ["preview"]
    assert list(jobs(event("push"))) == ["up"]
    printed = all_done(repository.run(jobs(event("pull_request"))["preview"], login))
    assert "+ 2 to create" in printed
    assert emulator.api_keys() == []
    all_done(repository.run(jobs(event("push"))["up"], login))
    (row,) = emulator.api_keys()
    repository.rotate()
    all_done(repository.run(jobs(event("push"))["up"], login))
    (rotated,) = emulator.api_keys()
    assert (rotated["id"], rotated["secret"]) == (row["id"], f"{SECRET}-2")


@pytest.mark.engine
def test_a_job_that_is_cancelled_leaves_no_key_that_no_state_knows(
    pulumi_cli: Path, tmp_path: Path, faulty_emulator: Emulator
) -> None:
    """GitHub interrupts the first process of the step, and nothing else."""
    repository, emulator = Repository(tmp_path, pulumi_cli, faulty_emulator), faulty_emulator
    backend = {
        "PULUMI_BACKEND_URL": repository.backend(),
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
    }
    variables, secrets = {"PULUMI_STACK": "production"}, repository.secrets()
    workflow = Actions(
        ACTIONS / "pulumi-cloud.yml", secrets=secrets, vars=variables, github=event("push")
    )
    up = workflow.jobs()["up"]
    emulator.script_faults({"POST /apikeys": [{"fault": "none", "stallAfter": 10}]})

    def interrupt(step: Step, process: subprocess.Popen[str]) -> None:
        while "pulumi up" in step.script and not emulator.in_flight("POST /apikeys"):
            assert process.poll() is None, process.communicate()[0]
            time.sleep(0.05)
        if "pulumi up" in step.script:
            process.send_signal(signal.SIGINT)

    code, printed = repository.run(up, backend, interrupt)[-1]
    assert code != 0, printed
    assert len(emulator.api_keys()) == 1
    all_done(repository.run(up, backend))
    assert emulator.count("POST", "/apikeys") == 1


@pytest.mark.engine
def test_gitlab_and_drift(repository: Repository) -> None:
    emulator = repository.emulator

    def jobs(source: str, branch: str = "") -> dict[str, Job]:
        of_gitlab = {"CI_PIPELINE_SOURCE": source, "CI_DEFAULT_BRANCH": "main"}
        backend = {"PULUMI_BACKEND_URL": repository.backend(), "CI_COMMIT_BRANCH": branch}
        return GitLab(GITLAB, {**of_gitlab, **backend, **repository.secrets()}).jobs()

    def drift_on_github() -> list[tuple[int, str]]:
        given = {"secrets": repository.secrets(), "vars": {"PULUMI_STACK": "production"}}
        drift = Actions(ACTIONS / "drift.yml", **given, github=event("schedule")).jobs()["drift"]
        return repository.run(drift, login)

    login = {
        "PULUMI_BACKEND_URL": repository.backend(),
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
    }
    assert list(jobs("merge_request_event")) == ["preview"]
    assert list(jobs("push", "main")) == ["up"]
    assert list(jobs("push", "another")) == []
    assert list(jobs("schedule", "main")) == ["drift"]
    assert "+ 2 to create" in all_done(repository.run(jobs("merge_request_event")["preview"]))
    assert emulator.api_keys() == []
    all_done(repository.run(jobs("push", "main")["up"]))
    (row,) = emulator.api_keys()
    all_done(repository.run(jobs("schedule")["drift"]))
    all_done(drift_on_github())
    emulator.update_api_key(row["id"], {"region": "eu-central-1"})  # by somebody else
    for code, printed in (repository.run(jobs("schedule")["drift"])[-1], drift_on_github()[-1]):
        assert code != 0
        assert "region" in printed
    assert [each["region"] for each in emulator.api_keys()] == ["eu-central-1"]
