"""Lists the objects of a workspace by kind, for ``import`` and ``orphans``."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pulumi_flashback.client import FlashbackClient, Workspace, errors
from pulumi_flashback.client.models import Row, Rows
from pulumi_flashback.core.context import Context
from pulumi_flashback.core.resource import Resource
from pulumi_flashback.resources import resource_type

_List = Callable[[FlashbackClient, str], Rows[Any]]

_IN_WORKSPACE: Final[Mapping[str, _List]] = {
    "ApiKey": lambda client, workspace_id: client.api_keys.list(workspace_id=workspace_id),
    "Bucket": lambda client, workspace_id: client.buckets.list(workspace_id=workspace_id),
    "AiLlm": lambda client, workspace_id: client.ai_llms.list(workspace_id=workspace_id),
    "Repository": lambda client, workspace_id: client.repositories.list(workspace_id=workspace_id),
}
_IN_REPOSITORY: Final[Mapping[str, _List]] = {
    "RepositoryApiKey": lambda client, parent: client.repository_api_keys(parent).list(),
    "RepositoryAiKey": lambda client, parent: client.repository_ai_keys(parent).list(),
    "RepositoryCloudKey": lambda client, parent: client.repository_cloud_keys(parent).list(),
}
_IN_TEST_ENVIRONMENT: Final = frozenset(["AiLlm", "RepositoryAiKey", "Policy"])
"""If the platform does not offer these, their lists do not exist."""

KINDS: Final = (*_IN_WORKSPACE, *_IN_REPOSITORY, "Policy")
"""The resources to list, each after those that it refers to."""


@dataclass(frozen=True)
class Item:
    type: Resource
    row: Row
    import_id: str  # the id that ``pulumi import`` takes

    @property
    def id(self) -> str:
        return row_id(self.row)


def contents(context: Context, workspace_id: str) -> list[Item]:
    """Return the objects in a workspace except its members, each after those that it refers to."""
    items = list(_items(context, workspace_id))
    # the order of the API is not documented
    unique = {(each.type.name, each.id): each for each in items}.values()
    return sorted(
        unique, key=lambda each: (KINDS.index(each.type.name), created_at(each.row), each.id)
    )


def items_of(name: str, rows: Iterable[Row], parents: Mapping[str, str]) -> Iterator[Item]:
    kind = resource_type(name)
    for row in rows:
        parts = (parents.get(part) or row_id(row) for part in kind.id_parts)
        yield Item(kind, row, "/".join(parts))


def row_id(row: Row) -> str:
    return str(getattr(row, row.id_name))


def created_at(row: Row) -> str:
    return getattr(row, "created_at", "") or ""


def _items(context: Context, workspace_id: str) -> Iterator[Item]:
    repositories: list[str] = []
    for name, list_rows in _IN_WORKSPACE.items():
        rows = _listed(context, name, list_rows, workspace_id)
        yield from items_of(name, rows, {"workspaceId": workspace_id})
        repositories = [row_id(each) for each in rows]  # the rows of the last kind
    for repository_id in repositories:
        for name, list_rows in _IN_REPOSITORY.items():
            rows = _listed(context, name, list_rows, repository_id)
            yield from items_of(name, rows, {"repositoryId": repository_id})
    # the documentation leaves open whether a list includes the policies of the repositories
    for repository in (None, *repositories):
        yield from items_of("Policy", _policies(context, workspace_id, repository), {})


def _policies(context: Context, workspace_id: str, repository_id: str | None) -> Rows[Any]:
    organization = context.account.organization_id
    if organization is None:
        return Rows()

    def list_policies(client: FlashbackClient, _: str) -> Rows[Any]:
        return client.policies.list(
            org_id=organization, workspace_id=workspace_id, repository_id=repository_id
        )

    return _listed(context, "Policy", list_policies, "")


def _listed(context: Context, name: str, list_rows: _List, parent: str) -> Rows[Any]:
    try:
        return context.reported(list_rows(context.client, parent))
    except (errors.NotFoundError, errors.PermissionDeniedError) as error:
        if name not in _IN_TEST_ENVIRONMENT:
            raise
        if isinstance(error, errors.PermissionDeniedError):
            context.notify(f"{error.brief}; each {resource_type(name).label} is left out")
        return Rows()


def workspace_items(workspace: Workspace) -> list[Item]:
    """Return a workspace and its members."""
    members = sorted(workspace.members or (), key=lambda each: (created_at(each), row_id(each)))
    parents = {"workspaceId": workspace.id}
    return [
        *items_of("Workspace", [workspace], {}),
        *items_of("WorkspaceMember", members, parents),
    ]
