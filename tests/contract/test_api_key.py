"""``ApiKey``: duplicates, adoption, masks, and how many requests a run costs."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from tests.contract.conftest import KEY, SECRET, Start, in_both_providers
from tests.contract.steps import one_fails, refused, together

Inputs = dict[str, Any]
EXISTING = {"secret": "old", "description": "old", "tenantId": "old"}
HELD = "another resource of this program manages it"


def test_an_unknown_provider_is_warned_of_once(start: Start, inputs: Inputs) -> None:
    _, provider = start()
    for _ in range(2):
        assert provider.check({**inputs, "provider": "IBM"})[1] == []
    (warning,) = provider.log
    assert "(known: AWS, GCP, AZURE, OPENAI, ANTHROPIC, OTHER)" in warning


def test_an_output_of_an_earlier_version_is_no_drift(start: Start, inputs: Inputs) -> None:
    _, provider = start()
    identifier, outputs = provider.create(inputs)
    state = {**outputs, "createdAt": "2026-11-23T18:47:28.552Z"}
    assert provider.read(identifier, state) == (identifier, state, inputs)
    difference = provider.diff(identifier, state, inputs)
    assert difference.changes == difference.DIFF_NONE


def test_another_key_under_a_mask_is_drift(start: Start, inputs: Inputs) -> None:
    emulator, provider = start("listed_key=masked")
    identifier, outputs = provider.create(inputs)
    emulator.update_api_key(identifier, {"key": "ANOTHER-KEY-1234"})
    assert provider.read(identifier, outputs)[1]["key"] == "ANOT****1234"


def test_update_sends_only_what_changed(start: Start, inputs: Inputs) -> None:
    emulator, provider = start()
    identifier, state = provider.create(inputs)
    emulator.update_api_key(identifier, {"description": "of somebody else"})
    provider.update(identifier, state, {**inputs, "secret": "rotated"})
    (row,) = emulator.api_keys()
    assert (row["secret"], row["description"]) == ("rotated", "of somebody else")


@in_both_providers
def test_a_login_is_renewed_once_for_all_threads(start: Start, inputs: Inputs) -> None:
    emulator, _ = start()
    login = {"email": emulator.email, "password": emulator.password, "token": None}
    # config may hold numbers and booleans
    _, provider = start(on=emulator, timeout=12.0, maxRetries=2.0, allowInsecure=True, **login)
    for wave in range(3):
        wanted = [{**inputs, "key": f"{KEY}-{wave}-{n}"} for n in range(4)]
        results = together(*(partial(provider.create, each) for each in wanted))
        assert not [each for each in results if isinstance(each, Exception)]
        emulator.expire_tokens()
    assert len(emulator.api_keys()) == 12
    assert emulator.count("POST", "/user/login") + emulator.count("POST", "/user/refresh") == 3


def test_a_duplicate_names_the_key_that_is_the_cause_and_who_holds_it(
    start: Start, inputs: Inputs
) -> None:
    emulator, provider = start()
    foreign = emulator.add_api_key(key="FOREIGN", secret=SECRET)
    first, _ = provider.create(inputs)
    second = provider.create({**inputs, "key": "OTHER"})
    for identifier, key, held in ((first, KEY, True), (foreign, "FOREIGN", False)):
        wanted = {**inputs, "key": key}
        if not held:
            del wanted["endpoint"]
        for message in (
            refused(provider.update, *second, wanted),
            refused(provider.create, wanted),
        ):
            assert f"with id {identifier} " in message
            assert ("a resource of this program manages it" in message) is held
            assert ("no resource of the program manages it" in message) is not held
            assert "aliases" in message or not held
            assert "API_KEY_ID" not in message


def test_two_spellings_of_one_key_whose_responses_are_lost_are_told_apart(
    start: Start, inputs: Inputs
) -> None:
    emulator, provider = start("unknown_provider=accepted")
    emulator.script_faults({"POST /apikeys": ["commit-then-reset", "commit-then-reset"]})
    spelled = {**inputs, "provider": "aws", "endpoint": f"https://{inputs['endpoint'].upper()}/"}
    results = together(partial(provider.create, inputs), partial(provider.create, spelled))
    assert {each[0] for each in results} == {row["id"] for row in emulator.api_keys()}
    assert emulator.faults_left() == {}


def test_adoption_is_off_by_default_and_named_as_a_way_out(start: Start, inputs: Inputs) -> None:
    emulator, provider = start()
    existing = emulator.add_api_key(key=KEY, endpoint=inputs["endpoint"], **EXISTING)
    adopting = start(on=emulator, adoptExisting="true")[1]
    no = {**inputs, "adoptExisting": False}
    messages = [
        *(refused(provider.create, inputs), refused(provider.create, no)),
        refused(adopting.create, no),  # the choice of a key wins over the setting
    ]
    for message in messages:
        assert "adopt_existing=True" in message
        assert existing in message
    assert emulator.api_keys()[0]["secret"] == "old"


def test_the_setting_adopts_as_the_input_does(start: Start, inputs: Inputs) -> None:
    emulator, provider = start(adoptExisting="true")
    existing = emulator.add_api_key(key=KEY, endpoint=inputs["endpoint"], **EXISTING)
    identifier, state = provider.create(inputs)
    (row,) = emulator.api_keys()
    assert identifier == existing == row["id"]
    # what is not declared is cleared
    assert (row["secret"], row["description"], row["tenantId"]) == (SECRET, None, None)
    assert f"adopted API key {existing}" in provider.log[-1]
    assert provider.read(identifier, state) == (identifier, state, inputs)


@in_both_providers
@pytest.mark.parametrize("adopting", [False, True])
def test_two_resources_never_get_one_key(start: Start, inputs: Inputs, adopting: bool) -> None:
    emulator, provider = start(adoptExisting=str(adopting).lower())
    (identifier, _), message = one_fails(*[partial(provider.create, inputs)] * 2)
    assert (HELD if adopting else f"API key with id {identifier} already exists") in message
    assert [row["id"] for row in emulator.api_keys()] == [identifier]


@in_both_providers
def test_a_key_that_the_stack_has_already_is_not_adopted_twice(
    start: Start, inputs: Inputs
) -> None:
    emulator, owner = start()
    created = owner.create(inputs)
    _, provider = start(on=emulator, adoptExisting="true")
    provider.diff(*created, inputs)
    assert HELD in refused(provider.create, inputs)


def test_another_endpoint_is_another_key(start: Start, inputs: Inputs) -> None:
    emulator, provider = start("duplicate_identity=key+provider", adoptExisting="true")
    emulator.add_api_key(key=KEY, secret="old", endpoint="elsewhere.example.com")
    assert "cannot be adopted: the list shows none" in refused(provider.create, inputs)
    assert emulator.api_keys()[0]["secret"] == "old"
