"""The refresh of objects in many workspaces: one list of all instead of one for each."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from unittest.mock import Mock

import pytest

from pulumi_flashback.client import ApiKey, FlashbackClient, FlashbackError
from pulumi_flashback.client.endpoints.ai_llms import AiLlm
from pulumi_flashback.client.endpoints.buckets import Bucket
from pulumi_flashback.client.endpoints.repositories import Repository
from pulumi_flashback.client.models import Row, Rows
from pulumi_flashback.core.context import Context
from pulumi_flashback.core.ownership import MARK
from pulumi_flashback.resources.ai_llm import AI_LLM
from pulumi_flashback.resources.api_key import API_KEY
from pulumi_flashback.resources.bucket import BUCKET
from pulumi_flashback.resources.repository import REPOSITORY
from pulumi_flashback.resources.workspace_sources import (
    MANY_WORKSPACES,
    InWorkspace,
    ListedInWorkspace,
)

WORKSPACES = [f"w{number}" for number in range(MANY_WORKSPACES + 2)]
OWN = WORKSPACES[: MANY_WORKSPACES - 1]  # those that are read in their own list in any case


def _ids(workspace_id: str) -> list[str]:
    return [f"{workspace_id}-{number}" for number in range(2)]


class _Api:
    """Lists keys; ``list_of_all`` is what it responds to the list of all workspaces."""

    def __init__(self, list_of_all: Rows[Any] | FlashbackError) -> None:
        self.listed: list[str | None] = []
        self.list_of_all = list_of_all
        self.context = Context(Mock())
        self.source = ListedInWorkspace(
            kind="keys",
            parent="workspaceId",
            fetch=self._list,
            confirm_access=Mock(),
            shows_all=lambda *_: True,
        )

    def _list(self, _: FlashbackClient, workspace_id: str | None) -> Rows[Any]:
        self.listed.append(workspace_id)
        if workspace_id is not None:
            return Rows(ApiKey(id=each) for each in _ids(workspace_id))
        if isinstance(self.list_of_all, FlashbackError):
            raise self.list_of_all
        return self.list_of_all

    def refresh(self, **state: str) -> None:
        """Read all keys, in the order in which an engine does."""
        for workspace_id in WORKSPACES:
            for each in _ids(workspace_id):
                row = self.source.read(self.context, each, {"workspaceId": workspace_id, **state})
                assert row is not None
                assert row.id == each


def _all(row: Any = lambda workspace_id, identifier: ApiKey(id=identifier)) -> Rows[Any]:
    return Rows(
        row(workspace_id, each) for workspace_id in WORKSPACES for each in _ids(workspace_id)
    )


def _bucket(workspace_id: str, identifier: str) -> Row:
    return Bucket(id=identifier, workspace_id=workspace_id)


def _odd(_: str, identifier: str) -> Row | None:
    return ApiKey.read({"id": identifier, "region": 1})


@pytest.mark.parametrize("rows", [_all(), _all(_bucket)])
def test_many_workspaces_are_one_list(rows: Rows[Any]) -> None:
    api = _Api(rows)
    api.refresh(**{MARK: "mark"})
    assert api.listed == [*OWN, None]
    api.source.invalidate(api.context, _ids("w0")[0], {"workspaceId": "w0"})
    api.refresh(**{MARK: "mark"})
    assert api.listed == [*OWN, None, None]


@pytest.mark.parametrize(
    "list_of_all",
    [
        FlashbackError("it fails"),
        Rows(),
        _all(_odd),
        _all(lambda _, identifier: _bucket("another", identifier)),
    ],
)
def test_what_the_list_of_all_does_not_show_is_read_in_its_own(
    list_of_all: Rows[Any] | FlashbackError,
) -> None:
    api = _Api(list_of_all)
    api.refresh(**{MARK: "mark"})
    assert api.listed == [*OWN, None, *WORKSPACES[len(OWN) :]]


@pytest.mark.parametrize("listed", [{}, {"region": None}, {"key": "****", "name": "n..."}])
@pytest.mark.parametrize(
    ("resource", "kind", "row"),
    [
        (API_KEY, ApiKey, {"key": "k", "provider": "AWS", "region": "eu", "description": "d"}),
        (BUCKET, Bucket, {"name": "n", "bucket": "b", "region": "eu", "apiKeyId": "k"}),
        (AI_LLM, AiLlm, {"name": "n", "aiType": "AWS", "apiKeyId": "k"}),
        (REPOSITORY, Repository, {"name": "n", "aiLlms": [{"aiLlmId": "m"}]}),
    ],
    ids=["key", "bucket", "model", "repository"],
)
def test_the_list_of_a_workspace_decides_what_has_changed(
    resource: InWorkspace,
    kind: type[Row],
    row: dict[str, Any],
    listed: dict[str, str | None],
) -> None:
    def rows(*, workspace_id: str | None) -> Rows[Any]:
        shown = listed if workspace_id is None else row
        return Rows.read(kind, [{"id": each, **shown} for each in WORKSPACES], "")

    resource = replace(resource, endpoints=lambda *_: Mock(list=rows))
    context = Context(Mock())
    for each in WORKSPACES:
        state = {"workspaceId": each, MARK: "mark"}
        known = resource.outputs_of(context, each, kind.read({"id": each, **row}), state)
        assert resource.read(context, each, known) == known
        assert resource.read(context, each, {**known, next(iter(row)): "changed"}) == known


def test_a_list_of_all_that_fails_is_not_tried_again() -> None:
    api = _Api(FlashbackError("it takes too long"))
    for _ in range(2):
        api.refresh(**{MARK: "mark"})
    assert api.listed.count(None) == 1


def test_what_was_never_found_in_its_workspace_is_read_there() -> None:
    """A key in a list of all may be in any workspace, not in the one that a program names."""
    api = _Api(_all())
    api.refresh()
    assert api.listed == WORKSPACES
