"""One module of the core, one line of the registry, one class: nothing else is needed for more."""

from __future__ import annotations

import base64
import os
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pulumi_flashback.emulator import Emulator
from pulumi_flashback.native import schema
from pulumi_flashback.resources import RESOURCES
from tests.contract import driver
from tests.contract.added.dynamic import BadgeProvider
from tests.contract.added.resource import BADGE
from tests.contract.driver import NativeProvider, ProviderProcess
from tests.contract.properties import UNKNOWN
from tests.contract.steps import refused

ROOT = Path(__file__).parents[2]
CANARY = "canary-code"


@pytest.fixture
def badge(
    provider_class: type[ProviderProcess],
    flashback_emulator: Emulator,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[ProviderProcess]:
    """Return a provider process whose registry has one line more."""
    monkeypatch.setitem(
        driver.PICKLES, "Badge", base64.b64encode(pickle.dumps(BadgeProvider(), 4)).decode()
    )
    path = os.pathsep.join([str(Path(__file__).parent / "added"), str(ROOT)])
    config = {
        "flashback:baseUrl": flashback_emulator.base_url,
        "flashback:token": flashback_emulator.token,
    }
    with provider_class(config, {"PYTHONPATH": path}, "Badge") as process:
        yield process


def test_it_lives_in_both_providers(badge: ProviderProcess, flashback_emulator: Emulator) -> None:
    workspace_id = flashback_emulator.workspace_id
    inputs: dict[str, Any] = {"workspaceId": workspace_id, "text": "Gold", "code": CANARY}

    assert badge.check(inputs) == (inputs, [])
    assert badge.check({"workspaceId": UNKNOWN, "code": 5})[1] == [
        ("text", "text is required"),
        ("", "code must be a string, not a number"),
    ]

    identifier, state = badge.create(inputs)
    assert (identifier, state) == (workspace_id, {**inputs, "badgeId": workspace_id})
    assert badge.log == ["made a badge"]
    assert name_of(flashback_emulator) == "Gold"

    assert badge.read(identifier, state) == (identifier, state, inputs)
    flashback_emulator.rename_workspace(workspace_id, "Drift")
    assert badge.read(identifier, state)[2]["text"] == "Drift"

    changed = {**inputs, "text": "Silver"}
    difference = badge.diff(identifier, state, changed)
    assert (difference.changes, list(difference.replaces)) == (difference.DIFF_SOME, [])
    moved = badge.diff(identifier, state, {**changed, "workspaceId": "another"})
    assert list(moved.replaces) == ["workspaceId"]
    state = badge.update(identifier, state, changed)
    assert state["text"] == name_of(flashback_emulator) == "Silver"

    if isinstance(badge, NativeProvider):
        assert badge.find(identifier)[2] == {"workspaceId": identifier, "text": "Silver"}

    badge.delete(identifier, state)
    assert name_of(flashback_emulator) == "no badge, was Silver"
    text = refused(badge.create, {**inputs, "workspaceId": "unknown"})
    assert text.startswith("could not create the Badge: PUT /workspace/{id}: 404 ")
    flashback_emulator.delete_workspace(workspace_id)
    assert badge.read(identifier, state)[0] == ""
    assert CANARY not in badge.stop()


def test_it_is_in_the_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "RESOURCES", (*RESOURCES, BADGE))
    monkeypatch.setattr(schema, "_example", lambda name: f"How to use {name}.")
    described = schema.package_schema()["resources"]["flashback:index:Badge"]
    assert described["requiredInputs"] == ["workspaceId", "text"]
    assert described["inputProperties"]["code"]["secret"] is True
    assert described["inputProperties"]["workspaceId"]["willReplaceOnChanges"] is True
    assert set(described["properties"]) == {"workspaceId", "text", "code", "badgeId"}


def name_of(emulator: Emulator) -> str | None:
    names = {each.id: each.name for each in emulator.workspaces()}
    return names.get(emulator.workspace_id)
