"""One sample per resource: all that the life-cycle suite has to know of it.

A new resource needs a class here and a line in ``SAMPLES``, and no other test of its ordinary life.
"""

from __future__ import annotations

from typing import Any, ClassVar

from pulumi_flashback.emulator import Emulator
from pulumi_flashback.emulator.families.repository_keys import RepositoryApiKey, RepositoryCloudKey
from pulumi_flashback.emulator.families.storage import (
    Bucket,
    Repository,
    RepositoryBucket,
    RepositoryLlm,
    remove_repository,
    repositories_of,
    set_contents,
)
from tests.lifecycle.sample import NUMBERS, InRepository, Properties, RowSample, Sample
from tests.lifecycle.sample_users import OrganizationUserSample
from tests.lifecycle.samples_ai import AiLlmSample, PolicySample, RepositoryAiKeySample

__all__ = ["SAMPLES", "Properties", "Sample"]


class ApiKey(Sample):
    hidden = ("secret", "rotationTriggers", "adoptExisting")
    ignored = ("adoptExisting",)
    identity = ("key", "provider", "endpoint")
    requests: ClassVar = {
        "create": "POST /apikeys",
        "read": "GET /apikeys",
        "update": "PUT /apikeys/{id}",
        "delete": "DELETE /apikeys/{id}",
    }
    get = ("workspaceId",)
    import_id = "{workspaceId}/{id}"
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

    def inputs(self) -> Properties:
        return {
            "workspaceId": self.workspace,
            "key": f"CANARYKEY{self.number}7QX2",
            "secret": "canary-secret-wJalrXUtnFEMI",
            "provider": "AWS",
            "endpoint": "https://s3.example.com/",
            "region": "us-east-1",
            "tenantId": "tenant",
            "subscriptionId": "subscription",
            "description": "Of a test",
            "rotationTriggers": {"at": "1"},
            "adoptExisting": False,
        }

    def changes(self) -> Properties:
        return {
            "workspaceId": self._new_workspace(),
            "key": f"OTHERCANARY{self.number}3LM9",
            "secret": "canary-rotated-K7MDENG",
            "provider": "GCP",
            "endpoint": "minio.example.com:9000",
            "region": "eu-west-1",
            "tenantId": "another-tenant",
            "subscriptionId": "another-subscription",
            "description": "Of a test, changed",
            "rotationTriggers": {"at": "2"},
        }

    def outputs(self, identifier: str) -> Properties:
        return {"apiKeyId": identifier, "orgId": "demo-organization"}

    def live(self) -> dict[str, Properties]:
        rows = self.emulator.api_keys(self.workspace)
        return {row["id"]: {"workspaceId": self.workspace, **row} for row in rows}

    def add(self, inputs: Properties) -> str:
        fields = {n: v for n, v in inputs.items() if n not in ("workspaceId", *self.hidden[1:])}
        return self.emulator.add_api_key(inputs["workspaceId"], **fields)

    def change(self, identifier: str, name: str, value: Any) -> None:
        self.emulator.update_api_key(identifier, {name: value})

    def remove(self, identifier: str) -> None:
        self.emulator.delete_api_key(identifier)

    def use(self, identifier: str, number: int) -> None:
        self.emulator.mark_in_use(identifier, buckets=number)


class Workspace(Sample):
    replaces = ()
    requests: ClassVar = {
        "look": "GET /workspace",
        "create": "POST /workspace",
        "read": "GET /workspace/{id}",
        "update": "PUT /workspace/{id}",
        "delete": "DELETE /workspace/{id}",
    }
    in_use = "In it: buckets bucket-1, bucket-2. Delete or move them"
    choices = (
        (
            *("delete_workspace_with_keys=refused", "deleted_workspaces=listed"),
            *("duplicate_workspace_name=refused", "users_in_workspace_list=absent"),
            *("keys_of_deleted_workspace=listed", "organization_admins=as-members"),
        ),
        (
            *("deleted_workspaces=shown", "duplicate_workspace_name=refused-also-deleted"),
            *("foreign_workspace_list=not-found", "listed_role=lower", "no_role_status=404"),
            *("organization_admins=read", "unknown_caller_of_workspaces=401"),
            *("users_in_workspace_list=empty", "workspace_name_stored=trimmed"),
        ),
    )

    def inputs(self) -> Properties:
        return {"name": f"Équipe 数据 {self.number}"}

    def changes(self) -> Properties:
        return {"name": f"Crew {self.number}"}

    def outputs(self, identifier: str) -> Properties:
        return {"workspaceId": identifier, "orgId": "demo-organization"}

    def live(self) -> dict[str, Properties]:
        ours = f" {self.number}"
        found = (each for each in self.emulator.workspaces() if each.name.strip().endswith(ours))
        return {each.id: {"name": each.name} for each in found if "Of test" not in each.name}

    def add(self, inputs: Properties) -> str:
        workspace = self.emulator.add_workspace(inputs["name"]).id
        self.emulator.set_member(workspace, self.emulator.user_id, "ADMIN")
        return workspace

    def change(self, identifier: str, name: str, value: Any) -> None:
        self.emulator.rename_workspace(identifier, value)

    def remove(self, identifier: str) -> None:
        self.emulator.delete_workspace(identifier)

    def use(self, identifier: str, number: int) -> None:
        self.emulator.mark_workspace_in_use(identifier, buckets=number)


