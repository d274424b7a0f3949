"""One life of keys in each shell: the same answers, the same words, the same requests."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from pulumi_flashback.core.ownership import MARK
from pulumi_flashback.emulator import Emulator, EmulatorSettings
from tests.contract.conftest import KEY, SECRET
from tests.contract.driver import SHELLS, UNKNOWN, ProviderFailureError, ProviderProcess

Step = Callable[[], Any]


def inputs_of(emulator: Emulator) -> dict[str, Any]:
    return {
        "workspaceId": emulator.workspace_id,
        "key": KEY,
        "secret": SECRET,
        "provider": "AWS",
        "endpoint": "s3.example.com",
        "region": "us-east-1",
    }


def difference(
    provider: ProviderProcess, identifier: str, state: dict[str, Any], wanted: dict[str, Any]
) -> dict[str, Any]:
    answer = provider.diff(identifier, state, wanted)
    return {"changes": answer.changes, "replaces": sorted(answer.replaces)}


def life(provider: ProviderProcess, emulator: Emulator) -> list[tuple[str, Any]]:
    """Do everything that can be done to a key, and note what comes of it."""
    inputs = inputs_of(emulator)
    notes: list[tuple[str, Any]] = []

    def note(name: str, step: Step) -> Any:
        result: Any = None
        try:
            result = step()
            notes.append((name, result))
        except ProviderFailureError as failure:
            notes.append((name, failure.message))
        return result

    wrong: dict[str, Any]
    for wrong in (
        {},
        {**inputs, "key": " "},
        {**inputs, "secret": 5, "region": [], "colour": "blue", "endpoint": "no host"},
        {**inputs, "adoptExisting": "yes", "rotationTriggers": {"a": 5}},
        {**inputs, "provider": "IBM"},
        dict.fromkeys(inputs, UNKNOWN),
        {**inputs, "colour": UNKNOWN, "rotationTriggers": {"a": UNKNOWN, "b": 5, "c": None}},
        {**inputs, "rotationTriggers": {"a": None}},
    ):
        note("check", partial(provider.check, wrong))
    made = note("create", lambda: provider.create(inputs))
    identifier, state = made
    note("create a twin", lambda: provider.create(inputs))
    note("create in no workspace", lambda: provider.create({**inputs, "workspaceId": "nowhere"}))
    note("refresh", lambda: provider.read(identifier, state))
    for name, changed in {
        "nothing": inputs,
        "secret": {**inputs, "secret": "another"},
        "unknown": {**inputs, "region": UNKNOWN},
        "workspace": {**inputs, "workspaceId": emulator.second_workspace_id},
        "removed": {k: v for k, v in inputs.items() if k != "region"},
        "triggers": {**inputs, "rotationTriggers": {"at": "1"}},
    }.items():
        note(f"diff {name}", partial(difference, provider, identifier, state, changed))
    rotated = {**inputs, "secret": "another", "rotationTriggers": {"at": "1"}}
    del rotated["region"]
    state = note("update", lambda: provider.update(identifier, state, rotated))
    note("update in vain", lambda: provider.update(identifier, state, {**rotated, "provider": "?"}))
    emulator.update_api_key(identifier, {"description": "drift"})
    note("refresh of drift", lambda: provider.read(identifier, state))
    emulator.mark_in_use(identifier, buckets=2)
    note("delete in use", lambda: provider.delete(identifier, state))
    emulator.mark_in_use(identifier)
    note("delete", lambda: provider.delete(identifier, state))
    note("delete again", lambda: provider.delete(identifier, state))
    note("refresh of nothing", lambda: provider.read(identifier, state))
    note("update of nothing", lambda: provider.update(identifier, state, inputs))
    emulator.expire_tokens()
    note("refresh without a login", lambda: provider.read(identifier, state))
    notes += [("log", text) for text in provider.log]
    return notes


def normal(value: Any, names: dict[str, str]) -> Any:
    """Ids, request ids and times differ from run to run."""
    if isinstance(value, dict):
        return {name: normal(each, names) for name, each in value.items() if name != MARK}
    if isinstance(value, (list, tuple)):
        return [normal(each, names) for each in value]
    if not isinstance(value, str):
        return value
    value = re.sub(r"request id \w+", "request id R", value)
    value = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "T", value)
    found = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
    return found.sub(lambda match: names.setdefault(match[0], f"id-{len(names)}"), value)


@pytest.mark.parametrize(
    "settings",
    [
        EmulatorSettings(),
        EmulatorSettings(listed_key="masked", null_in_update="ignored", in_use_status=403),
        EmulatorSettings(unknown_key_status=403, write_answer="empty", unset_fields="null"),
    ],
    ids=["default", "masked", "terse"],
)
def test_both_shells_do_the_same(settings: EmulatorSettings) -> None:
    lives = {}
    for name, shell in SHELLS.items():
        with Emulator(settings) as emulator:
            config = {"flashback:baseUrl": emulator.base_url, "flashback:token": emulator.token}
            with shell(config) as provider:
                notes = normal(life(provider, emulator), {})
            lives[name] = (notes, list(emulator.requests))
    for dynamic, native in zip(lives["dynamic"][0], lives["native"][0], strict=True):
        assert dynamic == native
    assert lives["dynamic"][1] == lives["native"][1]
    failed = [each for each in lives["native"][0] if str(each[1]).startswith("could not")]
    assert len(failed) >= 6  # so that words were compared
