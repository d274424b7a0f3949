"""Observes the settings of repositories. A quota is never used up."""

from __future__ import annotations

from typing import Any

from pulumi_flashback.conformance.exchanges import Exchange
from pulumi_flashback.conformance.observations.given import quota, storage, succeeded, team
from pulumi_flashback.conformance.outcome import Unlike, among, observation
from pulumi_flashback.conformance.run import Run, once

UPDATE = "PUT /repo/{id}"


def entry(bucket_id: str, folder: str, *, master: bool = False) -> dict[str, Any]:
    """Return the entry of a bucket in a repository."""
    return {"bucketId": bucket_id, "folder": folder, "master": master}


def body(name: str, *buckets: dict[str, Any], mode: str = "NORMAL") -> dict[str, Any]:
    """Return the body for creating a repository."""
    return {"name": name, "storageType": "S3", "mode": mode, "repoBuckets": [*buckets]}


def both(run: Run) -> list[dict[str, Any]]:
    """Return the entries of the two buckets for the repositories."""
    return [entry(storage(run, 1), "one"), entry(storage(run, 2), "two")]


def create(run: Run, wanted: dict[str, Any], workspace_id: str = "") -> Exchange:
    """Create a repository, in the scratch workspace unless another one is given."""
    return run.create("repository", {"workspaceId": workspace_id or run.workspace, **wanted})


def code(reply: Exchange) -> str | None:
    """Return the code of a refusal; None if there is none."""
    if reply.ok and reply.get("success") is not False:
        return None
    found = reply.get("error_code")
    if not isinstance(found, str) or not found:
        raise reply.failure()
    return found


def new_repository(run: Run, *buckets: dict[str, Any]) -> tuple[str, str]:
    """Create a repository, and return its id and name."""
    name = run.text()
    within = {"workspaceId": run.workspace}
    return run.new("repository", {**within, **body(name, *buckets)}), name


@once
def repository(run: Run) -> tuple[str, str]:
    """Return the id and the name of a repository that has two buckets."""
    return new_repository(run, *both(run))


@observation
def repository_error_status(run: Run) -> Any:
    _, name = repository(run)
    reply = create(run, body(name, *both(run)))
    if code(reply) is None:
        raise Unlike("two repositories of a workspace have the same name")
    return reply.status


@observation
def repository_names(run: Run) -> Any:
    _, name = repository(run)
    reply = create(run, body(name), team(run))
    found = code(reply)
    if found is None:
        # immediately, because the user may lose the role in this workspace
        succeeded(run.send("DELETE /repo/{id}", str(reply.get("repoId"))))
    return among({None: "workspace", "NAME_ALREADY_USED": "organization"}, found)


@observation
def repository_quota(run: Run) -> Any:
    return quota(run, "REPO")


@observation
def normal_edits(run: Run) -> Any:
    one, two = both(run)
    identifier, name = new_repository(run, one, two)
    edits = ([one, {**two, "folder": "three"}], [one])
    refused = [code(run.send(UPDATE, identifier, body=body(name, *each))) for each in edits]
    if None in refused and any(refused):
        raise Unlike("removing a bucket and changing its folder differ")
    return "refused" if any(refused) else "accepted"


@observation
def mirror_masters(run: Run) -> Any:
    masters = [{**each, "master": True} for each in both(run)]
    reply = create(run, body(run.text(), *masters, mode="MIRROR"))
    found = code(reply)
    if found is None:
        return "some"
    if found == "MIRROR_MASTER_UNIT_COUNT_INVALID":
        return "one"
    raise reply.failure()


@observation
def empty_repository_lists(run: Run) -> Any:
    row = run.row("repository", repository(run)[0])
    return "absent" if row.get("aiLlms") is None else "shown"


@observation
def unknown_repository_status(run: Run) -> Any:
    seen = {run.look("GET /repo/{id}/apikey", run.unknown_id()).status}
    if not run.read_only:
        key = {"apiKeyId": run.unknown_id()}
        seen.add(run.send("POST /repo/{id}/cloud-apikey", run.unknown_id(), body=key).status)
    if len(seen) > 1:
        raise Unlike("GET and POST differ")
    return seen.pop()
