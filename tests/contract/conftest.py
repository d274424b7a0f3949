"""A provider process on an emulator."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from pulumi_flashback.emulator import Emulator
from tests.contract.driver import DynamicProvider

ProviderFactory = Callable[..., DynamicProvider]
SECRET = "canary-secret-wJalrXUtnFEMI"
KEY = "CANARYKEY7QX2"


@pytest.fixture
def make_provider() -> Iterator[ProviderFactory]:
    """Return a function that starts a provider process on an emulator."""
    with ExitStack() as running:

        def make(emulator: Emulator, **config: Any) -> DynamicProvider:
            settings = {"flashback:baseUrl": emulator.base_url, "flashback:token": emulator.token}
            settings.update({f"flashback:{name}": value for name, value in config.items()})
            return running.enter_context(DynamicProvider(settings))

        yield make


@pytest.fixture
def provider(make_provider: ProviderFactory, flashback_emulator: Emulator) -> DynamicProvider:
    """Return a provider process that is signed in by a token."""
    return make_provider(flashback_emulator)


@pytest.fixture
def inputs(flashback_emulator: Emulator) -> dict[str, Any]:
    """Return the inputs of a key."""
    return {
        "workspaceId": flashback_emulator.workspace_id,
        "key": KEY,
        "secret": SECRET,
        "provider": "AWS",
        "endpoint": "s3.us-east-1.amazonaws.com",
        "region": "us-east-1",
    }
