"""A plain script with one pooled httpx client: the least that the same requests can cost."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

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

    def set_up(self, case: Case) -> None:
        self._case = case

    def command(self, phase: str) -> Command | None:
        if phase == "preview":  # it has nothing to compare with
            return None
        variables = environment(PYTHONPATH=str(Path(__file__).parents[2]), **self._case.backend)
        numbers = (str(self._case.keys), str(self._workers))
        arguments = [sys.executable, "-m", __name__, phase, *numbers]
        return Command(arguments, self._case.directory, variables)


def _play(client: httpx.Client, phase: str, keys: int, workers: int) -> None:
    def post(number: int) -> httpx.Response:
        inputs = {"workspaceId": WORKSPACE, "key": f"key-{number}", "secret": f"secret-{number}"}
        return client.post("/apikeys", json={**inputs, "provider": "AWS", "region": "us-east-1"})

    def put(identifier: str) -> httpx.Response:
        return client.put(f"/apikeys/{identifier}", json={"region": "eu-west-1"})

    def delete(identifier: str) -> httpx.Response:
        return client.delete(f"/apikeys/{identifier}")

    responses: list[httpx.Response] = []
    with ThreadPoolExecutor(workers) as pool:
        if phase == "up":
            responses += pool.map(post, range(keys))
        else:
            listed = client.get("/apikeys", params={"workspaceId": WORKSPACE}).raise_for_status()
            work = {"update": put, "destroy": delete}.get(phase)
            if work is not None:
                responses += pool.map(work, [row["id"] for row in listed.json()["apiKeys"]])
    for response in responses:
        response.raise_for_status()


def main() -> None:
    """Do what a phase does, for as many keys, with as many threads."""
    phase, keys, workers = sys.argv[1], *map(int, sys.argv[2:])
    limits = httpx.Limits(max_connections=workers, max_keepalive_connections=workers)
    with httpx.Client(base_url=os.environ["FLASHBACK_BASE_URL"], timeout=60, limits=limits) as http:
        _play(http, phase, keys, workers)


if __name__ == "__main__":
    main()
