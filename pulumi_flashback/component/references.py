"""References in a file: ``${config:NAME}`` to the stack config, ``${env:NAME}`` to a variable.

``NAME`` may be a path into structured config: ``${config:storage.keys[0]}``.
"""

from __future__ import annotations

import json
import os
import re
import shlex
from dataclasses import dataclass, field
from typing import Any, Final

import pulumi
from pulumi.runtime.config import get_config, is_config_secret

from pulumi_flashback.component.problems import Place, Problem, at

_NAMES: Final = {
    "config": r"\w[\w.-]*(?::\w[\w.-]*)?(?:\[\d+\][\w.-]*)*",
    "env": r"[A-Za-z_]\w*",
}
_ONE = "|".join(rf"\$\{{{kind}:{name}\}}" for kind, name in _NAMES.items())
_REFERENCE = re.compile(_ONE, re.ASCII)
_PART = re.compile(rf"(?P<escaped>\$\$\{{)|(?P<reference>{_ONE})|(?P<broken>\$\{{)", re.ASCII)

FORMS: Final = "${config:NAME} or ${env:NAME}"
PATTERN: Final = f"^(?:{_ONE})$"
"""A text that is one reference, for editors."""


@dataclass(frozen=True)
class Text:
    """A text whose references are replaced.

    Attributes:
        value: The text.
        secret: A part of it is a secret of the stack config.
    """

    value: str = field(repr=False)
    secret: bool


@dataclass
class References:
    """Replaces references, and collects what they miss.

    Attributes:
        problems: What is missing or of the wrong kind.
    """

    problems: list[Problem] = field(default_factory=list)
    _missing_config: dict[str, bool] = field(default_factory=dict)
    _missing_variables: dict[str, None] = field(default_factory=dict)

    @property
    def commands(self) -> list[str]:
        """What sets everything that is missing."""
        config = [
            f"  pulumi config set {'--secret ' if secret else ''}{_argument(name)}"
            for name, secret in self._missing_config.items()
        ]
        variables = [f"  export {name}=..." for name in self._missing_variables]
        return ["Set what is missing:", *config, *variables] if config or variables else []

    def credential(self, written: Any, place: Place) -> Text | None:
        """Return a credential, which must be one reference; None where it is not to be had."""
        if not isinstance(written, str) or not _REFERENCE.fullmatch(written.strip()):
            self.problems.append(
                at(place, f"must be a reference, {FORMS}, because this file keeps no secrets")
            )
            return None
        return self._found(written.strip(), place, credential=True)

    def text(self, written: str, place: Place) -> Text | None:
        """Return a text with its references replaced; None where one is not to be had."""
        parts: list[Text | None] = []
        position = 0
        for match in _PART.finditer(written):
            parts.append(Text(written[position : match.start()], secret=False))
            parts.append(self._part(match, place))
            position = match.end()
        parts.append(Text(written[position:], secret=False))
        known = [part for part in parts if part is not None]
        if len(known) < len(parts):
            return None
        return Text("".join(part.value for part in known), any(part.secret for part in known))

    def _part(self, match: re.Match[str], place: Place) -> Text | None:
        if match["escaped"]:
            return Text("${", secret=False)
        if match["reference"]:
            return self._found(match["reference"], place, credential=False)
        self.problems.append(
            at(place, f"has a ${{ that begins no reference: write {FORMS}, or $${{ for ${{ itself")
        )
        return None

    def _found(self, reference: str, place: Place, *, credential: bool) -> Text | None:
        kind, _, name = reference[2:-1].partition(":")
        if kind == "env":
            return self._variable(name, place)
        return self._config(name, place, credential=credential)

    def _variable(self, name: str, place: Place) -> Text | None:
        value = os.environ.get(name)
        if not value:
            self._missing_variables[name] = None
            reason = "which is not set"
        elif _ends_by_accident(value):
            reason = "which ends with a line break; set it without one"
        else:
            return Text(value, secret=False)
        self.problems.append(at(place, f"takes the environment variable {name}, {reason}"))
        return None

    def _config(self, name: str, place: Place, *, credential: bool) -> Text | None:
        value, secret = _config_value(name)
        if isinstance(value, (dict, list)):
            inside = "[0]" if isinstance(value, list) else ".NAME"
            reason = f"no text but several values; name one of them: ${{config:{name}{inside}}}"
        elif not value:
            reason = "not set"
        elif credential and not secret:
            reason = "stored there in clear text; it must be a secret"
        else:
            return Text(str(value), secret)
        if not isinstance(value, (dict, list)):
            self._missing_config[name] = self._missing_config.get(name, False) or credential
        self.problems.append(at(place, f"takes {name} of the stack config, which is {reason}"))
        return None


def _config_value(name: str) -> tuple[Any, bool]:
    """Return a value of the stack config, and whether it is a secret.

    A key of exactly this name comes first. Otherwise the name is a path into a structured value,
    as ``pulumi config set --path`` takes it. If one value in an object is a secret, the engine
    says so of the object, so all of them count as secrets.
    """
    namespace, _, path = name.rpartition(":")
    namespace = namespace or pulumi.get_project()
    key = f"{namespace}:{path}"
    value = get_config(key)
    if value is not None:
        return _structured(value), is_config_secret(key)
    first, *steps = _steps(path)
    key = f"{namespace}:{first}"
    value = _structured(get_config(key)) if steps else None
    for step in steps:
        if isinstance(value, list) and step.isdigit():
            value = value[int(step)] if int(step) < len(value) else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return _as_text(value), is_config_secret(key)


def _steps(path: str) -> list[str]:
    return [step for step in re.split(r"[.\[\]]+", path) if step]


def _structured(value: Any) -> Any:
    """Return an object or a list as such: the engine passes it as JSON, in one line.

    A JSON document of several lines, such as a key file, is a text.
    """
    if not isinstance(value, str) or value[:1] not in ("{", "[") or "\n" in value.rstrip():
        return value
    try:
        return json.loads(value, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return value


def _as_text(value: Any) -> Any:
    """Return a value of an object as a value of the config has it: a text."""
    return str(value).lower() if isinstance(value, bool) else value


def _argument(name: str) -> str:
    """Return a name as an argument of ``pulumi config set``."""
    namespace, _, path = name.rpartition(":")
    first, *steps = _steps(path)
    outer = get_config(f"{namespace or pulumi.get_project()}:{first}")
    if not steps or (isinstance(outer, str) and isinstance(_structured(outer), str)):
        return shlex.quote(name)
    return f"--path {shlex.quote(name)}"


def _ends_by_accident(value: str) -> bool:
    """Say whether a text of one line ends with a line break, as a file or a pipe leaves it."""
    return value.endswith(("\n", "\r")) and len(value.strip().splitlines()) <= 1
