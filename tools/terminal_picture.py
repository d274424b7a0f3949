"""Draws docs/pulumi-up.svg: the terminal of a real run of the program in the README.

The engine draws on a terminal of its own; its last screen becomes the picture. Times, which differ
from run to run, are left out. The program uses the native provider, whose type names are short
enough for a picture that can be read on a phone.
"""

from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import sys
import tempfile
import termios
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pyte
from pyte.screens import Char
from rich.console import Console
from rich.style import Style
from rich.terminal_theme import DIMMED_MONOKAI
from rich.text import Text

from pulumi_flashback.emulator import Emulator
from pulumi_flashback.version import VERSION
from tools import demo
from tools.pulumi_cli import ensure_cli
from tools.pulumi_project import Project
from tools.record_state import install_sdk

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
PICTURE = ROOT / "docs" / "pulumi-up.svg"
COLUMNS, LINES = 80, 60
WIDTH = 60
"""Columns of the picture; the engine needs more for the times that are left out."""
PROJECT = "name: site\nruntime: python\n"

_FIXED = {
    r" \(\d[\d.]*m?s\)": "",
    r"Duration: \w+": "Duration: 1s",
}
"""What differs from run to run, and its replacement."""

# rich's own, without a font from another host; the frame tells it from a light and a dark page
_FORMAT = """\
<svg viewBox="0 0 {width} {height}" width="640" xmlns="http://www.w3.org/2000/svg" role="img">
  <title>pulumi up shows a preview, creates four resources, and masks the secret</title>
  <style>
    .{unique_id}-matrix {{
      font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
      font-size: {char_height}px;
      line-height: {line_height}px;
    }}
    .{unique_id}-title {{ font: bold 18px sans-serif; }}
    {styles}
  </style>
  <defs>
    <clipPath id="{unique_id}-clip-terminal">
      <rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
    </clipPath>
    {lines}
  </defs>
  {chrome}
  <g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
    {backgrounds}
    <g class="{unique_id}-matrix">{matrix}</g>
  </g>
</svg>
"""


def main() -> int:
    """Run the program and write the picture."""
    with (
        tempfile.TemporaryDirectory(prefix="flashback-picture-") as name,
        Emulator() as emulator,
    ):
        directory = Path(name)
        (directory / "Pulumi.yaml").write_text(PROJECT)
        (directory / "__main__.py").write_text(program())
        cli = ensure_cli().directory
        variables = {
            "FLASHBACK_BASE_URL": emulator.base_url,
            "FLASHBACK_EMAIL": emulator.email,
            "FLASHBACK_PASSWORD": emulator.password,
            "PYTHONPATH": str(install_sdk(directory / "sdk")),
        }
        project = Project(directory, cli, variables, home=directory / "home")
        install_plugin(project)
        project.create_stack()
        project.configure({"workspaceId": emulator.workspace_id})
        secrets = {"accessKey": demo.PUBLIC_HALF, "secretKey": demo.FIRST_SECRET}
        project.configure(secrets, secret=True)
        lines = [*_typed("pulumi up --yes"), *_shown(project, "up", "--yes")]
    PICTURE.write_text(_picture(lines), encoding="utf-8")
    print(PICTURE)
    return 0


def install_plugin(project: Project) -> None:
    """Install the plugin; the engine warns of one that it finds on PATH."""
    directory = project.directory / "plugin"
    directory.mkdir()
    (directory / "pulumi-resource-flashback").symlink_to(
        Path(sys.executable).parent / "pulumi-resource-flashback"
    )
    name = ("resource", "flashback", VERSION)
    project.pulumi("plugin", "install", *name, "--file", str(directory))


def program() -> str:
    """Return the program of the README with the import of the native provider."""
    found = re.search(r"^```python\n(.*?)^```$", README.read_text(), re.DOTALL | re.MULTILINE)
    assert found
    return found[1].replace("from pulumi_flashback ", "from pulumi_flashback_native ")


def _typed(*commands: str) -> Iterator[Text]:
    for command in commands:
        yield Text.assemble(("$ ", "green"), (command, "bold"))


def _shown(project: Project, *arguments: str) -> Iterator[Text]:
    """Run a command of the CLI on a terminal; yield the lines of the last screen."""
    screen = pyte.Screen(COLUMNS, LINES)
    stream = pyte.ByteStream(screen)
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("4H", LINES, COLUMNS, 0, 0))
    with subprocess.Popen(
        [project.cli / "pulumi", "--color=always", *arguments, "--stack", "dev"],
        cwd=project.directory,
        env={**project.environment(), "TERM": "xterm-256color"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    ) as running:
        os.close(theirs)
        with suppress(OSError):  # the end, when nobody holds the other side
            while data := os.read(ours, 65536):
                stream.feed(data)
        os.close(ours)
    if running.returncode:
        raise SystemExit("\n".join(screen.display))
    lines = [_line(screen.buffer[number]) for number in range(screen.cursor.y)]
    yield from map(_with_fixed, lines)


def _line(row: dict[int, Char]) -> Text:
    line = Text()
    for column in range(COLUMNS):
        line.append(row[column].data, _style(row[column]))
    line.rstrip()
    return line


def _style(cell: Char) -> Style:
    if cell.fg == "default":
        return Style(bold=cell.bold)
    number = re.fullmatch("[0-9a-f]{6}", cell.fg)
    color = f"#{cell.fg}" if number else cell.fg.replace("bright", "bright_")
    return Style(color=color.replace("brown", "yellow"), bold=cell.bold)


def _with_fixed(line: Text) -> Text:
    for pattern, fixed in _FIXED.items():
        found = re.search(pattern, line.plain)
        if found:
            style = line.get_style_at_offset(Console(), found.start())
            line = Text.assemble(line[: found.start()], (fixed, style), line[found.end() :])
    return line


def _picture(lines: list[Text]) -> str:
    console = Console(record=True, width=WIDTH, file=io.StringIO(), legacy_windows=False)
    for line in lines:
        console.print(line)
    drawn = console.export_svg(
        title="pulumi up", theme=DIMMED_MONOKAI, code_format=_FORMAT, unique_id="terminal"
    )
    return re.sub(r"[ \t]+$", "", drawn, flags=re.MULTILINE)


if __name__ == "__main__":
    sys.exit(main())
