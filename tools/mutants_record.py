"""Records which functions each test calls, in all of its processes.

Python imports this in every process of the copy that ``tools.mutants`` works in, as its
``sitecustomize``; for pytest it is a plugin as well. PYTEST_DONT_REWRITE: it is imported before.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest

PACKAGE = str(Path(__file__).parent / "pulumi_flashback") + os.sep


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Write down how a part of a test ended."""
    _write(test=report.nodeid, seconds=report.duration, failed=report.failed)


def _write(**record: Any) -> None:
    # one write at the end of a file is not mixed with those of other processes
    with Path(os.environ["MUTANTS_RECORD"]).open("a") as file:
        file.write(json.dumps(record) + "\n")


def _record_calls() -> None:
    seen = set()

    def profile(frame: Any, event: str, _: Any) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(PACKAGE):
            test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]
            if test and (test, code) not in seen:
                seen.add((test, code))
                module = code.co_filename.removeprefix(PACKAGE)
                _write(test=test, module=module, line=code.co_firstlineno)

    threading.setprofile(profile)
    sys.setprofile(profile)


if "MUTANTS_RECORD" in os.environ:
    _record_calls()
