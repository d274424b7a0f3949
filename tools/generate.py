"""Writes what is generated from the code into the files that show it; ``--check`` only compares."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from pulumi_flashback.component.schema import file_schema
from pulumi_flashback.emulator.app import OPERATIONS
from pulumi_flashback.emulator.faults import FIELDS, NAMED
from pulumi_flashback.emulator.settings import EmulatorSettings, alternatives
from pulumi_flashback.native.schema import package_schema
from pulumi_flashback.settings import ALL_SETTINGS
from tests.contract.added.resource import BADGE
from tools.command_reference import command_page
from tools.observed_page import observed_page
from tools.reference import reference_page
from tools.typed_classes import TypedClasses

ROOT = Path(__file__).parent.parent

_EMULATOR_PAGE = """\
---
title: The emulator
meta_desc: A Flashback backend on this machine, for demos, tests and development.
---

# The emulator

A Flashback backend on this machine, for demos, tests and development. This page is generated from
the code: `make generate`.

```sh
pip install 'pulumi_flashback[emulator]'
flashback emulator
```

It has a demo user and two workspaces, and prints how to sign in; Ctrl-C ends it. Without
`--data FILE` all is in memory. `python -m pulumi_flashback.emulator` does the same, and
[`flashback emulator`](cli.md#flashback-emulator) has the options. In tests, use it as a
[fixture](offline-tests.md).

## Operations

{operations}

Statuses, messages and permissions are those of the platform's API reference.

## Faults

With `--faults` the emulator makes faults on demand, for clients in any language. `POST /_faults`
takes a list for each operation, of which every request consumes one entry; `GET /_faults` says what
is left; `DELETE /_faults` forgets all:

```sh
curl $FLASHBACK_BASE_URL/_faults -H 'Content-Type: application/json' \\
  -d '{{"POST /apikeys": ["commit-then-reset", {{"fault": "503", "times": 2}}]}}'
```

{faults}

Requests must say that they are JSON, and must not come from a web page: the emulator refuses an
`Origin` other than its own, and a `Host` that is neither an address nor a name without a dot. In
Python, `script_faults` of the [fixture](offline-tests.md#when-things-go-wrong) does the same.

## Choices

Where the documentation of the platform is silent, the emulator has a setting. The defaults are what
seems most likely; the client and the provider work under every value.
[`flashback conformance`](conformance.md) finds out what the real service does, and `--like` takes
the file that it writes:

```sh
flashback emulator --set in_use_status=403 --set 'providers={{"AWS": 7}}'
```

In Python they are the arguments of `EmulatorSettings`.

{settings}
"""


def settings_table() -> str:
    """Return the table of settings."""
    rows = ["| stack config | variable | default | meaning |", "| --- | --- | --- | --- |"]
    for option in ALL_SETTINGS:
        default = f"`{option.default}`" if option.default else ""
        secret = " Secret." if option.secret else ""
        rows.append(
            f"| `{option.key}` | `{option.variable}` | {default} | {option.description}{secret} |"
        )
    return "\n".join(rows)


def faults_paragraph() -> str:
    """Return the names of the faults, and the fields that change them."""
    names = ", ".join(f"`{name}`" for name in NAMED)
    fields = ", ".join(f"`{name}`" for name in FIELDS)
    return (
        f"The faults are {names}. An entry may be an object with `fault`, `times` (a number or "
        f'`"forever"`) and any of {fields} to change it.'
    )


def emulator_page() -> str:
    """Return the page of the emulator: its operations, and every choice that it makes."""
    rows = ["| setting | default | alternatives | meaning |", "| --- | --- | --- | --- |"]
    for name, info in EmulatorSettings.model_fields.items():
        plain = isinstance(info.default, str)
        default = info.default if plain else json.dumps(info.default)
        rows.append(f"| `{name}` | `{default}` | {alternatives(name)} | {info.description} |")
    shown = [each for each in OPERATIONS if not each.startswith("HEAD ")]
    operations = "\n".join(f"- `{each}`" for each in sorted(shown, key=_path_first))
    return _EMULATOR_PAGE.format(
        operations=operations, faults=faults_paragraph(), settings="\n".join(rows)
    )


def _path_first(operation: str) -> tuple[str, str]:
    method, _, path = operation.partition(" ")
    return path, method


def replaced(text: str, name: str, content: str) -> str:
    """Return a text with other content between its two marks."""
    return re.sub(
        rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)",
        lambda match: f"{match[1]}{content}\n{match[2]}",
        text,
        flags=re.DOTALL,
    )


def wanted_texts() -> dict[Path, str]:
    """Return what each file is to hold."""
    typed = TypedClasses(package_schema()).files()
    added = TypedClasses(package_schema([BADGE]))
    configuration = ROOT / "docs" / "installation-configuration.md"
    return {
        ROOT / "docs" / "emulator.md": emulator_page(),
        ROOT / "examples" / "declarative" / "workspace.schema.json": (
            json.dumps(file_schema(), indent=2) + "\n"
        ),
        ROOT / "docs" / "cli.md": command_page(),
        ROOT / "docs" / "conformance.md": observed_page(),
        configuration: replaced(configuration.read_text(), "settings", settings_table()),
        ROOT / "docs" / "reference.md": reference_page(),
        **{ROOT / "pulumi_flashback" / path: text for path, text in typed.items()},
        # a resource of the tests has properties of all types
        ROOT / "tests" / "contract" / "added" / "badge.py": added.resource(BADGE),
    }


def main() -> int:
    """Generate, or compare; return the exit code."""
    different = [
        path
        for path, text in wanted_texts().items()
        if not path.exists() or path.read_text() != text
    ]
    if "--check" in sys.argv:
        for path in different:
            name = path.relative_to(ROOT)
            print(f"error: {name} is out of date; run `make generate`", file=sys.stderr)
        return 1 if different else 0
    for path in different:
        path.parent.mkdir(exist_ok=True)
        path.write_text(wanted_texts()[path])
    return 0


if __name__ == "__main__":
    sys.exit(main())
