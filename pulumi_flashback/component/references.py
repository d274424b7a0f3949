"""References in a file: ``${config:NAME}`` to the stack config, ``${env:NAME}`` to a variable."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import Any, Final

import pulumi
from pulumi.runtime.config import get_config, is_config_secret

from pulumi_flashback.component.problems import Place, Problem, at

_NAMES: Final = {"config": r"\w[\w.-]*(?::\w[\w.-]*)?", "env": r"[A-Za-z_]\w*"}
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
            f"  pulumi config set {'--secret ' if secret else ''}{name}"
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
        if value:
            return Text(value, secret=False)
        self._missing_variables[name] = None
        self.problems.append(at(place, f"takes the environment variable {name}, which is not set"))
        return None

    def _config(self, name: str, place: Place, *, credential: bool) -> Text | None:
        key = name if ":" in name else f"{pulumi.get_project()}:{name}"
        value, secret = get_config(key), is_config_secret(key)
        if value and (secret or not credential):
            return Text(str(value), secret)
        self._missing_config[name] = self._missing_config.get(name, False) or credential
        reason = f"takes {name} of the stack config, which is "
        reason += "stored there in clear text; it must be a secret" if value else "not set"
        self.problems.append(at(place, reason))
        return None
