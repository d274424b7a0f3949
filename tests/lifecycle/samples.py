"""One sample per resource: all that the life-cycle suite has to know of it.

A new resource needs a class here and a line in ``SAMPLES``, and no other test of its ordinary life.
"""

from __future__ import annotations

from typing import Any, ClassVar

from pulumi_flashback.emulator import Emulator
from pulumi_flashback.emulator.families.policies import Policy
from pulumi_flashback.emulator.families.repository_ai_keys import RepositoryAiKey
from pulumi_flashback.emulator.families.repository_keys import RepositoryApiKey, RepositoryCloudKey
from pulumi_flashback.emulator.families.storage import (
    AiLlm,
    ApiKey,
    Bucket,
    Repository,
    RepositoryBucket,
    RepositoryLlm,
    remove_repository,
    set_contents,
)
from pulumi_flashback.resources.policy import ACTIONS
from tests.lifecycle.sample import (
    NUMBERS,
    WORKSPACE,
    InRepositories,
    InRepository,
    InWorkspace,
    Properties,
    Sample,
    usual_requests,
)
from tests.lifecycle.samples_of_people import (
    OrganizationUserSample,
    WorkspaceMemberSample,
    WorkspaceSample,
)

__all__ = ["SAMPLES", "Properties", "Sample"]

REPOSITORY = (lambda sample: sample.repository, lambda sample: sample.new_repository())
TRIGGERS = ({"at": "1"}, {"at": "2"})


class ApiKeySample(InWorkspace):
    kind, own_id, requests = ApiKey, "apiKeyId", usual_requests("/apikeys")
    properties: ClassVar = {
        "workspaceId": WORKSPACE,
        "key": ("CANARYKEY{n}7QX2", "OTHERCANARY{n}3LM9"),
        "secret": ("canary-secret-wJalrXUtnFEMI", "canary-rotated-K7MDENG"),
        "provider": ("AWS", "GCP"),
        "endpoint": ("https://s3.example.com/", "minio.example.com:9000"),
        "region": ("us-east-1", "eu-west-1"),
        "tenantId": ("tenant", "another-tenant"),
        "subscriptionId": ("subscription", "another-subscription"),
        "description": ("Of a test", "Of a test, changed"),
        "rotationTriggers": TRIGGERS,
        "adoptExisting": (False, None),
    }
    hidden = ("secret", "rotationTriggers", "adoptExisting")
    ignored = ("adoptExisting",)
    identity = ("key", "provider", "endpoint")
    adopt: ClassVar = {"adoptExisting": True}
    in_use = r"it is in use by 2 bucket\(s\): bucket-1, bucket-2"
    choices = (
        ("unset_fields=null", "write_answer=plain", "unknown_key_status=403", "in_use_status=409"),
        ("endpoint_stored=tidied", "write_answer=empty", "unknown_key_status=400"),
        ("null_in_update=ignored", "in_use_status=403", "listed_key=masked"),
        ("null_in_update=refused", "listed_key=prefix", "list_order=newest-first"),
        ("null_in_update=ignored", "empty_in_update=clears", "listed_key=absent"),
        ("null_in_update=refused", "empty_in_update=clears"),
    )

    def use(self, identifier: str, number: int) -> None:
        self.emulator.mark_in_use(identifier, buckets=number)


class BucketSample(InRepositories):
    kind, own_id, requests = Bucket, "bucketId", usual_requests("/bucket")
    properties: ClassVar = {
        "workspaceId": WORKSPACE,
        "name": ("backups-{n}", "archive-{n}"),
        "bucket": ("acme-backups", "acme-archive"),
        "storageType": ("S3", "GCS"),
        "region": ("us-east-1", "eu-west-1"),
        "endpoint": ("https://s3.example.com/", "minio.example.com:9000"),
        "key": ("CANARYKEY7QX2", "OTHERCANARY3LM9"),
        "secret": ("canary-secret-wJalrXUtnFEMI", "canary-rotated-K7MDENG"),
    }
    hidden = ("key", "secret")
    needed = ("key", "secret")
    unused = ("apiKeyId",)
    identity = ("name", "bucket", "storageType")
    mention: ClassVar = {"repoBuckets": {"bucketId": "{id}", "folder": "{n}"}}
    in_use = r"it is in use by repositories site-\d+-0, site-\d+-1"
    choices = (("bucket_repositories=absent",),)


