"""The provider process as the engine starts it, spoken to over gRPC."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from pulumi_flashback.emulator import Emulator, EmulatorSettings
from pulumi_flashback.testing import EmulatorFactory
from tests.contract.conftest import KEY, SECRET, ProviderFactory
from tests.contract.driver import ProviderProcess
from tests.contract.steps import Start, refused, starting, together

Inputs = dict[str, Any]

start = starting("ApiKey")


def test_check_reports_everything_at_once_without_values(provider: ProviderProcess) -> None:
    wrong = {"key": " ", "secret": 5, "provider": [], "endpoint": "no host", "colour": "blue"}
    _, failures = provider.check(wrong)
    assert sorted(failures) == sorted(
        [
            ("workspaceId", "workspaceId is required"),
            ("", "key must not be empty"),
            ("", "secret must be a string, not a number"),
            ("", "provider must be a string, not a list"),
            (
                "",
                "endpoint must be a host such as s3.us-east-1.amazonaws.com, a host with a port, "
                "or an http(s) URL",
            ),
            ("", "colour is not a property of ApiKey"),
        ]
    )


def test_a_warning_goes_to_the_engine_once(provider: ProviderProcess, inputs: Inputs) -> None:
    for _ in range(2):
        assert provider.check({**inputs, "provider": "IBM"})[1] == []
    (message,) = provider.log
    assert "(known: AWS, GCP, AZURE, OPENAI, ANTHROPIC, OTHER)" in message


def test_an_output_of_an_earlier_version_is_no_drift(
    provider: ProviderProcess, inputs: Inputs
) -> None:
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


def test_a_field_that_cannot_be_cleared_is_an_error(
    make_provider: ProviderFactory, flashback_emulator_factory: EmulatorFactory, inputs: Inputs
) -> None:
    emulator = flashback_emulator_factory(
        EmulatorSettings(null_in_update="ignored", empty_in_update="refused")
    )
    provider = make_provider(emulator)
    identifier, state = provider.create(inputs)
    wanted = {name: value for name, value in inputs.items() if name != "region"}
    text = refused(provider.update, identifier, state, wanted)
    assert "the API still shows region although" in text


def test_update_sends_only_what_changed(
    provider: ProviderProcess, inputs: Inputs, flashback_emulator: Emulator
) -> None:
    identifier, state = provider.create(inputs)
    outside = {"description": "changed by somebody else"}
    flashback_emulator.update_api_key(identifier, outside)
    state = provider.update(identifier, state, {**inputs, "secret": "rotated"})
    (row,) = flashback_emulator.api_keys()
    assert (row["secret"], row["description"]) == ("rotated", outside["description"])
    assert state["secret"] == "rotated"
    assert state["apiKeyId"] == identifier


@pytest.mark.parametrize("how", ["forbidden", "empty", "not-found"])
def test_a_closed_workspace_never_means_that_the_key_is_gone(
    start: Start, make_provider: ProviderFactory, inputs: Inputs, how: str
) -> None:
    emulator, owner = start(f"foreign_workspace_list={how}")
    identifier, state = owner.create(inputs)
    stranger = emulator.issue_token(emulator.add_user("stranger@flashback.example"))
    provider = make_provider(emulator, token=stranger)
    assert "could not read ApiKey" in refused(provider.read, identifier, state)
    assert "could not delete ApiKey" in refused(provider.delete, identifier, state)
    assert len(emulator.api_keys()) == 1


def test_a_refresh_of_many_keys_costs_one_request(
    provider: ProviderProcess, inputs: Inputs, flashback_emulator: Emulator
) -> None:
    keys = [provider.create({**inputs, "key": f"{KEY}-{n}"}) for n in range(20)]
    flashback_emulator.requests.clear()
    read = together(*(lambda key=key: provider.read(*key) for key in keys))
    assert [each[0] for each in read] == [identifier for identifier, _ in keys]
    assert flashback_emulator.requests == [("GET", "/apikeys", 200)]


def test_two_identical_creates_at_once_make_one_key(
    provider: ProviderProcess, inputs: Inputs, flashback_emulator: Emulator
) -> None:
    results = together(lambda: provider.create(inputs), lambda: provider.create(inputs))
    (failure,) = [each for each in results if isinstance(each, Exception)]
    (success,) = [each for each in results if not isinstance(each, Exception)]
    assert f"an identical API key with id {success[0]} exists already" in str(failure)
    assert [row["id"] for row in flashback_emulator.api_keys()] == [success[0]]


def test_a_login_is_renewed_once_for_all_threads(
    make_provider: ProviderFactory, flashback_emulator_factory: EmulatorFactory, inputs: Inputs
) -> None:
    emulator = flashback_emulator_factory()
    login = {"email": emulator.email, "password": emulator.password, "token": None}
    provider = make_provider(emulator, **login)
    for wave in range(3):
        wanted = [{**inputs, "key": f"{KEY}-{wave}-{n}"} for n in range(4)]
        results = together(*(partial(provider.create, each) for each in wanted))
        assert not [each for each in results if isinstance(each, Exception)]
        emulator.expire_tokens()
    assert len(emulator.api_keys()) == 12
    renewals = emulator.count("POST", "/user/login") + emulator.count("POST", "/user/refresh")
    assert renewals == 3


def test_config_may_hold_numbers_and_booleans(
    make_provider: ProviderFactory, flashback_emulator: Emulator, inputs: Inputs
) -> None:
    provider = make_provider(flashback_emulator, timeout=12.0, maxRetries=2.0, allowInsecure=True)
    assert provider.check(inputs)[1] == []
    assert provider.create(inputs)[0]


def test_a_duplicate_names_the_key_that_is_in_the_way_and_who_holds_it(
    provider: ProviderProcess, inputs: Inputs, flashback_emulator: Emulator
) -> None:
    foreign = flashback_emulator.add_api_key(key="FOREIGN", secret=SECRET)
    first, _ = provider.create(inputs)
    second, state = provider.create({**inputs, "key": "OTHER"})
    for identifier, key, held in ((first, KEY, True), (foreign, "FOREIGN", False)):
        wanted = {**inputs, "key": key}
        if not held:
            del wanted["endpoint"]
        for call in (
            partial(provider.update, second, state, wanted),
            partial(provider.create, wanted),
        ):
            message = refused(call)
            assert f"with id {identifier} " in message
            assert ("a resource of this program holds it" in message) is held
            assert ("no resource of the program holds it" in message) is not held
            assert "aliases" in message or not held
            assert "API_KEY_ID" not in message


def test_two_spellings_of_one_key_whose_responses_are_lost_are_told_apart(
    start: Start, inputs: Inputs
) -> None:
    emulator, provider = start("unknown_provider=accepted")
    emulator.script_faults({"POST /apikeys": ["commit-then-reset", "commit-then-reset"]})
    spelled = {**inputs, "provider": "aws", "endpoint": f"https://{inputs['endpoint'].upper()}/"}
    results = together(lambda: provider.create(inputs), lambda: provider.create(spelled))
    assert {each[0] for each in results} == {row["id"] for row in emulator.api_keys()}
    assert emulator.faults_left() == {}


def test_what_the_platform_tidies_is_not_drift(
    provider: ProviderProcess, inputs: Inputs, flashback_emulator: Emulator
) -> None:
    written = {
        **inputs,
        "description": "Cle\u0301 principale\r\nfor backups\n",
        "region": "US-East-1",
        "tenantId": "A0B1-C2D3",
    }
    identifier, state = provider.create(written)
    flashback_emulator.update_api_key(
        identifier,
        {
            "description": "Cl\u00e9 principale\nfor backups",
            "region": "us-east-1",
            "tenantId": "a0b1-c2d3",
        },
    )
    assert provider.read(identifier, state) == (identifier, state, written)
    flashback_emulator.update_api_key(identifier, {"description": "another"})
    assert provider.read(identifier, state)[1]["description"] == "another"
