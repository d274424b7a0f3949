"""What ``pulumi_flashback.testing`` gives to tests of programs, without an engine."""

from __future__ import annotations

import asyncio
import os
import sys
import textwrap
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pulumi_flashback.emulator import Emulator
from pulumi_flashback.testing import ProjectFactory, ProjectUnderTest, flashback_project

__all__ = ["flashback_project"]

SECRETS = {"secret": "a secret"}
NETWORK = """
    import pulumi
    from pulumi_flashback import ApiKey

    config = pulumi.Config()

    def key(name):
        secret = config.require_secret("secret")
        return ApiKey(name, workspace_id=WORKSPACE, key="AKIA", secret=secret, provider="AWS")

    WORKSPACE = config.require("workspaceId")
    key("beside")
"""
PROGRAM = """
    import pulumi
    import network
    from pulumi_flashback import get_api_keys_output, get_workspaces

    network.key("main")
    pulumi.export("names", [each.name for each in get_workspaces().workspaces])
    keys = get_api_keys_output(workspace_id=network.WORKSPACE).api_keys
    pulumi.log.info(f"made for {len(get_workspaces().workspaces)} workspaces")
    network.ApiKey(
        "counted",
        workspace_id=network.WORKSPACE,
        key="AKIA",
        secret="plain",
        provider="AWS",
        description=keys.apply(lambda found: f"after {len(found)}"),
    )
"""
Write = Callable[..., ProjectUnderTest]


@pytest.fixture
def project(tmp_path: Path, flashback_project: ProjectFactory) -> Write:
    """Write a project and return it as one under test."""

    def write(program: str, runtime: str = "python", **modules: str) -> ProjectUnderTest:
        (tmp_path / "Pulumi.yaml").write_text(f"name: team\nruntime: {runtime}\n")
        for name, text in {"__main__": program, **modules}.items():
            (tmp_path / f"{name}.py").write_text(textwrap.dedent(text))
        return flashback_project(tmp_path)

    return write


def test_modules_and_functions(project: Write, flashback_emulator: Emulator) -> None:
    flashback_emulator.add_api_key(provider="AWS", key="K", secret="S")
    config = {"workspaceId": flashback_emulator.workspace_id}
    team = project(PROGRAM, network=NETWORK)
    for _ in range(2):  # the second run imports the module anew
        declared = team.declared(config, SECRETS)
        assert set(declared) == {"beside", "main", "counted"}
        assert declared["counted"].inputs["description"] == "after 1"
        assert declared["main"].inputs["secret"] == "a secret"
        assert declared["main"].type == "flashback:ApiKey"
        assert {each.secrets for each in declared.values()} == {frozenset({"key", "secret"})}
    assert len(flashback_emulator.api_keys()) == 1


def test_nothing_of_a_run_is_left(project: Write, flashback_emulator: Emulator) -> None:
    before = (os.getcwd(), list(sys.path), dict(os.environ))
    project(PROGRAM, network=NETWORK).declared(
        {"workspaceId": flashback_emulator.workspace_id}, SECRETS
    )
    assert (os.getcwd(), list(sys.path), dict(os.environ)) == before
    assert "network" not in sys.modules


def test_what_a_test_has_patched_stays_patched(
    project: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    team = project("import labels, pulumi\npulumi.ComponentResource('t:i:T', labels.find())")
    (tmp_path / "labels.py").write_text("def find(): raise SystemExit('asks the network')")
    monkeypatch.syspath_prepend(str(tmp_path))
    import labels  # type: ignore[import-not-found]

    monkeypatch.setattr(labels, "find", lambda: "patched")
    try:
        assert set(team.declared()) == {"patched"}
        assert sys.modules["labels"] is labels
    finally:
        del sys.modules["labels"]


def test_a_test_with_a_loop_of_its_own(project: Write, flashback_emulator: Emulator) -> None:
    async def in_a_loop() -> int:
        config = {"workspaceId": flashback_emulator.workspace_id}
        return len(project(PROGRAM, network=NETWORK).declared(config, SECRETS))

    with ThreadPoolExecutor() as thread:  # asyncio.run leaves its own thread without a loop
        assert thread.submit(asyncio.run, in_a_loop()).result() == 3


def test_an_error_of_the_program_is_raised(project: Write) -> None:
    with pytest.raises(ZeroDivisionError):
        project("1 / 0").declared()
    with pytest.raises(Exception, match="'team:size'"):
        project("import pulumi; pulumi.Config().require('size')").declared()


def test_what_cannot_be_run_says_why(
    project: Write, tmp_path: Path, flashback_project: ProjectFactory
) -> None:
    with pytest.raises(pytest.fail.Exception, match="has no Pulumi"):
        flashback_project(tmp_path / "elsewhere").declared()
    with pytest.raises(pytest.fail.Exception, match="not yaml; use stack"):
        project("", runtime="yaml").declared()
    with pytest.raises(pytest.fail.Exception, match="config size must be a string"):
        project("").declared({"size": 3})  # type: ignore[dict-item]
    program = "import pulumi; pulumi.runtime.invoke('aws:index:getRegion', {})"
    with pytest.raises(Exception, match="getRegion is no function of this provider: patch it"):
        project(program).declared()


def test_without_the_cli(project: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(pytest.fail.Exception, match="the Pulumi CLI is not on PATH"):
        project("").stack()
