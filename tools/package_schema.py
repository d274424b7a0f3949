"""Generates the package schema, which the SDKs, the reference and YAML are derived from."""

import inspect
from collections.abc import Iterable, Sequence
from importlib import resources as package_files
from types import UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin

from pydantic.alias_generators import to_camel
from pydantic.fields import FieldInfo

from pulumi_flashback.core.function import Function
from pulumi_flashback.core.properties import has_mark
from pulumi_flashback.core.resource import Resource
from pulumi_flashback.core.types import OpenEnum
from pulumi_flashback.functions import FUNCTIONS
from pulumi_flashback.resources import RESOURCES
from pulumi_flashback.settings import ALL_SETTINGS, NAMESPACE, Setting, token
from pulumi_flashback.version import VERSION

REPOSITORY: Final = "https://github.com/flashback-tech/pulumi-flashback"

Json = dict[str, Any]

_WORDS = {str: "string", bool: "boolean", int: "integer", float: "number"}

_PACKAGE: Final[Json] = {
    "name": NAMESPACE,
    "displayName": "Flashback",
    "description": (
        "Workspaces, members, API keys, storage and AI models of the Flashback platform as code, "
        "with no secret left in clear text."
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
            "pythonRequires": ">=3.11",
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


def package_schema(resources: Iterable[Resource] = RESOURCES) -> Json:
    """Return the schema of the package, in the form of Pulumi's package schema."""
    types: Json = {}
    settings = {setting.name: _setting(setting) for setting in ALL_SETTINGS}
    return {
        **_PACKAGE,
        "version": VERSION,
        "config": {"variables": settings},
        "provider": {
            "description": (
                "The Flashback provider. A program with one account needs no explicit provider: "
                "the stack config and the `FLASHBACK_*` variables apply. The arguments of an "
                "explicit provider take precedence over the variables."
            ),
            "inputProperties": settings,
        },
        "types": types,
        "resources": {token(each.name): _resource(each, types) for each in resources},
        "functions": {token(each.name): _function(each, types) for each in FUNCTIONS},
    }


def _setting(setting: Setting) -> Json:
    default = f" Default: `{setting.default}`." if setting.default else ""
    return {
        "type": setting.type,
        "description": f"{setting.description} Variable: `{setting.variable}`.{default}",
        **({"secret": True} if setting.secret else {}),
    }


def _resource(resource: Resource, types: Json) -> Json:
    inputs = _properties(resource.inputs, types, replaces="willReplaceOnChanges")
    kept = _properties(resource.inputs, types, replaces="replaceOnChanges")
    outputs = _properties(resource.outputs, types)
    # an imported object may lack what the API never returns
    always = [name for name in resource.inputs.required() if name not in resource.secrets]
    always += [name for name in outputs if name in resource.outputs.marked("always")]
    return {
        "description": resource.description + _example(resource.name),
        "inputProperties": inputs,
        "requiredInputs": list(resource.inputs.required()),
        "properties": {**kept, **outputs},
        "required": always,
    }


def _function(function: Function[Any], types: Json) -> Json:
    described: Json = {"description": function.description}
    if function.inputs.names():
        about = f"The arguments of `{function.name}`."
        described["inputs"] = _object(function.inputs, types, about)
    described["outputs"] = _object(function.result, types)
    return described


def _object(model: type[Any], types: Json, description: str | None = None) -> Json:
    return {
        "type": "object",
        "description": description or inspect.getdoc(model),
        "properties": _properties(model, types),
        "required": [name for name, info in _fields(model).items() if info.is_required()],
    }


def _properties(model: type[Any], types: Json, **keywords: str) -> Json:
    """Return the properties of a model; ``keywords`` are those of the schema for its marks."""
    keywords = {"secret": "secret", **keywords}
    return {
        name: {
            **_type(info.annotation, types, info.metadata),
            "description": info.description,
            **{keyword: True for mark, keyword in keywords.items() if has_mark(info, mark)},
        }
        for name, info in _fields(model).items()
    }


def _fields(model: type[Any]) -> dict[str, FieldInfo]:
    """The fields of a model, or of a dataclass of pydantic."""
    fields = getattr(model, "model_fields", None) or model.__pydantic_fields__
    return {info.alias or to_camel(name): info for name, info in fields.items()}


def _type(annotation: Any, types: Json, metadata: Sequence[object] = ()) -> Json:
    if get_origin(annotation) is Annotated:
        return _type(annotation.__origin__, types, annotation.__metadata__)
    known = next((each for each in metadata if isinstance(each, OpenEnum)), None)
    if known:
        types[token(known.name)] = {
            "type": "string",
            "description": "The known values; others are accepted as well.",
            "enum": [
                {"value": value, "name": value.title().replace("_", ""), "description": text}
                for value, text in known.values.items()
            ],
        }
        reference = {"$ref": f"#/types/{token(known.name)}"}
        return {"type": "string", "oneOf": [{"type": "string"}, reference]}
    if get_origin(annotation) in (Union, UnionType):
        (annotation,) = (each for each in get_args(annotation) if each is not type(None))
        return _type(annotation, types)
    if get_origin(annotation) is list:
        return {"type": "array", "items": _type(get_args(annotation)[0], types)}
    if get_origin(annotation) is dict:
        return {"type": "object", "additionalProperties": _type(get_args(annotation)[1], types)}
    if annotation in _WORDS:
        return {"type": _WORDS[annotation]}
    described = _object(annotation, types)
    if types.setdefault(token(annotation.__name__), described) != described:
        raise ValueError(f"there are two types of the name {annotation.__name__}")
    return {"$ref": f"#/types/{token(annotation.__name__)}"}


def _example(resource: str) -> str:
    example = package_files.files("pulumi_flashback.native") / "examples" / f"{resource}.md"
    return "\n\n" + example.read_text(encoding="utf-8") if example.is_file() else ""
