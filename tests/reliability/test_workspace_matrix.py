"""``Workspace`` and ``WorkspaceMember`` under every fault, through both shells.

After each cell the backend holds what the state knows, or an error says so; there is never a second
workspace, and never a member that was not asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from pulumi_flashback.emulator import Emulator
from pulumi_flashback.emulator.faults import FOREVER
from tests.contract.driver import (
    DynamicProvider,
    NativeProvider,
    ProviderFailureError,
    ProviderProcess,
)

RETRIES = 1
AT_ONCE = 8
KINDS = (
    "refuse",
    "reset-before-effect",
    "commit-then-reset",
    "500",
    "commit-then-500",
    "stall-before-commit",
    "stall-after-commit",
    "rate-limit",
    "html-502",
    "truncated-json",
    "wrong-shape",
    "empty-body",
)
"""One of each kind; tests/reliability/test_matrix.py goes through all of them for API keys."""

SETTINGS: dict[str, dict[str, Any]] = {
    "stall-before-commit": {"stallBefore": 4.0},
    "stall-after-commit": {"stallAfter": 4.0},
    "rate-limit": {"retryAfter": "1"},
}
TIMES: dict[type[ProviderProcess], Any] = {DynamicProvider: 1, NativeProvider: FOREVER}
"""How often a fault comes back. The providers do the same, so each half is run in one of them."""
PATIENT = {"rate-limit"}
"""What is waited for a minute if it never ends: tests/unit/test_pace.py."""


@dataclass
class Cell:
    """One fault in one backend, and a provider process."""

    emulator: Emulator
    provider: ProviderProcess
    fault: dict[str, Any]

    def suffer(self, operation: str) -> None:
        self.emulator.script_faults({operation: [self.fault]})

    def try_(self, work: Callable[[], Any]) -> tuple[Any, str]:
        try:
            return work(), ""
        except ProviderFailureError as failure:
            shown = failure
        finally:
            self.emulator.clear_faults()
        assert self.emulator.token not in str(shown)
        assert shown.message.startswith("could not ")
        return None, shown.message


def run_cells(shell: type[ProviderProcess], resource: str, check: Callable[[Cell], None]) -> None:
    def run(kind: str) -> str:
        times = 1 if kind in PATIENT else TIMES[shell]
        fault = {"fault": kind, "times": times, **SETTINGS.get(kind, {})}
        with Emulator(faults=True) as emulator:
            config = {
                "flashback:baseUrl": emulator.base_url,
                "flashback:token": emulator.token,
                "flashback:timeout": "2",
                "flashback:maxRetries": str(RETRIES),
            }
            with shell(config, resource=resource) as provider:
                try:
                    check(Cell(emulator, provider, fault))
                except AssertionError as error:
                    return f"{kind} x {times}: {error}"
        return ""

    with ThreadPoolExecutor(AT_ONCE) as pool:
        failures = [failure for failure in pool.map(run, KINDS) if failure]
    assert not failures, "\n".join(failures)


def teams(cell: Cell) -> list[str]:
    return [each.id for each in cell.emulator.workspaces() if each.name in ("Team", "Crew")]


@pytest.mark.parametrize("operation", ["POST /workspace", "GET /workspace"])
def test_create_a_workspace(shell: type[ProviderProcess], operation: str) -> None:
    def check(cell: Cell) -> None:
        cell.suffer(operation)
        made, error = cell.try_(lambda: cell.provider.create({"name": "Team"}))
        if made:
            assert teams(cell) == [made[0]]
        elif teams(cell):  # it may have been made: the error says what to look for
            assert "no clear answer came" in error
        assert len(teams(cell)) <= 1

    run_cells(shell, "Workspace", check)


@pytest.mark.parametrize("operation", ["GET", "PUT", "DELETE"])
def test_what_becomes_of_a_workspace(shell: type[ProviderProcess], operation: str) -> None:
    def check(cell: Cell) -> None:
        identifier, state = cell.provider.create({"name": "Team"})
        cell.suffer(f"{operation} /workspace/{{id}}")
        steps: dict[str, Callable[[], Any]] = {
            "GET": lambda: cell.provider.read(identifier, state),
            "PUT": lambda: cell.provider.update(identifier, state, {"name": "Crew"}),
            "DELETE": lambda: cell.provider.delete(identifier, state),
        }
        result, error = cell.try_(steps[operation])
        if operation == "GET":
            assert error or result[0] == identifier  # never gone
        if operation == "PUT" and not error:
            assert cell.emulator.workspaces()[-1].name == "Crew"
        assert teams(cell) == ([identifier] if operation != "DELETE" or error else []) or (
            operation == "DELETE" and not teams(cell)
        )
        # the same step heals what was left half done
        result, error = cell.try_(steps[operation])
        assert not error

    run_cells(shell, "Workspace", check)


@pytest.mark.parametrize(
    "operation",
    [
        "POST /workspace/{id}/users",
        "PUT /workspace/{id}/users/{userId}",
        "DELETE /workspace/{id}/users/{userId}",
        "GET /workspace/{id}",
    ],
)
def test_members(shell: type[ProviderProcess], operation: str) -> None:
    def check(cell: Cell) -> None:
        user = cell.emulator.add_user("ada@flashback.example").id
        workspace = cell.emulator.workspace_id
        wanted = {"workspaceId": workspace, "userId": user, "role": "WRITE"}
        other = {**wanted, "role": "READ"}

        def role() -> str | None:
            return cell.emulator.members(workspace).get(user)

        method = operation.partition(" ")[0]
        if method == "POST":
            cell.suffer(operation)
            made, _ = cell.try_(lambda: cell.provider.create(wanted))
            if not made:  # the next run makes what is missing
                _, error = cell.try_(lambda: cell.provider.create(wanted))
                assert error == ""
            assert role() == "WRITE"
            return
        identifier, state = cell.provider.create(wanted)
        steps: dict[str, Callable[[], Any]] = {
            "GET": lambda: cell.provider.read(identifier, state),
            "PUT": lambda: cell.provider.update(identifier, state, other),
            "DELETE": lambda: cell.provider.delete(identifier, state),
        }
        after = {"GET": "WRITE", "PUT": "READ", "DELETE": None}[method]
        cell.suffer(operation)
        result, error = cell.try_(steps[method])
        if method == "GET":
            assert error or result[0] == identifier  # never gone
        if not error:
            assert role() == after
        result, error = cell.try_(steps[method])
        assert (error, role()) == ("", after)

    run_cells(shell, "WorkspaceMember", check)
