"""Writes several files; if one of them fails, none is written."""

import os
import tempfile
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from pulumi_flashback.client import FlashbackError


def write_all(
    directory: Path, texts: Mapping[str, str], *, force: bool, private: Collection[str] = ()
) -> None:
    present = [name for name in texts if os.path.lexists(directory / name)]
    folders = [name for name in present if (directory / name).is_dir()]
    if folders:
        raise FlashbackError(
            f"{directory} has a directory named {', '.join(folders)}; nothing was written. Choose "
            "another --out"
        )
    if present and not force:
        raise FlashbackError(
            f"{directory} already contains {', '.join(present)}; nothing was written. "
            "Choose another --out, or overwrite with --force"
        )
    existed = directory.exists()
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=directory, prefix=".flashback-import-") as staging:
            for name, text in texts.items():
                path = Path(staging) / name
                path.touch(mode=0o600 if name in private else 0o666)
                path.write_text(text, encoding="utf-8", newline="\n")
            _move_all(texts, Path(staging), directory)
    except OSError as error:
        if not existed:
            with suppress(OSError):
                directory.rmdir()
        raise FlashbackError(
            f"cannot write to {directory}: {error.strerror or error}; nothing was written"
        ) from None


def _move_all(names: Iterable[str], staging: Path, directory: Path) -> None:
    """Move files from one directory into another; if that fails, restore the original state."""
    before = {name: staging / f"{name}.before" for name in names}
    try:
        for name in names:
            if os.path.lexists(directory / name):
                (directory / name).replace(before[name])
            (staging / name).replace(directory / name)
    except BaseException:
        for name in names:
            if os.path.lexists(before[name]):
                before[name].replace(directory / name)
            elif not os.path.lexists(staging / name):
                (directory / name).unlink(missing_ok=True)
        raise
