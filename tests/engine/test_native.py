"""The native plugin under the real CLI."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pulumi_flashback.emulator import Emulator
from pulumi_flashback.testing import EmulatorFactory
from tools.pulumi_project import CommandFailedError, Project

pytestmark = pytest.mark.engine

PROGRAM = Path(__file__).parent / "native_program"
BIN = Path(sys.executable).parent
SECRET, KEY = "canary-secret-of-the-plugin", "CANARYKEYOFTHEPLUGIN"

Make = Callable[..., Project]


@pytest.fixture
def make(pulumi_cli: Path, tmp_path: Path) -> Iterator[Make]:
    """Return a function that makes a stack on an emulator, with the plugin on PATH."""
    made: list[Project] = []

    def project(emulator: Emulator, **variables: str) -> Project:
        directory = shutil.copytree(PROGRAM, tmp_path / f"native-{len(made)}")
        signed_in = {
            "FLASHBACK_BASE_URL": emulator.base_url,
            "FLASHBACK_TOKEN": emulator.token,
            "PATH": os.pathsep.join([str(pulumi_cli), str(BIN), os.environ["PATH"]]),
        }
        home = tmp_path / f"home-{len(made)}"
        made.append(Project(directory, pulumi_cli, {**signed_in, **variables}, home=home))
        made[-1].create_stack()
        return made[-1]

    yield project
    for each in made:
        assert not each.files_with(SECRET)
        assert not each.files_with(KEY)


def key(emulator: Emulator, **more: Any) -> dict[str, Any]:
    given = {"workspaceId": emulator.workspace_id, "key": KEY, "secret": SECRET, "provider": "AWS"}
    return {**given, **more}


def declare(
    project: Project, keys: dict[str, Any], providers: dict[str, Any] | None = None
) -> None:
    values = {"keys": json.dumps(keys), "providers": json.dumps(providers or {})}
    project.configure(values, secret=True)


def managed(project: Project) -> dict[str, str]:
    return {
        each["urn"].rpartition("::")[2]: each["id"] for each in project.resources("index:ApiKey")
    }


def clean(output: str) -> str:
    assert SECRET not in output
    assert KEY not in output
    return output


def test_a_life(make: Make, flashback_emulator: Emulator) -> None:
    emulator, project = flashback_emulator, make(flashback_emulator)
    declare(project, {"one": key(emulator)})
    clean(project.pulumi("preview", "--diff", "--stack", "dev"))
    assert emulator.api_keys() == []
    clean(project.up())
    (row,) = emulator.api_keys()
    assert (row["key"], row["secret"]) == (KEY, SECRET)
    clean(project.up("--expect-no-changes"))
    emulator.update_api_key(row["id"], {"region": "drift"})
    printed = project.pulumi("refresh", "--yes", "--skip-preview", "--diff", "--stack", "dev")
    assert "drift" in clean(printed)
    declare(project, {"one": key(emulator, description="new")})
    assert "- region" in clean(project.pulumi("up", "--yes", "--skip-preview", "--diff"))
    (after,) = emulator.api_keys()
    assert after == {**row, "description": "new"}
    clean(project.pulumi("destroy", "--yes", "--skip-preview", "--stack", "dev"))
    assert emulator.api_keys() == []


def test_another_workspace_is_made_before_the_old_key_goes(
    make: Make, flashback_emulator: Emulator
) -> None:
    emulator, project = flashback_emulator, make(flashback_emulator)
    declare(project, {"one": key(emulator)})
    project.up()
    emulator.requests.clear()
    declare(project, {"one": key(emulator, workspaceId=emulator.second_workspace_id)})
    assert "1 replaced" in clean(project.up())
    writes = [method for method, _, _ in emulator.requests if method != "GET"]
    assert writes == ["POST", "DELETE"]
    assert len(emulator.api_keys(emulator.second_workspace_id)) == 1


@pytest.mark.parametrize(
    "field", ["workspaceId", "key", "secret", "provider", "region", "endpoint", "description"]
)
def test_an_unknown_value_in_each_field(
    make: Make, flashback_emulator: Emulator, field: str
) -> None:
    emulator, project = flashback_emulator, make(flashback_emulator)
    value = {
        "workspaceId": emulator.second_workspace_id,
        "key": f"{KEY}-2",
        "secret": f"{SECRET}-2",
        "provider": "GCP",
        "endpoint": "s3.example.com",
    }.get(field, "value")
    second = key(emulator, key=f"{KEY}-other", unknown={field: ["one", value]})
    second.pop(field, None)
    declare(project, {"one": key(emulator), "two": second})
    assert "+ 3 to create" in clean(project.pulumi("preview", "--stack", "dev"))
    clean(project.up())
    workspace = emulator.second_workspace_id if field == "workspaceId" else None
    rows = {row["id"]: row for row in emulator.api_keys(workspace)}
    row = rows[managed(project)["two"]]
    assert field == "workspaceId" or row[field] == value
    clean(project.up("--expect-no-changes"))


# several accounts


def test_another_base_url_moves_everything_and_a_new_token_nothing(
    make: Make, flashback_emulator_factory: EmulatorFactory
) -> None:
    first, second = flashback_emulator_factory(), flashback_emulator_factory()
    project = make(first, FLASHBACK_TOKEN="of-nobody")
    mine = {"baseUrl": first.base_url, "token": first.token}
    keys = {"one": key(first, by="mine")}
    declare(project, keys, {"mine": mine})
    project.up()
    first.expire_tokens()
    mine["token"] = first.issue_token(first.user(first.email) or pytest.fail("no user"))
    declare(project, keys, {"mine": mine})
    printed = clean(project.up())
    assert "1 updated" in printed
    assert "replaced" not in printed
    declare(project, keys, {"mine": {"baseUrl": second.base_url, "token": second.token}})
    assert "2 replaced" in clean(project.up())
    assert len(second.api_keys()) == 1


def test_wrong_arguments_of_a_provider_stop_the_run(
    make: Make, flashback_emulator: Emulator
) -> None:
    project = make(flashback_emulator)
    wrong = {"timeout": "soon", "colour": "blue"}
    declare(project, {"one": key(flashback_emulator, by="mine")}, {"mine": wrong})
    with pytest.raises(CommandFailedError) as failure:
        project.pulumi("preview", "--stack", "dev")
    assert "colour is not an argument of the provider" in failure.value.output
    assert "timeout of the Provider must be a number" in failure.value.output
    assert flashback_emulator.requests == []


# import


def test_import_in_the_program_writes_the_secret_in_place(
    make: Make, flashback_emulator: Emulator
) -> None:
    emulator, project = flashback_emulator, make(flashback_emulator)
    made = emulator.add_api_key(key=KEY)
    imported = key(emulator, **{"import": f"{emulator.workspace_id}/{made}"})
    declare(project, {"one": imported})
    printed = clean(project.up())
    assert "1 imported" in printed
    assert "1 updated" in printed
    assert managed(project) == {"one": made}
    (row,) = emulator.api_keys()
    assert (row["id"], row["secret"]) == (made, SECRET)
    clean(project.up("--expect-no-changes"))


@pytest.mark.parametrize(
    ("identifier", "words"),
    [
        ("{workspace}/missing", "has no API key with this id"),
        ("{key}", "WORKSPACE_ID/API_KEY_ID"),
    ],
)
def test_an_import_that_cannot_be(
    make: Make, flashback_emulator: Emulator, identifier: str, words: str
) -> None:
    emulator, project = flashback_emulator, make(flashback_emulator)
    made = emulator.add_api_key(key=KEY)
    identifier = identifier.format(workspace=emulator.workspace_id, key=made)
    with pytest.raises(CommandFailedError) as failure:
        project.pulumi(
            *("import", "flashback:index:ApiKey", "one", identifier),
            *("--yes", "--skip-preview", "--stack", "dev"),
        )
    assert words in failure.value.output
    assert "almost certainly a bug" not in failure.value.output
    assert managed(project) == {}


# time, and the end of it


def test_custom_timeouts(make: Make, flashback_emulator_factory: EmulatorFactory) -> None:
    emulator = flashback_emulator_factory(faults=True)
    project = make(emulator)
    emulator.script_faults({"POST /apikeys": [{"fault": "stall-after-commit", "stallAfter": 200}]})
    declare(project, {"one": key(emulator, timeout="2s")})
    clean(project.up())
    assert list(managed(project).values()) == [row["id"] for row in emulator.api_keys()]


def test_after_ctrl_c_no_key_is_lost(
    make: Make, flashback_emulator_factory: EmulatorFactory
) -> None:
    emulator = flashback_emulator_factory(faults=True)
    project = make(emulator)
    emulator.script_faults(
        {"POST /apikeys": [{"fault": "stall-after-commit", "stallAfter": 1}] * 4}
    )
    declare(project, {f"k{n}": key(emulator, key=f"{KEY}-{n}") for n in range(4)})
    with subprocess.Popen(
        [project.cli / "pulumi", "--non-interactive", "--color=never", "up", "--yes", "-f"],
        cwd=project.directory,
        env=project.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as running:
        while not emulator.api_keys():
            time.sleep(0.01)
        running.send_signal(signal.SIGINT)
        printed, _ = running.communicate()
    clean(printed)
    assert set(managed(project).values()) == {row["id"] for row in emulator.api_keys()}


@contextmanager
def plugin_that_runs(project: Project) -> Iterator[subprocess.Popen[str]]:
    """Start the plugin by hand, and let the engine of a project attach to it."""
    with subprocess.Popen(
        [BIN / "pulumi-resource-flashback"],
        env=project.environment(),
        stdout=subprocess.PIPE,
        text=True,
    ) as plugin:
        assert plugin.stdout is not None
        port = plugin.stdout.readline().strip()
        project.variables["PULUMI_DEBUG_PROVIDERS"] = f"flashback:{port}"
        yield plugin


def test_a_plugin_that_runs_already(make: Make, flashback_emulator: Emulator) -> None:
    project = make(flashback_emulator)
    with plugin_that_runs(project) as plugin:
        declare(project, {"one": key(flashback_emulator, provider="OTHER")})
        clean(project.up())
        clean(project.up("--expect-no-changes"))  # another engine, the same plugin
        clean(project.pulumi("destroy", "--yes", "--skip-preview", "--stack", "dev"))
        plugin.terminate()
        assert plugin.wait(60) == 0
    assert flashback_emulator.api_keys() == []


def test_two_accounts_in_one_plugin_that_runs_already(
    make: Make, flashback_emulator_factory: EmulatorFactory
) -> None:
    first, second = flashback_emulator_factory(), flashback_emulator_factory()
    project = make(first)
    with plugin_that_runs(project) as plugin:
        providers = {
            name: {"baseUrl": each.base_url, "token": each.token}
            for name, each in {"one": first, "two": second}.items()
        }
        declare(project, {"a": key(first, by="one"), "b": key(second, by="two")}, providers)
        clean(project.up())
        assert [len(first.api_keys()), len(second.api_keys())] == [1, 1]
        clean(project.pulumi("destroy", "--yes", "--skip-preview", "--stack", "dev"))
        plugin.terminate()
    assert [first.api_keys(), second.api_keys()] == [[], []]


def test_the_cli_takes_the_schema(make: Make, flashback_emulator: Emulator) -> None:
    project = make(flashback_emulator)
    printed = project.pulumi("package", "get-schema", str(BIN / "pulumi-resource-flashback"))
    schema = json.loads(printed[printed.index("{") :])
    assert "flashback:index:ApiKey" in schema["resources"]
    (project.directory / "schema.json").write_text(json.dumps(schema))
    project.pulumi("schema", "check", "schema.json")
