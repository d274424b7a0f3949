"""What all commands have in common: help, errors, exit codes, endings, colours."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from pulumi_flashback.cli import keys as keys_module
from pulumi_flashback.cli.app import commands
from pulumi_flashback.cli.importing.guide import IMPORT_COMMAND
from pulumi_flashback.emulator import Emulator
from pulumi_flashback.emulator.__main__ import _parser
from pulumi_flashback.testing import EmulatorFactory
from tests.cli.conftest import COMMAND, HOSTILE, SECRET, Run, environment_of, error_line

DEADLINE_SECONDS = 60.0
DOCS = Path(__file__).parents[2] / "docs"


def contexts(parent: click.Context | None = None) -> Iterator[click.Context]:
    parent = parent or click.Context(commands, info_name="flashback")
    yield parent
    group = parent.command
    if not isinstance(group, click.Group):
        return
    for name in group.list_commands(parent):
        command = group.get_command(parent, name)
        assert command is not None, name
        yield from contexts(click.Context(command, parent=parent, info_name=name))


ALL = {each.command_path: each.command for each in contexts()}


def test_every_command_is_there() -> None:
    assert set(ALL) == {
        "flashback",
        "flashback completion",
        "flashback doctor",
        "flashback emulator",
        "flashback import",
        "flashback keys",
        "flashback keys delete",
        "flashback keys list",
        "flashback orphans",
        "flashback workspaces",
        "flashback workspaces delete",
        "flashback workspaces list",
    }


@pytest.mark.parametrize("path", ALL)
def test_help_teaches(path: str) -> None:
    shown = CliRunner().invoke(commands, [*path.split()[1:], "--help"], prog_name="flashback")
    assert shown.exit_code == 0
    assert shown.output.startswith(f"Usage: {path} ")
    assert all(len(line) <= 80 for line in shown.output.splitlines())
    command = ALL[path]
    for each in command.params:
        if isinstance(each, click.Option):
            assert each.help, each.name
    if isinstance(command, click.Group) and path != "flashback":
        return
    examples = shown.output.partition("Examples:")[2].split("\n")
    mine = [line for line in examples if line.lstrip().startswith((path, f"echo 'eval \"$({path}"))]
    assert mine
    assert all(line.startswith("    ") for line in mine)


def parse(line: str) -> bool:
    """Parse the ``flashback`` command in a line of a shell; False where there is none."""
    words = shlex.split(line, comments=True)
    if "flashback" not in words:
        return False
    words = words[words.index("flashback") + 1 :]
    ends = (n for n, word in enumerate(words) if word in {"|", ">", ">>"})
    words = ["-" if word.endswith(".json") else word for word in words[: next(ends, None)]]
    context = click.Context(commands, info_name="flashback")
    found: click.Command | None = commands
    while isinstance(found, click.Group) and words:
        found = found.get_command(context, words.pop(0))
    assert found is not None, line
    found.make_context(found.name, words, parent=context)
    return True


@pytest.mark.parametrize("path", ALL)
def test_the_examples_of_the_help_are_commands(path: str) -> None:
    for line in (ALL[path].epilog or "").splitlines()[2:]:
        others = ("pulumi ", "export ", "echo ")
        assert parse(line) or line.strip().startswith(others)


@pytest.mark.parametrize("page", ["cli.md", "import-what-exists.md"])
def test_the_examples_of_the_pages_are_commands(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    assert sum(parse(line) for block in blocks for line in block.splitlines()) >= 2


def test_the_page_has_the_commands_that_are_printed() -> None:
    assert f"\n{IMPORT_COMMAND}\n" in (DOCS / "import-what-exists.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("arguments", [[], ["keys"]])
def test_without_a_command_the_help_is_shown(arguments: list[str], run: Run) -> None:
    ended = run(*arguments)
    assert ended.code == 2
    assert (ended.out + ended.err).startswith("Usage: flashback")


def test_version(run: Run) -> None:
    assert run("--version").out.startswith("flashback, version ")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nonsense"], "No such command 'nonsense'; see `flashback --help`"),
        (["keys", "list"], "Missing option '--workspace'; see `flashback keys list --help`"),
        (["keys", "list", "--nonsense"], "No such option"),
        (["import", "W"], "Missing option '--out'"),
        (["import", "W", "--out", "x", "--language", "go"], "'go' is not one of"),
        (["orphans", "--workspace", "W"], "give each stack that may hold keys"),
        (["orphans", "--workspace", "W", "--state", "no.such.file"], "No such file"),
        (["doctor", "--output", "table"], "'table' is not one of"),
    ],
)
def test_wrong_arguments_are_one_line(arguments: list[str], words: str, run: Run) -> None:
    ended = run(*arguments)
    assert ended.code == 2
    assert ended.out == ""
    assert words in error_line(ended.err)


def test_an_error_is_one_line(run: Run) -> None:
    ended = run("keys", "list", "--workspace", "W")
    assert ended.code == 1
    assert ended.out == ""
    assert error_line(ended.err).startswith("no credentials: set flashback:token")


def test_an_error_of_the_platform_is_one_line(run: Run, signed_in: Emulator) -> None:
    ended = run("keys", "list", "--workspace", "no-such-workspace")
    assert ended.code == 1
    assert error_line(ended.err).startswith("GET /apikeys: 403 Insufficient permissions")


def test_an_unexpected_error_does_not_show_its_words(
    run: Run, signed_in: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(keys_module, "list_keys", fail)
    ended = run("keys", "list", "--workspace", signed_in.workspace_id)
    assert ended.code == 1
    assert error_line(ended.err).startswith("unexpected RuntimeError at test_command.py:")


def test_letters_that_the_terminal_does_not_have(flashback_emulator: Emulator) -> None:
    flashback_emulator.add_api_key(description="Größe 🎉")
    done = subprocess.run(
        [*COMMAND, "keys", "list", "--workspace", flashback_emulator.workspace_id],
        env=environment_of(flashback_emulator, PYTHONIOENCODING="latin-1"),
        capture_output=True,
        check=True,
    )
    assert b"Gr\xf6\xdfe \\U0001f389\n" in done.stdout
    assert done.stderr == b""


def test_a_reader_that_leaves_is_no_error(flashback_emulator: Emulator) -> None:
    flashback_emulator.add_api_key()
    with subprocess.Popen(
        [*COMMAND, "keys", "list", "--workspace", flashback_emulator.workspace_id],
        env=environment_of(flashback_emulator),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert process.returncode == 1


def test_an_interruption_is_quiet(flashback_emulator_factory: EmulatorFactory) -> None:
    emulator = flashback_emulator_factory(faults=True)
    emulator.script_faults({"GET /apikeys": [{"fault": "stall-before-commit", "stallBefore": 600}]})
    with subprocess.Popen(
        [*COMMAND, "keys", "list", "--workspace", emulator.workspace_id],
        env=environment_of(emulator),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        until = time.monotonic() + DEADLINE_SECONDS
        while not emulator.requests:
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=DEADLINE_SECONDS)
    assert process.returncode == 130
    assert (out, err.strip()) == (b"", b"")


def loaded_by(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; {code}; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


def test_a_program_does_not_load_the_command() -> None:
    loaded = loaded_by("import pulumi_flashback; pulumi_flashback.ApiKey")
    assert "pulumi_flashback.dynamic.api_key" in loaded
    assert not {each for each in loaded if each.startswith(("click", "pulumi_flashback.cli"))}


def test_the_tab_key_does_not_wait_for_the_client() -> None:
    loaded = loaded_by("import pulumi_flashback.cli.__main__")
    assert "click" in loaded
    assert not loaded & {"httpx", "pydantic", "pulumi", "grpc", "pulumi_flashback.client"}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_script(shell: str, run: Run) -> None:
    ended = run("completion", shell)
    assert ended.code == 0
    assert f"_FLASHBACK_COMPLETE={shell}_complete" in ended.out


def test_completion() -> None:
    words = {"COMP_WORDS": "flashback keys li", "COMP_CWORD": "2"}
    done = subprocess.run(
        COMMAND,
        env={**os.environ, **words, "_FLASHBACK_COMPLETE": "bash_complete"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["plain,list"]


def on_a_terminal(arguments: list[str], environment: dict[str, str], typed: bytes = b"") -> bytes:
    """Run the command on a terminal, type something, and return what it showed."""
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    try:
        with subprocess.Popen(
            [*COMMAND, *arguments], env=environment, stdin=theirs, stdout=theirs, stderr=theirs
        ):
            os.close(theirs)
            os.write(ours, typed)
            return b"".join(iter(lambda: _read(ours), b""))
    finally:
        os.close(ours)


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # the other side is closed
        return b""


@pytest.mark.parametrize(
    ("variables", "colored"),
    [
        ({"TERM": "xterm"}, True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
        ({"TERM": "xterm", "NO_COLOR": ""}, True),
        ({"TERM": "dumb"}, False),
    ],
)
def test_colours_on_a_terminal_only(
    variables: dict[str, str], colored: bool, flashback_emulator: Emulator
) -> None:
    emulator = flashback_emulator
    emulator.add_api_key(description=HOSTILE)
    environment = environment_of(emulator, **variables)
    listing = ["keys", "list", "--workspace", emulator.workspace_id]
    shown = on_a_terminal(listing, environment)
    assert b"DESCRIPTION" in shown
    assert (b"\x1b[1m" in shown) is colored
    assert b"\x1b[31m" not in shown
    assert (b"\x1b[31m" in on_a_terminal(["keys", "delete"], environment)) is colored
    piped = subprocess.run([*COMMAND, *listing], env=environment, capture_output=True, check=True)
    assert b"\x1b" not in piped.stdout


def test_a_question_on_a_terminal(flashback_emulator: Emulator) -> None:
    emulator = flashback_emulator
    identifier = emulator.add_api_key()
    command = ["keys", "delete", identifier, "--workspace", emulator.workspace_id]
    for answer, left in ((b"n\n", 1), (b"\n", 1), (b"y\n", 0)):
        shown = on_a_terminal(command, environment_of(emulator), answer)
        assert f"Delete {identifier}, AWS".encode() in shown
        assert len(emulator.api_keys()) == left


def test_the_options_of_the_emulator_are_those_of_the_module() -> None:
    theirs = {
        (tuple(each.option_strings), each.help)
        for each in _parser()._actions
        if each.dest != "help"
    }
    ours = {
        (tuple(each.opts), each.help)
        for each in ALL["flashback emulator"].params
        if isinstance(each, click.Option)
    }
    assert ours == theirs


def test_the_emulator_is_handed_its_options(run: Run, tmp_path: Path) -> None:
    assert "in_use_status = 400" in run("emulator", "--list-settings").out
    ended = run("emulator", "--port", "0", "--set", "colour=blue", "--set", "in_use_status=418")
    assert ended.code == 1
    assert "'colour'" in error_line(ended.err)
    assert "in_use_status must be 400, 403, 409" in ended.err
    assert run("emulator", "--port", "x").code == 2
    missing = tmp_path / "missing" / "x.db"
    assert "cannot" in error_line(run("emulator", "--port", "0", "--data", missing).err)


def test_the_emulator_without_its_extra() -> None:
    code = "import sys; sys.modules['uvicorn'] = None; from pulumi_flashback.cli.__main__ import main; sys.exit(main(['emulator']))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    wanted = "uvicorn is missing: pip install 'pulumi_flashback[emulator]'"
    assert error_line(done.stderr) == wanted


def test_the_emulator_runs_until_it_is_interrupted() -> None:
    with subprocess.Popen(
        [*COMMAND, "emulator", "--port", "0", "--quiet"], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("Flashback emulator at http://127.0.0.1:")
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=DEADLINE_SECONDS)
        finally:
            process.kill()
    assert process.returncode == 0
