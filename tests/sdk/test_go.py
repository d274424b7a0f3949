"""The Go SDK compiles, and so does the program of its README."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sdk.conftest import Run
from tools import pulumi_cli

# the first compilation on a machine takes the Pulumi SDK and gRPC along
pytestmark = [pytest.mark.sdk, pytest.mark.timeout(900)]


def test_it_compiles(
    needed: Callable[[str], str],
    run: Run,
    copied: Callable[[str], Path],
    readme_program: Callable[[str, str], str],
) -> None:
    go = needed("go")
    module = copied("go")
    (module / "readme").mkdir()
    (module / "readme" / "main.go").write_text(readme_program("go", "go"))
    environment = pulumi_cli._go_environment()
    run(go, "build", "./...", cwd=module, **environment)
    run(go, "vet", "./...", cwd=module, **environment)
    assert run(needed("gofmt"), "-l", ".", cwd=module) == ""
