"""What `make sdk` writes, what its comparison finds, and what the generator refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.sdk.conftest import SDK
from tools import sdk

pytestmark = [pytest.mark.sdk, pytest.mark.timeout(900)]


def write(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(path.name)


def test_comparing_and_replacing(tmp_path: Path) -> None:
    wanted, present = tmp_path / "wanted", tmp_path / "present"
    names = (*(f"{language}/deep/file" for language in sdk.LANGUAGES), sdk.SCHEMA)
    write(*(directory / name for directory in (wanted, present) for name in names))
    write(present / "README.md")  # written by hand
    # what a build leaves is no difference
    for name in ("nodejs/node_modules/it/a.js", "nodejs/bin/a.js", "python/it.egg-info/PKG-INFO"):
        write(present / name)
    assert sdk.differences(wanted, present) == []
    (present / "go" / "deep" / "file").write_text("edited")
    write(present / "nodejs" / "old.ts")
    (present / sdk.SCHEMA).unlink()
    assert sdk.differences(wanted, present) == [
        "go/deep/file differs",
        "nodejs/old.ts is left over",
        "schema.json is missing",
    ]
    sdk.replace(wanted, present)
    assert sdk.differences(wanted, present) == []
    assert (present / "README.md").exists()


def _required(schema: dict[str, Any]) -> None:
    schema["resources"]["flashback:index:ApiKey"]["requiredInputs"].append("nothing")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda it: it.update(resorces={}), 'unknown field "resorces"'),
        (lambda it: it["language"].pop("go"), "go: the schema has no such section"),
        (lambda it: it["language"]["nodejs"].update(packageNam="x"), 'unknown field "packageNam"'),
        (_required, 'unknown required property "nothing"'),
        (lambda it: it.update(version="one"), "#/version"),
    ],
)
def test_a_schema_that_is_not_right_is_refused(
    needed: Callable[[str], str],
    tmp_path: Path,
    change: Callable[[dict[str, Any]], None],
    complaint: str,
) -> None:
    needed("go")
    schema = json.loads((SDK / "schema.json").read_text())
    change(schema)
    with pytest.raises(sdk.SdkError) as refused:
        sdk.write_trees(json.dumps(schema), tmp_path)
    assert complaint in str(refused.value)
    assert "goroutine" not in str(refused.value)
