"""Fixtures of all tests."""

from __future__ import annotations

import os
import signal
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from pulumi_flashback.emulator import Emulator
from pulumi_flashback.testing import (
    EmulatorFactory,
    flashback_emulator,
    flashback_emulator_factory,
)
from tests.description import compared_responses
from tools.pulumi_cli import YAML_HOST, CliUnavailableError, ensure_cli, ensure_yaml_host
from tools.record_state import install_sdk

# no deadline: a slow machine is no failure; the same examples in every run
settings.register_profile("tests", deadline=None, derandomize=True)
settings.load_profile("tests")

__all__ = ["flashback_emulator", "flashback_emulator_factory"]

# a shell makes its background jobs ignore SIGINT, and all processes of the tests would inherit this
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what is built for a minute, so that no worker does it when all others are done."""
    items.sort(key=lambda item: item.get_closest_marker("sdk") is None)


@pytest.fixture(autouse=True)
def no_settings_of_the_developer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep variables of the person who runs the tests out of them."""
    for name in list(os.environ):
        if name.startswith("FLASHBACK_") and not name.startswith("FLASHBACK_TEST_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")


@pytest.fixture(scope="session")
def undescribed() -> Iterator[set[str]]:
    """Return where responses of emulators differ from the description of the API."""
    with compared_responses() as found:
        yield found


@pytest.fixture(autouse=True)
def responses_as_described(undescribed: set[str]) -> Iterator[None]:
    """Let a test fail in which an emulator responds what the description of the API excludes."""
    yield
    found = sorted(undescribed)
    undescribed.clear()
    assert not found


@pytest.fixture
def faulty_emulator(flashback_emulator_factory: EmulatorFactory) -> Emulator:
    """Return an emulator that takes faults to make."""
    return flashback_emulator_factory(faults=True)


@pytest.fixture(scope="session")
def pulumi_cli() -> Path:
    """Return the directory of a real CLI; without one these tests are skipped, loudly."""
    try:
        return ensure_cli().directory
    except CliUnavailableError as error:
        if os.environ.get("FLASHBACK_TEST_REQUIRE_CLI"):
            raise
        reason = f"THE ENGINE TESTS DO NOT RUN: {error}"
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(reason, stacklevel=1)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def yaml_host() -> Path:
    """Return the directory of what runs programs in YAML."""
    try:
        return ensure_yaml_host(ensure_cli())
    except CliUnavailableError as error:
        if os.environ.get("FLASHBACK_TEST_REQUIRE_CLI"):
            raise
        pytest.skip(f"{YAML_HOST} IS NOT THERE: {error}")


@pytest.fixture(scope="session")
def installed_sdk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory with the Python SDK, as an installation has it."""
    return install_sdk(tmp_path_factory.mktemp("sdk"))
