"""In which order a CLI is looked for, and the error message if there is none."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tools import cache, pulumi_cli

ROOT = Path(__file__).parents[2]
COMMAND_OFFLINE = """
import sys
from tools import go, pulumi_cli
pulumi_cli._INSTALL = "raise SystemExit('no network')"
go.PROGRESS_SECONDS = 0.05
sys.exit(pulumi_cli.main())
"""
GO = "if [ $1 = env ]; then echo go1.99.0; exit; fi\n"


@pytest.fixture(autouse=True)
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No CLI, no Go, no cache, no download."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(pulumi_cli, "_INSTALL", "import sys; sys.exit('no network')")


def executable(path: Path, script: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def cli_on_path(directory: Path, version: str, *hosts: str) -> None:
    for name in ("pulumi", *hosts):
        executable(directory / "bin" / name, f"echo {version}")


def left_in_cache() -> list[str]:
    found = cache.cache_directory("pulumi-cli").iterdir()
    return [each.name for each in found if each.suffix != ".lock"]


def test_the_one_on_path_comes_first(tmp_path: Path) -> None:
    cli_on_path(tmp_path, "v3.272.0", *pulumi_cli.HOSTS)
    found = pulumi_cli.ensure_cli()
    assert (found.directory, found.version) == (tmp_path / "bin", "v3.272.0")
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize(
    ("version", "hosts", "reason"),
    [
        ("v3.100.0", pulumi_cli.HOSTS, "v3.100.0 on PATH is older than 3.216"),
        ("nonsense", pulumi_cli.HOSTS, "older than 3.216"),
        ("v3.272.0", (), "comes without pulumi-language-python"),
        ("v3.272.0", pulumi_cli.HOSTS[1:], "comes without pulumi-language-python"),
    ],
)
def test_an_unusable_one_on_path_is_skipped(
    tmp_path: Path, version: str, hosts: tuple[str, ...], reason: str
) -> None:
    cli_on_path(tmp_path, version, *hosts)
    with pytest.raises(pulumi_cli.CliUnavailableError, match=reason):
        pulumi_cli.ensure_cli()


def test_a_missing_shim_is_added(tmp_path: Path) -> None:
    given = tmp_path / "a directory with spaces"
    (tmp_path / "bin").rename(given)
    (tmp_path / "bin").symlink_to(given)
    cli_on_path(tmp_path, "v3.272.0", pulumi_cli.LANGUAGE_HOST)
    found = pulumi_cli.ensure_cli()
    assert pulumi_cli.SHIM in found.origin
    assert found.version == "v3.272.0"
    assert subprocess.check_output([found.directory / "pulumi"], text=True) == "v3.272.0\n"
    executable(tmp_path / "venv" / "bin" / "python", 'echo "venv $*"')
    executable(tmp_path / "chosen", 'echo "chosen $*"')
    environment = {"PULUMI_PYTHON_CMD": str(tmp_path / "chosen")}
    for name in ("chosen", "venv"):
        shim = [str(found.directory / pulumi_cli.SHIM), "127.0.0.1:1"]
        printed = subprocess.check_output(shim, text=True, env=environment, cwd=tmp_path)
        assert printed == f"{name} -u -m pulumi.dynamic 127.0.0.1:1\n"
        environment["PULUMI_RUNTIME_VIRTUALENV"] = "venv"
    assert pulumi_cli.ensure_cli() == found


def test_a_download_is_kept_and_used_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    executable(tmp_path / "bin" / "go", GO)  # not called, since a build is slow
    install = (
        "import pathlib, sys; bin = pathlib.Path(sys.argv[1], 'bin'); bin.mkdir();"
        "(bin / 'pulumi').touch(0o755)"
    )
    monkeypatch.setattr(pulumi_cli, "_INSTALL", install)
    first = pulumi_cli.ensure_cli()
    assert "official installer" in first.origin
    assert "buil" not in capsys.readouterr().err
    assert first.directory.is_relative_to(tmp_path / "cache")
    monkeypatch.setattr(pulumi_cli, "_INSTALL", "raise SystemExit(1)")
    assert pulumi_cli.ensure_cli() == first


def test_a_broken_download_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    half = "import pathlib, sys; pathlib.Path(sys.argv[1], 'bin').mkdir(); sys.exit('broken')"
    monkeypatch.setattr(pulumi_cli, "_INSTALL", half)
    with pytest.raises(pulumi_cli.CliUnavailableError, match=r"cannot download it \(broken"):
        pulumi_cli.ensure_cli()
    assert left_in_cache() == []


def test_a_download_that_hangs_is_killed_with_its_children(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # the grandchild stands for curl: it holds the write end of a pipe for as long as it lives
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    curl = f"import time; held = open({str(tmp_path / 'pipe')!r}, 'w'); time.sleep(600)"
    hang = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {curl!r}])"
    monkeypatch.setattr(pulumi_cli, "_INSTALL", hang)
    monkeypatch.setattr(pulumi_cli, "INSTALLER_TIMEOUT_SECONDS", 3)
    with pytest.raises(pulumi_cli.CliUnavailableError, match="did not finish in time"):
        pulumi_cli.ensure_cli()
    ended, _, _ = select.select([reader], [], [], 60)  # readable when the grandchild is gone
    os.close(reader)
    assert ended


def test_a_cache_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("not a directory")
    with pytest.raises(pulumi_cli.CliUnavailableError, match="Not a directory") as failure:
        pulumi_cli.ensure_cli()
    assert len(str(failure.value).splitlines()) == 1


def test_the_rest_of_a_killed_run_is_removed() -> None:
    target = cache.cache_directory("pulumi-cli") / "made"
    left = target.with_name("unfinished-made-killed")
    other = target.with_name("unfinished-other-running")
    for directory in (left, other):
        directory.mkdir(parents=True)
    with cache.complete(target) as unfinished:
        assert unfinished is not None
        assert [each.exists() for each in (left, other, target)] == [False, True, False]
    assert target.is_dir()


def test_two_at_once_build_it_once(capsys: pytest.CaptureFixture[str]) -> None:
    target = cache.cache_directory("pulumi-cli") / "made"
    given: list[Path | None] = []

    def build() -> None:
        with cache.complete(target) as unfinished:
            given.append(unfinished)

    others = [threading.Thread(target=build) for _ in range(2)]
    with cache.complete(target):
        for thread in others:
            thread.start()
        waiting, deadline = "", time.monotonic() + 60
        while waiting.count("another process is getting it") < 2:
            assert time.monotonic() < deadline
            waiting += capsys.readouterr().err
    for thread in others:
        thread.join()
    assert given == [None, None]


def test_a_change_of_the_sources_is_another_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "go.mod").write_text("require example.com/other v3.1.0\n")
    monkeypatch.setattr(pulumi_cli, "MODULE", tmp_path)
    with pytest.raises(cache.UnavailableError):
        pulumi_cli._own_build()
    (tmp_path / "go.mod").write_text("go 1.25\n\tgithub.com/pulumi/pulumi/sdk/v3 v3.1.0\n")
    builds = [pulumi_cli._own_build(), pulumi_cli._own_build()]
    for text in ("package main", "package main // changed"):
        (tmp_path / "main.go").write_text(text)
        builds.append(pulumi_cli._own_build())
    assert len({each.directory for each in builds}) == 3


def test_an_interrupted_build_leaves_nothing(tmp_path: Path) -> None:
    executable(tmp_path / "bin" / "go", f"{GO}exec sleep 60")
    with subprocess.Popen(
        [sys.executable, "-c", COMMAND_OFFLINE],
        cwd=ROOT,
        env={**os.environ, "PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        shown = iter(process.stderr.readline, "")
        assert any("still building" in line for line in shown)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=60)
    assert (process.returncode, output) == (130, "")
    assert "Traceback" not in errors
    assert left_in_cache() == []


def test_a_build_is_the_last_way_and_is_kept(tmp_path: Path) -> None:
    modules = tmp_path / "module"
    for script in ("cmd/pulumi-language-python-exec", "dist/pulumi-resource-pulumi-python"):
        executable(modules / "python" / script)
    executable(
        tmp_path / "bin" / "go",
        f"""{GO}if [ "$1" = list ]; then echo {modules}; exit; fi
        while [ "$1" != -o ]; do shift; done
        echo built > "$2/pulumi"
        /bin/chmod 755 "$2/pulumi"
        """,
    )
    found = pulumi_cli.ensure_cli()
    names = {each.name for each in found.directory.iterdir()}
    assert names == {"pulumi", "pulumi-language-python-exec", "pulumi-resource-pulumi-python"}
    pinned = (ROOT / "tools" / "pulumi" / "go.mod").read_text()
    assert f"github.com/pulumi/pulumi/sdk/v3 {found.version}\n" in pinned
    (tmp_path / "bin" / "go").unlink()
    assert pulumi_cli.ensure_cli() == found


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (None, "there is no Go on PATH"),
        ("echo go1.25.0", "Go 1.25.0, which is too old"),
        ("echo go1.20.1", "Go 1.20.1, which is too old"),
        (f"{GO}echo '# a/b\nm.go:1: no such\na/c' >&2; exit 1", "m.go:1: no such"),
    ],
)
def test_the_error_message_has_all_reasons_and_what_to_do(
    tmp_path: Path, script: str | None, reason: str
) -> None:
    if script:
        executable(tmp_path / "bin" / "go", script)
    with pytest.raises(pulumi_cli.CliUnavailableError) as failure:
        pulumi_cli.ensure_cli()
    text = str(failure.value)
    assert all(each in text for each in ("none on PATH", "no network", reason, "Install it"))
    assert len(text.splitlines()) == 1


def test_the_command(tmp_path: Path) -> None:
    """Standard output has the directory, and nothing without a CLI."""
    command = [sys.executable, "-c", COMMAND_OFFLINE]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "Traceback" not in done.stderr
    last = done.stderr.splitlines()[-1]
    assert last.startswith("error: no Pulumi CLI: none on PATH; none in the cache; ")
    cli_on_path(tmp_path, "v3.272.0", *pulumi_cli.HOSTS)
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, f"{tmp_path / 'bin'}\n")
    assert "found on PATH" in done.stderr
