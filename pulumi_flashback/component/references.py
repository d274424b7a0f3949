"""References in a file: ``${config:NAME}``, ``${config:a.b[0]}`` and ``${env:NAME}``."""

import json
import os
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import pulumi
from pulumi.runtime.config import get_config, is_config_secret

from pulumi_flashback.component.diagnostics import PropertyPath
from pulumi_flashback.core.values import UNKNOWN

_CONFIG: Final = r"\$\{config:\w[\w.-]*(?::\w[\w.-]*)?(?:\[\d+\][\w.-]*)*\}"
_VARIABLE: Final = r"\$\{env:[A-Za-z_]\w*\}"
_REFERENCE: Final = re.compile(f"{_CONFIG}|{_VARIABLE}", re.ASCII)
_PARTS: Final = re.compile(rf"(\$\$\{{|{_REFERENCE.pattern}|\$\{{)", re.ASCII)
_FORMS: Final = "${config:NAME} or ${env:NAME}"

PATTERN: Final = f"^(?:{_REFERENCE.pattern})$"  # a text that is one reference; for editors


@dataclass(frozen=True)
class ResolvedText:
    value: str = field(repr=False)
    secret: bool = False


class References:
    """Replaces references, reports errors, and collects commands that set missing values."""

    def __init__(self, report: Callable[[PropertyPath, str], None]) -> None:
        self.report = report
        self._missing: dict[tuple[str, str], bool] = {}  # whether it must be a secret

    @property
    def commands(self) -> list[str]:
        missing = sorted(self._missing.items(), key=lambda each: each[0][0])
        commands = [
            f"  export {name}=..." if kind == "env" else _config_set(name, secret=secret)
            for (kind, name), secret in missing
        ]
        return ["Set what is missing:", *commands] if commands else []

    def credential(self, written: object, path: PropertyPath) -> Any:
        """Return a credential, which must be one reference; ``UNKNOWN`` if it has no value."""
        if isinstance(written, str) and _REFERENCE.fullmatch(written.strip()):
            return self._resolved(written.strip(), path, credential=True)
        self.report(
            path, f"must be a reference, {_FORMS}, because this file must not contain secrets"
        )
        return UNKNOWN

    def text(self, written: str, path: PropertyPath) -> Any:
        """Return a text with its references replaced; ``UNKNOWN`` if one has no value."""
        parts = [self._part(part, path) for part in _PARTS.split(written)]
        if UNKNOWN in parts:
            return UNKNOWN
        return ResolvedText("".join(part.value for part in parts), any(p.secret for p in parts))

    def _part(self, part: str, path: PropertyPath) -> Any:
        if _REFERENCE.fullmatch(part):
            return self._resolved(part, path, credential=False)
        if part != "${":
            return ResolvedText("${" if part == "$${" else part)
        self.report(
            path, f"has a ${{ without a reference: write {_FORMS}, or $${{ for a literal ${{"
        )
        return UNKNOWN

    def _resolved(self, reference: str, path: PropertyPath, *, credential: bool) -> Any:
        kind, _, name = reference[2:-1].partition(":")
        if kind == "env":
            value, secret = os.environ.get(name), False
        else:
            value, secret = _config_value(name)
        if isinstance(value, (dict, list)):
            inner = "[0]" if isinstance(value, list) else ".NAME"
            problem = f"has several values; refer to one of them: ${{config:{name}{inner}}}"
        elif not value or (kind == "config" and credential and not secret):
            problem = "is stored in clear text; it must be a secret" if value else "is not set"
            self._missing[kind, name] = self._missing.get((kind, name), False) or credential
        elif kind == "env" and _ends_by_accident(value):
            problem = "ends with a line break; set it without one"
        else:
            return ResolvedText(str(value), secret)
        source = (
            f"the environment variable {name}" if kind == "env" else f"{name} in the stack config"
        )
        self.report(path, f"refers to {source}, which {problem}")
        return UNKNOWN


def _config_value(name: str) -> tuple[Any, bool]:
    """Return a value of the stack config by key or path, and whether it is a secret."""
    value = get_config(_key(name))
    if value is not None:  # a key with exactly this name takes precedence
        return _structured(value), is_config_secret(_key(name))
    key, steps = _key_and_steps(name)
    value = _structured(get_config(key)) if steps else None
    for step in steps:
        if isinstance(value, list):
            value = dict(enumerate(value)).get(int(step)) if step.isdigit() else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    # the config has only texts; one secret in an object makes the whole object secret
    return str(value).lower() if isinstance(value, bool) else value, is_config_secret(key)


def _key(name: str) -> str:
    return name if ":" in name else f"{pulumi.get_project()}:{name}"


def _key_and_steps(name: str) -> tuple[str, list[str]]:
    namespace, _, path = _key(name).rpartition(":")
    first, *steps = [step for step in re.split(r"[.\[\]]+", path) if step]
    return f"{namespace}:{first}", steps


def _structured(value: Any) -> Any:
    if not isinstance(value, str) or value[:1] not in ("{", "[") or "\n" in value.rstrip():
        return value
    try:
        return json.loads(value, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return value


def _config_set(name: str, *, secret: bool) -> str:
    key, steps = _key_and_steps(name)
    # a plain text has no inner values to set
    path = steps and not isinstance(_structured(get_config(key)), str)
    options = f"{'--secret ' if secret else ''}{'--path ' if path else ''}"
    return f"  pulumi config set {options}{shlex.quote(name)}"


def _ends_by_accident(value: str) -> bool:
    return value.endswith(("\n", "\r")) and len(value.strip().splitlines()) <= 1
