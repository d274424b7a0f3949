"""Which new object a create whose response was lost takes for its own."""

from __future__ import annotations

from typing import Any
from unittest.mock import Mock

import pytest

from pulumi_flashback.client import ApiKey
from pulumi_flashback.client.endpoints.ai_llms import AiLlm
from pulumi_flashback.client.endpoints.buckets import Bucket
from pulumi_flashback.client.endpoints.organization import OrganizationUser
from pulumi_flashback.client.endpoints.policies import Policy
from pulumi_flashback.client.endpoints.repositories import Repository
from pulumi_flashback.client.models import Row
from pulumi_flashback.core.context import Context
from pulumi_flashback.resources import resource_type

KEY = {"key": "AKIA7QX2", "provider": "AWS"}
BUCKET = {"name": "n", "bucket": "b", "storageType": "S3"}
MODEL = {"name": "n", "aiType": "OPENAI"}
REPOSITORY = {"name": "n", "storageType": "S3", "mode": "NORMAL"}
POLICY = {"name": "n", "content": "c", "riskType": "LOW", "actionType": 0}
USER = {"email": "ada@example.com", "name": "Ada", "orgRole": 0}
CODED = {"actionType": "LOG", "orgRole": "USER"}


@pytest.mark.parametrize(
    ("row", "shown", "theirs"),
    [
        (ApiKey, KEY, {"description": "theirs"}),
        (ApiKey, KEY, {"region": "us-west-2"}),
        (Bucket, BUCKET, {"apiKeyId": "theirs"}),
        (Bucket, BUCKET, {"endpoint": "theirs.example"}),
        (AiLlm, MODEL, {"endpoint": "https://theirs.example"}),
        (AiLlm, MODEL, {"userId": "theirs"}),
        (Policy, POLICY, {"createdBy": {"id": "theirs", "name": "Ada"}}),
        (Policy, POLICY, {"createdBy": "theirs"}),
        (Policy, POLICY, {"repoId": "one of a narrower scope"}),
        (Repository, REPOSITORY, {"aiLlms": [{"aiLlmId": "theirs"}]}),
        (OrganizationUser, USER, {"orgRole": 1}),
    ],
)
def test_what_shows_that_it_is_another_object_is_not_taken(
    row: type[Row], shown: dict[str, Any], theirs: dict[str, Any]
) -> None:
    context = Context(Mock())
    context.account._user = Mock(id="me")
    resource = resource_type(row.__name__)
    inputs = {n: CODED.get(n, value) for n, value in shown.items()}
    if row is not Repository:
        inputs |= dict.fromkeys(theirs.keys() - {"createdBy", "userId"} - CODED.keys(), "ours")

    def is_ours(**more: Any) -> bool:
        return resource.is_ours(context, row.read({"id": "1", **shown, **more}), inputs)

    assert is_ours()
    assert is_ours(**dict.fromkeys(theirs.keys() - shown.keys()))
    assert is_ours(createdBy={"id": "me"}, userId="me")
    assert not is_ours(**theirs)
