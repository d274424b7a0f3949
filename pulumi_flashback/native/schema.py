"""The package schema, made from the registries: what SDKs, documentation and YAML are made from."""

from __future__ import annotations

import inspect
from importlib import resources as package_files
from importlib.metadata import version
from types import UnionType
from typing import Any, Final, Union, get_args, get_origin

from pydantic.dataclasses import is_pydantic_dataclass
from pydantic.fields import FieldInfo

from pulumi_flashback.core.function import Function
from pulumi_flashback.core.properties import OpenEnum, PropertyModel
from pulumi_flashback.core.resource import Resource
from pulumi_flashback.functions import FUNCTIONS
from pulumi_flashback.resources import RESOURCES
from pulumi_flashback.settings import ALL_SETTINGS, NAMESPACE, Setting

REPOSITORY: Final = "https://github.com/flashback-tech/pulumi-flashback"

Json = dict[str, Any]

_WORDS = {str: "string", bool: "boolean", int: "integer", float: "number"}

_PACKAGE: Final[Json] = {
    "name": NAMESPACE,
    "displayName": "Flashback",
    "description": (
        "Workspaces, members and API keys of the Flashback platform as code, with no secret left "
        "in clear text."
    ),
    "keywords": ["pulumi", "flashback", "category/cloud", "kind/native"],
    "homepage": "https://www.flashback.tech",
    "license": "Apache-2.0",
    "repository": REPOSITORY,
    "pluginDownloadURL": "github://api.github.com/flashback-tech/pulumi-flashback",
    "publisher": "Flashback",
    "meta": {"moduleFormat": "(.*)", "supportPack": True},
    "language": {
        "nodejs": {
            "packageName": "@flashback/pulumi-flashback",
            "packageDescription": "Pulumi SDK for the Flashback platform.",
            "dependencies": {"@pulumi/pulumi": "^3.142.0"},
            "respectSchemaVersion": True,
        },
        "python": {
            # pulumi_flashback is the package of the provider itself
            "packageName": "pulumi_flashback_native",
            "pyproject": {"enabled": True},
            "pythonRequires": ">=3.10",
            "requires": {"pulumi": ">=3.231.0,<4.0.0"},
            "respectSchemaVersion": True,
        },
        "go": {
            "importBasePath": "github.com/flashback-tech/pulumi-flashback/sdk/go/flashback",
            "modulePath": "github.com/flashback-tech/pulumi-flashback/sdk/go",
            "generateResourceContainerTypes": True,
            "respectSchemaVersion": True,
        },
        "csharp": {
            "rootNamespace": "FlashbackTech",
            "namespaces": {"flashback": "Flashback"},
            "packageReferences": {"Pulumi": "3.*"},
            "respectSchemaVersion": True,
        },
        "java": {"basePackage": "tech.flashback.pulumi", "buildFiles": "gradle"},
    },
}


def resource_token(resource: Resource) -> str:
    """Return the type token of a resource."""
    return f"{NAMESPACE}:index:{resource.name}"


def function_token(function: Function[Any]) -> str:
    """Return the token of a function."""
    return f"{NAMESPACE}:index:{function.name}"


def package_schema() -> Json:
    """Return the schema of the package, in the form of Pulumi's package schema."""
    types: Json = {}
    settings = {option.name: _setting(option) for option in ALL_SETTINGS}
    resources = {resource_token(each): _resource(each, types) for each in RESOURCES}
    functions = {function_token(each): _function(each, types) for each in FUNCTIONS}
    return {
        **_PACKAGE,
        "version": version("pulumi_flashback"),
        "config": {"variables": settings},
        "provider": {
            "description": (
                "The Flashback provider. A program that uses one account needs none of its own: "
                "it takes the stack config and the `FLASHBACK_*` variables. The arguments of a "
                "provider that the program makes win over the variables."
            ),
            "inputProperties": settings,
        },
        "types": types,
        "resources": resources,
        "functions": functions,
    }