class RepositorySample(InWorkspace):
    kind, own_id, requests = Repository, "repositoryId", usual_requests("/repo")
    properties: ClassVar = {
        "workspaceId": WORKSPACE,
        "name": ("site-{n}", "depot-{n}"),
        "storageType": ("S3", "GCS"),
        "mode": ("NORMAL", "MIRROR"),
        "buckets": (lambda sample: sample.entries[:1], lambda sample: sample.entries),
        "aiLlms": (["first-model"], ["first-model", "second-model"]),
    }
    replaces = ("workspaceId", "storageType", "mode")
    needed = ("buckets",)
    identity = ("name",)
    choices = (
        ("repository_error_status=200", "empty_repository_lists=absent"),
        ("repository_names=workspace", "normal_edits=accepted", "unknown_repository_status=403"),
    )

    def __init__(self, emulator: Emulator) -> None:
        super().__init__(emulator)
        about = {"workspace_id": self.workspace, "bucket": "acme", "storage_type": "S3"}
        names = (f"part-{self.number}-{n}" for n in "12")
        self.buckets = [emulator.store.add(Bucket(name=name, **about)).id for name in names]
        self.entries = [
            {"bucketId": self.buckets[0], "folder": "backups", "master": True},
            {"bucketId": self.buckets[1], "folder": "archive"},
        ]

    def shown(self, row: Any) -> Properties:
        entries = self.emulator.store.find(RepositoryBucket, repository_id=row.id)
        models = self.emulator.store.find(RepositoryLlm, repository_id=row.id)
        buckets = [{n: v for n, v in each.entry.items() if v} for each in entries]
        lists = {"buckets": buckets or None, "aiLlms": [m.ai_llm_id for m in models] or None}
        return {**row.values(), **lists}

    def add(self, inputs: Properties) -> str:
        identifier = super().add(inputs)
        for name in ("buckets", "aiLlms"):
            self.change(identifier, name, inputs[name])
        return identifier

    def change(self, identifier: str, name: str, value: Any) -> None:
        lists = {
            "buckets": {"repoBuckets": value or []},
            "aiLlms": {"repoAiLlms": [{"aiLlmId": each} for each in value or ()]},
        }
        super().change(identifier, name, value)
        set_contents(self.emulator.store, identifier, lists.get(name, {}))

    def remove(self, identifier: str) -> None:
        remove_repository(self.emulator.store, identifier)


class RepositoryApiKeySample(InRepository):
    kind, own_id = RepositoryApiKey, "repositoryApiKeyId"
    requests: ClassVar = usual_requests("/repo/{id}/apikey", "{keyId}")
    properties: ClassVar = {
        "repositoryId": REPOSITORY,
        "name": ("web-{n}", "batch-{n}"),
        "accessType": ("READ", "WRITE"),
        "rotationTriggers": TRIGGERS,
    }
    replaces = ("repositoryId", "rotationTriggers")
    hidden = ("secret", "rotationTriggers")
    generated = True
    choices = (
        ("duplicate_repository_key_name=refused", "listed_repository_key=masked"),
        ("listed_repository_key=absent", "unknown_repository_status=403"),
    )


