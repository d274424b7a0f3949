"""What all commands have in common: help, errors, exit codes, endings, colors."""

from __future__ import annotations

import io
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
from pulumi_flashback.cli.__main__ import main
from pulumi_flashback.cli.app import commands
from pulumi_flashback.cli.importing.guide import IMPORT_COMMAND
from pulumi_flashback.emulator import Emulator
from tests.cli.conftest import HOSTILE, SECRET, Run, Terminal, error_line

DEADLINE_SECONDS = 60.0
DOCS = Path(__file__).parents[2] / "docs"
COMMAND = (sys.executable, "-m", "pulumi_flashback.cli")


def contexts(parent: click.Context | None = None) -> Iterator[click.Context]:
    parent = parent or click.Context(commands, info_name="flashback")
    yield parent
    group = parent.command
    for name, command in group.commands.items() if isinstance(group, click.Group) else ():
        yield from contexts(click.Context(command, parent=parent, info_name=name))


ALL = {each.command_path: each.command for each in contexts()}


def test_every_command_is_there() -> None:
    assert {each.removeprefix("flashback").strip() for each in ALL} == {
        *("", "completion", "conformance", "doctor", "emulator", "import", "orphans"),
        *("keys", "keys delete", "keys list"),
        *("workspaces", "workspaces delete", "workspaces list"),
    }


@pytest.mark.parametrize("path", ALL)
def test_help_teaches(path: str) -> None:
    shown = CliRunner().invoke(commands, [*path.split()[1:], "--help"], prog_name="flashback")
    assert shown.exit_code == 0
    assert shown.output.startswith(f"Usage: {path} ")
    assert all(len(line) <= 80 for line in shown.output.splitlines())
    command = ALL[path]
    assert all(each.help for each in command.params if isinstance(each, click.Option))
    if isinstance(command, click.Group) and path != "flashback":
        return
    examples = shown.output.partition("Examples:")[2].split("\n")
    mine = [line for line in examples if line.lstrip().startswith((path, f"echo 'eval \"$({path}"))]
    assert mine
    assert all(line.startswith("    ") for line in mine)


def parse(line: str) -> bool:
    """Parse the ``flashback`` command in a line of a shell; False if there is none."""
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


def test_the_examples_of_the_help_are_commands() -> None:
    for command in ALL.values():
        for line in (command.epilog or "").splitlines()[2:]:
            assert parse(line) or line.strip().startswith(("pulumi ", "export ", "echo "))


@pytest.mark.parametrize("page", ["cli.md", "import-what-exists.md"])
def test_the_examples_of_the_pages_are_commands(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    assert sum(parse(line) for block in blocks for line in block.splitlines()) >= 2
    assert page == "cli.md" or f"\n{IMPORT_COMMAND}\n" in text


@pytest.mark.parametrize("arguments", [[], ["keys"]])
def test_without_a_command_the_help_is_shown(arguments: list[str], run: Run) -> None:
    ended = run(*arguments)
    assert ended.code == 2
    assert (ended.out + ended.err).startswith("Usage: flashback")


def test_version(run: Run) -> None:
    assert run("--version").out.startswith("flashback, version ")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["nonsense"], 2, "No such command 'nonsense'; see `flashback --help`"),
        (["keys", "list"], 2, "Missing option '--workspace'; see `flashback keys list --help`"),
        (["keys", "list", "--nonsense"], 2, "No such option"),
        (["import", "W"], 2, "Missing option '--out'"),
        (["import", "W", "--out", "x", "--language", "go"], 2, "'go' is not one of"),
        (["import", "W", "--out", __file__], 2, "is a file"),
        (["orphans", "--workspace", "W"], 2, "pass each stack that may manage objects of it"),
        (["orphans", "--workspace", "W", "--state", "no.such.file"], 2, "No such file"),
        (["doctor", "--output", "table"], 2, "'table' is not one of"),
        (["emulator", "--port", "x"], 2, "'x' is not a valid integer; see `flashback emulator"),
        (["emulator", "--set", "in_use_status=418"], 1, "in_use_status must be 400, 403, 409"),
        (["keys", "list", "--workspace", "W"], 1, "no credentials: set flashback:token"),
    ],
)
def test_an_error_is_one_line(arguments: list[str], code: int, words: str, run: Run) -> None:
    ended = run(*arguments)
    assert ended.code == code
    assert ended.out == ""
    assert words in error_line(ended.err)


