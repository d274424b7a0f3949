"""Several files are written, or none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pulumi_flashback.cli.importing.files import write_all
from pulumi_flashback.client import FlashbackError

TEXTS = {"a": "new a\n", "b": "new é\r\n", "c": "new c\n"}


def contents(directory: Path) -> dict[str, str]:
    return {each.name: each.read_bytes().decode() for each in directory.iterdir()}


def test_into_a_new_directory(tmp_path: Path) -> None:
    write_all(tmp_path / "x" / "y", TEXTS, force=False)
    assert contents(tmp_path / "x" / "y") == TEXTS


def test_beside_other_files(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("other")
    write_all(tmp_path, TEXTS, force=False)
    assert contents(tmp_path) == {**TEXTS, "other": "other"}


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "b").write_text("old")
    (tmp_path / "c").symlink_to(tmp_path / "nowhere")
    with pytest.raises(FlashbackError, match="has b, c already; nothing was written") as error:
        write_all(tmp_path, TEXTS, force=False)
    assert "--force" in str(error.value)
    assert sorted(os.listdir(tmp_path)) == ["b", "c"]
    assert (tmp_path / "b").read_text() == "old"


def test_unless_that_is_wanted(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("of the link")
    (tmp_path / "b").write_text("old")
    (tmp_path / "c").symlink_to(tmp_path / "target")
    write_all(tmp_path, TEXTS, force=True)
    assert contents(tmp_path) == {**TEXTS, "target": "of the link"}


@pytest.mark.parametrize("force", [True, False])
def test_a_directory_is_never_overwritten(force: bool, tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    with pytest.raises(FlashbackError, match="nothing was written"):
        write_all(tmp_path, TEXTS, force=force)
    assert os.listdir(tmp_path) == ["b"]


@pytest.mark.parametrize("failing", range(5))
@pytest.mark.parametrize("kind", [OSError, KeyboardInterrupt])
def test_all_is_as_before_if_it_does_not_go_to_the_end(
    kind: type[BaseException], failing: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each move in turn is the one that fails: two old files step aside, three new ones come."""
    before = {"a": "old a", "c": "old c", "other": "other"}
    for name, text in before.items():
        (tmp_path / name).write_text(text)
    moves = 0
    replace = Path.replace

    def move(self: Path, target: Path) -> Path:
        nonlocal moves
        moves += 1
        if moves == failing + 1:
            raise kind("no")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", move)
    with pytest.raises(FlashbackError if kind is OSError else kind):
        write_all(tmp_path, TEXTS, force=True)
    assert moves > failing
    assert contents(tmp_path) == before


def test_a_directory_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FlashbackError, match=r"cannot write to .*: Not a directory; nothing"):
        write_all(tmp_path / "file" / "x", TEXTS, force=False)


def test_a_new_directory_goes_if_nothing_comes_into_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", fail)
    with pytest.raises(FlashbackError, match="No space left on device; nothing was written"):
        write_all(tmp_path / "x", TEXTS, force=False)
    assert os.listdir(tmp_path) == []
