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


@pytest.fixture
def trees(tmp_path: Path) -> tuple[Path, Path]:
    """Return what should be there and what is there: the same."""
    pair = (tmp_path / "wanted", tmp_path / "present")
    for directory in pair:
        for language in sdk.LANGUAGES:
            write(directory / language / "deep" / "file", language)
        write(directory / sdk.SCHEMA, "{}")
    write(pair[1] / "README.md", "by hand")
    return pair


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_the_same_is_no_difference(trees: tuple[Path, Path]) -> None:
    assert sdk.differences(*trees) == []


def test_each_difference_is_named(trees: tuple[Path, Path]) -> None:
    wanted, present = trees
    write(present / "go" / "deep" / "file", "edited")
    write(present / "nodejs" / "old.ts", "")
    (present / sdk.SCHEMA).unlink()
    assert sdk.differences(wanted, present) == [
        "go/deep/file differs",
        "nodejs/old.ts is left over",
        "schema.json is missing",
    ]


@pytest.mark.parametrize(
    "path", ["nodejs/node_modules/it/index.js", "nodejs/bin/a.js", "python/it.egg-info/PKG-INFO"]
)
def test_what_a_build_leaves_is_no_difference(trees: tuple[Path, Path], path: str) -> None:
    write(trees[1] / path, "")
    assert sdk.differences(*trees) == []


def test_replacing_leaves_no_difference(trees: tuple[Path, Path]) -> None:
    wanted, present = trees
    write(present / "python" / "old.py", "")
    write(present / "go" / "deep" / "file", "edited")
    sdk.replace(wanted, present)
    assert sdk.differences(wanted, present) == []
    assert (present / "README.md").read_text() == "by hand"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda it: it.update(resorces={}), 'unknown field "resorces"'),
        (lambda it: it["language"].pop("go"), "go: the schema has no such section"),
        (lambda it: it["language"]["nodejs"].update(packageNam="x"), 'unknown field "packageNam"'),
        (
            lambda it: it["resources"]["flashback:index:ApiKey"]["requiredInputs"].append(
                "nothing"
            ),
            'unknown required property "nothing"',
        ),
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
