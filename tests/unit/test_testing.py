"""What ``pulumi_flashback.testing`` gives to tests of programs, without an engine."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pulumi_flashback.emulator import Emulator
from pulumi_flashback.testing import ProjectFactory, ProjectUnderTest, flashback_project

__all__ = ["flashback_project"]

CONFIG = {"workspaceId": "workspace-uuid"}
SECRETS = {"secret": "a secret"}
NETWORK = """
    import pulumi
    from pulumi_flashback import ApiKey

    config = pulumi.Config()
    WORKSPACE = config.require("workspaceId")

    def key(name, **more):
        secret = config.require_secret("secret")
        given = {"workspace_id": WORKSPACE, "key": "AKIA", "secret": secret, "provider": "AWS"}
        return ApiKey(name, **given, **more)

    key("beside")
"""
PROGRAM = """
    import pulumi
    import network
    from pulumi_flashback import get_api_keys_output, get_workspaces

    network.key("main")
    pulumi.export("names", [each.name for each in get_workspaces().workspaces])
    keys = get_api_keys_output(workspace_id=network.WORKSPACE).api_keys
    pulumi.log.info(f"for {len(get_workspaces().workspaces)} workspaces")
    network.key("counted", description=keys.apply(lambda found: f"after {len(found)}"))
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
    team = project(PROGRAM, network=NETWORK)
    before = (os.getcwd(), list(sys.path), dict(os.environ))
    for _ in range(2):  # the second run imports the module again
        declared = team.declared(CONFIG, SECRETS)
        assert set(declared) == {"beside", "main", "counted"}
        assert declared["counted"].inputs["description"] == "after 1"
        assert declared["main"].inputs["secret"] == "a secret"
        assert declared["main"].type == "flashback:ApiKey"
        assert {each.secrets for each in declared.values()} == {frozenset({"key", "secret"})}
    assert len(flashback_emulator.api_keys()) == 1
    # nothing of a run is left
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


def test_a_test_with_a_loop_of_its_own(project: Write) -> None:
    async def in_a_loop() -> int:
        return len(project(PROGRAM, network=NETWORK).declared(CONFIG, SECRETS))

    with ThreadPoolExecutor() as thread:  # asyncio.run leaves its own thread without a loop
        assert thread.submit(asyncio.run, in_a_loop()).result() == 3


def test_errors(project: Write, tmp_path: Path, flashback_project: ProjectFactory) -> None:
    with pytest.raises(ZeroDivisionError):
        project("1 / 0").declared()
    with pytest.raises(Exception, match="'team:size'"):
        project("import pulumi; pulumi.Config().require('size')").declared()
    with pytest.raises(pytest.fail.Exception, match="has no Pulumi"):
        flashback_project(tmp_path / "elsewhere").declared()
    with pytest.raises(pytest.fail.Exception, match="not yaml; use stack"):
        project("", runtime="yaml").declared()
    with pytest.raises(pytest.fail.Exception, match="config size must be a string"):
        project("").declared({"size": 3})  # type: ignore[dict-item]
    program = "import pulumi; pulumi.runtime.invoke('aws:index:getRegion', {})"
    with pytest.raises(Exception, match="getRegion is not a function of this provider; patch it"):
        project(program).declared()


def test_without_the_cli(project: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(pytest.fail.Exception, match="the Pulumi CLI is not on PATH"):
        project("").stack()


def test_the_fixtures_in_a_project_of_a_user(tmp_path: Path) -> None:
    names = "flashback_emulator, flashback_emulator_factory"
    for folder, use in (
        ("imported", f"from pulumi_flashback.testing import {names}"),
        ("plugin", 'pytest_plugins = ["pulumi_flashback.testing"]'),
    ):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "conftest.py").write_text(use + "\n")
        (tmp_path / folder / f"test_{folder}.py").write_text(
            "def test_it(flashback_emulator):\n"
            "    assert flashback_emulator.base_url and flashback_emulator.token\n"
            "    assert flashback_emulator.api_keys(flashback_emulator.workspace_id) == []\n"
        )
        root = str(Path(__file__).parents[2])  # even if the package is not installed
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "."],
            capture_output=True,
            text=True,
            cwd=tmp_path / folder,
            env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": root},
            check=False,
            timeout=60,
        )
        assert "1 passed" in done.stdout, done.stdout
