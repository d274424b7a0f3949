"""``adopt_existing``: a new key that is refused as a duplicate takes over the existing one."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_flashback.emulator import Emulator, EmulatorSettings
from pulumi_flashback.testing import EmulatorFactory
from tests.contract.conftest import KEY, SECRET, ProviderFactory
from tests.contract.driver import ProviderFailureError, ProviderProcess
from tests.contract.steps import together

Inputs = dict[str, Any]
ENDPOINT = "s3.us-east-1.amazonaws.com"


@pytest.fixture
def existing(flashback_emulator: Emulator) -> str:
    """The id of a key that exists, with another secret and other fields."""
    return flashback_emulator.add_api_key(
        key=KEY, secret="old", endpoint=ENDPOINT, description="old", tenantId="old"
    )


def test_it_is_off_by_default_and_named_as_a_way_out(
    provider: ProviderProcess, inputs: Inputs, existing: str, flashback_emulator: Emulator
) -> None:
    for wanted in (inputs, {**inputs, "adoptExisting": False}):
        with pytest.raises(ProviderFailureError, match="adopt_existing=True") as failure:
            provider.create(wanted)
        assert existing in str(failure.value)
    assert flashback_emulator.api_keys()[0]["secret"] == "old"


def test_the_setting_adopts_as_the_input_does(
    make_provider: ProviderFactory, flashback_emulator: Emulator, inputs: Inputs, existing: str
) -> None:
    provider = make_provider(flashback_emulator, adoptExisting="true")
    identifier, state = provider.create(inputs)
    (row,) = flashback_emulator.api_keys()
    assert identifier == existing == row["id"]
    # what is not declared is cleared
    assert (row["secret"], row["description"], row["tenantId"]) == (SECRET, None, None)
    assert f"adopted API key {existing}" in provider.log[-1]
    assert provider.read(identifier, state) == (identifier, state, inputs)


def test_the_choice_of_a_key_wins_over_the_setting(
    make_provider: ProviderFactory, flashback_emulator: Emulator, inputs: Inputs, existing: str
) -> None:
    provider = make_provider(flashback_emulator, adoptExisting="true")
    with pytest.raises(ProviderFailureError, match="exists already"):
        provider.create({**inputs, "adoptExisting": False})


def test_two_resources_never_get_one_key(
    make_provider: ProviderFactory, flashback_emulator: Emulator, inputs: Inputs, existing: str
) -> None:
    provider = make_provider(flashback_emulator, adoptExisting="true")
    results = together(lambda: provider.create(inputs), lambda: provider.create(inputs))
    (failure,) = [each for each in results if isinstance(each, Exception)]
    assert "another resource of this program holds it" in str(failure)
    assert len(flashback_emulator.api_keys()) == 1


def test_a_key_that_the_stack_has_already_is_not_adopted_twice(
    make_provider: ProviderFactory, flashback_emulator: Emulator, inputs: Inputs
) -> None:
    identifier, state = make_provider(flashback_emulator).create(inputs)
    provider = make_provider(flashback_emulator, adoptExisting="true")
    provider.diff(identifier, state, inputs)
    with pytest.raises(ProviderFailureError, match="another resource of this program holds it"):
        provider.create(inputs)


def test_an_adopted_key_is_not_deleted_under_its_old_name(
    make_provider: ProviderFactory, flashback_emulator: Emulator, inputs: Inputs
) -> None:
    old, state = make_provider(flashback_emulator).create(inputs)
    provider = make_provider(flashback_emulator, adoptExisting="true")
    assert provider.create(inputs)[0] == old
    provider.delete(old, state)
    assert [row["id"] for row in flashback_emulator.api_keys()] == [old]


def test_another_endpoint_is_another_key(
    make_provider: ProviderFactory, flashback_emulator_factory: EmulatorFactory, inputs: Inputs
) -> None:
    emulator = flashback_emulator_factory(EmulatorSettings(duplicate_identity="key+provider"))
    emulator.add_api_key(key=KEY, secret="old", endpoint="elsewhere.example.com")
    provider = make_provider(emulator, adoptExisting="true")
    with pytest.raises(ProviderFailureError, match="cannot be adopted: the list shows none"):
        provider.create(inputs)
    assert emulator.api_keys()[0]["secret"] == "old"
