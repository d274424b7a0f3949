"""Commands that are interrupted in the middle of many keys: the next run puts all in order."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, blocks
from tests.reliability.interrupting import AT_ONCE, SKIPPED, Keys, keys_of

pytestmark = pytest.mark.engine

COUNT = 12
SHORT_STALL_SECONDS = 2.0
"""How long requests take that a run may still finish; the native provider gives them four."""

GENTLY = [
    ("dynamic", signal.SIGINT, 5),
    ("dynamic", signal.SIGTERM, COUNT - 1),
    ("native", signal.SIGINT, 5),
    ("native", signal.SIGTERM, 0),
]
KILLS = [
    ("dynamic", signal.SIGKILL, "cli", 5, "stallBefore"),
    ("dynamic", signal.SIGKILL, "cli", COUNT - 1, "stallAfter"),
    ("dynamic", signal.SIGINT, "provider", 5, "stallAfter"),
    ("dynamic", signal.SIGKILL, "provider", 5, "stallAfter"),
    ("native", signal.SIGKILL, "cli", 5, "stallAfter"),
    ("native", signal.SIGKILL, "provider", 5, "stallAfter"),
]


def name_of(value: object) -> str:
    return str(getattr(value, "name", getattr(value, "__name__", value)))


@pytest.fixture
def keys(request: pytest.FixtureRequest, pulumi_cli: Path, tmp_path: Path) -> Iterator[Keys]:
    """A stack of twelve keys, for either provider."""
    yield from keys_of(pulumi_cli, tmp_path, COUNT, request.param)


@pytest.mark.parametrize(("keys", "number", "done"), GENTLY, ids=name_of, indirect=["keys"])
def test_an_interrupted_up_finishes_what_is_under_way(
    keys: Keys, number: signal.Signals, done: int
) -> None:
    keys.interrupt("up", number, done=done, seconds=SHORT_STALL_SECONDS)
    assert len(keys.live()) >= done
    assert keys.known() == keys.live()
    keys.project.up()
    assert_complete(keys)


@pytest.mark.parametrize(
    ("keys", "number", "whom", "done", "stall"), KILLS, ids=name_of, indirect=["keys"]
)
def test_the_next_up_names_and_adopts_what_a_killed_one_lost(
    keys: Keys, number: signal.Signals, whom: str, done: int, stall: str
) -> None:
    code = keys.interrupt("up", number, whom, done=done, stall=stall)
    assert code != 0
    carried_out = min(AT_ONCE, COUNT - done) if stall == "stallAfter" else 0
    assert len(keys.live()) == done + carried_out
    assert len(keys.known()) == done
    put_in_order(keys, lost=keys.live() - keys.known())


def put_in_order(keys: Keys, lost: set[str]) -> None:
    """Do what the page on troubleshooting says; all keys are there then, and none twice."""
    before, project = keys.live(), keys.project
    project.pulumi("cancel", "--yes", "--stack", "dev", check=False)
    project.pulumi(
        "refresh", "--yes", "--skip-preview", "--clear-pending-creates", "--stack", "dev"
    )
    every = ("up", "--yes", "--skip-preview", "--continue-on-error", "--stack", "dev")
    printed = project.pulumi(*every, check=not lost)
    for each in lost:
        assert f"an identical API key with id {each} already exists" in printed
    if lost:
        project.variables["FLASHBACK_ADOPT_EXISTING"] = "true"
        project.up()
    assert_complete(keys)
    assert keys.live() >= before


def assert_complete(keys: Keys) -> None:
    """All keys are there, none twice, and the state holds them."""
    rows = keys.emulator.api_keys()
    assert sorted(row["key"] for row in rows) == sorted(f"CANARYKEY-{n}" for n in range(COUNT))
    assert keys.known() == keys.live()


def documented(page: str, beginning: str) -> str:
    """Return the commands of a page that begin like this."""
    return next(each.text for each in blocks(DOCS / page) if each.text.startswith(beginning))


def follow(keys: Keys, commands: str, where: Path) -> subprocess.CompletedProcess[str]:
    """Run commands of a page on the stack."""
    for placeholder, value in {"PROJECT": project_name(keys), "STACK": "dev"}.items():
        commands = commands.replace(placeholder, value)
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands],
        cwd=where,
        env=keys.project.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def project_name(keys: Keys) -> str:
    return keys.project.state_file().parent.name


def cut_attributes(state: Path) -> None:
    """Leave what a kill leaves: the engine writes this file beside the state in place."""
    state.with_name(f"{state.name}.attrs").write_text("")


def cut_state(state: Path) -> None:
    """Leave what a full disk or a power cut leaves."""
    whole = state.read_bytes()
    state.write_bytes(whole[: len(whole) // 2])


@pytest.mark.parametrize(
    ("keys", "damage", "message", "commands"),
    [
        ("dynamic", cut_attributes, "checkpoint: EOF", "rm .pulumi"),
        ("native", cut_state, "unexpected end of JSON input", "cp .pulumi"),
    ],
    ids=name_of,
    indirect=["keys"],
)
def test_a_damaged_state_file_is_put_back(
    keys: Keys, damage: Callable[[Path], None], message: str, commands: str
) -> None:
    keys.interrupt("up", signal.SIGKILL, done=5)
    damage(keys.project.state_file())
    assert message in keys.project.pulumi("stack", "export", "--stack", "dev", check=False)
    recovery = documented("troubleshooting.md", commands)
    assert follow(keys, recovery, keys.project.state_directory).returncode == 0
    put_in_order(keys, lost=keys.live() - keys.known())


@pytest.mark.parametrize("keys", ["dynamic", "native"], indirect=True)
def test_keys_that_an_interrupted_destroy_left_fail_the_check_of_the_page(keys: Keys) -> None:
    """The engine may end such a run with exit code 0, and says that all was deleted."""
    keys.project.up()
    keys.interrupt("destroy", signal.SIGINT, done=2, seconds=SHORT_STALL_SECONDS)
    assert keys.live()
    assert keys.known() == keys.live()
    check = documented("ci.md", "pulumi stack --stack").replace("production", "STACK")
    assert follow(keys, check, keys.project.directory).returncode != 0
    keys.project.pulumi("destroy", "--yes", "--skip-preview", "--stack", "dev")
    assert keys.live() == set()
    assert follow(keys, check, keys.project.directory).returncode == 0


def test_the_address_that_the_page_recommends_has_no_file_that_a_kill_empties(
    pulumi_cli: Path, tmp_path: Path
) -> None:
    state = f"{(tmp_path / 'home' / 'state').as_uri()}?metadata=skip"
    for stack in keys_of(pulumi_cli, tmp_path, 1, "dynamic", PULUMI_BACKEND_URL=state):
        stack.project.up()
        assert stack.known() == stack.live()
        assert not list(stack.project.state_directory.rglob("*.attrs"))


def test_a_run_that_writes_its_state_at_the_end_loses_all_and_the_next_one_adopts_it(
    pulumi_cli: Path, tmp_path: Path
) -> None:
    for keys in keys_of(pulumi_cli, tmp_path, COUNT, "native", **SKIPPED):
        keys.interrupt("up", signal.SIGKILL, done=5, stall="stallBefore")
        lost = keys.live()
        assert (len(lost), keys.known()) == (5, set())  # the price of the switch
        keys.project.pulumi("cancel", "--yes", "--stack", "dev", check=False)
        keys.project.variables["FLASHBACK_ADOPT_EXISTING"] = "true"
        keys.project.up()
        assert_complete(keys)
        assert keys.live() >= lost
        assert all(
            row["secret"] == row["key"].replace("CANARYKEY", "canary-secret")
            for row in keys.emulator.api_keys()
        )
        keys.project.up("--expect-no-changes")
