"""Any order of operations, faults and changes from outside keeps state and backend in step.

Profiles: a fixed seed by default, `make soak` for long random runs.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from pulumi_flashback.client import FlashbackClient, FlashbackError, retry
from pulumi_flashback.core import create_once
from pulumi_flashback.core.context import Context
from pulumi_flashback.emulator import Emulator
from pulumi_flashback.emulator.faults import FOREVER
from pulumi_flashback.resources.api_key import API_KEY
from tests.lifecycle.test_faults import QUICK

SOAK = bool(os.environ.get("FLASHBACK_TEST_SOAK"))
PROFILE = settings(
    max_examples=2000 if SOAK else 30,
    stateful_step_count=60 if SOAK else 25,
    derandomize=not SOAK,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)

NAMES = st.sampled_from(["a", "b", "c"])
FAULTS = st.sampled_from([None, None, *QUICK])
TIMES = st.sampled_from([1, 2, FOREVER])
FIELDS = st.sampled_from(["region", "description", "endpoint"])
VALUES = st.sampled_from([None, "one", "two.example.com"])

Properties = dict[str, Any]


class Life(RuleBasedStateMachine):
    """The keys of one stack, and everything that happens to them."""

    emulator: Emulator

    def __init__(self) -> None:
        super().__init__()
        self.workspaces = [self.emulator.add_workspace(f"w{n}").id for n in range(2)]
        self.state: dict[str, tuple[str, Properties]] = {}
        self.gone_outside: set[str] = set()
        self.named: set[str] = set()  # keys that an error has told of
        self.rotations = 0
        self.start_process()

    def start_process(self) -> None:
        self.client = FlashbackClient(
            self.emulator.base_url,
            email=self.emulator.email,
            password=self.emulator.password,
            max_retries=1,
        )
        self.context = Context(self.client)

    def teardown(self) -> None:
        self.client.close()
        self.emulator.clear_faults()

    def live(self) -> dict[str, Properties]:
        return {row["id"]: row for each in self.workspaces for row in self.emulator.api_keys(each)}

    def suffer(self, operation: str, fault: str | None, times: Any) -> None:
        self.emulator.clear_faults()
        if fault:
            self.emulator.script_faults({operation: [{"fault": fault, "times": times}]})

    def inputs(self, name: str, workspace: int = 0) -> Properties:
        return {
            "workspaceId": self.workspaces[workspace],
            "key": f"KEY-{name}-7QX2",
            "secret": "secret-0",
            "provider": "AWS",
        }

    def try_create(self, inputs: Properties) -> tuple[str, Properties] | None:
        before = set(self.live())
        try:
            created = API_KEY.create(self.context, inputs)
        except FlashbackError as error:
            text = str(error)
        else:
            self.named.discard(created[0])  # a later attempt has found it
            return created
        new = set(self.live()) - before
        assert len(new) <= 1
        assert not new or "Look in workspace" in text
        self.named |= new
        return None

    @rule(name=NAMES, fault=FAULTS, times=TIMES, blind=st.booleans())
    def create(self, name: str, fault: str | None, times: Any, blind: bool) -> None:
        if name in self.state:
            return
        self.suffer("POST /apikeys", fault, times)
        if blind:
            self.emulator.script_faults({"GET /apikeys": [{"fault": "503", "times": FOREVER}]})
        created = self.try_create(self.inputs(name))
        if created:
            self.state[name] = created

    @rule(name=NAMES, field=FIELDS, value=VALUES, fault=FAULTS, times=TIMES)
    def update(
        self, name: str, field: str, value: str | None, fault: str | None, times: Any
    ) -> None:
        if name not in self.state:
            return
        identifier, state = self.state[name]
        self.rotations += 1
        wanted = {**API_KEY.inputs_of(state), "secret": f"secret-{self.rotations}", field: value}
        wanted = {key: value for key, value in wanted.items() if value is not None}
        self.suffer("PUT /apikeys/{id}", fault, times)
        try:
            self.state[name] = (
                identifier,
                API_KEY.update(self.context, identifier, state, wanted),
            )
        except FlashbackError:
            return
        row = self.live()[identifier]
        assert row["secret"] == wanted["secret"]
        if value != state.get(field):  # otherwise only a refresh would tell of a change outside
            assert (row[field] or None) == value

    @rule(name=NAMES, fault=FAULTS, times=TIMES)
    def move(self, name: str, fault: str | None, times: Any) -> None:
        if name not in self.state:
            return
        old, state = self.state[name]
        other = 1 - self.workspaces.index(state["workspaceId"])
        wanted = {**API_KEY.inputs_of(state), "workspaceId": self.workspaces[other]}
        self.suffer("POST /apikeys", fault, times)
        created = self.try_create(wanted)
        self.emulator.clear_faults()
        if created:
            self.state[name] = created
            API_KEY.delete(self.context, old, state)

    @rule(name=NAMES, fault=FAULTS, times=TIMES)
    def delete(self, name: str, fault: str | None, times: Any) -> None:
        if name not in self.state:
            return
        identifier, state = self.state[name]
        self.suffer("DELETE /apikeys/{id}", fault, times)
        try:
            API_KEY.delete(self.context, identifier, state)
        except FlashbackError:
            return
        assert identifier not in self.live()
        del self.state[name]

    @rule(fault=FAULTS, times=TIMES)
    def refresh(self, fault: str | None, times: Any) -> None:
        self.next_run()  # a command of its own
        self.suffer("GET /apikeys", fault, times)
        for name, (identifier, state) in list(self.state.items()):
            try:
                found = API_KEY.read(self.context, identifier, state)
            except FlashbackError:
                continue
            if found is None:
                assert identifier in self.gone_outside
                del self.state[name]
                continue
            row = self.live()[identifier]
            for field in ("region", "description", "endpoint", "provider", "key"):
                assert found.get(field) == (row[field] or None)
            self.state[name] = (identifier, found)

    @precondition(lambda self: self.state)
    @rule(name=NAMES, field=FIELDS, value=VALUES)
    def change_outside(self, name: str, field: str, value: str | None) -> None:
        if name in self.state:
            self.emulator.update_api_key(self.state[name][0], {field: value})

    @precondition(lambda self: self.state)
    @rule(name=NAMES)
    def delete_outside(self, name: str) -> None:
        if name in self.state:
            identifier = self.state[name][0]
            self.emulator.delete_api_key(identifier)
            self.gone_outside.add(identifier)

    @rule()
    def token_expires(self) -> None:
        self.client._session._token = "expired"

    @rule()
    def next_run(self) -> None:
        self.client.close()
        self.start_process()

    @rule()
    def clean_up_what_errors_told_of(self) -> None:
        for identifier in self.named:
            self.emulator.delete_api_key(identifier)
        self.named.clear()

    @invariant()
    def state_and_backend_are_in_step(self) -> None:
        known = {identifier for identifier, _ in self.state.values()}
        assert len(known) == len(self.state)
        assert set(self.live()) == (known - self.gone_outside) | self.named


def test_life(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "FIRST_WAIT_SECONDS", 0.001)
    monkeypatch.setattr(create_once, "LOOK_AFTER_SECONDS", (0.0, 0.001))
    with Emulator(faults=True) as emulator:
        machine = type("Life", (Life,), {"emulator": emulator})
        run: Callable[..., None] = run_state_machine_as_test
        run(machine, settings=PROFILE)
