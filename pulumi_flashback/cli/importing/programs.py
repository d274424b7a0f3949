"""The files that reproduce a workspace. They contain no secrets and quote all foreign text."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from pydantic.alias_generators import to_snake

from pulumi_flashback.cli.importing.found import Found, Secret
from pulumi_flashback.core.resource_model import placeholder
from pulumi_flashback.native import SCHEMA
from pulumi_flashback.redaction import one_line

IMPORTS: Final = "import.json"  # the list for ``pulumi import --file``
CREDENTIALS: Final = "credentials"  # the config value with all of them, filled in as NAME.json
CREDENTIALS_FILE: Final = f"{CREDENTIALS}.json"
FEW_SECRETS: Final = 10  # those of five credentials; more are set together with one command

_SHORT_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_PYTHON_HEAD = '''\
"""A workspace of Flashback, as `flashback import` found it."""

import pulumi
import pulumi_flashback_native as flashback

config = pulumi.Config()
'''
_PYTHON_PLACEHOLDERS = """\
# The API does not return these. Until the stack config has them, the existing values are kept.
"""
_PYTHON_CREDENTIALS = f"""
credentials = config.require_secret_object("{CREDENTIALS}")


def credential(name: str, otherwise: str = "") -> pulumi.Output[str]:
    return credentials.apply(lambda values: values.get(name) or otherwise)

"""
_YAML_CREDENTIALS = f"""\
config:
  {CREDENTIALS}:
    type: object
    secret: true