class RepositoryCloudKeySample(InRepository):
    kind, own_id = RepositoryCloudKey, "repositoryCloudKeyId"
    requests: ClassVar = usual_requests("/repo/{id}/cloud-apikey", "{linkId}", updates=False)
    properties: ClassVar = {
        "repositoryId": REPOSITORY,
        "apiKeyId": (lambda sample: sample.key, lambda sample: sample.new_key()),
    }
    replaces = ("repositoryId", "apiKeyId")
    choices = (
        ("duplicate_cloud_key=refused", "unknown_repository_status=403"),
        ("unknown_repository_status=400",),
    )

    def __init__(self, emulator: Emulator) -> None:
        super().__init__(emulator)
        self.key = self.new_key()

    def new_key(self) -> str:
        return self.emulator.add_api_key(self.workspace, key=f"CLOUD{next(NUMBERS)}")


class RepositoryAiKeySample(InRepository):
    kind, own_id = RepositoryAiKey, "repositoryAiKeyId"
    requests: ClassVar = usual_requests("/repo/{id}/ai/apikey", "{keyId}")
    properties: ClassVar = {
        "repositoryId": REPOSITORY,
        "name": ("web-{n}", "batch-{n}"),
        "aiType": ("OPENAI", "ANTHROPIC"),
        "rotationTriggers": TRIGGERS,
    }
    replaces = ("repositoryId", "aiType", "rotationTriggers")
    hidden = ("secret", "rotationTriggers")
    generated = True
    choices = (
        ("listed_ai_key=masked", "duplicate_ai_key_name=refused"),
        ("listed_ai_key=null", "unknown_repository_status=403"),
    )


class AiLlmSample(InRepositories):
    kind, own_id, requests = AiLlm, "aiLlmId", usual_requests("/ai/llm")
    properties: ClassVar = {
        "workspaceId": WORKSPACE,
        "name": ("assistant-{n}", "helper-{n}"),
        "aiType": ("OPENAI", "ANTHROPIC"),
        "endpoint": ("https://api.openai.com/v1/", "http://localhost:11434"),
        "key": ("CANARYKEY7QX2", "OTHERCANARY3LM9"),
        "secret": ("canary-secret-wJalrXUtnFEMI", "canary-rotated-K7MDENG"),
    }
    hidden = ("key", "secret")
    needed = ("secret",)
    unused = ("apiKeyId",)
    identity = ("name", "aiType")
    mention: ClassVar = {"repoAiLlms": {"aiLlmId": "{id}"}}
    in_use = r"it is in use by repositories site-\d+-0, site-\d+-1"
    choices = (("listed_llm_key=masked", "duplicate_llm_name=409", "unknown_caller_of_ai=404"),)


class PolicySample(Sample):
    kind, own_id, requests = Policy, "policyId", usual_requests("/policy", single=True)
    properties: ClassVar = {
        "name": ("No contracts {n}", "No advice {n}"),
        "content": ("No texts of contracts.\nThis includes drafts.", "Do not give advice."),
        "riskType": ("HIGH", "LOW"),
        "actionType": ("BLOCK", "LOG"),
        "orgId": ("demo-organization", "another-organization"),
        "workspaceId": WORKSPACE,
    }
    coded: ClassVar = {"actionType": ACTIONS}
    replaces = ("orgId", "workspaceId", "repositoryId")
    unused = ("repositoryId",)
    elsewhere = ("orgId",)
    identity = ("name", "content", "riskType", "actionType")
    choices = (
        ("listed_policies=exact", "duplicate_policy_name=refused"),
        ("hidden_policy_status=403", "unknown_caller_of_ai=404"),
    )


SAMPLES: dict[str, type[Sample]] = {
    "ApiKey": ApiKeySample,
    "Workspace": WorkspaceSample,
    "WorkspaceMember": WorkspaceMemberSample,
    "Bucket": BucketSample,
    "Repository": RepositorySample,
    "RepositoryApiKey": RepositoryApiKeySample,
    "RepositoryCloudKey": RepositoryCloudKeySample,
    "AiLlm": AiLlmSample,
    "Policy": PolicySample,
    "OrganizationUser": OrganizationUserSample,
    "RepositoryAiKey": RepositoryAiKeySample,
}