def test_an_error_of_the_platform_is_one_line(run: Run, signed_in: Emulator) -> None:
    ended = run("keys", "list", "--workspace", "no-such-workspace")
    assert ended.code == 1
    assert error_line(ended.err).startswith("GET /apikeys: 403 Insufficient permissions")


def test_an_unexpected_error_does_not_show_its_text(
    run: Run, signed_in: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(keys_module, "list_keys", fail)
    ended = run("keys", "list", "--workspace", signed_in.workspace_id)
    assert ended.code == 1
    assert error_line(ended.err).startswith("unexpected RuntimeError at test_command.py:")


def test_letters_that_the_terminal_does_not_have(
    signed_in: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_in.add_api_key(description="Größe 🎉")
    printed = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(printed, encoding="latin-1"))
    assert main(["keys", "list", "--workspace", signed_in.workspace_id]) == 0
    sys.stdout.flush()
    assert b"Gr\xf6\xdfe \\U0001f389\n" in printed.getvalue()


@pytest.mark.parametrize(
    ("variables", "colored"),
    [
        ({"TERM": "xterm"}, True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
        ({"TERM": "xterm", "NO_COLOR": ""}, True),
        ({"TERM": "dumb"}, False),
    ],
)
def test_colors_on_a_terminal_only(
    variables: dict[str, str],
    colored: bool,
    run: Run,
    signed_in: Emulator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    signed_in.add_api_key(description=HOSTILE)
    listing = ["keys", "list", "--workspace", signed_in.workspace_id]
    assert "\x1b" not in run(*listing).out
    for stream, arguments, color in (("stdout", listing, "1m"), ("stderr", ["nonsense"], "31m")):
        terminal = Terminal()
        monkeypatch.setattr(sys, stream, terminal)
        main(arguments)
        assert (f"\x1b[{color}" in terminal.getvalue()) is colored
        assert stream == "stderr" or "\x1b[31m" not in terminal.getvalue()


def environment_of(emulator: Emulator) -> dict[str, str]:
    ours = {"FLASHBACK_BASE_URL": emulator.base_url, "FLASHBACK_TOKEN": emulator.token}
    return {**os.environ, **ours}


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


def test_an_interruption_is_quiet(faulty_emulator: Emulator) -> None:
    emulator = faulty_emulator
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


@pytest.mark.parametrize(
    ("code", "loaded", "others"),
    [
        # a program does not load the command
        (
            "import pulumi_flashback; pulumi_flashback.ApiKey",
            "pulumi_flashback.dynamic.api_key",
            {"click", "pulumi_flashback.cli", "httpx", "pydantic"},
        ),
        ("import pulumi_flashback.client", "pulumi_flashback.client", {"pulumi", "grpc"}),
        # the tab key does not wait for the client
        (
            "import pulumi_flashback.cli.__main__",
            "click",
            {"httpx", "pydantic", "pulumi", "grpc", "uvicorn", "pulumi_flashback.client"},
        ),
    ],
)
def test_what_is_not_needed_is_not_loaded(code: str, loaded: str, others: set[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"{code}; import sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    modules = set(done.stdout.split())
    assert loaded in modules
    assert not modules & others


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_script(shell: str, run: Run) -> None:
    ended = run("completion", shell)
    assert ended.code == 0
    assert f"_FLASHBACK_COMPLETE={shell}_complete" in ended.out


def test_completion(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    words = {"COMP_WORDS": "flashback keys li", "COMP_CWORD": "2"}
    for name, value in {**words, "_FLASHBACK_COMPLETE": "bash_complete"}.items():
        monkeypatch.setenv(name, value)
    assert run().out.split() == ["plain,list"]


def test_the_settings_of_the_emulator(run: Run) -> None:
    assert "in_use_status = 400" in run("emulator", "--list-settings").out


def test_the_emulator_without_its_extra(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in [each for each in sys.modules if each.startswith("pulumi_flashback.emulator")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    ended = run("emulator")
    assert ended.code == 1
    wanted = "the emulator is not installed; run pip install 'pulumi_flashback[emulator]'"
    assert error_line(ended.err) == wanted
