"""The package schema: made from the registries, and nothing forgotten."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import pytest

from pulumi_flashback.functions import FUNCTIONS
from pulumi_flashback.native.schema import package_schema
from pulumi_flashback.resources import RESOURCES
from pulumi_flashback.settings import ALL_SETTINGS

SCHEMA = package_schema()
ABOUT = "displayName publisher keywords pluginDownloadURL repository homepage license description"
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


def marked(properties: Any, mark: str) -> set[str]:
    return {name for name, each in properties.items() if each.get(mark) is True}


def test_it_is_complete() -> None:
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA == package_schema()
    assert all(SCHEMA[name] for name in ABOUT.split())
    assert SCHEMA["version"] == version("pulumi_flashback")
    # pulumi_flashback is this package
    assert SCHEMA["language"]["python"]["packageName"] == "pulumi_flashback_native"
    assert list(SCHEMA["resources"]) == [f"flashback:index:{each.name}" for each in RESOURCES]
    assert list(SCHEMA["functions"]) == [f"flashback:index:{each.name}" for each in FUNCTIONS]
    assert list(undescribed(SCHEMA)) == []


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda each: each.name)
def test_a_resource_has_its_marks(resource: Any) -> None:
    schema = SCHEMA["resources"][f"flashback:index:{resource.name}"]
    inputs, outputs = schema["inputProperties"], schema["properties"]
    assert list(inputs) == list(resource.inputs.names())
    assert list(outputs) == [*inputs, *resource.outputs.names()]
    assert marked(inputs, "secret") == resource.secrets & set(inputs)
    assert marked(outputs, "secret") == resource.secrets
    replaces = resource.inputs.marked("replaces")
    assert marked(inputs, "willReplaceOnChanges") == replaces
    assert marked(outputs, "replaceOnChanges") == replaces
    assert schema["requiredInputs"] == list(resource.inputs.required())
    # an imported object may lack what the platform never returns
    assert not resource.secrets & set(schema["required"])


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda each: each.name)
def test_a_resource_has_an_example_in_each_language_and_tells_how_to_import(resource: Any) -> None:
    text = SCHEMA["resources"][f"flashback:index:{resource.name}"]["description"]
    assert [language for language in LANGUAGES if f"```{language}" not in text] == []
    command = rf"pulumi import flashback:index:{resource.name} \w+ (\S+)"
    (import_id,) = re.findall(rf"## Import\n.*{command}", text, re.DOTALL)
    words = re.sub(r"(?<=[a-z])([A-Z])", r"_\1", resource.import_id).upper()
    assert import_id == re.sub("[{}]", "", words)


def test_an_enum_is_open() -> None:
    provider = SCHEMA["resources"]["flashback:index:ApiKey"]["inputProperties"]["provider"]
    assert {"type": "string"} in provider["oneOf"]
    values = [each["value"] for each in SCHEMA["types"]["flashback:index:ProviderType"]["enum"]]
    assert values == ["AWS", "GCP", "AZURE", "OPENAI", "ANTHROPIC", "OTHER"]


def test_every_setting_is_an_argument_of_the_provider() -> None:
    arguments = SCHEMA["provider"]["inputProperties"]
    assert arguments == SCHEMA["config"]["variables"]
    assert list(arguments) == [option.name for option in ALL_SETTINGS]
    assert marked(arguments, "secret") == {option.name for option in ALL_SETTINGS if option.secret}
    for option in ALL_SETTINGS:
        assert option.variable in arguments[option.name]["description"]
        # a default from the environment would be written to the state, and mix two accounts
        assert "defaultInfo" not in arguments[option.name]