class WorkspaceMember(Sample):
    replaces = ("workspaceId", "userId")
    hidden = ("allowRemovingLastAdmin",)
    unsent = ("allowRemovingLastAdmin",)
    requests: ClassVar = {
        "create": "POST /workspace/{id}/users",
        "read": "GET /workspace/{id}",
        "update": "PUT /workspace/{id}/users/{userId}",
        "delete": "DELETE /workspace/{id}/users/{userId}",
    }
    import_id = "{workspaceId}/{userId}"
    adopt: ClassVar = {}
    choices = (
        ("listed_role=lower", "member_order=newest-first", "users_in_workspace_list=absent"),
        ("members_of_unknown_workspace=404", "foreign_workspace_list=empty", "role_case=any"),
        ("last_admin=protected", "own_role=fixed", "organization_admins=as-members"),
    )

    def inputs(self) -> Properties:
        who = {"workspaceId": self.workspace, "userId": self.user}
        return {**who, "role": "WRITE", "allowRemovingLastAdmin": False}

    def changes(self) -> Properties:
        return {
            "workspaceId": self._new_workspace(),
            "userId": self.emulator.add_user(f"{next(NUMBERS)}-{self.email}").id,
            "role": "READ",
            "allowRemovingLastAdmin": True,
        }

    def outputs(self, identifier: str) -> Properties:
        return {"email": self.email, "orgId": "demo-organization"}

    def live(self) -> dict[str, Properties]:
        members = self.emulator.members(self.workspace).items()
        return {
            f"{self.workspace}/{user}": {
                "workspaceId": self.workspace,
                "userId": user,
                "role": role,
            }
            for user, role in members
            if user != self.emulator.user_id
        }

    def add(self, inputs: Properties) -> str:
        self.emulator.set_member(inputs["workspaceId"], inputs["userId"], inputs["role"])
        return f"{inputs['workspaceId']}/{inputs['userId']}"

    def change(self, identifier: str, name: str, value: Any) -> None:
        workspace, user = identifier.split("/")
        self.emulator.set_member(workspace, user, value)

    def remove(self, identifier: str) -> None:
        workspace, user = identifier.split("/")
        self.emulator.remove_member(workspace, user)


class BucketSample(RowSample):
    kind = Bucket
    hidden = ("key", "secret")
    needed = ("key", "secret")
    unused = ("apiKeyId",)
    identity = ("name", "bucket", "storageType")
    requests: ClassVar = {
        "create": "POST /bucket",
        "read": "GET /bucket",
        "update": "PUT /bucket/{id}",
        "delete": "DELETE /bucket/{id}",
    }
    get = ("workspaceId",)
    import_id = "{workspaceId}/{id}"
    in_use = r"it is in use by repositories site-\d+-0, site-\d+-1"
    choices = (("bucket_repositories=absent",),)

    def inputs(self) -> Properties:
        return {
            "workspaceId": self.workspace,
            "name": f"backups-{self.number}",
            "bucket": "acme-backups",
            "storageType": "S3",
            "region": "us-east-1",
            "endpoint": "https://s3.example.com/",
            "key": "CANARYKEY7QX2",
            "secret": "canary-secret-wJalrXUtnFEMI",
        }

    def changes(self) -> Properties:
        return {
            "workspaceId": self._new_workspace(),
            "name": f"archive-{self.number}",
            "bucket": "acme-archive",
            "storageType": "GCS",
            "region": "eu-west-1",
            "endpoint": "minio.example.com:9000",
            "key": "OTHERCANARY3LM9",
            "secret": "canary-rotated-K7MDENG",
        }

    def outputs(self, identifier: str) -> Properties:
        return {"bucketId": identifier, "orgId": "demo-organization"}

    def use(self, identifier: str, number: int) -> None:
        store = self.emulator.store
        for each in repositories_of(store, identifier):
            remove_repository(store, each.id)
        for n in range(number):
            about = {"name": f"site-{self.number}-{n}", "storage_type": "S3", "mode": "NORMAL"}
            row = store.add(Repository(workspace_id=self.workspace, **about))
            set_contents(
                store, row.id, {"repoBuckets": [{"bucketId": identifier, "folder": f"{n}"}]}
            )


