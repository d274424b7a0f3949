"""The Go SDK compiles, and so do the examples of the documentation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sdk.conftest import Run, examples
from tools import pulumi_cli

# the first compilation on a machine takes the Pulumi SDK and gRPC along
pytestmark = [pytest.mark.sdk, pytest.mark.timeout(900)]


def test_it_compiles(
    needed: Callable[[str], str],
    run: Run,
    copied: Callable[[str], Path],
) -> None:
    go = needed("go")
    module = copied("go")
    for token, program in examples("go").items():
        directory = module / token.rpartition(":")[2].lower()
        directory.mkdir()
        (directory / "main.go").write_text(program)
    environment = pulumi_cli._go_environment()
    run(go, "build", "./...", cwd=module, **environment)
    run(go, "vet", "./...", cwd=module, **environment)
    assert run(needed("gofmt"), "-l", ".", cwd=module) == ""
