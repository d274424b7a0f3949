"""Writes the generated texts into their files; ``--check`` only compares."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from pydantic import BaseModel

from pulumi_flashback.emulator.faults import FIELDS, NAMED
from pulumi_flashback.emulator.seed import SECTIONS, Seed
from pulumi_flashback.emulator.settings import EmulatorSettings, alternatives
from pulumi_flashback.resources import RESOURCES
from pulumi_flashback.settings import ALL_SETTINGS
from tests.contract.added.resource import BADGE
from tools.banner import replaced, with_banner
from tools.command_reference import command_page
from tools.observed_page import observed_page
from tools.operations_page import operations_page
from tools.package_schema import package_schema
from tools.reference import reference_pages
from tools.tested_versions import tested_versions
from tools.typed_classes import TypedClasses
from tools.workspace_schema import file_schema

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "examples" / "emulator"
SITE = ROOT / "zensical.toml"

_EMULATOR_PAGE = """\
---
title: The emulator
meta_desc: An emulator of the Flashback API on this machine, for demos, tests and development.
---

# The emulator

The emulator provides the Flashback API on this machine, for demos, tests and development. This page
is generated from the code: `make generate`.

<!-- unreleased -->
<!-- /unreleased -->

```sh
pip install 'pulumi_flashback[emulator]'
flashback emulator
```

It has a demo user and two workspaces, and prints how to sign in. Ctrl-C ends it. Without
`--data FILE`, it keeps everything in memory. `python -m pulumi_flashback.emulator` does the same;
[`flashback emulator`](cli.md#flashback-emulator) lists the options. In tests, use it as a
[fixture](offline-tests.md).

## Operations

[Operations of the API](operations.md) lists all operations with their request and response bodies.

Statuses, messages and permissions follow the platform's API reference. The emulator accepts
requests from web pages of every origin, so do not store real credentials in it.

## Seed

With `--seed FILE`, a new emulator also contains the users, workspaces and keys that a YAML file
describes, and the buckets and AI models that use the keys:

```sh
flashback emulator --seed team.yaml
```

The file [`team.yaml`](../examples/emulator/team.yaml) contains the email addresses and ids in the
examples of this documentation:

<!-- part of: examples/emulator/team.yaml -->
```yaml
{seed}```

{seed_fields}

Labels are names of your choice and are used only in this file. All errors in a file are reported
together, with line numbers. Editors can use the JSON schema `team.schema.json`, in the same folder.

A seed is for a new emulator. With `--data FILE`, use the seed only for the first start: if the file
already contains data, the emulator does not start, and the file stays unchanged. In Python, pass
`read_seed(Path("team.yaml"))` of `pulumi_flashback.emulator.seed_file` to `Emulator` as `seed`.

## Faults

With `--faults`, the emulator injects faults on demand, for clients in any language. `POST /_faults`
takes a list for each operation, and every request consumes one entry. `GET /_faults` shows the
remaining entries; `DELETE /_faults` removes them all:

```sh
curl $FLASHBACK_BASE_URL/_faults -H 'Content-Type: application/json' \\
  -d '{{"POST /apikeys": ["commit-then-reset", {{"fault": "503", "times": 2}}]}}'
```

{faults}

A rejected request stays rejected: a fault changes the status and the body of the rejection only if
its own status is 300 or higher. The entry is consumed in any case.

Requests to `/_faults` must have the content type JSON, and must not come from a web page: the
emulator rejects an `Origin` other than its own, and a `Host` that is neither an address nor a name
without a dot. In Python, `script_faults` of the [fixture](offline-tests.md#test-failures) does the
same.

## Choices

If the documentation of the platform does not describe a behavior, the emulator has a setting for
it. The default is the most likely behavior; the client and the provider work with every value.
Change settings with `--set`:

```sh
flashback emulator --set in_use_status=403 --set 'providers={{"AWS": 7}}'
```

[`flashback conformance`](conformance.md) observes what the real API does and writes the settings to
a file, which `--like FILE` reads. In Python, settings are the arguments of `EmulatorSettings`.

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
    """Return the page of the emulator: how to use it, and every choice that it makes."""
    rows = ["| setting | default | alternatives | meaning |", "| --- | --- | --- | --- |"]
    for name, info in EmulatorSettings.model_fields.items():
        plain = isinstance(info.default, str)
        default = info.default if plain else json.dumps(info.default)
        rows.append(f"| `{name}` | `{default}` | {alternatives(name)} | {info.description} |")
    return _EMULATOR_PAGE.format(
        seed=(EXAMPLE / "team.yaml").read_text(),
        seed_fields=seed_table(),
        faults=faults_paragraph(),
        settings="\n".join(rows),
    )


def seed_table() -> str:
    """Return the fields of a seed."""
    rows = ["| entry | field | needed | meaning |", "| --- | --- | --- | --- |"]
    kinds: dict[str, type[BaseModel]] = {"the file": Seed, **SECTIONS}
    for section, kind in kinds.items():
        for info in kind.model_fields.values():
            needed = "yes" if info.is_required() else ""
            default = f" Default: `{info.default}`." if isinstance(info.default, str) else ""
            default = "" if info.default == "" else default
            entry = section if kind is Seed else f"`{section}`"
            rows.append(f"| {entry} | `{info.alias}` | {needed} | {info.description}{default} |")
    return "\n".join(rows)


def navigation() -> str:
    """Return the settings of the site, with the pages of the resources in the registry's order."""
    pages = "".join(f'      "reference/{each.name.lower()}.md",\n' for each in RESOURCES)
    return re.sub(
        r'("Resources" = \[\n).*?( *\] \})',
        lambda match: match[1] + pages + match[2],
        SITE.read_text(),
        flags=re.DOTALL,
    )


def with_banners(texts: dict[Path, str]) -> dict[Path, str]:
    """Return the texts of all pages that say how to install, with the banner of this time."""
    folders = ("docs/**/*.md", "examples/*/README.md", "sdk/README.md")
    pages = [ROOT / "README.md", *(page for each in folders for page in ROOT.glob(each))]
    read = {page: texts.get(page) or page.read_text() for page in pages}
    return {**texts, **{page: with_banner(text) for page, text in read.items()}}


def wanted_texts() -> dict[Path, str]:
    """Return what each file is to hold."""
    schema = package_schema()
    typed = TypedClasses(schema).files()
    added = TypedClasses(package_schema([BADGE]))
    configuration = ROOT / "docs" / "installation-configuration.md"
    texts = {
        SITE: navigation(),
        ROOT / "docs" / "emulator.md": emulator_page(),
        ROOT / "docs" / "operations.md": operations_page(),
        ROOT / "examples" / "declarative" / "workspace.schema.json": (
            json.dumps(file_schema(), indent=2) + "\n"
        ),
        EXAMPLE / "team.schema.json": json.dumps(Seed.model_json_schema(), indent=2) + "\n",
        ROOT / "docs" / "cli.md": command_page(),
        ROOT / "docs" / "conformance.md": observed_page(),
        ROOT / "pulumi_flashback" / "native" / "schema.json": json.dumps(schema) + "\n",
        configuration: replaced(
            replaced(configuration.read_text(), "settings", settings_table()),
            "tested",
            tested_versions(),
        ),
        **{ROOT / "docs" / path: text for path, text in reference_pages().items()},
        **{ROOT / "pulumi_flashback" / path: text for path, text in typed.items()},
        # a resource of the tests has properties of all types
        ROOT / "tests" / "contract" / "added" / "badge.py": added.resource(BADGE),
    }
    return with_banners(texts)


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
