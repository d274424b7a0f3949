"""A provider process on an emulator."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from pulumi_flashback.emulator import Emulator
from tests.contract.driver import PROVIDERS, NativeProvider, ProviderProcess

ProviderFactory = Callable[..., ProviderProcess]
NativeFactory = Callable[..., NativeProvider]
SECRET = "canary-secret-wJalrXUtnFEMI"
KEY = "CANARYKEY7QX2"


@pytest.fixture(params=PROVIDERS)
def provider_class(request: pytest.FixtureRequest) -> type[ProviderProcess]:
    """Return each provider: what they do must not differ."""
    return PROVIDERS[request.param]


@pytest.fixture
def make_provider(provider_class: type[ProviderProcess]) -> Iterator[ProviderFactory]:
    """Return a function that starts a provider process on an emulator."""
    with ExitStack() as running:

        def make(
            emulator: Emulator, resource: str = "ApiKey", *, hasty: bool = True, **config: Any
        ) -> ProviderProcess:
            process = provider_class(
                _config(emulator, config), resource=resource, warm=True, hasty=hasty
            )
            return running.enter_context(process)

        yield make


@pytest.fixture
def provider(make_provider: ProviderFactory, flashback_emulator: Emulator) -> ProviderProcess:
    """Return a provider process that is signed in by a token."""
    return make_provider(flashback_emulator)


@pytest.fixture
def make_native() -> Iterator[NativeFactory]:
    """Return a function that starts the plugin on an emulator."""
    with ExitStack() as running:
        yield lambda emulator, **config: running.enter_context(
            NativeProvider(_config(emulator, config), warm=True, hasty=True)
        )


@pytest.fixture
def native(make_native: NativeFactory, flashback_emulator: Emulator) -> NativeProvider:
    """Return the plugin, signed in by a token."""
    return make_native(flashback_emulator)


def _config(emulator: Emulator, config: dict[str, Any]) -> dict[str, Any]:
    settings = {"flashback:baseUrl": emulator.base_url, "flashback:token": emulator.token}
    return {**settings, **{f"flashback:{name}": value for name, value in config.items()}}


@pytest.fixture
def inputs() -> dict[str, Any]:
    """Return the inputs of a key in the first workspace of any emulator."""
    return {
        "workspaceId": "workspace-uuid",
        "key": KEY,
        "secret": SECRET,
        "provider": "AWS",
        "endpoint": "s3.us-east-1.amazonaws.com",
        "region": "us-east-1",
    }
