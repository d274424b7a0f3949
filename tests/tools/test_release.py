"""What keeps a version from being published."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from packaging.metadata import Metadata
from packaging.version import Version

from tools import check_dist, release, release_environment
from tools.release_environment import CheckFailedError

ROOT = Path(__file__).parents[2]

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


def test_the_entry_of_the_changelog_is_found() -> None:
    text = (
        "# Changelog\n\nAll changes.\n\n## 1.2.0 (2026-11-23)\n\n- A thing.\n\n## 1.1.0\n\n- B.\n"
    )
    assert release.changelog_entry(text, Version("1.2.0")) == "CHANGELOG.md: 1.2.0 (2026-11-23)"


def test_a_missing_date_is_only_mentioned() -> None:
    text = "# Changelog\n\n## 1.2.0 (unreleased)\n\n- A thing.\n"
    assert "put the date there" in release.changelog_entry(text, Version("1.2.0"))


@pytest.mark.parametrize(
    "text",
    [
        "# Changelog\n",
        "# Changelog\n\n## 1.1.0\n\n- B.\n",
        "# Changelog\n\n## 1.2.0\n\nNothing is listed.\n\n## 1.1.0\n\n- B.\n",
        "# Changelog\n\n## 1.1.0\n\n- B.\n\n## 1.2.0\n\n- A thing.\n",
        "# Changelog\n\n## 1.2.01\n\n- A thing.\n",
    ],
    ids=["none", "an older one", "without a change", "not the first", "a similar number"],
)
def test_a_version_without_an_entry_is_refused(text: str) -> None:
    with pytest.raises(CheckFailedError, match=re.escape("an entry for 1.2.0")):
        release.changelog_entry(text, Version("1.2.0"))


def test_both_ends_of_what_is_supported_are_tried() -> None:
    lowest, highest = release.cases(Metadata.from_email(METADATA))
    # numbers, not texts: 3.9 is lower than 3.10
    assert lowest == release.Case("3.9", ("pulumi==3.216", "httpx==0.27", "uvicorn==0.30"))
    assert highest == release.Case("3.13")


def test_an_interpreter_that_is_only_a_shim_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
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
    monkeypatch.setattr(sys, "executable", str(tmp_path / "other" / "python3.10"))
    monkeypatch.setenv("PATH", f"{tmp_path}/shims:{tmp_path}/other")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "none"))
    with pytest.raises(CheckFailedError, match=re.escape("there is no Python 3.10")):
        release_environment.interpreter("3.10")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    assert release_environment.interpreter("3.10").is_relative_to(tmp_path / "pyenv")


def test_a_missing_python_is_left_out_and_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    here = "{}.{}".format(*sys.version_info[:2])
    missing, present = release.Case("3.9", ("pulumi==3.216",)), release.Case(here)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    assert release.on_this_machine([missing, present]) == [present]
    assert "left out: there is no Python 3.9 on this machine" in capsys.readouterr().out
    assert release.on_this_machine([missing]) == [present]


def test_a_version_needs_recorded_states(tmp_path: Path) -> None:
    (tmp_path / "1.2.0-dynamic.json").touch()
    with pytest.raises(
        CheckFailedError, match=r"no 1\.2\.0-native\.json in .*record_state 1\.2\.0"
    ):
        release.check_states(tmp_path, Version("1.2.0"))
    (tmp_path / "1.2.0-native.json").touch()
    release.check_states(tmp_path, Version("1.2.0"))


def test_a_wheel_with_too_little_or_too_much_is_refused() -> None:
    names = [*check_dist.WANTED_IN_WHEEL, "pulumi_flashback-1.2.0.dist-info/METADATA"]
    check_dist.check_wheel(names, "wheel")
    with pytest.raises(CheckFailedError, match=r"lacks pulumi_flashback/py\.typed"):
        check_dist.check_wheel([n for n in names if not n.endswith("py.typed")], "wheel")
    with pytest.raises(CheckFailedError, match=r"does not belong: tests/test_x\.py"):
        check_dist.check_wheel([*names, "tests/test_x.py"], "wheel")


@pytest.mark.parametrize(
    "foreign", ["notes.txt", "state/.pulumi/stacks/dev.json", "tests/__pycache__/x.pyc"]
)
def test_a_source_distribution_with_what_lies_about_is_refused(foreign: str) -> None:
    names = ["p-1", *(f"p-1/{name}" for name in (*check_dist.WANTED_IN_SOURCE, "PKG-INFO"))]
    check_dist.check_source(names, "source")
    with pytest.raises(CheckFailedError, match=re.escape(foreign)):
        check_dist.check_source([*names, f"p-1/{foreign}"], "source")


def test_what_must_be_in_both_files_is_in_the_repository() -> None:
    for name in (*check_dist.WANTED_IN_WHEEL, *check_dist.WANTED_IN_SOURCE):
        assert (ROOT / name).is_file(), name


def test_an_older_file_in_dist_is_not_taken_for_the_new_one(tmp_path: Path) -> None:
    with pytest.raises(CheckFailedError, match="0 files"):
        check_dist.the_only(tmp_path, "*.whl")
    (tmp_path / "a-1.whl").touch()
    assert check_dist.the_only(tmp_path, "*.whl").name == "a-1.whl"
    (tmp_path / "a-2.whl").touch()
    with pytest.raises(CheckFailedError, match="2 files"):
        check_dist.the_only(tmp_path, "*.whl")
