"""Every operation under every fault, once, twice and for ever, through the provider process of each shell.

After each cell the backend holds exactly the keys that the state knows, or an error says how they
differ and what to do; the run ends in time; each request is sent as often as it may be.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest

from pulumi_flashback.emulator import Emulator
from pulumi_flashback.emulator.faults import FOREVER, NAMED
from tests.contract.driver import (
    DynamicProvider,
    NativeProvider,
    ProviderFailureError,
    ProviderProcess,
)

KEY, SECRET, ROTATED = "CANARYKEY7QX2", "canary-secret-wJalrXUtnFEMI", "canary-rotated-K7MDENG"
RETRIES = 2
TIMEOUT_SECONDS = 2.0
DEADLINE_SECONDS = 60.0
AT_ONCE = 8

TIMES: tuple[Any, ...] = (1, 2, FOREVER)
RATE_LIMITS = {
    "rate-limit": "1",
    "rate-limit-float": "0.5",
    "rate-limit-date": "Thu, 01 Jan 2026 00:00:00 GMT",
    "rate-limit-garbage": "soon",
    "rate-limit-hours": "7200",
}
FAULTS: dict[str, dict[str, Any]] = {
    **{name: {"fault": name} for name in NAMED if name not in ("none", "rate-limit")},
    **{name: {"fault": "rate-limit", "retryAfter": value} for name, value in RATE_LIMITS.items()},
}
CELLS: dict[type[ProviderProcess], list[tuple[str, Any]]] = {
    # a rate limit that never ends is waited for a minute: tests/unit/test_pace.py
    DynamicProvider: [
        (fault, times)
        for fault, times in product(FAULTS, TIMES)
        if times != FOREVER or fault not in RATE_LIMITS
    ],
    # what differs between the providers does not differ with the number of faults
    NativeProvider: list(product(FAULTS, (1,))),
}
LASTING_UPDATES = {"commit-then-reset", "503"}
"""Faults of updates that never end: the dynamic provider tries each for half a minute."""
HOPELESS = {"redirect", "rate-limit-hours"}
HARMLESS = {"wrong-content-type"}


@dataclass
class Cell:
    """One cell: an emulator, a provider process, and what came of it."""

    emulator: Emulator
    provider: ProviderProcess
    fault: str
    times: Any

    @property
    def inputs(self) -> dict[str, Any]:
        return {
            "workspaceId": self.emulator.workspace_id,
            "key": KEY,
            "secret": SECRET,
            "provider": "AWS",
            "region": "us-east-1",
        }

    def suffer(self, operation: str) -> None:
        self.emulator.script_faults({operation: [{**FAULTS[self.fault], "times": self.times}]})
        self.emulator.requests.clear()

    def try_(self, work: Callable[[], Any]) -> tuple[Any, str]:
        """Return a result or the last line of an error, in time and without a secret."""
        started = time.monotonic()
        result, error = None, ""
        try:
            result = work()
        except ProviderFailureError as failure:
            text = str(failure)
            for canary in (KEY, SECRET, ROTATED):
                assert canary not in text
            error = failure.message
            assert error.startswith("could not ")
        assert time.monotonic() - started < DEADLINE_SECONDS
        return result, error

    def live(self) -> list[str]:
        return [row["id"] for row in self.emulator.api_keys()]

    def expected_requests(self) -> int:
        """How often a request that may be repeated is sent."""
        if self.fault in HARMLESS | HOPELESS:
            return 1
        return 1 + (RETRIES if self.times == FOREVER else min(self.times, RETRIES))

    def expected_to_pass(self, repeatable: bool) -> bool:
        """Whether retries alone get over the fault."""
        if self.fault in HARMLESS:
            return True
        if self.fault in HOPELESS:
            return False
        may_be_repeated = repeatable or self.fault.startswith("rate-limit")
        return may_be_repeated and self.times != FOREVER and self.times <= RETRIES


def run_cells(
    shell: type[ProviderProcess],
    check: Callable[[Cell], None],
    lasting: Collection[str] = FAULTS,
    **config: Any,
) -> None:
    """Run a check in every cell and report all that fail."""

    def run(cell: tuple[str, Any]) -> str:
        fault, times = cell
        with Emulator(faults=True) as emulator:
            settings = {
                "flashback:baseUrl": emulator.base_url,
                "flashback:timeout": str(TIMEOUT_SECONDS),
                "flashback:maxRetries": str(RETRIES),
                **{
                    f"flashback:{name}": value(emulator) if callable(value) else value
                    for name, value in config.items()
                },
            }
            with shell(settings) as provider:
                try:
                    check(Cell(emulator, provider, fault, times))
                except AssertionError as error:
                    return f"{fault} x {times}: {error}"
        return ""

    with ThreadPoolExecutor(AT_ONCE) as pool:
        cells = [each for each in CELLS[shell] if each[1] != FOREVER or each[0] in lasting]
        failures = [failure for failure in pool.map(run, cells) if failure]
    assert not failures, "\n".join(failures)


def token(emulator: Emulator) -> str:
    return emulator.token


def test_create(shell: type[ProviderProcess]) -> None:
    def check(cell: Cell) -> None:
        cell.suffer("POST /apikeys")
        created, error = cell.try_(lambda: cell.provider.create(cell.inputs))
        fault = NAMED[FAULTS[cell.fault]["fault"]]
        committed = fault.commit and not fault.stall_before
        assert bool(created) is (committed or cell.expected_to_pass(repeatable=False)), error
        assert cell.live() == ([created[0]] if created else []), error
        if created:
            assert created[1]["apiKeyId"] == created[0]
            assert created[1]["secret"] == SECRET
        sent = cell.emulator.count("POST", "/apikeys")
        repeated = cell.fault.startswith("rate-limit") and cell.fault not in HOPELESS
        most = RETRIES if cell.times == FOREVER else min(cell.times, RETRIES)
        assert sent == (1 + most if repeated else 1)

    run_cells(shell, check, token=token)


def test_read(shell: type[ProviderProcess]) -> None:
    def check(cell: Cell) -> None:
        identifier, state = cell.provider.create(cell.inputs)
        cell.suffer("GET /apikeys")
        found, error = cell.try_(lambda: cell.provider.read(identifier, state))
        assert bool(found) is cell.expected_to_pass(repeatable=True), error
        if found:
            assert found == (identifier, state, cell.inputs)
        assert cell.emulator.count("GET", "/apikeys") == cell.expected_requests()
        assert cell.live() == [identifier]

    run_cells(shell, check, token=token)


def test_update(shell: type[ProviderProcess]) -> None:
    def check(cell: Cell) -> None:
        identifier, state = cell.provider.create(cell.inputs)
        wanted = {**cell.inputs, "secret": ROTATED}
        cell.suffer("PUT /apikeys/{id}")
        outputs, error = cell.try_(lambda: cell.provider.update(identifier, state, wanted))
        # an update has nothing to give back
        accepted = cell.fault in {"without-id", "empty-body"}
        assert bool(outputs) is (accepted or cell.expected_to_pass(repeatable=True)), error
        sent = cell.emulator.count("PUT", "/apikeys/{id}")
        once = 1 if accepted else cell.expected_requests()
        in_doubt = "The platform may hold the new values" in error
        if in_doubt and cell.fault not in HOPELESS:  # the dynamic provider tries again
            assert sent > once
            assert sent % once == 0
        else:
            assert sent == once
        if outputs:
            assert cell.emulator.api_keys()[0]["secret"] == ROTATED
        cell.emulator.clear_faults()
        assert cell.provider.update(identifier, state, wanted)["secret"] == ROTATED
        assert cell.emulator.api_keys()[0]["secret"] == ROTATED
        assert cell.live() == [identifier]

    run_cells(shell, check, LASTING_UPDATES, token=token)


def test_delete(shell: type[ProviderProcess]) -> None:
    def check(cell: Cell) -> None:
        identifier, state = cell.provider.create(cell.inputs)
        cell.suffer("DELETE /apikeys/{id}")
        _, error = cell.try_(lambda: cell.provider.delete(identifier, state))
        assert cell.live() == ([identifier] if error else []), error
        fault = NAMED[FAULTS[cell.fault]["fault"]]
        if cell.expected_to_pass(repeatable=True) or (fault.commit and not fault.stall_before):
            assert not error
        cell.emulator.clear_faults()
        cell.provider.delete(identifier, state)
        assert cell.live() == []

    run_cells(shell, check, token=token)


def test_login(shell: type[ProviderProcess]) -> None:
    def check(cell: Cell) -> None:
        cell.suffer("POST /user/login")
        created, error = cell.try_(lambda: cell.provider.create(cell.inputs))
        assert bool(created) is cell.expected_to_pass(repeatable=True), error
        assert cell.live() == ([created[0]] if created else [])
        assert cell.emulator.count("POST", "/user/login") == cell.expected_requests()
        if error:
            assert "POST /user/login" in error
            cell.emulator.clear_faults()
            assert cell.provider.create(cell.inputs)[0] == cell.live()[0]

    run_cells(shell, check, email=lambda e: e.email, password=lambda e: e.password)


def test_refresh(shell: type[ProviderProcess]) -> None:
    def check(cell: Cell) -> None:
        cell.suffer("POST /user/refresh")
        created, error = cell.try_(lambda: cell.provider.create(cell.inputs))
        if cell.times != FOREVER and not NAMED[FAULTS[cell.fault]["fault"]].commit:
            assert bool(created) is cell.expected_to_pass(repeatable=True), error
        assert cell.live() == ([created[0]] if created else [])
        if error:
            assert "POST /user/refresh" in error

    run_cells(shell, check, token="expired", refreshToken=_refresh_token)


def _refresh_token(emulator: Emulator) -> str:
    from pulumi_flashback.client import FlashbackClient

    with FlashbackClient(emulator.base_url) as client:
        return client.login(emulator.email, emulator.password).refresh_token or ""


@pytest.fixture
def cell(shell: type[ProviderProcess]) -> Iterator[Cell]:
    """Return a cell without a fault."""
    with Emulator(faults=True) as emulator:
        config = {
            "flashback:baseUrl": emulator.base_url,
            "flashback:token": emulator.token,
            "flashback:timeout": str(TIMEOUT_SECONDS),
            "flashback:maxRetries": "0",
        }
        with shell(config) as provider:
            yield Cell(emulator, provider, "commit-then-reset", 1)


FORBIDDEN = {
    "fault": "none",
    "status": 403,
    "body": '{"success": false, "message": "Insufficient permissions"}',
    "times": FOREVER,
}


def test_the_list_fails_after_an_unclear_create(cell: Cell) -> None:
    cell.emulator.script_faults(
        {
            "POST /apikeys": ["commit-then-reset"],
            "GET /apikeys": ["none", {"fault": "503", "times": FOREVER}],
        }
    )
    _, error = cell.try_(lambda: cell.provider.create(cell.inputs))
    assert len(cell.live()) == 1
    assert "no clear answer came (POST /apikeys: the connection broke" in error
    assert "could not find out (GET /apikeys: 503" in error
    assert "Look in workspace workspace-uuid for a key of provider AWS" in error
    assert "`flashback orphans`" in error


def test_the_list_is_forbidden(cell: Cell) -> None:
    cell.emulator.script_faults({"GET /apikeys": [FORBIDDEN]})
    identifier, _ = cell.provider.create(cell.inputs)
    assert cell.live() == [identifier]
    cell.emulator.script_faults({"POST /apikeys": ["commit-then-reset"]})
    other = {**cell.inputs, "key": "CANARYKEY-OTHER"}
    _, error = cell.try_(lambda: cell.provider.create(other))
    assert len(cell.live()) == 2
    assert "cannot be listed. Look in workspace workspace-uuid" in error


def test_another_stack_creates_another_key_meanwhile(cell: Cell) -> None:
    cell.provider.create({**cell.inputs, "key": "CANARYKEY-FIRST"})
    stranger = cell.emulator.add_api_key(key="CANARYKEY-STRANGER", provider="AWS")
    cell.emulator.script_faults({"POST /apikeys": ["commit-then-reset"]})
    identifier, _ = cell.provider.create(cell.inputs)
    (ours,) = [row["id"] for row in cell.emulator.api_keys() if row["key"] == KEY]
    assert identifier == ours != stranger


def test_another_stack_creates_the_same_key_and_the_refusal_is_lost(cell: Cell) -> None:
    stranger = cell.emulator.add_api_key(key=KEY, provider="AWS")
    cell.emulator.script_faults({"POST /apikeys": ["commit-then-reset"]})
    _, error = cell.try_(lambda: cell.provider.create(cell.inputs))
    assert cell.live() == [stranger]
    assert "Wait a minute, then run `pulumi up` again" in error
    _, error = cell.try_(lambda: cell.provider.create(cell.inputs))
    assert f"an identical API key with id {stranger} exists already" in error


def test_a_late_commit_is_named_by_the_next_run(cell: Cell) -> None:
    late = {"fault": "stall-before-commit", "stallBefore": TIMEOUT_SECONDS + 7}
    cell.emulator.script_faults({"POST /apikeys": [late]})
    _, error = cell.try_(lambda: cell.provider.create(cell.inputs))
    assert "none is listed. Wait a minute, then run `pulumi up` again: if it was created" in error
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not cell.live() and time.monotonic() < deadline:
        time.sleep(0.1)
    _, error = cell.try_(lambda: cell.provider.create(cell.inputs))
    assert f"an identical API key with id {cell.live()[0]} exists already" in error


def test_a_commit_that_is_a_little_late_is_found(cell: Cell) -> None:
    late = {"fault": "stall-before-commit", "stallBefore": TIMEOUT_SECONDS + 1}
    cell.emulator.script_faults({"POST /apikeys": [late]})
    identifier, _ = cell.provider.create(cell.inputs)
    assert cell.live() == [identifier]


def test_two_processes_create_the_same_key_at_once(cell: Cell) -> None:
    config = {"flashback:baseUrl": cell.emulator.base_url, "flashback:token": cell.emulator.token}
    with type(cell.provider)(config) as other, ThreadPoolExecutor(2) as pool:
        results = list(
            pool.map(
                lambda provider: cell.try_(lambda: provider.create(cell.inputs)),
                (cell.provider, other),
            )
        )
    (created,) = [result for result, _ in results if result]
    (error,) = [error for _, error in results if error]
    assert cell.live() == [created[0]]
    assert f"an identical API key with id {created[0]} exists already" in error
