"""In which order a CLI is looked for, and what is said where there is none."""

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

from tools import cache, go, pulumi_cli

ROOT = Path(__file__).parents[2]
COMMAND_OFFLINE = """
import sys
from tools import go, pulumi_cli
pulumi_cli._INSTALL = "raise SystemExit('no network')"
go.PROGRESS_SECONDS = 0.05
sys.exit(pulumi_cli.main())
"""


@pytest.fixture(autouse=True)
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No CLI, no Go, no cache, no download."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "cache"))
    monkeypatch.setattr(pulumi_cli, "_INSTALL", "import sys; sys.exit('no network')")


def executable(directory: Path, name: str, prints: str = "") -> None:
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / name
    path.write_text(f"#!/bin/sh\necho {prints}\n")
    path.chmod(0o755)


def test_the_one_on_path_comes_first(tmp_path: Path) -> None:
    executable(tmp_path / "bin", "pulumi", "v3.272.0")
    for host in pulumi_cli.HOSTS:
        executable(tmp_path / "bin", host)
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
def test_an_unfit_one_on_path_is_left_alone(
    tmp_path: Path, version: str, hosts: tuple[str, ...], reason: str
) -> None:
    for name in ("pulumi", *hosts):
        executable(tmp_path / "bin", name, version)
    with pytest.raises(pulumi_cli.CliUnavailableError, match=reason):
        pulumi_cli.ensure_cli()


def test_a_missing_shim_is_added(tmp_path: Path) -> None:
    given = tmp_path / "a directory with spaces"
    (tmp_path / "bin").rmdir()
    (tmp_path / "bin").symlink_to(given)
    executable(given, "pulumi", "v3.272.0")
    executable(given, pulumi_cli.LANGUAGE_HOST)
    found = pulumi_cli.ensure_cli()
    assert pulumi_cli.SHIM in found.origin
    assert found.version == "v3.272.0"
    assert subprocess.check_output([found.directory / "pulumi"], text=True) == "v3.272.0\n"
    executable(tmp_path / "venv" / "bin", "python", '"venv $*"')
    executable(tmp_path, "chosen", '"chosen $*"')
    shim = [str(found.directory / pulumi_cli.SHIM), "127.0.0.1:1"]
    environment = {"PULUMI_PYTHON_CMD": str(tmp_path / "chosen")}
    assert subprocess.check_output(shim, text=True, env=environment) == (
        "chosen -u -m pulumi.dynamic 127.0.0.1:1\n"
    )
    environment["PULUMI_RUNTIME_VIRTUALENV"] = "venv"
    assert subprocess.check_output(shim, text=True, env=environment, cwd=tmp_path) == (
        "venv -u -m pulumi.dynamic 127.0.0.1:1\n"
    )
    assert pulumi_cli.ensure_cli() == found


def test_a_download_is_kept_and_used_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    executable(tmp_path / "bin", "go", "go1.26.0")  # not asked, since it is slow
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


def test_a_broken_download_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    half = "import pathlib, sys; pathlib.Path(sys.argv[1], 'bin').mkdir(); sys.exit('broken')"
    monkeypatch.setattr(pulumi_cli, "_INSTALL", half)
    with pytest.raises(pulumi_cli.CliUnavailableError, match=r"cannot download it \(broken"):
        pulumi_cli.ensure_cli()
    left = [each.name for each in cache.cache_directory("pulumi-cli").iterdir()]
    assert not [name for name in left if not name.endswith(".lock")]


def test_a_download_that_hangs_is_given_up_with_what_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # the grandchild stands for curl: it holds the write end of a pipe for as long as it lives
    reader, writer = os.pipe()
    hang = (
        "import subprocess, sys;"
        f"subprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'], pass_fds=[{writer}])"
    )
    run = subprocess.Popen

    def with_pipe(*args: object, **options: object) -> object:
        return run(*args, **options, pass_fds=[writer])  # type: ignore[call-overload]

    monkeypatch.setattr(pulumi_cli, "_INSTALL", hang)
    monkeypatch.setattr(pulumi_cli, "INSTALLER_TIMEOUT_SECONDS", 1)
    monkeypatch.setattr(subprocess, "Popen", with_pipe)
    with pytest.raises(pulumi_cli.CliUnavailableError, match="did not finish in time"):
        pulumi_cli.ensure_cli()
    os.close(writer)
    ended, _, _ = select.select([reader], [], [], 5)  # readable when the grandchild is gone
    os.close(reader)
    assert ended


def test_a_cache_that_cannot_be_written_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cache").write_text("not a directory")
    with pytest.raises(pulumi_cli.CliUnavailableError, match="Not a directory") as failure:
        pulumi_cli.ensure_cli()
    assert len(str(failure.value).splitlines()) == 1


