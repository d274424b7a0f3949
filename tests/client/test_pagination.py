"""Which signs make a list a part of one, and what the client does with a part."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pulumi_flashback.client import FlashbackClient, InvalidResponseError
from pulumi_flashback.client.pagination import sign_of_more
from tests.client.scripted_server import ScriptedServer, reply

SHOWN = 4
"""Rows of the lists below."""
KEYS = ("apikey", "key")

# fmt: off
PARTS: list[dict[str, Any]] = [
    {"total": 6}, {"total": 6.0}, {"total": "6"}, {"total": 10**400}, {"total": float("inf")},
    {"totalCount": 5}, {"total_count": 5}, {"totalItems": 5}, {"totalElements": 5},
    {"total_results": 5}, {"count": 6}, {"totalKeys": 6}, {"keysTotal": 6}, {"total": 4, "hasMore": True},
    {"hasMore": True}, {"has_more": "true"}, {"has_more": 1}, {"HasMoreItems": True},
    {"hasNextPage": True}, {"more": True}, {"isTruncated": True}, {"truncated": True},
    {"incomplete_results": True}, {"partial": True}, {"remaining": 2},
    {"next": "/apikeys?page=2"}, {"next": {"href": "/apikeys?page=2"}}, {"nextCursor": "abc"},
    {"next_cursor": "abc"}, {"nextPage": 2}, {"nextPageToken": "abc"}, {"NextToken": "abc"},
    {"next_url": "https://x.example"}, {"@odata.nextLink": "https://x.example"},
    {"cursor": "abc"}, {"offset": "itrXYZ"}, {"continuationToken": "abc"},
    {"LastEvaluatedKey": {"id": "k"}}, {"page": 1, "pages": 2}, {"page": 1, "totalPages": 2},
    {"page": 2}, {"offset": 4}, {"lastPage": 2}, {"last": False}, {"done": False},
    {"limit": 4}, {"page": 1, "pageSize": 4}, {"per_page": 4},
    {"pagination": {"page": 1, "pages": 2, "total": 6}}, {"pagination": {"next": "abc"}},
    {"meta": {"total": 6}}, {"meta": {"pagination": {"total": 6}}}, {"data": {"total": 6}},
    {"metadata": {"continue": "abc"}}, {"page": {"totalElements": 6}},
    {"pageInfo": {"hasNextPage": True, "endCursor": "abc"}}, {"page_info": {"has_next_page": True}},
    {"paging": {"next": "https://x.example"}}, {"links": {"next": "https://x.example"}},
    {"_links": {"next": {"href": "https://x.example"}}}, {"response_metadata": {"next_cursor": "abc"}},
    {"links": [{"rel": "self", "href": "/"}, {"rel": "next", "href": "/2"}]},
]
WHOLE: list[dict[str, Any]] = [
    {}, {"total": 4}, {"total": "4"}, {"total": 0}, {"total": -1}, {"total": None},
    {"total": "many"}, {"total": float("nan")}, {"total": 3},
    {"count": 4, "limit": 50, "offset": 0}, {"total": 4, "limit": 4}, {"limit": 4, "hasMore": False},
    {"limit": 4, "next": None}, {"limit": 4, "totalPages": 1}, {"limit": 5}, {"limit": 0},
    {"hasMore": False, "nextCursor": None}, {"has_more": "false", "next_cursor": ""},
    {"hasMore": None}, {"isTruncated": False, "last": True}, {"page": 1, "pages": 1, "total": 4},
    {"page": 0, "size": 4, "numberOfElements": 4, "first": True, "last": True},
    {"pagination": None}, {"pagination": {"page": 1, "totalPages": 1, "total": 4, "next": None}},
    {"links": {"self": "/apikeys", "next": None}}, {"links": [{"rel": "self", "href": "/apikeys"}]},
    {"pageInfo": {"hasNextPage": False, "endCursor": "abc"}},
    {"bucketCount": 9, "quota": {"total": 99}, "message": "next"}, {"apiKeys": [{"total": 9, "next": "x"}]},
]
BESIDE: list[tuple[int, dict[str, str], bool]] = [
    (206, {}, True),
    (206, {"content-range": "items 0-3/4"}, False),
    (206, {"content-range": "items 0-3/6"}, True),
    (200, {"content-range": "items 0-3/*"}, True),
    (200, {"content-range": "items 0-3/4"}, False),
    (200, {"link": '</apikeys?page=2>; rel="next"'}, True),
    (200, {"link": "</apikeys?page=2>; rel=next"}, True),
    (200, {"link": '</a>; rel="prev", </b>; title="x"; REL="last next"'}, True),
    (200, {"link": '</apikeys>; rel="self", </next>; rel="last"'}, False),
    (200, {"x-total-count": "6"}, True),
    (200, {"x-total-count": "4"}, False),
    (200, {"x-total": "6"}, True),
    (200, {"total-count": "6"}, True),
    (200, {"x-total-pages": "2"}, True),
    (200, {"x-pagination-total": "6"}, True),
    (200, {"x-pagination": '{"TotalCount": 6}'}, True),
    (200, {"x-pagination": '{"TotalCount": 4}'}, False),
    (200, {"x-pagination": "odd"}, False),
    (200, {"x-next-page": "2"}, True),
    (200, {"x-next-page": "", "x-page": "1"}, False),
    (200, {"x-next-cursor": "abc"}, True),
    (200, {"x-has-more": "true"}, True),
    (200, {"x-has-more": "false"}, False),
    (200, {"x-ratelimit-limit": "4", "x-ratelimit-remaining": "3"}, False),
    (200, {"x-nextjs-cache": "HIT", "content-length": "99"}, False),
]
OF_A_WORKSPACE: list[tuple[dict[str, Any], bool]] = [
    ({"usersTotal": 4, "quota": {"total": 9}}, False),
    ({"usersTotal": 6}, True),
    ({"userCount": 6}, True),
    ({"hasMoreUsers": True}, True),
    ({"pagination": {"total": 6}}, True),
    ({"usersPagination": {"nextCursor": "abc"}}, True),
    ({"_count": {"users": 6, "buckets": 2}}, True),
    ({"_count": {"users": 4, "buckets": 9}}, False),
    ({"userInfo": {"name": "next"}}, False),
]
# fmt: on


@pytest.mark.parametrize("body", PARTS, ids=str)
def test_signs_of_a_part(body: dict[str, Any]) -> None:
    sign = sign_of_more(body, SHOWN, KEYS)
    assert sign is not None
    assert sign.isprintable()
    assert len(sign) < 80


@pytest.mark.parametrize("body", WHOLE, ids=str)
def test_no_signs_of_a_part(body: dict[str, Any]) -> None:
    assert sign_of_more(body, SHOWN, KEYS) is None


@pytest.mark.parametrize(("status", "headers", "part"), BESIDE)
def test_signs_beside_the_body(status: int, headers: dict[str, str], part: bool) -> None:
    sign = sign_of_more({"apiKeys": []}, SHOWN, status=status, headers=headers)
    assert (sign is not None) is part


@pytest.mark.parametrize(("fields", "part"), OF_A_WORKSPACE)
def test_only_what_belongs_to_the_rows_of_an_object_counts(
    fields: dict[str, Any], part: bool
) -> None:
    body = {"workspace": {"id": "w", **fields}}
    sign = sign_of_more(body, SHOWN, ("user", "member"), parent="workspace")
    assert (sign is not None) is part


Read = Callable[[FlashbackClient], Any]
LISTS: dict[str, tuple[Read, dict[str, Any]]] = {
    "api-keys": (lambda c: c.api_keys.list(), {"apiKeys": [{"id": "a"}]}),
    "one-key": (lambda c: c.api_keys.get("b"), {"apiKeys": [{"id": "a"}]}),
    "workspaces": (lambda c: c.workspaces.list(), {"workspaces": [{"id": "a"}]}),
    "members": (
        lambda c: c.workspaces.get("w"),
        {"workspace": {"id": "w", "users": [{"userId": "a"}]}},
    ),
    "users": (lambda c: c.organization.list_users(), {"data": [{"id": "a"}]}),
    "user": (lambda c: c.organization.find_user("e@x.example"), {"data": [{"id": "a"}]}),
    "buckets": (lambda c: c.buckets.list(workspace_id="w"), {"buckets": [{"id": "a"}]}),
    "repositories": (lambda c: c.repositories.list(workspace_id="w"), {"repos": [{"id": "a"}]}),
    "providers": (lambda c: c.providers.list(), {"providers": [{"id": "a"}]}),
}
SIGNS: list[tuple[dict[str, Any], int, dict[str, str]]] = [
    ({"total": 2}, 200, {}),
    ({"pagination": {"hasMore": True}}, 200, {}),
    ({}, 200, {"Link": '</x?page=2>; rel="next"'}),
    ({}, 206, {}),
]


@pytest.mark.parametrize(("read", "body"), LISTS.values(), ids=LISTS)
def test_a_part_of_a_list_is_an_error_that_requests_nothing_again(
    server: ScriptedServer, read: Read, body: dict[str, Any]
) -> None:
    client = server.client()
    server.expect(reply({"success": True, **body, "total": 1, "hasMore": False}))
    read(client)
    for more, status, headers in SIGNS:
        server.expect(reply({"success": True, **body, **more}, status, headers))
        with pytest.raises(InvalidResponseError, match=r"1 rows, .*") as failure:
            read(client)
        assert not failure.value.may_have_taken_effect
    assert server.served == 1 + len(SIGNS)


def test_users_of_an_organization_are_shown_with_their_total_and_found_in_a_part(
    server: ScriptedServer,
) -> None:
    body = {"data": [{"id": "a", "email": "e@x.example"}], "total": 7}
    server.otherwise = reply(body)
    organization = server.client().organization
    users = organization.users_with_total()
    assert (len(users.data), users.total) == (1, 7)
    assert organization.find_user("e@x.example") is not None
    server.otherwise = reply({**body, "total": None, "nextCursor": "x"})
    with pytest.raises(InvalidResponseError, match="list is incomplete"):
        organization.users_with_total()