"""


def python_files(resources: Sequence[Found]) -> dict[str, str]:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    # the generated SDK requests this plugin; another one would show a diff after the import
    version = schema["version"]
    plugin = {"version": version, "pluginDownloadUrl": schema["pluginDownloadURL"]}
    unknown = sorted({each.property for each in secrets_of(resources) if not each.known})
    known = _by_id(resources)
    in_file = credentials_in_file(resources)
    language = _PYTHON_WITH_FILE if in_file else _PYTHON
    constants = "".join(f"{_constant(n)} = {quoted(placeholder(n))}\n" for n in unknown)
    parts = [_PYTHON_HEAD + _PYTHON_CREDENTIALS * in_file]
    parts += [_PYTHON_PLACEHOLDERS + constants] * bool(unknown)
    return {
        IMPORTS: _import_list(resources, plugin),
        "Pulumi.yaml": f"{_project(resources)}runtime: python\n",
        "requirements.txt": f"pulumi_flashback=={version}\npulumi_flashback_native=={version}\n",
        "__main__.py": "\n".join([*parts, *(_python(each, known, language) for each in resources)]),
        # placeholders are in the program, because the config of a Python program is limited
        **_to_fill_in(resources, lambda _: ""),
    }


def yaml_files(resources: Sequence[Found]) -> dict[str, str]:
    in_file = credentials_in_file(resources)
    language = _YAML_WITH_FILE if in_file else _YAML
    entries = "".join(map(_yaml_config, secrets_of(resources)))
    config = _YAML_CREDENTIALS if in_file else f"config:\n{entries}" if entries else ""
    known = _by_id(resources)
    program = "".join(
        [config, "resources:\n", *(_yaml(each, known, language) for each in resources)]
    )
    return {
        IMPORTS: _import_list(resources, {}),
        "Pulumi.yaml": f"{_project(resources)}runtime: yaml\n",
        # if Pulumi.yaml declared the secrets, the CLI would refuse one that is an object
        "Main.yaml": program,
        **_to_fill_in(resources, placeholder),
    }


def secrets_of(resources: Sequence[Found]) -> list[Secret]:
    return [secret for each in resources for secret in each.secrets]


def credentials_in_file(resources: Sequence[Found]) -> bool:
    """Return whether one config value, read from a file, has all secrets."""
    return len(secrets_of(resources)) > FEW_SECRETS


def _to_fill_in(resources: Sequence[Found], unknown: Callable[[str], str]) -> dict[str, str]:
    """Return the file for the secrets, if there is one, and a ``.gitignore`` for it."""
    if not credentials_in_file(resources):
        return {}
    values = {
        each.config: "" if each.known else unknown(each.property) for each in secrets_of(resources)
    }
    # no indentation, because it would become part of the config value
    return {
        CREDENTIALS_FILE: json.dumps(values, indent=0) + "\n",
        ".gitignore": f"/{CREDENTIALS_FILE}\n",
    }


FILES: Final[Mapping[str, Callable[[Sequence[Found]], dict[str, str]]]] = {
    "python": python_files,
    "yaml": yaml_files,
}


def quoted(text: str) -> str:
    """Return a text as a double-quoted literal that Python and YAML read alike."""
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(letter: str) -> str:
    if letter in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[letter]
    if letter.isprintable():
        return letter
    code = ord(letter)
    if 0xD800 <= code < 0xE000:  # a surrogate, which YAML cannot express
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
    return f"name: {name[:100]}\n"


@dataclass(frozen=True)
class _Language:
    literal: Callable[[Any], str]
    named: Callable[[str], str]  # how the name of a value in an object is written
    reference: Callable[[Found], str]
    from_config: Callable[[Secret], str]
    end_of_list: str  # what precedes the closing bracket on its own line


def _by_id(resources: Sequence[Found]) -> Mapping[tuple[str, str], Found]:
    """Return the resources that others refer to, by the referring input and the id."""
    return {(each.id_property, each.import_id.rpartition("/")[2]): each for each in resources}


_IN_LISTS: Final = {"aiLlms": "aiLlmId"}  # inputs that are lists of ids


def _values(
    found: Found,
    known: Mapping[tuple[str, str], Found],
    language: _Language,
) -> dict[str, str]:
    """Return the inputs of a resource as expressions of the language, in order of declaration."""

    def expression(value: Any, name: str) -> str:
        if isinstance(value, list):
            items = [expression(each, _IN_LISTS.get(name, name)) for each in value]
            if not any(isinstance(each, dict) for each in value):
                return f"[{', '.join(items)}]"
            lines = "".join(f"        {each},\n" for each in items)
            return f"[\n{lines}{language.end_of_list}]"
        if isinstance(value, dict):
            parts = (f"{language.named(n)}: {expression(each, n)}" for n, each in value.items())
            return f"{{{', '.join(parts)}}}"
        target = known.get((name, value)) if isinstance(value, str) else None
        if target is None or target is found:
            return language.literal(value)
        return language.reference(target)

    values = {name: expression(value, name) for name, value in found.plain.items()}
    values |= {each.property: language.from_config(each) for each in found.secrets}
    return {name: values[name] for name in found.type.inputs.names() if name in values}


def _from_config(secret: Secret) -> str:
    if secret.known:
        return f"config.require_secret({quoted(secret.config)})"
    return f"config.get_secret({quoted(secret.config)}, {_constant(secret.property)})"


def _from_file(secret: Secret) -> str:
    otherwise = "" if secret.known else f", {_constant(secret.property)}"
    return f"credential({quoted(secret.config)}{otherwise})"


_PYTHON: Final = _Language(
    literal=lambda value: quoted(value) if isinstance(value, str) else repr(value),
    named=lambda name: quoted(to_snake(name)),
    reference=lambda found: f"{found.name}.{to_snake(found.id_property)}",
    from_config=_from_config,
    end_of_list=" " * 4,
)
_YAML: Final = _Language(
    # a dollar sign may begin a reference; a doubled one is literal
    literal=lambda value: (
        quoted(value.replace("$", "$$")) if isinstance(value, str) else json.dumps(value)
    ),
    named=quoted,
    # a reference inside brackets needs quotes
    reference=lambda found: f'"${{{found.name}.{found.id_property}}}"',
    from_config=lambda secret: f"${{{secret.config}}}",
    end_of_list=" " * 8,
)
_PYTHON_WITH_FILE: Final = replace(_PYTHON, from_config=_from_file)
_YAML_WITH_FILE: Final = replace(
    _YAML, from_config=lambda secret: f"${{{CREDENTIALS}.{secret.config}}}"
)


def _python(found: Found, known: Mapping[tuple[str, str], Found], language: _Language) -> str:
    spellings = found.type.inputs.python_names()
    values = _values(found, known, language)
    arguments = "".join(f"    {spellings[name]}={value},\n" for name, value in values.items())
    head = f"{found.name} = flashback.{found.type.name}(\n    {quoted(found.name)},\n"
    return f"{_comment(found.remark)}{head}{arguments})\n"


def _constant(property_name: str) -> str:
    return f"UNKNOWN_{property_name.upper()}"


def _yaml(found: Found, known: Mapping[tuple[str, str], Found], language: _Language) -> str:
    values = _values(found, known, language)
    properties = "".join(f"      {name}: {value}\n" for name, value in values.items())
    head = f"  {found.name}:\n    type: {found.token}\n    properties:\n"
    return f"{_comment(found.remark, '  ')}{head}{properties}"


def _yaml_config(secret: Secret) -> str:
    # `secret: true` does not allow a default
    more = "secret: true" if secret.known else f"default: {quoted(placeholder(secret.property))}"
    return f"  {secret.config}:\n    type: string\n    {more}\n"


def _comment(text: str, indentation: str = "") -> str:
    # an invalid character breaks the whole file, even in a comment
    line = "".join(each if each.isprintable() else _escaped(each) for each in one_line(text))
    return f"{indentation}# {line}\n" if text else ""
