"""Plain ``pulumi up`` on a directory with ``runtime: python``: the language host, own or official."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.sdk import environment
from tools.pulumi_project import CommandFailedError, Project

pytestmark = pytest.mark.engine


@pytest.fixture
def project(pulumi_cli: Path, tmp_path: Path) -> Project:
    project = Project(tmp_path / "program", pulumi_cli, home=tmp_path / "home")
    project.directory.mkdir()
    write(project, "")
    environment.create(project.directory / "chosen")
    project.create_stack()
    return project


def write(project: Project, program: str) -> None:
    runtime = "{name: python, options: {virtualenv: chosen}}"
    (project.directory / "Pulumi.yaml").write_text(f"name: host\nruntime: {runtime}\n")
    (project.directory / "__main__.py").write_text(program)


def test_config_and_the_chosen_interpreter(project: Project) -> None:
    prefix = str(project.directory / "chosen")
    write(
        project,
        "import sys, pulumi\nconfig = pulumi.Config()\n"
        "for name in ('plain', 'hidden'):\n"
        "    pulumi.export(name, config.get_secret(name) or 'nothing')\n"
        "pulumi.export('prefix', sys.prefix)\n",
    )
    project.up()  # without any config
    assert project.outputs() == {"plain": "nothing", "hidden": "nothing", "prefix": prefix}
    project.configure({"plain": "with 'quotes' and ü"})
    project.configure({"hidden": "in-no-file"}, secret=True)
    project.up()
    given = {"plain": "with 'quotes' and ü", "hidden": "in-no-file", "prefix": prefix}
    assert project.outputs() == given
    assert not project.files_with("in-no-file")


def test_a_failing_program_fails_with_its_error(project: Project) -> None:
    for program, reason in (
        ("raise ValueError('on purpose')", "ValueError: on purpose"),
        ("import os; os._exit(3)", "exit code: 3"),
    ):
        write(project, program)
        with pytest.raises(CommandFailedError) as failure:
            project.pulumi("preview", "--stack", "dev")
        assert reason in failure.value.output
        assert "panic" not in failure.value.output
        assert "goroutine" not in failure.value.output


@pytest.mark.skipif(sys.platform == "win32", reason="no such signals")
def test_an_interrupt_ends_the_program(project: Project, tmp_path: Path) -> None:
    started = tmp_path / "started"
    write(
        project,
        f"import os, time\nopen({str(started)!r}, 'w').write(str(os.getpid()))\ntime.sleep(600)\n",
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
        output, _ = preview.communicate(timeout=120)
    assert preview.returncode != 0
    assert "preview canceled" in output
    with pytest.raises(ProcessLookupError):
        os.kill(int(started.read_text()), 0)
