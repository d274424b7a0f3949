"""Plain ``pulumi up`` on a directory with ``runtime: python``: the language host, own or official."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import sysconfig
import time
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools import pulumi_cli
from tools.pulumi_project import CommandFailedError, Project

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def cli() -> Path:
    try:
        return pulumi_cli.ensure_cli().directory
    except pulumi_cli.CliUnavailableError as error:
        if os.environ.get("FLASHBACK_TEST_REQUIRE_CLI"):
            raise
        pytest.skip(str(error))


@pytest.fixture
def project(cli: Path, tmp_path: Path) -> Iterator[Project]:
    project = Project(tmp_path / "program", cli, home=tmp_path / "home")
    project.directory.mkdir()
    write(project, "")
    project.create_stack()
    yield project
    project.remove()


def write(project: Project, program: str, *, options: str = "{}") -> None:
    runtime = f"{{name: python, options: {options}}}"
    (project.directory / "Pulumi.yaml").write_text(f"name: host\nruntime: {runtime}\n")
    (project.directory / "__main__.py").write_text(program)


def test_a_program_without_config(project: Project) -> None:
    write(project, "import pulumi\npulumi.export('it', pulumi.Config().get('it') or 'nothing')\n")
    project.up()
    assert project.outputs() == {"it": "nothing"}


def test_config_reaches_the_program_and_a_secret_stays_one(project: Project) -> None:
    write(
        project,
        "import pulumi\nconfig = pulumi.Config()\n"
        "pulumi.export('plain', config.require('plain'))\n"
        "pulumi.export('hidden', config.require_secret('hidden'))\n",
    )
    project.configure({"plain": "with 'quotes' and ü"})
    project.configure({"hidden": "in-no-file"}, secret=True)
    project.up()
    assert project.outputs() == {"plain": "with 'quotes' and ü", "hidden": "in-no-file"}
    assert not project.files_with("in-no-file")


def test_the_virtualenv_option_chooses_the_interpreter(project: Project) -> None:
    venv.create(project.directory / "chosen", symlinks=os.name != "nt")
    found = next((project.directory / "chosen").rglob("site-packages"))
    (found / "parent.pth").write_text(sysconfig.get_path("purelib"))
    write(
        project,
        "import sys, pulumi\npulumi.export('prefix', sys.prefix)\n",
        options="{virtualenv: chosen}",
    )
    project.up()
    assert project.outputs() == {"prefix": str(project.directory / "chosen")}


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("raise ValueError('on purpose')", "ValueError: on purpose"),
        ("import os; os._exit(3)", "exit code: 3"),
    ],
)
def test_a_failing_program_fails_and_says_why(project: Project, program: str, reason: str) -> None:
    write(project, program)
    with pytest.raises(CommandFailedError) as failure:
        project.up()
    assert reason in failure.value.output
    assert "panic" not in failure.value.output
    assert "goroutine" not in failure.value.output


@pytest.mark.skipif(sys.platform == "win32", reason="no such signals")
def test_an_interrupt_ends_the_program(project: Project, tmp_path: Path) -> None:
    started = tmp_path / "started"
    write(
        project,
        f"import os, time\nopen({str(started)!r}, 'w').write(str(os.getpid()))\ntime.sleep(60)\n",
    )
    with subprocess.Popen(
        [project.cli / "pulumi", "preview", "--non-interactive", "--stack", "dev"],
        cwd=project.directory,
        env=project.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as preview:
        while not (started.exists() and started.read_text()) and preview.poll() is None:
            time.sleep(0.05)
        os.killpg(preview.pid, signal.SIGINT)
        output, _ = preview.communicate(timeout=30)
    assert preview.returncode != 0
    assert "preview canceled" in output
    with pytest.raises(ProcessLookupError):
        os.kill(int(started.read_text()), 0)
