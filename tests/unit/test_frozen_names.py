"""Names that states and programs hold: none of them may change.

A release adds its new names here.
"""

from __future__ import annotations

import base64
import inspect
import pickle

import pytest
from pulumi.dynamic.dynamic import serialize_provider

import pulumi_flashback
from pulumi_flashback.dynamic.resource import camel_case, snake_case
from tests.contract.driver import pickled_provider
from tools.package_schema import package_schema

FROZEN = {
    "ApiKey": (
        "gASVOgAAAAAAAACMIHB1bHVtaV9mbGFzaGJhY2suZHluYW1pYy5hcGlfa2V5lIwOQXBpS2V5UHJvdmlkZXKUk5QpUpQu",
        "(name, id, workspace_id, opts=None)",
        "workspaceId key secret provider endpoint region tenantId subscriptionId description "
        "rotationTriggers adoptExisting apiKeyId orgId",
    ),
    "Workspace": (
        "gASVPwAAAAAAAACMInB1bHVtaV9mbGFzaGJhY2suZHluYW1pYy53b3Jrc3BhY2WUjBFXb3Jrc3BhY2VQcm92aWRlcpSTlClSlC4=",
        "(resource_name, id, opts=None)",
        "name workspaceId orgId",
    ),
    "WorkspaceMember": (
        "gASVTAAAAAAAAACMKXB1bHVtaV9mbGFzaGJhY2suZHluYW1pYy53b3Jrc3BhY2VfbWVtYmVylIwXV29ya3NwYWNlTWVtYmVyUHJvdmlkZXKUk5QpUpQu",
        "(name, id, opts=None)",
        "workspaceId userId role allowRemovingLastAdmin email orgId",
    ),
}
"""Of each resource its pickle, the parameters of ``get``, and its properties."""

PUBLIC = """
ApiKey ApiKeyArgs ApiKeySummary FlashbackWorkspace GetApiKeysResult GetCurrentUserResult
GetOrganizationUsersResult GetProvidersResult GetWorkspaceResult GetWorkspacesResult KeyDescription
MemberDescription MemberSummary OrganizationUserSummary ProviderSummary Workspace WorkspaceArgs
WorkspaceDescription WorkspaceMember WorkspaceMemberArgs WorkspaceSummary get_api_keys
get_api_keys_output get_current_user get_current_user_output get_organization_users
get_organization_users_output get_providers get_providers_output get_workspace get_workspace_output
get_workspaces get_workspaces_output
"""

SIGNATURES = {
    "get_api_keys": "(workspace_id, *, provider=None, capability=None)",
    "get_bucket_status": "(bucket_id)",
    "get_buckets": "(workspace_id)",
    "get_current_user": "()",
    "get_organization_users": "(email=None)",
    "get_providers": "()",
    "get_quota": "()",
    "get_repositories": "(workspace_id)",
    "get_workspace": "(workspace_id)",
    "get_workspaces": "()",
}


def parameters(function: object) -> str:
    """The parameters of a function without their types."""
    assert callable(function)
    plain = [
        each.replace(annotation=inspect.Parameter.empty)
        for each in inspect.signature(function).parameters.values()
    ]
    return str(inspect.Signature(plain))


def test_the_package_keeps_its_names() -> None:
    assert set(PUBLIC.split()) <= set(pulumi_flashback.__all__)
    assert dir(pulumi_flashback) == sorted(pulumi_flashback.__all__)
    for name in pulumi_flashback.__all__:
        assert getattr(pulumi_flashback, name).__module__.startswith("pulumi_flashback.")
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = pulumi_flashback.Nothing


@pytest.mark.parametrize("name", FROZEN)
def test_a_resource_keeps_its_names(name: str) -> None:
    pickled, parameters_of_get, properties = FROZEN[name]
    made = pickle.loads(base64.b64decode(pickled))
    assert type(made).__name__ == f"{name}Provider"
    assert pickled_provider(name) == pickled
    # Python 3.14 writes another protocol, the second byte, into the pickle. No diff looks at it.
    assert base64.b64decode(serialize_provider(made))[2:] == base64.b64decode(pickled)[2:]
    kind = getattr(pulumi_flashback, name)
    assert kind._resource_type_name == f"dynamic/flashback:{name}"
    assert parameters(kind.get) == parameters_of_get
    described = package_schema()["resources"][f"flashback:index:{name}"]["properties"]
    assert list(described) == properties.split()
    assert {snake_case(each) for each in described} == set(inspect.get_annotations(kind))
    assert all(camel_case(snake_case(each)) == each for each in described)


@pytest.mark.parametrize("name", SIGNATURES)
def test_a_function_keeps_its_arguments(name: str) -> None:
    for each in (name, f"{name}_output"):
        assert parameters(getattr(pulumi_flashback, each)) == SIGNATURES[name]
