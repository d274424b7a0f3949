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


def test_new_directories_and_other_files(tmp_path: Path) -> None:
    write_all(tmp_path / "x" / "y", TEXTS, force=False)
    assert contents(tmp_path / "x" / "y") == TEXTS
    (tmp_path / "x" / "other").write_text("other")
    write_all(tmp_path / "x", {"a": "2"}, force=False)
    assert (tmp_path / "x" / "a").read_text() == "2"
    assert (tmp_path / "x" / "other").read_text() == "other"


def test_files_are_overwritten_only_by_force(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("of the link")
    (tmp_path / "b").write_text("old")
    (tmp_path / "c").symlink_to(tmp_path / "target")
    with pytest.raises(
        FlashbackError, match=r"already contains b, c; nothing was written\. .*--force"
    ):
        write_all(tmp_path, TEXTS, force=False)
    assert contents(tmp_path) == {"target": "of the link", "b": "old", "c": "of the link"}
    write_all(tmp_path, TEXTS, force=True)
    assert contents(tmp_path) == {**TEXTS, "target": "of the link"}


@pytest.mark.parametrize("force", [True, False])
def test_a_directory_is_never_overwritten(force: bool, tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    with pytest.raises(
        FlashbackError, match="has a directory named b; nothing was written"
    ) as error:
        write_all(tmp_path, TEXTS, force=force)
    assert str(error.value).endswith("Choose another --out")
    assert os.listdir(tmp_path) == ["b"]


@pytest.mark.parametrize("failing", range(5))
@pytest.mark.parametrize("kind", [OSError, KeyboardInterrupt])
def test_everything_is_as_before_if_a_move_fails(
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


def test_a_directory_that_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    (tmp_path / "file").touch()
    with pytest.raises(FlashbackError, match=r"cannot write to .*: Not a directory; nothing"):
        write_all(tmp_path / "file" / "x", TEXTS, force=False)
    monkeypatch.setattr(Path, "write_text", fail)
    with pytest.raises(FlashbackError, match="No space left on device; nothing was written"):
        write_all(tmp_path / "x", TEXTS, force=False)
    assert os.listdir(tmp_path) == ["file"]