class RepositorySample(Sample):
    replaces = ("workspaceId", "storageType", "mode")
    needed = ("buckets",)
    identity = ("name",)
    requests: ClassVar = {
        "create": "POST /repo",
        "read": "GET /repo",
        "update": "PUT /repo/{id}",
        "delete": "DELETE /repo/{id}",
    }
    get = ("workspaceId",)
    import_id = "{workspaceId}/{id}"
    choices = (
        ("repository_error_status=200", "empty_repository_lists=absent"),
        ("repository_names=workspace", "normal_edits=accepted", "unknown_repository_status=403"),
    )

    def __init__(self, emulator: Emulator) -> None:
        super().__init__(emulator)
        about = {"workspace_id": self.workspace, "bucket": "acme", "storage_type": "S3"}
        self.buckets = [
            emulator.store.add(Bucket(name=f"part-{self.number}-{n}", **about)).id for n in "12"
        ]

    def inputs(self) -> Properties:
        return {
            "workspaceId": self.workspace,
            "name": f"site-{self.number}",
            "storageType": "S3",
            "mode": "NORMAL",
            "buckets": [{"bucketId": self.buckets[0], "folder": "backups", "master": True}],
            "aiLlms": ["first-model"],
        }

    def changes(self) -> Properties:
        second = {"bucketId": self.buckets[1], "folder": "archive"}
        return {
            "workspaceId": self._new_workspace(),
            "name": f"depot-{self.number}",
            "storageType": "GCS",
            "mode": "MIRROR",
            "buckets": [*self.inputs()["buckets"], second],
            "aiLlms": ["first-model", "second-model"],
        }

    def outputs(self, identifier: str) -> Properties:
        return {"repositoryId": identifier, "orgId": "demo-organization"}

    def live(self) -> dict[str, Properties]:
        store, found = self.emulator.store, {}
        for row in store.find(Repository, workspace_id=self.workspace):
            entries = store.find(RepositoryBucket, repository_id=row.id)
            models = store.find(RepositoryLlm, repository_id=row.id)
            buckets = [{n: v for n, v in each.entry.items() if v} for each in entries]
            lists = {
                "buckets": buckets or None,
                "aiLlms": [each.ai_llm_id for each in models] or None,
            }
            found[row.id] = {**row.values(), **lists}
        return found

    def add(self, inputs: Properties) -> str:
        plain = {n: v for n, v in inputs.items() if n not in ("buckets", "aiLlms")}
        row = self.emulator.store.add(Repository(**Repository.attributes(plain)))
        self.change(row.id, "buckets", inputs["buckets"])
        self.change(row.id, "aiLlms", inputs["aiLlms"])
        return row.id

    def change(self, identifier: str, name: str, value: Any) -> None:
        if name == "name":
            self.emulator.store.change(Repository, {"name": value}, id=identifier)
            return
        body = {
            "buckets": {"repoBuckets": value or []},
            "aiLlms": {"repoAiLlms": [{"aiLlmId": each} for each in value or ()]},
        }
        set_contents(self.emulator.store, identifier, body[name])

    def remove(self, identifier: str) -> None:
        remove_repository(self.emulator.store, identifier)


