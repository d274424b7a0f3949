"""``/repo`` (Flashback API reference, repositories; the codes are those of the vendor's client)."""

from typing import Any

from pulumi_flashback.emulator.endpoints import Call, Family, Refusal, Reply
from pulumi_flashback.emulator.families.storage import (
    Bucket,
    Repository,
    RepositoryBucket,
    RepositoryLlm,
    admit,
    counted,
    remove_repository,
    repositories_of,
    set_contents,
)
from pulumi_flashback.emulator.objects import require_writer, text, values, visible, writable

FAMILY = Family(admit, lags=True)


@FAMILY.endpoint("POST /repo")
def _create(call: Call) -> Reply:
    wanted = values(Repository, call.body, null="ignored", empty="ignored")
    require_writer(call.role(wanted["workspace_id"]))
    quota = call.settings.repository_quota
    if quota and len(call.store.find(Repository)) >= quota:
        raise _refusal(call, "QUOTA_EXCEEDED", "Repository quota exceeded")
    body = _contents(call)
    row = Repository(**wanted)
    _refuse_wrong(call, row, body)
    call.store.add(row)
    set_contents(call.store, row.id, body)
    return {"repoId": row.id}


@FAMILY.endpoint("GET /repo")
def _list_repositories(call: Call) -> Reply:
    """List the repositories of a workspace, or of all; and those that a test has only counted."""
    rows = visible(call, Repository, foreign=call.settings.foreign_workspace_list, deleted="hidden")
    counts = [
        {**row, "mode": "NORMAL", "buckets": []}
        for row in counted(call, "repository", "repositories")
    ]
    shown = [*(_shown(call, each) for each in rows), *counts]
    wanted = call.filters.get("repoId")
    return {"repos": [each for each in shown if wanted in (None, each["id"])]}


@FAMILY.endpoint("PUT /repo/{id}")
def _update(call: Call) -> Reply:
    row = repository(call, writes=True)
    for name in ("name", "storageType", "mode"):
        text(call.body.get(name), name)
    changes = values(Repository, call.body, null="refused", empty="refused", update=True)
    body = _contents(call)
    _refuse_wrong(call, Repository(**{**vars(row), **changes}), body)
    call.store.change(Repository, changes, id=row.id)
    set_contents(call.store, row.id, body)
    return {"repoId": row.id}


@FAMILY.endpoint("DELETE /repo/{id}")
def _delete(call: Call) -> Reply:
    remove_repository(call.store, repository(call, writes=True).id)
    return {}


def repository(call: Call, *, writes: bool = False) -> Repository:
    """Return the repository of the path, which the caller may see, or change."""
    unknown = Refusal(call.settings.unknown_repository_status, "Repository not found")
    if writes:
        return writable(call, Repository, unknown)
    row = call.store.one(Repository, id=call.path["id"])
    if row is None or not call.role(row.workspace_id):
        raise unknown
    return row


def _shown(call: Call, row: Repository) -> dict[str, Any]:
    shown = row.shown()
    entries = [each.entry for each in call.store.find(RepositoryBucket, repository_id=row.id)]
    buckets = {each["bucketId"]: call.store.one(Bucket, id=each["bucketId"]) for each in entries}
    shown["buckets"] = [
        {**each, "bucket": bucket.shown() if (bucket := buckets[each["bucketId"]]) else None}
        for each in entries
    ]
    models = [each.ai_llm_id for each in call.store.find(RepositoryLlm, repository_id=row.id)]
    if models or call.settings.empty_repository_lists == "shown":
        shown["aiLlms"] = [{"aiLlmId": each} for each in models]
    return shown


def _contents(call: Call) -> dict[str, Any]:
    """Return what a request says of buckets and AI models; None for what it does not mention."""
    found: dict[str, Any] = {}
    for name, identifier in (("repoBuckets", "bucketId"), ("repoAiLlms", "aiLlmId")):
        entries = call.body.get(name)
        if entries is not None and not isinstance(entries, list):
            raise Refusal(400, f"{name} must be an array")
        for each in entries or ():
            known = isinstance(each, dict) and each.get(identifier)
            text(known, identifier)
        found[name] = entries
    for each in found["repoBuckets"] or ():
        text(each.get("folder"), "folder")
        if not isinstance(each.get("master"), bool):
            raise Refusal(400, "master must be a boolean")
    wanted = [
        {name: each[name] for name in ("bucketId", "folder", "master")}
        for each in found["repoBuckets"] or ()
    ]
    return {**found, "repoBuckets": None if found["repoBuckets"] is None else wanted}


def _refuse_wrong(call: Call, row: Repository, body: dict[str, Any]) -> None:
    others = [each for each in call.store.find(Repository, name=row.name) if each.id != row.id]
    anywhere = call.settings.repository_names == "organization"
    if any(anywhere or each.workspace_id == row.workspace_id for each in others):
        raise _refusal(call, "NAME_ALREADY_USED", "Repository name is already used")
    old = [each.entry for each in call.store.find(RepositoryBucket, repository_id=row.id)]
    entries = old if body["repoBuckets"] is None else body["repoBuckets"]
    for each in entries:
        if call.store.one(Bucket, id=each["bucketId"]) is None:
            raise _refusal(call, "NOT_FOUND", "Bucket not found")
    rules = {"MIRROR": _mirror_problem, "NORMAL": _normal_problem}
    problem = rules[row.mode](call, row, old, entries) if row.mode in rules else ""
    if problem:
        raise _refusal(call, problem, problem.capitalize().replace("_", " "))


Entries = list[dict[str, Any]]


def _mirror_problem(call: Call, row: Repository, _: Entries, entries: Entries) -> str:
    masters = [each for each in entries if each["master"]]
    if entries and not masters:
        return "MIRROR_MASTER_UNIT_MISSING"
    if len(masters) > 1 and call.settings.mirror_masters == "one":
        return "MIRROR_MASTER_UNIT_COUNT_INVALID"
    users = [one for each in entries for one in repositories_of(call.store, each["bucketId"])]
    elsewhere = any(each.mode == "MIRROR" and each.id != row.id for each in users)
    return "MIRROR_UNIT_ALREADY_IN_OTHER_REPO" if elsewhere else ""


def _normal_problem(call: Call, _: Repository, old: Entries, entries: Entries) -> str:
    folders = [each["folder"] for each in entries]
    if len(folders) > len(set(folders)):
        return "NORMAL_UNIT_FOLDER_ALREADY_USED"
    if call.settings.normal_edits == "accepted":
        return ""
    kept = {(each["bucketId"], each["folder"]) for each in entries}
    gone = [each for each in old if (each["bucketId"], each["folder"]) not in kept]
    buckets = {each["bucketId"] for each in entries}
    if any(each["bucketId"] not in buckets for each in gone):
        return "NORMAL_UNIT_FOLDER_CANNOT_DELETE"
    return "NORMAL_UNIT_CANNOT_EDIT_FOLDER" if gone else ""


def _refusal(call: Call, code: str, message: str) -> Refusal:
    about = {"repoId": "", "error_code": code, "error_message": message}
    return Refusal(call.settings.repository_error_status, **about)
