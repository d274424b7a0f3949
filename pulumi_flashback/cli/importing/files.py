"""Writes several files, or none."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from pulumi_flashback.client import FlashbackError


def write_all(directory: Path, texts: Mapping[str, str], *, force: bool) -> None:
    """Write files into a directory, which is made if it is missing.

    Args:
        directory: Where they go.
        texts: Their contents, by name.
        force: Files of these names may be overwritten.

    Raises:
        FlashbackError: Nothing was written: a file is there already, or it cannot be written.
    """
    _refuse_to_overwrite(directory, texts, force)
    existed = directory.exists()
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=directory, prefix=".flashback-import-") as staging:
            for name, text in texts.items():
                (Path(staging) / name).write_text(text, encoding="utf-8", newline="\n")
            _put(Path(staging), directory, list(texts))
    except OSError as error:
        if not existed:
            with suppress(OSError):
                directory.rmdir()
        raise FlashbackError(
            f"cannot write to {directory}: {error.strerror or error}; nothing was written"
        ) from None


def _refuse_to_overwrite(directory: Path, texts: Mapping[str, str], force: bool) -> None:
    present = [name for name in texts if os.path.lexists(directory / name)]
    if present and not force:
        raise FlashbackError(
            f"{directory} has {', '.join(present)} already; nothing was written. Choose another "
            "--out, or overwrite with --force"
        )
    folders = [name for name in present if (directory / name).is_dir()]
    if folders:
        raise FlashbackError(
            f"{directory} has a directory named {', '.join(folders)}; nothing was written. Choose "
            "another --out"
        )


def _put(staging: Path, directory: Path, names: list[str]) -> None:
    """Move files to where they belong; what was there is put back if that does not go to the end.

    Files that are replaced wait in the staging directory meanwhile.
    """
    try:
        for name in names:
            if os.path.lexists(directory / name):
                (directory / name).replace(_before(staging, name))
            (staging / name).replace(directory / name)
    except BaseException:
        for name in names:
            if os.path.lexists(_before(staging, name)):
                _before(staging, name).replace(directory / name)
            elif not os.path.lexists(staging / name):
                (directory / name).unlink(missing_ok=True)
        raise


def _before(staging: Path, name: str) -> Path:
    return staging / f"{name}.before"