class RepositoryApiKeySample(InRepository):
    replaces = ("repositoryId", "rotationTriggers")
    hidden = ("secret", "rotationTriggers")
    generated = True
    requests: ClassVar = {
        "create": "POST /repo/{id}/apikey",
        "read": "GET /repo/{id}/apikey",
        "update": "PUT /repo/{id}/apikey/{keyId}",
        "delete": "DELETE /repo/{id}/apikey/{keyId}",
    }
    choices = (
        ("duplicate_repository_key_name=refused", "listed_repository_key=masked"),
        ("listed_repository_key=absent", "unknown_repository_status=403"),
    )

    def inputs(self) -> Properties:
        return {
            "repositoryId": self.repository,
            "name": f"web-{self.number}",
            "accessType": "READ",
            "rotationTriggers": {"at": "1"},
        }

    def changes(self) -> Properties:
        return {
            "repositoryId": self._new_repository(),
            "name": f"batch-{self.number}",
            "accessType": "WRITE",
            "rotationTriggers": {"at": "2"},
        }

    def outputs(self, identifier: str) -> Properties:
        row = self.emulator.store.one(RepositoryApiKey, id=identifier)
        generated = {"key": row.key, "secret": row.secret} if row else {"key": "k", "secret": "s"}
        return {**super().outputs(identifier), "repositoryApiKeyId": identifier, **generated}

    def live(self) -> dict[str, Properties]:
        rows = self.emulator.store.find(RepositoryApiKey, repository_id=self.repository)
        return {each.id: {**each.values(), "repositoryId": self.repository} for each in rows}

    def add(self, inputs: Properties) -> str:
        about = {"repository_id": inputs["repositoryId"], "access_type": inputs["accessType"]}
        return self.emulator.store.add(RepositoryApiKey(name=inputs["name"], **about)).id

    def change(self, identifier: str, name: str, value: Any) -> None:
        changes = RepositoryApiKey.attributes({name: value})
        self.emulator.store.change(RepositoryApiKey, changes, id=identifier)

    def remove(self, identifier: str) -> None:
        self.emulator.store.remove(RepositoryApiKey, id=identifier)


class RepositoryCloudKeySample(InRepository):
    replaces = ("repositoryId", "apiKeyId")
    requests: ClassVar = {
        "create": "POST /repo/{id}/cloud-apikey",
        "read": "GET /repo/{id}/cloud-apikey",
        "delete": "DELETE /repo/{id}/cloud-apikey/{linkId}",
    }
    choices = (
        ("duplicate_cloud_key=refused", "unknown_repository_status=403"),
        ("unknown_repository_status=400",),
    )

    def __init__(self, emulator: Emulator) -> None:
        super().__init__(emulator)
        self.key = emulator.add_api_key(self.workspace, key=f"CLOUD{self.number}")

    def inputs(self) -> Properties:
        return {"repositoryId": self.repository, "apiKeyId": self.key}

    def changes(self) -> Properties:
        key = self.emulator.add_api_key(self.workspace, key=f"CLOUD{next(NUMBERS)}")
        return {"repositoryId": self._new_repository(), "apiKeyId": key}

    def outputs(self, identifier: str) -> Properties:
        return {**super().outputs(identifier), "repositoryCloudKeyId": identifier}

    def live(self) -> dict[str, Properties]:
        rows = self.emulator.store.find(RepositoryCloudKey, repository_id=self.repository)
        return {
            each.id: {"repositoryId": each.repository_id, "apiKeyId": each.api_key_id}
            for each in rows
        }

    def add(self, inputs: Properties) -> str:
        about = {"repository_id": inputs["repositoryId"], "api_key_id": inputs["apiKeyId"]}
        return self.emulator.store.add(RepositoryCloudKey(**about)).id

    def change(self, identifier: str, name: str, value: Any) -> None:
        raise NotImplementedError  # nothing can change it

    def remove(self, identifier: str) -> None:
        self.emulator.store.remove(RepositoryCloudKey, id=identifier)


SAMPLES: dict[str, type[Sample]] = {
    "ApiKey": ApiKey,
    "Workspace": Workspace,
    "WorkspaceMember": WorkspaceMember,
    "Bucket": BucketSample,
    "Repository": RepositorySample,
    "RepositoryApiKey": RepositoryApiKeySample,
    "RepositoryCloudKey": RepositoryCloudKeySample,
    "AiLlm": AiLlmSample,
    "Policy": PolicySample,
    "OrganizationUser": OrganizationUserSample,
    "RepositoryAiKey": RepositoryAiKeySample,
}
