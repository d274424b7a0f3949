"""Faults that come together, and faults of signing in: what each single one does is in the suite."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from pulumi_flashback.client import FlashbackClient
from pulumi_flashback.emulator import Emulator
from pulumi_flashback.emulator.faults import FOREVER, NAMED
from tests.contract.conftest import KEY, Start
from tests.contract.steps import FORBIDDEN, one_fails, refused
from tests.lifecycle.conftest import process
from tests.lifecycle.test_faults import FAULTS, HARMLESS, HOPELESS, RATE_LIMITS, RETRIES, attempt

LOST = "commit-then-reset"
TIMEOUT_SECONDS = 2.0
ONCE = {"timeout": str(TIMEOUT_SECONDS), "maxRetries": "0"}
"""The config of a process that sends each request once."""


def wanted(emulator: Emulator, key: str = KEY) -> dict[str, Any]:
    credentials = {"key": key, "secret": "canary-secret", "provider": "AWS"}
    return {"workspaceId": emulator.workspace_id, **credentials}


def live(emulator: Emulator) -> list[str]:
    return [row["id"] for row in emulator.api_keys()]


def refresh_token(emulator: Emulator) -> str:
    with FlashbackClient(emulator.base_url) as client:
        return client.login(emulator.email, emulator.password).refresh_token or ""


def sign_in(operation: str, fault: str, times: Any) -> str:
    """Create a key with a fault while signing in; return what is wrong afterwards."""
    with Emulator(faults=True) as emulator:
        credentials: dict[str, Any] = {
            "login": {"token": "", "email": emulator.email, "password": emulator.password},
            "refresh": {"token": "expired", "refreshToken": refresh_token(emulator)},
        }[operation]
        emulator.script_faults({f"POST /user/{operation}": [{**FAULTS[fault], "times": times}]})
        emulator.requests.clear()
        # what differs between the providers is nothing that these have to do with
        with process("dynamic", emulator, timeout=str(TIMEOUT_SECONDS), **credentials) as provider:
            created, error = attempt(lambda: provider.create(wanted(emulator)))
            if live(emulator) != ([created[0]] if created else []):
                return f"{operation} {fault} x {times}: {error}"
            passes = fault in HARMLESS or (fault not in HOPELESS and times in (1, *range(RETRIES)))
            # a refresh token works once: if the response is lost, it is lost as well
            certain = operation == "login" or not NAMED[FAULTS[fault]["fault"]].commit
            if certain and fault not in RATE_LIMITS and passes is not bool(created):
                return f"{operation} {fault} x {times}: {error or 'it passed'}"
            if error and f"POST /user/{operation}" not in error:
                return f"{operation} {fault} x {times}: {error} does not name the request"
    return ""


@pytest.mark.parametrize("operation", ["login", "refresh"])
def test_signing_in(operation: str) -> None:
    cases = [(f, n) for f in FAULTS for n in (1, FOREVER) if n == 1 or f not in RATE_LIMITS]
    with ThreadPoolExecutor(8) as pool:
        wrong = pool.map(lambda case: sign_in(operation, *case), cases)
        assert [each for each in wrong if each] == []


def test_the_list_fails_after_an_unclear_create(start: Start) -> None:
    emulator, provider = start(**ONCE)
    broken = ["none", {"fault": "503", "times": FOREVER}]
    emulator.script_faults({"POST /apikeys": [LOST], "GET /apikeys": broken})
    error = refused(provider.create, wanted(emulator))
    assert len(live(emulator)) == 1
    assert "no clear response came (POST /apikeys: the connection broke" in error
    assert "could not find out (GET /apikeys: 503" in error
    assert "Look in workspace workspace-uuid for a key of provider AWS" in error
    assert "`flashback orphans`" in error


def test_the_list_is_forbidden(start: Start) -> None:
    emulator, provider = start(**ONCE)
    emulator.script_faults({"GET /apikeys": [FORBIDDEN]})
    identifier, _ = provider.create(wanted(emulator))
    assert live(emulator) == [identifier]
    emulator.script_faults({"POST /apikeys": [LOST]})
    error = refused(provider.create, wanted(emulator, "CANARYKEY-OTHER"))
    assert len(live(emulator)) == 2
    assert "cannot be listed. Look in workspace workspace-uuid" in error


def test_another_stack_creates_another_key_meanwhile(start: Start) -> None:
    emulator, provider = start(**ONCE)
    provider.create(wanted(emulator, "CANARYKEY-FIRST"))
    stranger = emulator.add_api_key(key="CANARYKEY-STRANGER", provider="AWS")
    emulator.script_faults({"POST /apikeys": [LOST]})
    identifier, _ = provider.create(wanted(emulator))
    (ours,) = [row["id"] for row in emulator.api_keys() if row["key"] == KEY]
    assert identifier == ours != stranger


def test_another_stack_creates_the_same_key_and_the_refusal_is_lost(start: Start) -> None:
    emulator, provider = start(**ONCE)
    stranger = emulator.add_api_key(key=KEY, provider="AWS")
    emulator.script_faults({"POST /apikeys": [LOST]})
    error = refused(provider.create, wanted(emulator))
    assert live(emulator) == [stranger]
    assert "Wait a minute, then run `pulumi up` again" in error
    error = refused(provider.create, wanted(emulator))
    assert f"an identical API key with id {stranger} already exists" in error


@pytest.mark.parametrize("found", [True, False])
def test_a_late_commit_is_found_or_named_by_the_next_run(start: Start, found: bool) -> None:
    """The commit comes between two looks at the list, or after the last one."""
    emulator, provider = start(**ONCE)
    looks = ["none", "none", {"fault": "none", "stallBefore": 1.5 if found else 0}]
    late = {"fault": "stall-before-commit", "stallBefore": TIMEOUT_SECONDS + (1 if found else 3)}
    emulator.script_faults({"POST /apikeys": [late], "GET /apikeys": looks})
    if found:
        identifier, _ = provider.create(wanted(emulator))
        assert live(emulator) == [identifier]
        return
    error = refused(provider.create, wanted(emulator))
    assert "none is listed. Wait a minute, then run `pulumi up` again: if it was created" in error
    while not live(emulator):
        time.sleep(0.05)
    error = refused(provider.create, wanted(emulator))
    assert f"an identical API key with id {live(emulator)[0]} already exists" in error


def test_two_processes_create_the_same_key_at_once(start: Start) -> None:
    emulator, one = start(**ONCE)
    _, other = start(on=emulator, **ONCE)
    creates = (lambda each=each: each.create(wanted(emulator)) for each in (one, other))
    (created, _), error = one_fails(*creates)
    assert live(emulator) == [created]
    assert f"an identical API key with id {created} already exists" in error


def test_a_lost_create_is_found_although_the_list_lags(start: Start) -> None:
    emulator, provider = start("list_lag=2", maxRetries="1")
    emulator.script_faults({"POST /apikeys": [LOST]})
    assert live(emulator) == [] != [provider.create(wanted(emulator))[0]]
    assert len(live(emulator)) == 1