def _setting(option: Setting) -> Json:
    default = f" Default: `{option.default}`." if option.default else ""
    return {
        "type": option.type,
        "description": f"{option.description} Variable: `{option.variable}`.{default}",
        **({"secret": True} if option.secret else {}),
    }


def _resource(resource: Resource, types: Json) -> Json:
    given = _properties(resource.inputs, types)
    made = _properties(resource.outputs, types)
    replacing = resource.inputs.marked("replaces")
    # an imported object may lack what the platform never returns
    always = [name for name in resource.inputs.required() if name not in resource.secrets]
    return {
        "description": f"{resource.description}\n\n{_example(resource.name)}",
        "inputProperties": {
            name: {**each, **({"willReplaceOnChanges": True} if name in replacing else {})}
            for name, each in given.items()
        },
        "requiredInputs": list(resource.inputs.required()),
        "properties": {
            name: {**each, **({"replaceOnChanges": True} if name in replacing else {})}
            for name, each in {**given, **made}.items()
        },
        "required": [
            *always,
            *(n for n in resource.outputs.names() if n in resource.outputs.marked("always")),
        ],
    }


def _function(function: Function[Any], types: Json) -> Json:
    given = _properties(function.inputs, types)
    described: Json = {"description": function.description}
    if given:
        required = list(function.inputs.required())
        described["inputs"] = {
            "type": "object",
            "description": f"The arguments of `{function.name}`.",
            "properties": given,
            "required": required,
        }
    described["outputs"] = _object(function.result, types)
    return described


def _properties(model: type[PropertyModel], types: Json) -> Json:
    secrets = model.marked("secret")
    return {
        info.alias or name: {
            **_property(info, types),
            **({"secret": True} if (info.alias or name) in secrets else {}),
        }
        for name, info in model.model_fields.items()
    }


def _object(model: type[Any], types: Json) -> Json:
    fields = model.__pydantic_fields__.items()
    return {
        "type": "object",
        "description": inspect.getdoc(model),
        "properties": {info.alias or name: _property(info, types) for name, info in fields},
        "required": [info.alias or name for name, info in fields if info.is_required()],
    }


def _property(info: FieldInfo, types: Json) -> Json:
    suggestions = [each for each in info.metadata if isinstance(each, OpenEnum)]
    described = {"description": info.description}
    if suggestions:
        return {**_open_enum(suggestions[0], types), **described}
    return {**_type(info.annotation, types), **described}


def _type(annotation: Any, types: Json) -> Json:
    if get_origin(annotation) in (Union, UnionType):
        (annotation,) = (each for each in get_args(annotation) if each is not type(None))
    if get_origin(annotation) is list:
        (item,) = get_args(annotation)
        return {"type": "array", "items": _type(item, types)}
    if get_origin(annotation) is dict:
        return {"type": "object", "additionalProperties": _type(get_args(annotation)[1], types)}
    if isinstance(annotation, type) and is_pydantic_dataclass(annotation):
        types[_type_token(annotation.__name__)] = _object(annotation, types)
        return {"$ref": f"#/types/{_type_token(annotation.__name__)}"}
    while hasattr(annotation, "__metadata__"):  # Annotated
        annotation = get_args(annotation)[0]
    return {"type": _WORDS[annotation]}


def _open_enum(suggestions: OpenEnum, types: Json) -> Json:
    """An enum of known values that takes others as well."""
    token = _type_token(suggestions.name)
    types[token] = {
        "type": "string",
        "description": "The values that are known; others are taken as well.",
        "enum": [
            {"value": value, "name": _enum_name(value), "description": text}
            for value, text in suggestions.values.items()
        ],
    }
    return {"type": "string", "oneOf": [{"type": "string"}, {"$ref": f"#/types/{token}"}]}


def _enum_name(value: str) -> str:
    return value.title().replace("_", "")


def _type_token(name: str) -> str:
    return f"{NAMESPACE}:index:{name}"


def _example(resource: str) -> str:
    """The example of a resource lies beside this module."""
    folder = package_files.files("pulumi_flashback.native") / "examples"
    return (folder / f"{resource}.md").read_text(encoding="utf-8")
