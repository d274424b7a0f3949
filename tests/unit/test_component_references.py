"""References by label in a description of a workspace."""

from __future__ import annotations

from typing import Any

import pulumi

from pulumi_flashback import (
    AiLlmDescription,
    BucketDescription,
    PolicyDescription,
    RepositoryAiKeyDescription,
    RepositoryApiKeyDescription,
    RepositoryBucketDescription,
    RepositoryCloudKeyDescription,
    RepositoryDescription,
    WorkspaceDescription,
)
from tests.unit.described import KEY, Registrations, errors, run

ANY: Any = None
output = pulumi.Output.from_input


def bucket(**given: Any) -> BucketDescription:
    return BucketDescription(name="b", bucket="b", storage_type="S3", **given)


def repository(**given: Any) -> RepositoryDescription:
    return RepositoryDescription(name="r", storage_type="S3", mode="NORMAL", **given)


def test_labels_become_ids(registrations: Registrations) -> None:
    run(
        WorkspaceDescription(
            workspace_id="w",
            keys={"a": KEY},
            buckets={"b": bucket(api_key="a"), "own": bucket(key="canary", secret="canary")},
            ai_llms={"c": AiLlmDescription(name="c", ai_type="OPENAI", api_key_id="k")},
            repositories={
                "r": repository(
                    buckets=[
                        RepositoryBucketDescription(bucket="b", folder="x"),
                        RepositoryBucketDescription(bucket_id=output("other"), master=True),
                    ],
                    ai_llms=["c"],
                    ai_llm_ids=[output("another")],
                ),
                "empty": repository(),
            },
            repository_api_keys={
                "r": RepositoryApiKeyDescription(repository="r", name="r", access_type="READ")
            },
            repository_ai_keys={
                "r": RepositoryAiKeyDescription(repository_id="r-1", name="r", ai_type="OPENAI")
            },
            repository_cloud_keys={"r": RepositoryCloudKeyDescription(repository="r", api_key="a")},
            policies={
                "p": PolicyDescription(
                    name="p", content="p", risk_type="LOW", action_type="LOG", repository="r"
                )
            },
        )
    )
    found = {
        (each.typ.rpartition(":")[2], each.name.rpartition("/")[2]): each.inputs
        for each in registrations.resources
    }
    in_w = {"workspaceId": "w"}
    store = {**in_w, "storageType": "S3"}
    expected: dict[tuple[str, str], dict[str, Any]] = {
        ("Bucket", "b"): {**store, "name": "b", "bucket": "b", "apiKeyId": "id of team/a"},
        ("AiLlm", "c"): {**in_w, "name": "c", "aiType": "OPENAI", "apiKeyId": "k"},
        ("Repository", "r"): {
            **store,
            "name": "r",
            "mode": "NORMAL",
            "buckets": [
                {"bucketId": "id of team/b", "folder": "x"},
                {"bucketId": "other", "master": True},
            ],
            "aiLlms": ["id of team/c", "another"],
        },
        ("Repository", "empty"): {**store, "name": "r", "mode": "NORMAL"},
        ("RepositoryApiKey", "r"): {
            "repositoryId": "id of team/r",
            "name": "r",
            "accessType": "READ",
        },
        ("RepositoryAiKey", "r"): {"repositoryId": "r-1", "name": "r", "aiType": "OPENAI"},
        ("RepositoryCloudKey", "r"): {"repositoryId": "id of team/r", "apiKeyId": "id of team/a"},
        ("Policy", "p"): {
            **in_w,
            "name": "p",
            "content": "p",
            "riskType": "LOW",
            "actionType": "LOG",
            "repositoryId": "id of team/r",
        },
    }
    for each, inputs in expected.items():
        given = {name: value for name, value in found[each].items() if name in inputs}
        assert given == inputs


def test_all_errors_are_reported_together(registrations: Registrations) -> None:
    description = WorkspaceDescription(
        name="Team",
        keys={"a": KEY, 5: KEY},  # type: ignore[dict-item]
        buckets={
            "b": bucket(api_key="A"),
            "c": bucket(api_key=output("a")),
            "d": bucket(api_key_id="k", api_key="a"),
            "e": bucket(),
        },
        repositories={
            "r": repository(
                buckets=[
                    RepositoryBucketDescription(bucket="x", bucket_id="y"),
                    {"bucket": "b"},
                    RepositoryBucketDescription(folder=ANY),
                ],
                ai_llms=("z", output("z")),
            )
        },
    )
    assert errors(description) == [
        "buckets.c.apiKey must not be an output",
        "repositories.r.aiLlms.1 must not be an output",
        "repositories.r.buckets.1 must be a RepositoryBucketDescription",
        "keys.5 is not a valid label: it may have letters, digits and . _ - @ + only",
        "buckets.b.apiKey is not a label of keys; the known ones are a, 5",
        "buckets.d.apiKeyId excludes apiKey; remove one of them",
        "buckets.e.apiKey is required, or key and secret instead of it",
        "repositories.r.aiLlms.0 is not a label of aiLlms; there are none",
        "repositories.r.buckets.0.bucketId excludes bucket; remove one of them",
        "repositories.r.buckets.0.bucket is not a label of buckets; the known ones are b, c, d, e",
        "repositories.r.buckets.2.bucket is required, or bucketId instead",
    ]
    assert registrations.resources == []
