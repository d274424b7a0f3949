"""What keeps a version from being published."""

from __future__ import annotations

import re
import sys
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.metadata import Metadata
from packaging.requirements import Requirement
from packaging.version import Version

from pulumi_flashback.cli.doctor import OLDEST_CLI
from tools import check_dist, go, pulumi_cli, release, release_environment
from tools.release_environment import CheckFailedError

ROOT = Path(__file__).parents[2]
VERSION = Version("1.2.0")
METADATA = b"""\
Metadata-Version: 2.4
Name: pulumi_flashback
Version: 1.2.0
Classifier: Programming Language :: Python :: 3 :: Only
Classifier: Programming Language :: Python :: 3.9
Classifier: Programming Language :: Python :: 3.10
Classifier: Programming Language :: Python :: 3.13
Requires-Dist: pulumi<4,>=3.216
Requires-Dist: httpx<1,>=0.27
Requires-Dist: nothing-lowest
Requires-Dist: uvicorn>=0.30; extra == 'emulator'
Requires-Dist: ruff>=0.8; extra == 'dev'
"""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("All.\n\n## 1.2.0 (2026-11-23)\n\n- A.\n\n## 1.1.0\n\n- B.\n", "1.2.0 (2026-11-23)"),
        ("\n## 1.2.0 (unreleased)\n\n- A.\n", "1.2.0 (unreleased); put the date there"),
        ("", None),
        ("\n## 1.1.0\n\n- B.\n", None),
        ("\n## 1.2.0\n\nNothing is listed.\n\n## 1.1.0\n\n- B.\n", None),
        ("\n## 1.1.0\n\n- B.\n\n## 1.2.0\n\n- A.\n", None),
        ("\n## 1.2.01\n\n- A.\n", None),
    ],
)
def test_the_first_entry_of_the_changelog_is_that_of_the_version(
    text: str, shown: str | None
) -> None:
    if shown:
        entry = release.changelog_entry(f"# Changelog\n{text}", VERSION)
        assert entry.startswith(f"CHANGELOG.md: {shown}")
    else:
        with pytest.raises(CheckFailedError, match=re.escape("an entry for 1.2.0")):
            release.changelog_entry(f"# Changelog\n{text}", VERSION)


def test_each_supported_python_is_tried_and_the_lowest_one_with_the_lowest_versions() -> None:
    lowest, *others = release.cases(Metadata.from_email(METADATA))
    # numbers, not texts: 3.9 is lower than 3.10
    versions = ("pulumi==3.216", "httpx==0.27", "uvicorn==0.30")
    assert lowest == release.Case("3.9", versions, oldest_cli=True)
    assert others == [release.Case("3.10"), release.Case("3.13")]


def test_the_oldest_cli_is_that_of_the_oldest_sdk() -> None:
    (lowest,) = (
        each
        for each in release.lowest(
            [Requirement(each) for each in requires("pulumi_flashback") or []]
        )
        if each.startswith("pulumi==")
    )
    oldest = go.numbers(go.pinned("github.com/pulumi/pulumi/pkg/v3", pulumi_cli.OLDEST_MODULE))
    assert oldest == (*OLDEST_CLI, 0)
    assert go.numbers(lowest) == OLDEST_CLI


def test_an_interpreter_that_is_only_a_shim_is_skipped_and_a_missing_one_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for place, script in (
        ("shims", "exit 127"),
        ("other", "echo 3.11"),
        ("pyenv/versions/3.10.4/bin", "echo 3.10"),
    ):
        path = tmp_path / place / "python3.10"
        path.parent.mkdir(parents=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
    here = release.Case("{}.{}".format(*sys.version_info[:2]))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "other" / "python3.10"))
    monkeypatch.setenv("PATH", f"{tmp_path}/shims:{tmp_path}/other")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "none"))
    # this Python, if there is no other
    assert release.on_this_machine([release.Case("3.10")]) == [here]
    assert "left out: there is no Python 3.10 on this machine" in capsys.readouterr().out
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    assert release_environment.interpreter("3.10").is_relative_to(tmp_path / "pyenv")
    wanted = [release.Case("3.9"), release.Case("3.10")]
    assert release.on_this_machine(wanted) == wanted[1:]


def test_a_version_needs_recorded_states(tmp_path: Path) -> None:
    (tmp_path / "1.2.0-dynamic.json").touch()
    with pytest.raises(CheckFailedError, match=r"1\.2\.0-native\.json.*record_state 1\.2\.0"):
        release.check_states(tmp_path, VERSION)
    (tmp_path / "1.2.0-native.json").touch()
    release.check_states(tmp_path, VERSION)


def test_the_contents_of_both_files() -> None:
    wheel = [*check_dist.WANTED_IN_WHEEL, "pulumi_flashback-1.2.0.dist-info/METADATA"]
    source = ["p-1", *(f"p-1/{name}" for name in (*check_dist.WANTED_IN_SOURCE, "PKG-INFO"))]
    check_dist.check_wheel(wheel, "wheel")
    check_dist.check_source(source, "source")
    with pytest.raises(CheckFailedError, match=r"lacks pulumi_flashback/py\.typed"):
        check_dist.check_wheel([n for n in wheel if not n.endswith("py.typed")], "wheel")
    with pytest.raises(CheckFailedError, match=r"does not belong: tests/test_x\.py"):
        check_dist.check_wheel([*wheel, "tests/test_x.py"], "wheel")
    for foreign in ("notes.txt", "state/.pulumi/stacks/dev.json", "tests/__pycache__/x.pyc"):
        with pytest.raises(CheckFailedError, match=re.escape(foreign)):
            check_dist.check_source([*source, f"p-1/{foreign}"], "source")
    moved = {"pulumi_flashback/openapi.yaml": "api/openapi.yaml"}
    for name in (*check_dist.WANTED_IN_WHEEL, *check_dist.WANTED_IN_SOURCE):
        assert (ROOT / moved.get(name, name)).is_file(), name


def test_an_older_file_in_dist_is_not_taken_for_the_new_one(tmp_path: Path) -> None:
    with pytest.raises(CheckFailedError, match="0 files"):
        check_dist.the_only(tmp_path, "*.whl")
    (tmp_path / "a-1.whl").touch()
    assert check_dist.the_only(tmp_path, "*.whl").name == "a-1.whl"
    (tmp_path / "a-2.whl").touch()
    with pytest.raises(CheckFailedError, match="2 files"):
        check_dist.the_only(tmp_path, "*.whl")
