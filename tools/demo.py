"""``make demo``: an API key is created, rotated and deleted by the real Pulumi CLI.

Everything happens in a temporary directory, and in processes that end with the demo.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path

from pulumi_flashback.client import FlashbackClient, FlashbackError
from pulumi_flashback.emulator import Emulator
from tools.cache import cache_directory
from tools.pulumi_cli import CliUnavailableError, ensure_cli
from tools.pulumi_project import CommandFailedError, Project

EXAMPLE = Path(__file__).parent.parent / "examples" / "quickstart"
FIRST_SECRET = "demo-secret-1-wJalrXUtnFEMI"
SECOND_SECRET = "demo-secret-2-K7MDENGbPxRfi"
PUBLIC_HALF = "AKIAIOSFODNN7EXAMPLE"

_BOLD, _DIM, _PLAIN = ("\033[1m", "\033[2m", "\033[0m") if sys.stdout.isatty() else ("", "", "")


def main() -> int:
    """Run the demo and return the exit code."""
    try:
        cli = ensure_cli().directory
        with tempfile.TemporaryDirectory(prefix="flashback-demo-") as directory:
            run(Path(directory), cli)
        step("What stays on this machine")
        print("    .venv; `make clean` removes it")
        if cli.is_relative_to(kept := cache_directory("")):
            print(f"    the Pulumi CLI; `rm -r {kept}` removes it")
            if cli.name.startswith("built-"):
                print("    up to 3 GB in Go's caches; `go clean -cache -modcache` empties them")
    except (CliUnavailableError, CommandFailedError, FlashbackError, DemoFailedError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


class DemoFailedError(Exception):
    """The demo did not show what it promises."""


def run(directory: Path, cli: Path) -> None:
    """Show everything, in a directory that is removed afterwards."""
    data = directory / "backend" / "flashback.db"
    data.parent.mkdir()
    with Emulator(data=data) as emulator:
        step(
            "A Flashback emulator starts on this machine",
            f"flashback emulator --port {emulator.base_url.rpartition(':')[2]} --data flashback.db",
        )
        print(f"    {emulator.base_url}  user {emulator.email}  workspace {emulator.workspace_id}")
        project = prepare(directory, cli, emulator)
        with FlashbackClient(
            emulator.base_url, email=emulator.email, password=emulator.password
        ) as client:
            show(project, client, emulator.workspace_id, data)


def prepare(directory: Path, cli: Path, emulator: Emulator) -> Project:
    """Create a stack of the quickstart."""
    step(
        "A stack of examples/quickstart, its state in files, its config with an encrypted secret",
        ". .venv/bin/activate && export PATH=$(python -m tools.pulumi_cli):$PATH",
        "cd examples/quickstart && mkdir state",
        "export PULUMI_BACKEND_URL=file://$PWD/state PULUMI_CONFIG_PASSPHRASE=...",
        f"export FLASHBACK_BASE_URL={emulator.base_url} FLASHBACK_EMAIL={emulator.email} "
        "FLASHBACK_PASSWORD=...",
        "pulumi stack init dev",
        f"pulumi config set workspaceId {emulator.workspace_id}",
        "pulumi config set --secret accessKey    # prompts for the value",
        "pulumi config set --secret secretKey",
    )
    signed_in = {
        "FLASHBACK_BASE_URL": emulator.base_url,
        "FLASHBACK_EMAIL": emulator.email,
        "FLASHBACK_PASSWORD": emulator.password,
    }
    copy = shutil.copytree(EXAMPLE, directory / "quickstart")
    project = Project(copy, cli, signed_in, home=directory / "pulumi")
    project.create_stack()
    project.configure({"workspaceId": emulator.workspace_id})
    project.configure({"accessKey": PUBLIC_HALF, "secretKey": FIRST_SECRET}, secret=True)
    return project


def show(project: Project, client: FlashbackClient, workspace: str, data: Path) -> None:
    """Create, look, rotate, look, delete."""
    step("pulumi up creates the key", "pulumi up")
    print(indented(project.up()))
    created = project.outputs()["apiKeyId"]
    step(
        "The key in the emulator",
        'curl "$FLASHBACK_BASE_URL/apikeys?workspaceId=..." -H "Authorization: Bearer $TOKEN"',
    )
    row = client.api_keys.get(created, workspace_id=workspace)
    expect(row is not None, "the emulator has no such key")
    print(indented(row.model_dump_json(by_alias=True, exclude_none=True) if row else ""))
    show_no_secret(project, FIRST_SECRET, data)

    step(
        "Another secret: the key is updated in place",
        "pulumi config set --secret secretKey",
        "pulumi up",
    )
    project.configure({"secretKey": SECOND_SECRET}, secret=True)
    print(indented(project.up()))
    expect(project.outputs()["apiKeyId"] == created, "the key was replaced")
    print(f"    the id is still {created}")
    show_no_secret(project, SECOND_SECRET, data)

    step("pulumi destroy deletes the key", "pulumi destroy")
    print(indented(project.pulumi("destroy", "--yes", "--skip-preview", "--stack", "dev")))
    left = client.api_keys.list(workspace_id=workspace)
    expect(not left, "the emulator still has a key")
    print("    the workspace is empty again")


def show_no_secret(project: Project, secret: str, data: Path) -> None:
    """Show that neither state nor emulator store a secret in clear text."""
    step("No secret in clear text", f"grep -r {secret} state/ flashback.db   # finds nothing")
    leaks = project.files_with(secret)
    leaks += [each for each in data.parent.iterdir() if secret.encode() in each.read_bytes()]
    expect(not leaks, f"the secret is in {', '.join(map(str, leaks))}")
    stored = project.resources()[0]["outputs"]["secret"]
    print(f"    in the state it is {json.dumps(stored)[:100]}...")


def step(title: str, *by_hand: str) -> None:
    """Announce a step and say how to do the same by hand."""
    print(f"\n{_BOLD}{title}{_PLAIN}")
    for command in by_hand:
        print(f"{_DIM}  $ {command}{_PLAIN}")
    sys.stdout.flush()


def indented(text: str) -> str:
    """Return what a command printed, without empty lines."""
    return "\n".join(f"    {line}" for line in text.splitlines() if line.strip())


def expect(condition: bool, otherwise: str) -> None:
    """End the demo if a condition does not hold."""
    if not condition:
        raise DemoFailedError(otherwise)


if __name__ == "__main__":
    sys.exit(main())
