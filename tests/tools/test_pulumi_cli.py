"""In which order a CLI is looked for, and what is said where there is none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tools import pulumi_cli

ROOT = Path(__file__).parents[2]


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
        ("v3.272.0", pulumi_cli.HOSTS[:1], "comes without pulumi-resource-pulumi-python"),
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


def test_a_download_is_kept_and_used_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install = (
        "import pathlib, sys; bin = pathlib.Path(sys.argv[1], 'bin'); bin.mkdir();"
        "(bin / 'pulumi').write_text('')"
    )
    monkeypatch.setattr(pulumi_cli, "_INSTALL", install)
    first = pulumi_cli.ensure_cli()
    assert "official installer" in first.origin
    assert first.directory.is_relative_to(tmp_path / "cache")
    monkeypatch.setattr(pulumi_cli, "_INSTALL", "raise SystemExit(1)")
    assert pulumi_cli.ensure_cli() == first


def test_a_broken_download_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    half = "import pathlib, sys; pathlib.Path(sys.argv[1], 'bin').mkdir(); sys.exit('broken')"
    monkeypatch.setattr(pulumi_cli, "_INSTALL", half)
    with pytest.raises(pulumi_cli.CliUnavailableError, match=r"cannot download it \(broken"):
        pulumi_cli.ensure_cli()
    left = [each.name for each in pulumi_cli.cache_directory().iterdir()]
    assert not [name for name in left if not name.endswith(".lock")]


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
        'build) shift; while [ "$1" != -o ]; do shift; done; echo built > "$2/pulumi" ;;\n'
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
        ("echo go1.20.1", "Go 1.20.1, which is too old"),
        ("if [ $1 = env ]; then echo go1.26; else echo no such module >&2; exit 1; fi", "no such"),
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
        [sys.executable, str(ROOT / "tools" / "pulumi_cli.py")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"{tmp_path / 'bin'}\n"
    assert "found on PATH" in done.stderr
