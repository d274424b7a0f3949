"""What only the native provider has: arguments of a provider, imports, timeouts, attachment."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from pulumi_flashback.testing import EmulatorFactory
from tests.engine.conftest import Start
from tests.engine.stack import KEY, SECRET, key, member, workspace

pytestmark = pytest.mark.engine

PLUGIN = Path(sys.executable).parent / "pulumi-resource-flashback"


def account(emulator: Any, **more: Any) -> dict[str, Any]:
    """Return a provider of a plan that is signed in."""
    return {"is": "Provider", "baseUrl": emulator.base_url, "token": emulator.token, **more}


def by(provider: str) -> dict[str, Any]:
    return {"opts": {"provider": f"@{provider}"}}


def test_another_base_url_moves_everything_and_a_new_token_nothing(
    start: Start, flashback_emulator_factory: EmulatorFactory
) -> None:
    stack, second = start("native"), flashback_emulator_factory()
    first = stack.emulator
    stack.project.variables["FLASHBACK_TOKEN"] = "of-nobody"
    plan = {"mine": account(first), "key": key(first.workspace_id, **by("mine"))}
    stack.declare(plan)
    stack.up()
    first.expire_tokens()
    plan["mine"] = account(first)
    stack.declare(plan)
    printed = stack.up()
    assert "~ 1 updated" in printed
    assert "replaced" not in printed
    plan["mine"] = account(second)
    stack.declare(plan)
    assert "+-2 replaced" in stack.up()
    assert len(second.api_keys()) == 1

    plan["mine"] |= {"timeout": "soon", "colour": "blue"}
    stack.declare(plan)
    second.requests.clear()
    output = stack.preview(fails=True)
    assert "colour is not an argument of the provider" in output
    assert "timeout of the Provider must be a number" in output
    assert second.requests == []
    stack.assert_silent()


def test_two_accounts_in_one_plugin_that_runs_already(
    start: Start, flashback_emulator_factory: EmulatorFactory
) -> None:
    stack, second = start("native"), flashback_emulator_factory()
    first, project = stack.emulator, stack.project
    plan = {
        "one": account(first),
        "two": account(second),
        "a": key(first.workspace_id, **by("one")),
        "b": key(second.workspace_id, **by("two")),
    }
    with subprocess.Popen(
        [PLUGIN], env=project.environment(), stdout=subprocess.PIPE, text=True
    ) as plugin:
        assert plugin.stdout is not None
        port = plugin.stdout.readline().strip()
        project.variables["PULUMI_DEBUG_PROVIDERS"] = f"flashback:{port}"
        stack.declare(plan)
        stack.up()
        assert [len(first.api_keys()), len(second.api_keys())] == [1, 1]
        stack.up("--expect-no-changes")  # another engine, the same plugin
        stack.destroy()
        plugin.terminate()
        assert plugin.wait(60) == 0
    assert [first.api_keys(), second.api_keys()] == [[], []]
    stack.assert_silent()


def test_what_exists_is_imported_by_the_command(start: Start) -> None:
    stack = start("native")
    emulator, home = stack.emulator, stack.emulator.workspace_id
    ada = emulator.add_user("ada@flashback.example").id
    emulator.set_member(home, ada, "WRITE")
    made = emulator.add_api_key(key=KEY, secret=SECRET)
    stack.declare({})
    options = ("--generate-code=false", "--protect=false", "--yes", "--skip-preview")
    output = stack.run("import", "flashback:index:ApiKey", "a", made, *options, fails=True)
    assert "WORKSPACE_ID/API_KEY_ID" in output
    assert "almost certainly a bug" not in output
    rows = [("Workspace", "team", home), ("WorkspaceMember", "ada", f"{home}/{ada}")]
    listed = [
        {"type": f"flashback:index:{kind}", "name": name, "id": identifier}
        for kind, name, identifier in [*rows, ("ApiKey", "a", f"{home}/{made}")]
    ]
    (stack.project.directory / "import.json").write_text(json.dumps({"resources": listed}))
    printed = stack.run("import", "--file", "import.json", *options)
    assert "3 imported" in printed
    assert "failed to validate" not in printed
    imported = {"team": home, "ada": f"{home}/{ada}", "a": made}
    assert stack.ids() == imported
    stack.declare(
        {
            "team": workspace("Demo"),
            "ada": member("@team.workspace_id", ada, "WRITE"),
            "a": key("@team.workspace_id"),
        }
    )
    stack.requests()
    assert "~ 1 updated" in stack.up()  # the secret, which nobody can read
    assert stack.requests() == ["PUT /apikeys/{id}"]
    assert stack.ids() == imported
    assert "4 unchanged" in stack.refresh()
    stack.assert_silent()


def test_options_of_a_resource(start: Start) -> None:
    """An import writes the secret in place; a create that takes too long is found."""
    stack = start("native")
    emulator, home = stack.emulator, stack.emulator.workspace_id
    made = emulator.add_api_key(key=KEY)
    slow = {"custom_timeouts": {"create": "2s"}}
    plan = {
        "imported": key(home, opts={"import_": f"{home}/{made}"}),
        "slow": key(home, provider="GCP", opts=slow),
    }
    stall = {"fault": "stall-after-commit", "stallAfter": 3600}
    emulator.script_faults({"POST /apikeys": [stall]})
    stack.declare(plan)
    printed = stack.up()
    assert "= 1 imported" in printed
    assert "~ 1 updated" in printed
    assert stack.ids()["imported"] == made
    assert [row["secret"] for row in emulator.api_keys()] == [SECRET, SECRET]
    stack.up("--expect-no-changes")
    stack.assert_sound()


def test_an_interrupted_run_knows_what_it_has_created(start: Start) -> None:
    """The engine asks the provider to stop while the responses to all creates are outstanding."""
    stack = start("native")
    emulator = stack.emulator
    stall = {"fault": "stall-after-commit", "stallAfter": 3600, "times": "forever"}
    emulator.script_faults({"POST /apikeys": [stall]})
    stack.declare({f"k{n}": key(emulator.workspace_id, key=f"{KEY}-{n}") for n in range(4)})
    with stack.project.started("up") as running:
        while emulator.in_flight("POST /apikeys") < 4:
            assert running.poll() is None, "it ended before it was interrupted"
            time.sleep(0.01)
        running.send_signal(signal.SIGINT)
        assert running.wait(90) != 0
    emulator.clear_faults()
    assert len(stack.ids()) == 4
    stack.assert_sound()


def test_the_cli_takes_the_schema(start: Start) -> None:
    project = start("native").project
    printed = project.pulumi("package", "get-schema", str(PLUGIN))
    schema = json.loads(printed[printed.index("{") :])
    assert "flashback:index:ApiKey" in schema["resources"]
    (project.directory / "schema.json").write_text(json.dumps(schema))
    project.pulumi("schema", "check", "schema.json")
