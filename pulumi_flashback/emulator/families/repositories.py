"""``/repo`` (Flashback API reference, repositories; error codes from the vendor's client)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from pulumi_flashback.emulator.endpoints import Call, Family, Refusal, admit_known
from pulumi_flashback.emulator.families.storage import (
    Bucket,
    Repository,
    RepositoryBucket,
    RepositoryLlm,
    remove_repository,
    repositories_of,
    set_contents,
)
from pulumi_flashback.emulator.objects import Objects, live, text

FAMILY = Family(admit_known, lags=True)


class Repositories(Objects):
    """The repositories of workspaces, with their buckets and AI models."""

    kind, path, noun, listed = Repository, "/repo", "Repository", "repos"
    id_name = "repoId"
    in_update: ClassVar = {"null": "refused", "empty": "refused"}

    def values(self, call: Call, *, update: bool = False) -> dict[str, Any]:
        for name in ("name", "storageType", "mode") if update else ():
            text(call.body.get(name), name)
        return super().values(call, update=update)

    def permit(self, call: Call, wanted: Mapping[str, Any]) -> None:
        super().permit(call, wanted)
        quota = call.settings.repository_quota
        if quota and len(call.store.find(Repository)) >= quota:
            raise _refusal(call, "QUOTA_EXCEEDED", "Repository quota exceeded")

    def save(self, call: Call, wanted: dict[str, Any], old: Any) -> Any:
        body = _contents(call)
        _refuse_wrong(call, replace(old, **wanted) if old else Repository(**wanted), body)
        row = super().save(call, wanted, old)
        set_contents(call.store, row.id, body)
        return row

    def found(self, call: Call) -> list[Repository]:
        wanted = call.filters.get("repoId")
        return [each for each in super().found(call) if wanted in (None, each.id)]

    def shown(self, call: Call, row: Repository) -> dict[str, Any]:
        shown = row.shown()
        entries = [each.entry for each in call.store.find(RepositoryBucket, repository_id=row.id)]
        buckets = {e["bucketId"]: call.store.one(Bucket, id=e["bucketId"]) for e in entries}
        shown["buckets"] = [
            {**each, "bucket": bucket.shown() if (bucket := buckets[each["bucketId"]]) else None}
            for each in entries
        ]
        models = [each.ai_llm_id for each in call.store.find(RepositoryLlm, repository_id=row.id)]
        if models or call.settings.empty_repository_lists == "shown":
            shown["aiLlms"] = [{"aiLlmId": each} for each in models]
        return shown

    def unknown(self, call: Call) -> Refusal:
        return Refusal(call.settings.unknown_repository_status, "Repository not found")

    def remove(self, call: Call, row: Repository) -> None:
        remove_repository(call.store, row.id)


REPOSITORIES = Repositories(FAMILY)


class InRepository(Objects):
    """Objects of a repository, whose id is in the path before their own."""

    one = "/{keyId}"

    def values(self, call: Call, *, update: bool = False) -> dict[str, Any]:
        parent = REPOSITORIES.target(call)  # checked before the body of the request
        return {"repository_id": parent.id, **super().values(call, update=update)}

    def permit(self, call: Call, wanted: Mapping[str, Any]) -> None:
        """Allow everybody who may change the repository."""

    def found(self, call: Call) -> list[Any]:
        parent = REPOSITORIES.target(call, writes=False)
        return live(call, self.kind, repository_id=parent.id)

    def target(self, call: Call, *, writes: bool = True) -> Any:
        parent = REPOSITORIES.target(call, writes=writes)
        own_id = call.path[self.one.strip("/{}")]
        for row in live(call, self.kind, id=own_id, repository_id=parent.id):
            return row
        raise self.unknown(call)


def _contents(call: Call) -> dict[str, Any]:
    """Return the buckets and AI models in a request; None for a missing list."""
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
