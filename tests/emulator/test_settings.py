"""Each alternative of each setting does what its name says, as seen over HTTP."""

from __future__ import annotations

import json
from typing import Any, Literal, get_args, get_origin

import pytest

from pulumi_flashback.emulator import EmulatorSettings
from pulumi_flashback.emulator.settings import describe_settings, parse_settings
from tests.emulator import (
    observed_ai,
    observed_api_keys,
    observed_others,
    observed_storage,
    observed_workspaces,
)
from tests.emulator.asking import asking
from tests.emulator.conftest import Make
from tests.emulator.observing import OBSERVED

__all__ = [
    "observed_ai",
    "observed_api_keys",
    "observed_others",
    "observed_storage",
    "observed_workspaces",
]

ALTERNATIVES = [(name, value) for name, (_, known, _) in OBSERVED.items() for value in known]


@pytest.mark.parametrize(("name", "value"), ALTERNATIVES)
def test_alternatives(make: Make, name: str, value: Any) -> None:
    observe, expected, others = OBSERVED[name]
    text = value if isinstance(value, str) else json.dumps(value)
    settings = parse_settings([f"{name}={text}", *(f"{n}={v}" for n, v in others.items())])
    emulator = make(settings)
    assert observe(emulator, asking(emulator)) == expected[value]


def test_every_alternative_of_every_setting_is_observed() -> None:
    assert OBSERVED.keys() == EmulatorSettings.model_fields.keys()
    for name, info in EmulatorSettings.model_fields.items():
        every: tuple[Any, ...] = (True, False) if info.annotation is bool else ()
        if get_origin(info.annotation) is Literal:
            every = get_args(info.annotation)
        assert set(OBSERVED[name][1]) >= set(every), name


def test_wrong_settings_are_reported_together() -> None:
    with pytest.raises(ValueError, match="no setting 'colour'") as problem:
        parse_settings(["colour=blue", "in_use_status=418", "refresh_rotates=perhaps"])
    assert "in_use_status must be 400, 403, 409" in str(problem.value)
    assert "refresh_rotates must be true, false" in str(problem.value)


def test_every_setting_is_described() -> None:
    text = describe_settings()
    for name, info in EmulatorSettings.model_fields.items():
        assert f"{name} = " in text
        assert str(info.description).endswith(".")
        assert "\n" not in str(info.description)
