"""Secrets in what the engine shows and stores, where the dynamic provider cannot mark them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.conftest import Start
from tests.engine.stack import CANARIES, key

pytestmark = pytest.mark.engine


def test_no_secret_is_shown_or_stored_in_plain_text(start: Start) -> None:
    stack = start()
    emulator, home = stack.emulator, stack.emulator.workspace_id
    existing = emulator.add_api_key(key="canary-existing", secret="canary-s", provider="AZURE")

    def declare(number: int, **options: Any) -> None:
        made = key(
            home,
            key=f"canary-key-{number}",
            secret="of the program",
            description=f"!canary-description-{number}",
            rotation_triggers={"a": f"!canary-trigger-{number}"},
            opts=options,
        )
        found = {"is": "ApiKey", "id": existing, "workspace_id": home}
        stack.declare({"key": made, "found": found})

    declare(1, transforms=[{"secret": "canary-by-transform-1"}])
    stack.preview()
    stack.up()
    stack.refresh()
    declare(2, transforms=[{"secret": "canary-by-transform-2"}])
    stack.preview()
    stack.up("--diff")
    (identifier,) = stack.ids("ApiKey").values()
    secrets = {row["id"]: row["secret"] for row in emulator.api_keys()}
    assert secrets[identifier] == "canary-by-transform-2"
    drift = {"key": "canary-drift", "description": "canary-drift"}
    emulator.update_api_key(identifier, drift)
    emulator.update_api_key(existing, {"key": "canary-drift-of-the-existing"})
    stack.refresh("--diff")
    stack.preview()
    stack.up("--diff")
    stack.assert_silent()

    # at this level the engine itself prints every property that crosses its wires
    declare(3)
    printed = stack.project.pulumi(
        "up", "--yes", "--skip-preview", "--stack", "dev", "-v=9", "--logtostderr"
    )
    lines = [line for line in printed.splitlines() if "arshaling property for RPC" not in line]
    for canary in (*CANARIES, stack.project.variables["FLASHBACK_TOKEN"]):
        assert not [line for line in lines if canary in line]

    # what is only read is not deleted
    stack.destroy()
    assert [row["id"] for row in emulator.api_keys()] == [existing]
    stack.assert_silent()