def test_what_a_killed_run_left_is_removed() -> None:
    target = cache.cache_directory("pulumi-cli") / "made"
    left = target.with_name("unfinished-made-killed")
    other = target.with_name("unfinished-other-running")
    for directory in (left, other):
        directory.mkdir(parents=True)
    with cache.complete(target) as unfinished:
        assert unfinished is not None
        assert not left.exists()
        assert other.exists()
        assert not target.exists()
    assert target.is_dir()


def test_two_at_once_make_it_once(capsys: pytest.CaptureFixture[str]) -> None:
    target = cache.cache_directory("pulumi-cli") / "made"
    made: list[int] = []

    def make() -> None:
        with cache.complete(target) as unfinished:
            if unfinished is not None:
                made.append(1)
                time.sleep(0.3)

    threads = [threading.Thread(target=make) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1]
    assert "another process is getting it" in capsys.readouterr().err


def test_a_change_of_the_sources_is_another_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "go.mod").write_text("require example.com/other v3.1.0\n")
    monkeypatch.setattr(pulumi_cli, "MODULE", tmp_path)
    with pytest.raises(cache.UnavailableError):
        pulumi_cli._own_build()
    (tmp_path / "go.mod").write_text("go 1.25\n\tgithub.com/pulumi/pulumi/sdk/v3 v3.1.0\n")
    first = pulumi_cli._own_build().directory
    assert first == pulumi_cli._own_build().directory
    (tmp_path / "main.go").write_text("package main")
    second = pulumi_cli._own_build().directory
    (tmp_path / "main.go").write_text("package main // changed")
    assert len({first, second, pulumi_cli._own_build().directory}) == 3


def test_an_interrupted_build_leaves_nothing(tmp_path: Path) -> None:
    go = tmp_path / "bin" / "go"
    go.write_text('#!/bin/sh\nif [ "$1" = env ]; then echo go1.26.0; exit; fi\nexec sleep 60\n')
    go.chmod(0o755)
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
        output, errors = process.communicate(timeout=30)
    assert (process.returncode, output) == (130, "")
    assert "Traceback" not in errors
    left = [each.name for each in (tmp_path / "cache").rglob("*") if each.suffix != ".lock"]
    assert left == ["pulumi-flashback", "pulumi-cli"]


def test_a_build_is_the_last_way_and_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modules = tmp_path / "module"
    for script in (
        "python/cmd/pulumi-language-python-exec",
        "python/dist/pulumi-resource-pulumi-python",
    ):
        (modules / script).parent.mkdir(parents=True, exist_ok=True)
        (modules / script).write_text("official")
    go = tmp_path / "bin" / "go"
    go.write_text(
        "#!/bin/sh\n"
        'case "$1" in\n'
        "env) echo go1.26.0 ;;\n"
        f"list) echo {modules} ;;\n"
        'build) shift; while [ "$1" != -o ]; do shift; done; echo built > "$2/pulumi"\n'
        '/bin/chmod 755 "$2/pulumi" ;;\n'
        "esac\n"
    )
    go.chmod(0o755)
    found = pulumi_cli.ensure_cli()
    names = {each.name for each in found.directory.iterdir()}
    assert names == {"pulumi", "pulumi-language-python-exec", "pulumi-resource-pulumi-python"}
    assert found.version == "v3.259.0"
    go.unlink()
    assert pulumi_cli.ensure_cli() == found


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (None, "there is no Go on PATH"),
        ("echo go1.25.0", "Go 1.25.0, which is too old"),
        ("echo go1.20.1", "Go 1.20.1, which is too old"),
        (
            "if [ $1 = env ]; then echo go1.26; else echo '# a/b\nm.go:1: no such\na/c' >&2; exit 1; fi",
            "m.go:1: no such",
        ),
    ],
)
def test_where_nothing_works_one_line_says_why_and_what_to_do(
    tmp_path: Path, script: str | None, reason: str
) -> None:
    if script:
        (tmp_path / "bin" / "go").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "bin" / "go").chmod(0o755)
    with pytest.raises(pulumi_cli.CliUnavailableError) as failure:
        pulumi_cli.ensure_cli()
    text = str(failure.value)
    assert "none on PATH" in text
    assert "no network" in text
    assert reason in text
    assert "Install it" in text
    assert len(text.splitlines()) == 1


def test_the_directory_is_the_only_line_on_standard_output(tmp_path: Path) -> None:
    for name in ("pulumi", *pulumi_cli.HOSTS):
        executable(tmp_path / "bin", name, "v3.272.0")
    done = subprocess.run(
        [sys.executable, "-m", "tools.pulumi_cli"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"{tmp_path / 'bin'}\n"
    assert "found on PATH" in done.stderr


def test_without_a_cli_there_is_no_output_and_no_traceback() -> None:
    done = subprocess.run(
        [sys.executable, "-c", COMMAND_OFFLINE],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "Traceback" not in done.stderr
    last = done.stderr.splitlines()[-1]
    assert last.startswith("error: no Pulumi CLI: none on PATH; none in the cache; ")
