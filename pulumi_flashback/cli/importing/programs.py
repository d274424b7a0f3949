"""The files that reproduce a workspace: a program, its project, and the list of imports.

Nothing secret is written: what is secret is read from the stack config. What others wrote on the
platform is data, and is quoted so that no language takes it for more.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from pulumi_flashback.cli.importing.found import Found, Secret
from pulumi_flashback.core.resource_model import placeholder
from pulumi_flashback.native.schema import package_schema
from pulumi_flashback.redaction import one_line
from pulumi_flashback.resources.workspace import WORKSPACE

IMPORTS: Final = "import.json"
"""The list for ``pulumi import --file``."""

_LONGEST_PROJECT: Final = 100
_SHORT_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}

_REQUIREMENTS = """\
pulumi_flashback
pulumi_flashback_native
"""

_PYTHON_HEAD = '''\
"""A workspace of Flashback, as `flashback import` found it."""

import pulumi
import pulumi_flashback_native as flashback

config = pulumi.Config()
'''

_KEPT = """\
# The platform does not return this. Until the stack config has it, what is there is kept.
"""


def python_files(resources: Sequence[Found]) -> dict[str, str]:
    """Return the files of a Python program, by name."""
    schema = package_schema()
    # the generated SDK asks for this plugin; another one would be a difference to the import
    plugin = {"version": schema["version"], "pluginDownloadUrl": schema["pluginDownloadURL"]}
    return {
        IMPORTS: _import_list(resources, plugin),
        "Pulumi.yaml": f"{_project(resources)}runtime: python\n",
        "requirements.txt": _REQUIREMENTS,
        "__main__.py": _python_program(resources),
    }


def yaml_files(resources: Sequence[Found]) -> dict[str, str]:
    """Return the files of a YAML program, by name."""
    secrets = [secret for each in resources for secret in each.secrets]
    parts = [
        f"{_project(resources)}runtime: yaml\n",
        _yaml_config(secrets) if secrets else "",
        "resources:\n" + "".join(_yaml_resource(each, resources[0]) for each in resources),
    ]
    return {IMPORTS: _import_list(resources, {}), "Pulumi.yaml": "".join(parts)}


FILES: Final[Mapping[str, Callable[[Sequence[Found]], dict[str, str]]]] = {
    "python": python_files,
    "yaml": yaml_files,
}
"""What writes the files of each language."""


def quoted(text: str) -> str:
    """Return a text as a literal in double quotes, which Python and YAML read alike."""
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(letter: str) -> str:
    if letter in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[letter]
    if letter.isprintable():
        return letter
    code = ord(letter)
    if 0xD800 <= code < 0xE000:  # half of a character, which YAML cannot say
        return "\\ufffd"
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _import_list(resources: Sequence[Found], plugin: Mapping[str, str]) -> str:
    rows = [
        {"type": each.token, "name": each.name, "id": each.import_id, **plugin}
        for each in resources
    ]
    return json.dumps({"resources": rows}, indent=2) + "\n"


def _project(resources: Sequence[Found]) -> str:
    name = f"flashback-{resources[0].name.replace('_', '-')}"
    return f"name: {name[:_LONGEST_PROJECT]}\n"


def _comment(text: str, indentation: str = "") -> str:
    # a character that no text may have breaks a whole file, even in a comment
    line = "".join(each if each.isprintable() else _escaped(each) for each in one_line(text))
    return f"{indentation}# {line}\n" if text else ""


def _refers(name: str, value: Any, workspace: Found) -> bool:
    """Say whether a value is the id of the workspace, which the program has a name for."""
    return name == "workspaceId" and value == workspace.import_id and workspace.type is WORKSPACE


def _python_program(resources: Sequence[Found]) -> str:
    kept = {s.property for each in resources for s in each.secrets if not s.known}
    constants = "".join(f"{_constant(n)} = {quoted(placeholder(n))}\n" for n in sorted(kept))
    parts = [_PYTHON_HEAD, *([_KEPT + constants] if kept else [])]
    parts += [_python_resource(each, resources[0]) for each in resources]
    return "\n".join(parts)


def _python_resource(found: Found, workspace: Found) -> str:
    values = {
        name: f"{workspace.name}.workspace_id" if _refers(name, v, workspace) else _python(v)
        for name, v in found.plain.items()
    }
    values |= {secret.property: _python_secret(secret) for secret in found.secrets}
    spellings = found.type.inputs.python_names()
    arguments = [f"    {spellings[n]}={values[n]},\n" for n in spellings if n in values]
    head = f"{found.name} = flashback.{found.type.name}(\n    {quoted(found.name)},\n"
    return _comment(found.remark) + head + "".join(arguments) + ")\n"


def _python(value: Any) -> str:
    return quoted(value) if isinstance(value, str) else repr(value)


def _python_secret(secret: Secret) -> str:
    if secret.known:
        return f"config.require_secret({quoted(secret.config)})"
    return f"config.get_secret({quoted(secret.config)}, {_constant(secret.property)})"


def _constant(property_name: str) -> str:
    return f"UNKNOWN_{property_name.upper()}"


def _yaml_config(secrets: Sequence[Secret]) -> str:
    lines = ["config:\n"]
    for secret in secrets:
        lines += [f"  {secret.config}:\n", "    type: string\n"]
        if secret.known:
            lines.append("    secret: true\n")
        else:  # no default is allowed where `secret: true` is said
            lines.append(f"    default: {quoted(placeholder(secret.property))}\n")
    return "".join(lines)


def _yaml_resource(found: Found, workspace: Found) -> str:
    values = {
        name: f"${{{workspace.name}.workspaceId}}" if _refers(name, v, workspace) else _yaml(v)
        for name, v in found.plain.items()
    }
    values |= {secret.property: f"${{{secret.config}}}" for secret in found.secrets}
    names = [name for name in found.type.inputs.names() if name in values]
    properties = "".join(f"      {name}: {values[name]}\n" for name in names)
    head = f"  {found.name}:\n    type: {found.token}\n    properties:\n"
    return _comment(found.remark, "  ") + head + properties


def _yaml(value: Any) -> str:
    # a dollar sign may begin a reference; two of them are one
    return quoted(value.replace("$", "$$")) if isinstance(value, str) else json.dumps(value)
