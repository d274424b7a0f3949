"""A declaration and a line of the registry: nothing else is written by hand for a resource."""

from __future__ import annotations

import base64
import os
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import pytest

from pulumi_flashback.emulator import Emulator
from tests.contract import driver
from tests.contract.added.badge import BadgeProvider
from tests.contract.conftest import signed_in
from tests.contract.driver import PROVIDERS, NativeProvider, ProviderProcess
from tests.contract.properties import UNKNOWN
from tests.contract.steps import refused

ROOT = Path(__file__).parents[2]
CANARY = "canary-code"
OF_ALL_TYPES: dict[str, Any] = {
    "shape": "OVAL",
    "isBold": True,
    "lineCount": 3,
    "fontSize": 12.5,
    "colors": ["red", "gold"],
    "labels": {"cost_center": "a", "costCenter": "b"},
    "wornDuring": [{"firstHour": {"hourOfDay": 8}, "otherHours": [{"hourOfDay": 9}]}],
}


@pytest.fixture(params=PROVIDERS)
def badge(
    request: pytest.FixtureRequest, flashback_emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ProviderProcess]:
    """Return a provider process whose registry has one line more."""
    monkeypatch.setitem(
        driver.PICKLES, "Badge", base64.b64encode(pickle.dumps(BadgeProvider(), 4)).decode()
    )
    path = os.pathsep.join([str(Path(__file__).parent / "added"), str(ROOT)])
    config = signed_in(flashback_emulator)
    with PROVIDERS[request.param](config, {"PYTHONPATH": path}, "Badge") as process:
        yield process


def test_it_lives_in_both_providers(badge: ProviderProcess, flashback_emulator: Emulator) -> None:
    workspace_id = flashback_emulator.workspace_id
    inputs = {"workspaceId": workspace_id, "text": "Gold", "code": CANARY, **OF_ALL_TYPES}

    assert badge.check(inputs) == (inputs, [])
    assert badge.check({"workspaceId": UNKNOWN, "code": 5, "lineCount": 1.5})[1] == [
        ("text", "text is required"),
        ("", "code must be a string, not a number"),
        ("", "lineCount must be a whole number, not a fraction"),
    ]

    identifier, state = badge.create(inputs)
    assert (identifier, state) == (
        workspace_id,
        {**inputs, "badgeId": workspace_id, "orgId": ANY, "version": 1},
    )
    assert name_of(flashback_emulator) == "Gold"

    assert badge.read(identifier, state) == (identifier, state, inputs)
    flashback_emulator.rename_workspace(workspace_id, "Drift")
    assert badge.read(identifier, state)[2]["text"] == "Drift"

    for name, value in {**OF_ALL_TYPES, "text": "Copper", "wornDuring": []}.items():
        difference = badge.diff(identifier, state, {**inputs, name: value})
        same = difference.DIFF_NONE if value == inputs[name] else difference.DIFF_SOME
        assert (difference.changes, list(difference.replaces)) == (same, []), name
    moved = badge.diff(identifier, state, {**inputs, "workspaceId": "another"})
    assert list(moved.replaces) == ["workspaceId"]
    state = badge.update(identifier, state, {**inputs, "text": "Silver"})
    assert state["text"] == name_of(flashback_emulator) == "Silver"

    if isinstance(badge, NativeProvider):
        assert badge.find(identifier)[2] == {"workspaceId": identifier, "text": "Silver"}

    badge.delete(identifier, state)
    assert name_of(flashback_emulator) == "no badge"
    text = refused(badge.create, {**inputs, "workspaceId": "unknown"})
    assert text.startswith("could not create the Badge: PUT /workspace/{id}: 404 ")
    flashback_emulator.delete_workspace(workspace_id)
    assert badge.read(identifier, state)[0] == ""
    assert CANARY not in badge.stop()


def name_of(emulator: Emulator) -> str | None:
    names = {each.id: each.name for each in emulator.workspaces()}
    return names.get(emulator.workspace_id)
