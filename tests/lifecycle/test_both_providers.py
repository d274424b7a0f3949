"""One life of each resource in both providers: the same responses, messages and requests."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from pulumi_flashback.core.ownership import MARK
from pulumi_flashback.emulator import Emulator
from tests.contract.driver import PROVIDERS, ProviderFailureError
from tests.contract.properties import UNKNOWN
from tests.lifecycle.conftest import REGISTRY, Life, process
from tests.lifecycle.samples import SAMPLES

VARIES = {
    r"FB(_AI_)?[0-9A-F]{18}|fb-[\w-]{40}": "GENERATED",
    r"request id \w+": "request id R",
    r"\d{4}-\d\d-\d\dT[\d:.]+Z": "T",
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}": "ID",
    r"(?<=\D)\d+(?=7QX2|3LM9|@|-user|\b)": "N",  # the number of a sample
}


def notes(life: Life) -> list[tuple[str, Any]]:
    """Do all that can be done to an object, and note what comes of it."""
    provider, sample, inputs = life.provider, life.sample, life.inputs
    noted: list[tuple[str, Any]] = []

    def note(name: str, step: Callable[[], Any]) -> Any:
        try:
            result = step()
        except ProviderFailureError as failure:
            noted.append((name, failure.message))
            return None
        noted.append((name, result))
        return result

    def difference(wanted: dict[str, Any]) -> tuple[int, list[str]]:
        found = provider.diff(identifier, state, wanted)
        return found.changes, sorted(found.replaces)

    changes = sample.changes()
    for wrong in ({}, dict.fromkeys(inputs, 5), dict.fromkeys(inputs, UNKNOWN), {"colour": "blue"}):
        note("check", partial(provider.check, wrong))
    identifier, state = note("create", lambda: provider.create(inputs))
    note("create a twin", lambda: provider.create(inputs))
    nowhere = {**inputs, **dict.fromkeys(life.resource.parents, "nowhere")}
    note("create nowhere", lambda: provider.create(nowhere))
    for name, value in changes.items():
        note(f"diff {name}", partial(difference, {**inputs, name: value}))
    in_place = {n: v for n, v in changes.items() if n not in sample.replaces}
    wanted = {**inputs, **in_place}
    state = note("update", lambda: provider.update(identifier, state, wanted)) or state
    note("refresh", lambda: provider.read(identifier, state))
    sample.use(identifier, 2)
    if sample.in_use:
        note("delete in use", lambda: provider.delete(identifier, state))
    sample.use(identifier, 0)
    note("delete", lambda: provider.delete(identifier, state))
    note("delete again", lambda: provider.delete(identifier, state))
    note("refresh of nothing", lambda: provider.read(identifier, state))
    note("update of nothing", lambda: provider.update(identifier, state, inputs))
    life.emulator.expire_tokens()
    note("refresh without a login", lambda: provider.read(identifier, state))
    return [*noted, *(("log", text) for text in provider.log)]


def normal(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: normal(each) for name, each in sorted(value.items()) if name != MARK}
    if isinstance(value, (list, tuple)):
        return [normal(each) for each in value]
    for varies, constant in VARIES.items() if isinstance(value, str) else ():
        value = re.sub(varies, constant, value)
    return value


@pytest.mark.parametrize("resource", REGISTRY)
def test_both_providers_do_the_same(resource: str) -> None:
    lives = {}
    for kind in PROVIDERS:
        with Emulator() as emulator, process(kind, emulator, resource) as provider:
            noted = normal(notes(Life(provider, SAMPLES[resource](emulator))))
            lives[kind] = (noted, list(emulator.requests))
    for dynamic, native in zip(lives["dynamic"][0], lives["native"][0], strict=True):
        assert dynamic == native
    assert lives["dynamic"][1] == lives["native"][1]
    failed = [each for each in lives["native"][0] if str(each[1]).startswith("could not")]
    assert len(failed) >= 2  # so that messages were compared
