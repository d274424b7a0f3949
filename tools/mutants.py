"""Changes the core in small ways, one at a time, and reports which changes no test notices.

A mutant that survives is either the same program or a behavior that nothing tests. The mutants
are a sample: the same code and the same seed give the same one. Everything happens in a copy.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import libcst
from mutmut.mutation.file_mutation import Mutation, create_mutations

ROOT = Path(__file__).parent.parent
PACKAGE = "pulumi_flashback"
MUTATED = (
    *(f"client/{name}*.py" for name in ("retry", "session", "errors", "pace")),
    *("redaction*.py", "core/*.py", "resources/*.py"),
)
TESTS = ["tests/unit", "tests/client", "tests/contract", "-k", "not dynamic"]
ALL_TESTS_SECONDS = 3600
TEST_SECONDS = 30


class Mutant(NamedTuple):
    """A module of the package with one change, from a line on."""

    module: str
    line: int
    source: str
    diff: str


def sample(seed: int) -> Iterator[Mutant]:
    """Yield mutants in random order, one for each node of the syntax trees."""
    nodes: list[tuple[Path, libcst.Module, list[Mutation]]] = []
    for path in (path for mask in MUTATED for path in sorted((ROOT / PACKAGE).glob(mask))):
        module, mutations, _, _ = create_mutations(str(path), path.read_text())
        by_node = defaultdict(list)
        for mutation in mutations:
            node = mutation.original_node
            if not (isinstance(node, libcst.SimpleString) and " " in node.value):  # of a message
                by_node[id(node)].append(mutation)
        nodes += [(path, module, of_node) for of_node in by_node.values()]
    chance = random.Random(seed)
    chance.shuffle(nodes)
    for path, module, of_node in nodes:
        mutation = chance.choice(of_node)
        mutated = module.deep_replace(mutation.original_node, mutation.mutated_node)
        source = libcst.ensure_type(mutated, libcst.Module).code
        lines = module.code.splitlines(), source.splitlines()
        _, _, place, *diff = difflib.unified_diff(*lines, lineterm="", n=0)
        line = int(place.split()[1].strip("-").partition(",")[0])
        yield Mutant(str(path.relative_to(ROOT / PACKAGE)), line, source, "\n".join(diff))


class Tests:
    """The tests that pass without a change, and the functions that each of them calls."""

    def __init__(self, copy: Path) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._calls: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self._called = Counter[str]()
        failed = set()
        shutil.copy(ROOT / "tools" / "mutants_record.py", copy / "sitecustomize.py")
        record = copy / "record.jsonl"
        options = ["-p", "sitecustomize"]
        run(copy, options, TESTS, ALL_TESTS_SECONDS, MUTANTS_RECORD=str(record))
        for each in map(json.loads, record.read_text().splitlines()):
            if "module" in each:
                self._calls[each["module"]].append((each["line"], each["test"]))
                self._called[each["test"]] += 1
            else:
                self.seconds[each["test"]] += each["seconds"]
                failed |= {each["test"]} if each["failed"] else set()
        print(len(self.seconds), "tests")
        for test in sorted(failed):
            print("left out, because it fails without a change:", test)
            del self.seconds[test]
        if not self.seconds:
            sys.exit("no test passes without a change")

    def of(self, mutant: Mutant) -> list[str]:
        """Return those that call the function, or else the module, or else all.

        First those that call few functions: it is more likely that they are about this one.
        """
        calls = [(line, test) for line, test in self._calls[mutant.module] if test in self.seconds]
        lines = _function(ast.parse((ROOT / PACKAGE / mutant.module).read_text()), mutant.line)
        of_function = {test for line, test in calls if line in lines}
        found = of_function or {test for _, test in calls} or self.seconds.keys()
        return sorted(found, key=lambda test: (self._called[test], test))


def _function(tree: ast.AST, line: int) -> range:
    """Return the lines of the outermost function around a line."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef) and (lines := _function(node, line)):
            return lines
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            if first <= line <= (node.end_lineno or 0):
                return range(first, (node.end_lineno or 0) + 1)
    return range(0)


def run(copy: Path, options: list[str], tests: list[str], timeout: float, **variables: str) -> str:
    """Run tests and return what became of the mutant."""
    (copy / "tests.txt").write_text("\n".join(tests))
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options, "@tests.txt"],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy), **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        return "timeout"
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if process.returncode == 0:
        return "survived"
    return "timeout" if "Failed: Timeout (>" in output else "killed"


def test(copy: Path, number: int, mutant: Mutant, tests: Tests, most: int | None) -> str:
    """Return whether the tests notice a mutant, and leave the copy as it was."""
    path, chosen = copy / PACKAGE / mutant.module, tests.of(mutant)[:most]
    original, stat = path.read_text(), path.stat()
    path.write_text(mutant.source)
    # Python takes bytecode for that of a source of the same size and time
    os.utime(path, (stat.st_atime, stat.st_mtime + number))
    limit = 2 * TEST_SECONDS + 4 * sum(tests.seconds[test] for test in chosen)
    outcome = run(copy, ["-x", f"--timeout={TEST_SECONDS}"], chosen, limit)
    path.write_text(original)
    os.utime(path, (stat.st_atime, stat.st_mtime))
    return outcome


def main() -> None:
    """Run the mutants of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, default=150, help="of mutants (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the sample (%(default)s)")
    parser.add_argument("--tests", type=int, help="at most so many for a mutant (all)")
    parser.add_argument("--survivors", default=os.devnull, help="file to write them to, too")
    options = parser.parse_args()
    outcomes: dict[str, Counter[str]] = defaultdict(Counter)
    with tempfile.TemporaryDirectory() as directory, open(options.survivors, "w") as survivors:
        copy = Path(directory) / "copy"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".*", "sdk", "__pycache__"))
        tests = Tests(copy)
        for number, mutant in zip(range(1, options.number + 1), sample(options.seed), strict=False):
            began = time.monotonic()
            outcome = test(copy, number, mutant, tests, options.tests)
            outcomes[mutant.module][outcome] += 1
            outcomes["all"][outcome] += 1
            place = f"{mutant.module}:{mutant.line}"
            print(f"{number:4} {outcome:8} {time.monotonic() - began:5.1f} s {place}", flush=True)
            if outcome == "survived":
                for file in (sys.stdout, survivors):
                    print(f"{place}\n{mutant.diff}\n", file=file, flush=True)
    for module, counter in sorted(outcomes.items()):
        print(f"{module}: {counter.total()}:", dict(counter))


if __name__ == "__main__":
    main()
