"""The package schema: it lists all of the registries, and nothing lacks a description."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from pulumi_flashback.functions import FUNCTIONS
from pulumi_flashback.native import SCHEMA
from pulumi_flashback.resources import RESOURCES
from pulumi_flashback.settings import ALL_SETTINGS
from tools.package_schema import package_schema

COMMITTED = Path(__file__).parents[2] / "sdk" / "schema.json"
LANGUAGES = ("typescript", "python", "go", "yaml")


def undescribed(schema: Any, path: str = "") -> Iterator[str]:
    """The paths of all objects and properties without a description."""
    for name, each in schema.items() if isinstance(schema, dict) else ():
        where = f"{path}.{name}"
        if name in ("properties", "inputProperties", "variables", "types", "functions"):
            yield from (f"{where}.{n}" for n, about in each.items() if not about.get("description"))
        elif name in ("inputs", "outputs") and not each.get("description"):
            yield where
        yield from undescribed(each, where)


def test_it_is_the_one_that_the_sdks_are_generated_from() -> None:
    schema = package_schema()
    assert schema == json.loads(COMMITTED.read_text())  # written by `make sdk`
    assert schema == json.loads(SCHEMA.read_text())  # written by `make generate`
    assert schema["version"] == version("pulumi_flashback")
    assert list(schema["resources"]) == [f"flashback:index:{each.name}" for each in RESOURCES]
    assert list(schema["functions"]) == [f"flashback:index:{each.name}" for each in FUNCTIONS]
    assert list(schema["config"]["variables"]) == [each.name for each in ALL_SETTINGS]
    assert list(undescribed(schema)) == []


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda each: each.name)
def test_a_resource_has_its_marks_examples_and_import(resource: Any) -> None:
    schema = package_schema()["resources"][f"flashback:index:{resource.name}"]
    secrets = {name for name, each in schema["properties"].items() if each.get("secret")}
    assert secrets == resource.secrets
    # an imported object may lack what the API never returns
    assert not resource.secrets & set(schema["required"])
    text = schema["description"]
    assert [language for language in LANGUAGES if f"```{language}" not in text] == []
    command = rf"pulumi import flashback:index:{resource.name} \w+ (\S+)"
    (import_id,) = re.findall(rf"## Import\n.*{command}", text, re.DOTALL)
    words = re.sub(r"(?<=[a-z])([A-Z])", r"_\1", resource.import_id).upper()
    assert import_id == re.sub("[{}]", "", words)


def test_no_setting_has_a_default_from_the_environment() -> None:
    """It would be written to the state, and mix two accounts."""
    assert "defaultInfo" not in json.dumps(package_schema()["provider"])
