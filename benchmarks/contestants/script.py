"""A plain script with one pooled httpx client: the least that the same requests can cost."""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx

from benchmarks.backend import WORKSPACE
from benchmarks.contestants.base import Case, Contestant
from benchmarks.measure import Command, environment


class Script(Contestant):
    """The script, as a process for each phase.

    Args:
        workers: Requests at once.
    """

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._case: Case | None = None

    def set_up(self, case: Case) -> None:
        self._case = case

    def command(self, phase: str) -> Command | None:
        assert self._case is not None
        if phase == "preview":  # it knows of nothing to compare with
            return None
        keys, workers = str(self._case.keys), str(self._workers)
        variables = environment(PYTHONPATH=str(Path(__file__).parents[2]), **self._case.backend)
        arguments = [sys.executable, "-m", __name__, phase, keys, workers]
        return Command(arguments, self._case.directory, variables)


def _play(client: httpx.Client, phase: str, keys: int, workers: int) -> None:
    def post(number: int) -> httpx.Response:
        inputs = {"workspaceId": WORKSPACE, "key": f"key-{number}", "secret": f"secret-{number}"}
        return client.post("/apikeys", json={**inputs, "provider": "AWS", "region": "us-east-1"})

    def put(identifier: str) -> httpx.Response:
        return client.put(f"/apikeys/{identifier}", json={"region": "eu-west-1"})

    def delete(identifier: str) -> httpx.Response:
        return client.delete(f"/apikeys/{identifier}")

    with ThreadPoolExecutor(workers) as pool:
        answers: list[httpx.Response] = []
        if phase == "up":
            answers += pool.map(post, range(keys))
        else:
            listed = client.get("/apikeys", params={"workspaceId": WORKSPACE})
            rows: list[dict[str, Any]] = listed.raise_for_status().json()["apiKeys"]
            work = {"update": put, "destroy": delete}.get(phase)
            if work is not None:
                answers += pool.map(work, [row["id"] for row in rows])
    for answer in answers:
        answer.raise_for_status()


def main() -> None:
    """Do what a phase does, for as many keys, with as many threads."""
    import os

    parser = argparse.ArgumentParser()
    parser.add_argument("phase")
    parser.add_argument("keys", type=int)
    parser.add_argument("workers", type=int)
    given = parser.parse_args()
    limits = httpx.Limits(max_connections=given.workers, max_keepalive_connections=given.workers)
    with httpx.Client(base_url=os.environ["FLASHBACK_BASE_URL"], timeout=60, limits=limits) as http:
        _play(http, given.phase, given.keys, given.workers)


if __name__ == "__main__":
    main()
