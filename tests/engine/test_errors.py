"""What the engine shows of an error or a warning, and what it keeps in the state afterwards."""

from __future__ import annotations

import json
import re
import shlex

import pytest

from pulumi_flashback.emulator import EmulatorSettings
from pulumi_flashback.emulator.store import WORKSPACES
from tests.engine.conftest import Start
from tests.engine.stack import KEY, SECRET, key, member, team, workspace
from tools.record_state import PACKAGES

pytestmark = pytest.mark.engine

both = pytest.mark.parametrize("provider", PACKAGES)
OF_AN_EXCEPTION = ("Traceback", 'File "', "httpx", "pydantic", "During handling", "direct cause")


@both
def test_an_error_is_one_line_without_a_secret(start: Start, provider: str) -> None:
    """The backend repeats every secret that it was sent."""
    stack = start(provider)
    token = stack.project.variables["FLASHBACK_TOKEN"]
    body = json.dumps({"success": False, "message": f"{SECRET} {KEY} {token}"})
    stack.emulator.script_faults({"POST /apikeys": [{"fault": "500", "status": 400, "body": body}]})
    stack.declare({"key": key(stack.emulator.workspace_id)})
    output = stack.up(fails=True)
    _, _, diagnostics = output.partition("Diagnostics:")
    (line,) = [each for each in diagnostics.splitlines() if "could not create" in each]
    kind = "pulumi_flashback.ProviderError: " if provider == "dynamic" else ""
    assert line.strip().startswith(f"error: {kind}could not create the ApiKey")
    assert line.count("[secret]") == 3
    assert not [each for each in OF_AN_EXCEPTION if each in output]
    stack.assert_sound()


@both
def test_what_is_wrong_is_reported_in_the_preview_all_at_once(start: Start, provider: str) -> None:
    stack = start(provider)
    wrong = {"key": " ", "endpoint": "https://user:canary-password@example.com"}
    problems = [
        "workspaceId must not be empty",
        "key must not be empty",
        "endpoint must not contain a user name or password",
    ]
    if provider == "dynamic":  # the classes of the native one refuse it
        wrong |= {"secret": ["canary-in-a-list"], "provider": 5}  # type: ignore[dict-item]
        problems += [
            "secret must be a string, not a list",
            "provider must be a string, not a number",
        ]
    stack.declare({"key": key("  ", **wrong)})
    output = stack.preview(fails=True)
    assert [text for text in problems if text not in output] == []
    stack.declare({"key": key(stack.emulator.workspace_id)})
    stack.project.variables |= {
        "FLASHBACK_TIMEOUT": "soon",
        "FLASHBACK_BASE_URL": "ftp://example.com",
    }
    output = stack.preview(fails=True)
    assert "flashback:timeout (FLASHBACK_TIMEOUT) must be a number of seconds" in output
    assert "flashback:baseUrl (FLASHBACK_BASE_URL) must be a URL" in output
    assert stack.requests() == []
    stack.assert_sound()


def test_credentials(start: Start) -> None:
    stack = start()
    emulator, project = stack.emulator, stack.project
    token = project.variables.pop("FLASHBACK_TOKEN")
    project.variables["FLASHBACK_TOKEN"] = ""
    stack.declare({"key": key(emulator.workspace_id)})
    output = stack.up(fails=True)
    for name in ("flashback:token", "FLASHBACK_EMAIL", "flashback:refreshToken"):
        assert name in output
    project.configure({"flashback:token": token})
    assert "flashback:token is stored in clear text" in stack.up()
    stack.run("config", "rm", "flashback:token")
    project.configure({"flashback:email": emulator.email})
    project.configure({"flashback:password": emulator.password}, secret=True)
    assert "clear text" not in stack.destroy()
    assert emulator.api_keys() == []
    assert not project.files_with(emulator.password)
    stack.assert_sound()


@both
def test_each_failure_is_recorded_and_all_else_goes_on(start: Start, provider: str) -> None:
    stack = start(provider, EmulatorSettings(unknown_provider="accepted"))
    emulator, home = stack.emulator, stack.emulator.workspace_id
    ada = emulator.add_user("ada@flashback.example").id
    me = emulator.add_user("me@flashback.example")
    emulator.set_member(home, me, "WRITE")
    before = emulator.members(home)
    stack.project.variables["FLASHBACK_TOKEN"] = emulator.issue_token(me)
    stack.declare(
        {
            "team": workspace("Team"),
            "inside": key("@team.workspace_id"),
            "member": member(home, ada, "READ"),
            "key": key(home, provider="IBM"),
        }
    )
    output = stack.up("--continue-on-error", fails=True)
    # a line for each, with what to ask for; what depends on a failure is left alone
    assert re.search(r"could not create the Workspace: .*role WORKSPACES or higher", output)
    assert re.search(r"could not create the WorkspaceMember: .*Only an ADMIN of the work", output)
    assert "could not create the ApiKey" not in output
    assert "warning: API key with an unknown provider (known: AWS, GCP" in output
    assert set(stack.managed()) == {"key"}
    assert emulator.members(home) == before
    stack.assert_sound()


def test_a_workspace_that_is_closed_to_the_user_stays_in_the_state(start: Start) -> None:
    """A deletion may look the same; then the command that each resource names is run as it is."""
    stack = start(settings=EmulatorSettings(keys_of_deleted_workspace="as-foreign"))
    emulator, variables = stack.emulator, stack.project.variables
    stack.declare(team(emulator))
    stack.up()
    ids, token = stack.ids(), variables["FLASHBACK_TOKEN"]
    stranger = emulator.add_user("me@flashback.example", org_role=WORKSPACES)
    variables["FLASHBACK_TOKEN"] = emulator.issue_token(stranger)
    assert "this user has no access to it" in stack.refresh(fails=True)
    stack.destroy(fails=True)
    assert stack.ids() == ids
    stack.assert_sound()

    variables["FLASHBACK_TOKEN"] = token
    emulator.delete_workspace(ids["team"])
    output = stack.refresh(fails=True)
    assert "does not exist or this user has no access to it" in output
    assert stack.ids() == ids
    (advice,) = set(re.findall(r"`(pulumi state delete [^`]+)`", output))
    command = shlex.split(advice.replace("URN", stack.managed()["team"]["urn"]))
    stack.run(*command[1:], "--yes")
    assert stack.managed() == {}
    assert "+ 6 created" in stack.up()
    stack.assert_sound()
