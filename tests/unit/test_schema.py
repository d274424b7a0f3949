"""The package schema: made from the registries, and nothing forgotten."""

from __future__ import annotations

import json
import re
from importlib.metadata import version
from typing import Any

import pytest

from pulumi_flashback.functions import FUNCTIONS
from pulumi_flashback.native.schema import package_schema
from pulumi_flashback.resources import RESOURCES
from pulumi_flashback.settings import ALL_SETTINGS

SCHEMA = package_schema()
LANGUAGES = ("typescript", "python", "go", "yaml")


def described(schema: Any, path: str = "") -> list[str]:
    """The paths of all properties without a description."""
    found = []
    for name, each in schema.items() if isinstance(schema, dict) else ():
        if name in ("properties", "inputProperties", "variables"):
            found += [f"{path}.{p}" for p, about in each.items() if not about.get("description")]
        found += described(each, f"{path}.{name}")
    return found


def test_it_is_the_same_each_time_and_json() -> None:
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA == package_schema()


def test_it_says_who_and_where_from() -> None:
    for name in (
        "displayName",
        "publisher",
        "keywords",
        "pluginDownloadURL",
        "repository",
        "homepage",
        "license",
        "description",
    ):
        assert SCHEMA[name]
    assert SCHEMA["version"] == version("pulumi_flashback")


def test_the_python_sdk_does_not_collide_with_this_package() -> None:
    assert SCHEMA["language"]["python"]["packageName"] == "pulumi_flashback_native"


def test_everything_is_described() -> None:
    assert described(SCHEMA) == []
    sides = [
        each.get(side, {})
        for each in SCHEMA["functions"].values()
        for side in ("inputs", "outputs")
    ]
    whole = [*SCHEMA["types"].values(), *SCHEMA["functions"].values(), *filter(None, sides)]
    assert all(each.get("description") for each in whole)


def test_every_resource_and_function_of_the_registries_is_in_it() -> None:
    assert list(SCHEMA["resources"]) == [f"flashback:index:{each.name}" for each in RESOURCES]
    assert list(SCHEMA["functions"]) == [f"flashback:index:{each.name}" for each in FUNCTIONS]


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda each: each.name)
def test_a_resource_has_its_marks(resource: Any) -> None:
    schema = SCHEMA["resources"][f"flashback:index:{resource.name}"]
    inputs, outputs = schema["inputProperties"], schema["properties"]
    assert list(inputs) == list(resource.inputs.names())
    assert list(outputs) == [*inputs, *resource.outputs.names()]
    for name in inputs:
        assert inputs[name].get("secret", False) is (name in resource.secrets)
        assert outputs[name].get("secret", False) is (name in resource.secrets)
        replaces = name in resource.inputs.marked("replaces")
        assert inputs[name].get("willReplaceOnChanges", False) is replaces
        assert outputs[name].get("replaceOnChanges", False) is replaces
    assert schema["requiredInputs"] == list(resource.inputs.required())
    # an imported object may lack what the platform never returns
    assert not resource.secrets & set(schema["required"])


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda each: each.name)
def test_a_resource_has_an_example_in_each_language_and_tells_how_to_import(resource: Any) -> None:
    text = SCHEMA["resources"][f"flashback:index:{resource.name}"]["description"]
    for language in LANGUAGES:
        assert f"```{language}" in text
    assert re.search(
        rf"## Import\n(.|\n)*pulumi import flashback:index:{resource.name} \w+ \w+", text
    )


def test_an_enum_is_open() -> None:
    provider = SCHEMA["resources"]["flashback:index:ApiKey"]["inputProperties"]["provider"]
    assert {"type": "string"} in provider["oneOf"]
    values = [each["value"] for each in SCHEMA["types"]["flashback:index:ProviderType"]["enum"]]
    assert values == ["AWS", "GCP", "AZURE", "OPENAI", "ANTHROPIC", "OTHER"]


def test_every_setting_is_an_argument_of_the_provider() -> None:
    arguments = SCHEMA["provider"]["inputProperties"]
    assert arguments == SCHEMA["config"]["variables"]
    assert list(arguments) == [option.name for option in ALL_SETTINGS]
    for option in ALL_SETTINGS:
        assert arguments[option.name].get("secret", False) is option.secret
        assert option.variable in arguments[option.name]["description"]
        # a default from the environment would be written to the state, and mix two accounts
        assert "defaultInfo" not in arguments[option.name]
