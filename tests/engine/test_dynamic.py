"""What the engine makes of the dynamic provider, beyond what the native one has by its protocol."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pulumi_flashback.emulator import Emulator
from tests.engine.conftest import KEY
from tools.pulumi_project import CommandFailedError, Project

pytestmark = pytest.mark.engine

CANARY = "canary-secret-7QX2"
MakeProject = Callable[..., Project]


@pytest.fixture
def make_project(pulumi_cli: Path, tmp_path: Path) -> Iterator[MakeProject]:
    """Return a function that makes a stack of a program; its source may be written anew."""

    def make(emulator: Emulator, source: str, **variables: str) -> Project:
        directory = tmp_path / "program"
        directory.mkdir()
        (directory / "Pulumi.yaml").write_text("name: program\nruntime: python\n")
        write(directory, source)
        signed_in = {
            "FLASHBACK_BASE_URL": emulator.base_url,
            "FLASHBACK_TOKEN": emulator.token,
            "FLASHBACK_MAX_RETRIES": "0",
            "WORKSPACE": emulator.workspace_id,
        }
        project = Project(directory, pulumi_cli, {**signed_in, **variables}, home=tmp_path / "home")
        project.create_stack()
        return project

    yield make
    shutil.rmtree(tmp_path, ignore_errors=True)


def write(directory: Path, source: str) -> None:
    head = "import os, pulumi\nimport pulumi_flashback as flashback\n"
    (directory / "__main__.py").write_text(head + textwrap.dedent(source))


def show(project: Project) -> str:
    return project.pulumi("preview", "--diff", "--stack", project.stack)


def refresh(project: Project) -> str:
    return project.pulumi("refresh", "--yes", "--skip-preview", "--stack", project.stack)


def test_no_secret_is_shown_or_stored_in_plain_text(
    make_project: MakeProject, flashback_emulator: Emulator
) -> None:
    flashback_emulator.add_api_key(key=f"{CANARY}-existing", provider="AWS")
    (existing,) = flashback_emulator.api_keys()
    # the canary is not in the program, which is a file of the project
    source = """
        canary, number = os.environ["CANARY"], os.environ["NUMBER"]

        def set_secret(args):
            if args.type_.endswith(":ApiKey") and args.name != "existing":
                return pulumi.ResourceTransformResult(
                    {**args.props, "secret": canary + "by-transform-" + number}, args.opts
                )

        flashback.ApiKey(
            "key",
            workspace_id=os.environ["WORKSPACE"],
            key=canary + "key",
            secret="another",
            provider="GCP",
            description=pulumi.Output.secret(canary + "description-" + number),
            rotation_triggers={"a": pulumi.Output.secret(canary + "trigger-" + number)},
            opts=pulumi.ResourceOptions(transforms=[set_secret]),
        )
        found = flashback.ApiKey.get("existing", os.environ["EXISTING"], os.environ["WORKSPACE"])
        pulumi.export("key", found.key)
    """
    project = make_project(
        flashback_emulator, source, CANARY=f"{CANARY}-", NUMBER="1", EXISTING=existing["id"]
    )
    printed = [show(project), project.up(), refresh(project), show(project), project.up()]
    project.variables["NUMBER"] = "2"
    printed += [show(project), project.up(), refresh(project)]
    flashback_emulator.update_api_key(
        next(row["id"] for row in flashback_emulator.api_keys() if row["provider"] == "GCP"),
        {"key": f"{CANARY}-drift", "description": f"{CANARY}-drift"},
    )
    printed += [refresh(project), show(project), project.up()]
    assert f"{CANARY}-by-transform-2" in {row["secret"] for row in flashback_emulator.api_keys()}
    assert CANARY not in "".join(printed)
    assert not project.files_with(CANARY)


def test_a_renamed_workspace_replaces_nothing_in_it(
    make_project: MakeProject, flashback_emulator: Emulator
) -> None:
    user = flashback_emulator.add_user("member@flashback.example")
    source = f"""
        team = flashback.Workspace("team", name=os.environ["NAME"])
        flashback.WorkspaceMember(
            "member", workspace_id=team.workspace_id, user_id="{user.id}", role="READ"
        )
        key = flashback.ApiKey(
            "key", workspace_id=team.workspace_id, key="{KEY}", secret="{CANARY}", provider="AWS"
        )
        pulumi.export("keyId", key.api_key_id)
    """
    project = make_project(flashback_emulator, source, NAME="Team")
    project.up()
    project.variables["NAME"] = "Crew"
    shown = show(project)
    assert "~ 1 to update" in shown
    assert "replace" not in shown
    assert "1 updated" in project.up()


def test_an_update_in_doubt_that_is_taken_back_is_written_again(
    make_project: MakeProject, faulty_emulator: Emulator
) -> None:
    """As the message says: the state cannot know, so rotation_triggers makes the run write."""
    source = f"""
        flashback.ApiKey(
            "key",
            workspace_id=os.environ["WORKSPACE"],
            key="{KEY}",
            secret=os.environ["SECRET"],
            provider="AWS",
            rotation_triggers={{"written": os.environ["WRITTEN"]}},
        )
    """
    project = make_project(faulty_emulator, source, SECRET="the-first-secret", WRITTEN="1")
    project.up()
    faulty_emulator.script_faults(
        {"PUT /apikeys/{id}": [{"fault": "commit-then-503", "times": "forever"}]}
    )
    project.variables["SECRET"] = "the-second-secret"
    with pytest.raises(CommandFailedError) as failure:
        project.up()
    lines = [line.strip() for line in failure.value.output.splitlines()]
    (error,) = {line for line in lines if line.startswith("error: pulumi_flashback.ProviderError")}
    assert "The platform may hold the new values" in error
    assert error.endswith(
        "rotation_triggers a new value, so that `pulumi up` writes key and secret again"
    )
    assert "Traceback" not in failure.value.output
    faulty_emulator.clear_faults()
    assert faulty_emulator.api_keys()[0]["secret"] == "the-second-secret"
    project.variables |= {"SECRET": "the-first-secret", "WRITTEN": "2"}
    refresh(project)
    project.up()
    assert faulty_emulator.api_keys()[0]["secret"] == "the-first-secret"


def test_replace_on_changes_replaces(
    make_project: MakeProject, flashback_emulator: Emulator
) -> None:
    source = f"""
        flashback.ApiKey(
            "key",
            workspace_id=os.environ["WORKSPACE"],
            key=os.environ["KEY"],
            secret="{CANARY}",
            provider="AWS",
            tenant_id=os.environ["TENANT"],
            region=os.environ["REGION"],
            opts=pulumi.ResourceOptions(replace_on_changes=["key", "tenant_id"]),
        )
    """
    project = make_project(flashback_emulator, source, KEY=KEY, TENANT="a", REGION="a")
    project.up()
    (first,) = flashback_emulator.api_keys()
    assert "2 unchanged" in project.up()
    project.variables["REGION"] = "b"
    assert "1 updated" in project.up()
    project.variables |= {"KEY": f"{KEY}-2", "TENANT": "b"}
    assert "1 to replace" in show(project)
    assert "1 replaced" in project.up()
    (second,) = flashback_emulator.api_keys()
    assert first["id"] != second["id"]
    assert "2 unchanged" in refresh(project)
    assert "2 unchanged" in project.up()
