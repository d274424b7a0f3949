"""``flashback doctor``: settings that are probably not meant as they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pulumi_flashback.emulator import Emulator
from tests.cli.conftest import Examine, Programs, Run, SignIn


@pytest.mark.parametrize("value", ["canary\n", "canary\r\n", '"canary"', "'canary'"])
@pytest.mark.parametrize("name", ["FLASHBACK_TOKEN", "FLASHBACK_PASSWORD"])
def test_what_a_file_or_a_shell_leaves_around_a_credential(
    name: str, value: str, examine: Examine
) -> None:
    report = examine({"FLASHBACK_EMAIL": "a@b.example", name: value})
    kind = (
        "ends with a line break. Remove it"
        if value[-1] == "\n"
        else "begins and ends with a quotation mark. Remove both"
    )
    assert report.odd == [f"{name} {kind}"]


PROJECT = """\
name: p
runtime: python
config:
  flashback:emial: {value: canary}
  flashback:refreshToken: canary
  other:password: canary
"""
STACK = """\
config:
  flashback:password: canary
  flashback:token: {secure: canary}
  flashback:baseUrl: https://example.com
  flashback:Email: canary
"""
MISSPELLED = "flashback:emial is not a known setting; did you mean flashback:email?"
CLEAR = "flashback:password is stored in clear text. Set a new one with `pulumi config set --secret"
ODD = [
    f"Pulumi.yaml: {MISSPELLED}",
    "Pulumi.yaml: flashback:refreshToken is stored in clear text. Set a new one with `pulumi config "
    "set --secret flashback:refreshToken`",
    f"Pulumi.dev.yaml: {CLEAR} flashback:password --stack dev`",
    "Pulumi.dev.yaml: flashback:Email is not a known setting; did you mean flashback:email?",
]


def test_what_is_odd_in_the_files_of_the_project(
    examine: Examine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "project"
    (project / "inside").mkdir(parents=True)
    files = {"": PROJECT, ".dev": STACK, ".broken": "config: [", ".strange": "config: [1]\n"}
    for name, text in files.items():
        (project / f"Pulumi{name}.yaml").write_text(text)
    monkeypatch.chdir(project / "inside")
    report = examine({"FLASHBACK_TOKEN": "{token}"})
    assert (report.code, report.odd) == (0, ODD)
    # the configs of stacks may be elsewhere
    (project / "stacks").mkdir()
    (project / "Pulumi.dev.yaml").rename(project / "stacks" / "Pulumi.dev.yaml")
    (project / "Pulumi.yaml").write_text("name: p\nstackConfigDir: stacks\n")
    assert examine().odd == ODD[2:]


def test_what_is_odd_in_the_config_of_a_stack(
    run: Run, programs: Programs, emulator: Emulator, sign_in: SignIn
) -> None:
    entries = {
        "flashback:emial": {"value": "canary", "secret": False},
        "flashback:password": {"value": "canary", "secret": False},
        "flashback:refreshToken": {"value": "canary", "secret": True},
        "flashback:timeout": {"value": "9", "secret": False},
    }
    programs("pulumi", f"echo '{json.dumps(entries)}'")
    sign_in(emulator)
    lines = run("doctor", "--config-of", "dev").out.splitlines()
    assert [line for line in lines if "stack dev: " in line] == [
        f"  warn  config of stack dev: {MISSPELLED}",
        f"  warn  config of stack dev: {CLEAR} flashback:password --stack dev`",
    ]
    assert not [line for line in lines if "canary" in line]


def test_a_variable_that_is_misspelled(examine: Examine) -> None:
    report = examine({"FLASHBACK_EMIAL": "canary", "FLASHBACK_TEST_RUN": "canary"})
    wanted = "FLASHBACK_EMIAL is not a known setting; did you mean FLASHBACK_EMAIL?"
    assert report.odd == [wanted]
