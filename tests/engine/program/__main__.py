"""Declares what the variable PLAN lists, as JSON, with the package of the variable PACKAGE.

Of each resource the plan has its type as ``is``, its inputs, and ``opts`` that may be left out. A
text ``@NAME`` is another resource, ``@NAME.OUTPUT`` an output of it, and ``!TEXT`` a secret.

The plan comes as a variable because the engine masks what is a secret of the stack config: here
nothing but the provider itself keeps a secret out of what is shown and stored.
"""

import json
import os
from importlib import import_module
from pathlib import Path
from typing import Any

import pulumi

PACKAGE = os.environ["PACKAGE"]
GATE = os.environ.get("GATE")
EXPORTED = ("workspace_id", "api_key_id", "key", "member_ids", "api_key_ids")

flashback: Any = import_module(PACKAGE)
declared: dict[str, Any] = {}


def resolved(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: resolved(each) for name, each in value.items()}
    if isinstance(value, list):
        return [resolved(each) for each in value]
    if isinstance(value, str) and value.startswith("!"):
        return pulumi.Output.secret(value[1:])
    if not isinstance(value, str) or not value.startswith("@"):
        return value
    name, _, output = value[1:].partition(".")
    return getattr(declared[name], output) if output else declared[name]


def replaced_by_transform(changes: dict[str, Any]) -> Any:
    return lambda args: pulumi.ResourceTransformResult({**args.props, **changes}, args.opts)


def options(given: dict[str, Any]) -> pulumi.ResourceOptions:
    opts = resolved(given)
    if "aliases" in opts:
        opts["aliases"] = [pulumi.Alias(name=name) for name in opts["aliases"]]
    if "custom_timeouts" in opts:
        opts["custom_timeouts"] = pulumi.CustomTimeouts(**opts["custom_timeouts"])
    if "transforms" in opts:
        opts["transforms"] = [replaced_by_transform(each) for each in opts["transforms"]]
    return pulumi.ResourceOptions(**opts)


def provider(name: str, opts: pulumi.ResourceOptions, **settings: Any) -> pulumi.ProviderResource:
    if PACKAGE == "pulumi_flashback":
        settings = {f"flashback:{setting}": value for setting, value in settings.items()}
        return pulumi.ProviderResource("pulumi-python", name, settings, opts)
    return pulumi.ProviderResource("flashback", name, settings, opts)


if GATE:  # a named pipe: the program goes on when the test closes it
    Path(GATE).read_text()
for name, given in json.loads(os.environ["PLAN"]).items():
    kind, opts = given.pop("is"), options(given.pop("opts", {}))
    declare: Any = provider if kind == "Provider" else getattr(flashback, kind)
    if kind == "FlashbackWorkspace":
        declare = declare.from_file
    if "id" in given:
        declare = declare.get
    declared[name] = declare(name, opts=opts, **resolved(given))
    outputs = {each: getattr(declared[name], each, None) for each in EXPORTED}
    pulumi.export(name, {each: value for each, value in outputs.items() if value is not None})
