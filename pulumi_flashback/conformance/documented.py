"""Checks documented behavior of the API that no setting changes: statuses, texts and fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pulumi_flashback.conformance.exchanges import Exchange
from pulumi_flashback.conformance.observations import given
from pulumi_flashback.conformance.observations.ai_llms import model
from pulumi_flashback.conformance.observations.policies import policy
from pulumi_flashback.conformance.observations.repositories import (
    body,
    both,
    new_repository,
    repository,
)
from pulumi_flashback.conformance.observations.repository_ai_keys import ai_key
from pulumi_flashback.conformance.observations.repository_keys import access_key, linked_key
from pulumi_flashback.conformance.observations.users import session
from pulumi_flashback.conformance.outcome import ODD, ODD_RESPONSE, Finding, NotObserved, Unlike
from pulumi_flashback.conformance.run import Run, once

Request = Callable[[Run], Exchange]
Ids = Callable[[Run], tuple[str, ...]]  # the values for the placeholders of a path
Body = Callable[[Run], dict[str, Any]]


@dataclass(frozen=True)
class Documented:
    """A response that the documentation describes."""

    behavior: str
    request: Request
    status: int = 200
    message: str = ""  # the error message; empty if its text is not documented
    fields: tuple[str, ...] = ()  # the fields of the body; a dot separates nested names

    def find(self, run: Run) -> Finding:
        """Send the request and compare the response."""
        expected = _described(self.status, self.message, self.fields)
        try:
            reply = self.request(run)
        except NotObserved as failure:
            return Finding(self.behavior, expected, reason=str(failure), is_setting=False)
        except (Unlike, *ODD):
            return Finding(self.behavior, expected, ODD_RESPONSE, is_setting=False)
        present = [each for each in self.fields if reply.get(*each.split(".")) is not None]
        is_open = reply.ok or (reply.status == self.status and not self.message)
        message = "" if is_open else reply.message
        observed = _described(reply.status, message, present)
        return Finding(self.behavior, expected, observed, is_setting=False)


def _described(status: int, message: str, fields: list[str] | tuple[str, ...]) -> str:
    text = f' "{message}"' if message else ""
    return f"{status}{text}{' with ' if fields else ''}{', '.join(fields)}"


def _send(operation: str, ids: Ids = lambda _: (), wanted: Body | None = None) -> Request:
    """Return a function that sends a request; reads return current data."""
    if operation.startswith("GET "):
        return lambda run: run.look(operation, *ids(run))
    return lambda run: run.send(operation, *ids(run), body=wanted(run) if wanted else None)


def _in_workspace(operation: str) -> Request:
    return lambda run: run.look(operation, query={"workspaceId": run.any_workspace()})


def _renamed(run: Run) -> dict[str, Any]:
    run.require_writes()
    return {"name": run.text()}


def _unknown(run: Run) -> tuple[str, ...]:
    return (run.unknown_id(),)


def _stranger(run: Run) -> tuple[str, ...]:
    return given.team(run), run.unknown_id()


def _manager(run: Run) -> tuple[str, ...]:
    if not run.first.manages_users:
        raise NotObserved("needs a role in the organization that manages users")
    return (run.first.id,)


def _gone(run: Run) -> tuple[str, ...]:
    return (str(given.deleted_user(run)["id"]),)


@once
def _bucket(run: Run) -> tuple[str, ...]:
    return (given.new_bucket(run, run.new_key()),)


def _workspace_with_bucket(run: Run) -> tuple[str, ...]:
    _bucket(run)
    return (run.own_workspace,)


def _used_bucket(run: Run) -> tuple[str, ...]:
    repository(run)
    return (given.storage(run, 1),)


def _repository(run: Run) -> tuple[str, ...]:
    return (repository(run)[0],)


def _keyless_repository(run: Run) -> tuple[str, ...]:
    # the keys of the other repository could outlive it
    return (new_repository(run, *both(run))[0],)


def _in_repository(create: Request) -> Ids:
    return lambda run: (repository(run)[0], str(create(run).get("id")))


def _model(run: Run) -> tuple[str, ...]:
    return (model(run),)


def _policy(run: Run) -> tuple[str, ...]:
    return (policy(run)[0],)


def _identical(run: Run) -> Exchange:
    credentials = run.credentials()
    run.new_key(**credentials)
    return run.create_key(**credentials)


def _organization_users(run: Run) -> Exchange:
    _manager(run)
    return run.look("GET /organization/users")


def _without_token(run: Run) -> Exchange:
    run.require_writes()
    return run.send("POST /apikeys", body={}, who=None)


_WORKSPACE, _MEMBER = "/workspace/{id}", "/workspace/{id}/users/{userId}"
_USER, _REPOSITORY, _POLICY = "/organization/users/{id}", "/repo/{id}", "/policy/{id}"
_KEY, _AI_KEY = f"{_REPOSITORY}/apikey/{{keyId}}", f"{_REPOSITORY}/ai/apikey/{{keyId}}"
_LINK = f"{_REPOSITORY}/cloud-apikey"
_ACCESS_KEY, _LINKED_KEY, _OWN_AI_KEY = map(_in_repository, (access_key, linked_key, ai_key))

DOCUMENTED = (
    Documented("health", lambda run: run.send("GET /health", who=None), fields=("status",)),
    Documented(
        "a login",
        lambda run: session(run).login,
        fields=("accessToken", "refreshToken", "expiresAt", "user.id", "user.email"),
    ),
    Documented("the profile", _send("GET /user/profile"), fields=("data.id",)),
    Documented("a list of workspaces", _send("GET /workspace"), fields=("workspaces",)),
    Documented(
        "a workspace",
        _send(f"GET {_WORKSPACE}", lambda run: (run.any_workspace(),)),
        fields=("workspace.id", "workspace.name", "workspace.orgId", "workspace.users"),
    ),
    Documented(
        "a workspace that does not exist",
        _send(f"GET {_WORKSPACE}", _unknown),
        404,
        "Workspace not found or access denied",
    ),
    Documented(
        "the update of a workspace that does not exist",
        _send(f"PUT {_WORKSPACE}", _unknown, _renamed),
        404,
        "Workspace not found",
    ),
    Documented(
        "the deletion of a deleted workspace",
        _send(f"DELETE {_WORKSPACE}", lambda run: (given.doomed(run).id,)),
        404,
        "Workspace not found",
    ),
    Documented("keys", _in_workspace("GET /apikeys"), fields=("apiKeys",)),
    Documented("buckets", _in_workspace("GET /bucket"), fields=("buckets",)),
    Documented("repositories", _in_workspace("GET /repo"), fields=("repos",)),
    Documented(
        "the users of an organization",
        _organization_users,
        fields=("data", "total"),
    ),
    Documented(
        "a new key",
        lambda run: run.create_key(**run.credentials()),
        201,
        fields=("success", "apiKeyId"),
    ),
    Documented("a new key without a token", _without_token, 401, "User not found or not validated"),
    Documented(
        "a new key without input",
        lambda run: run.create_key(workspaceId=None),
        400,
        "Workspace ID is required",
    ),
    Documented(
        "an identical key", _identical, 400, "API key with these credentials already exists"
    ),
    Documented(
        "a new key in a workspace that does not exist",
        lambda run: run.create_key(workspaceId=run.unknown_id(), **run.credentials()),
        403,
        "Insufficient permissions",
    ),
    Documented(
        "a new member who does not exist",
        _send(
            f"POST {_WORKSPACE}/users",
            lambda run: (given.team(run),),
            lambda run: {"userId": run.unknown_id(), "role": "READ"},
        ),
        404,
        "Target user not found",
    ),
    Documented(
        "the update of no member",
        _send(f"PUT {_MEMBER}", _stranger, lambda _: {"role": "READ"}),
        404,
        "User not found in workspace",
    ),
    Documented(
        "the removal of no member",
        _send(f"DELETE {_MEMBER}", _stranger),
        404,
        "User not found in workspace",
    ),
    Documented(
        "the update of a bucket",
        _send("PUT /bucket/{id}", _bucket, lambda _: {"region": "us-east-2"}),
    ),
    Documented(
        "the deletion of a workspace that has a bucket",
        _send(f"DELETE {_WORKSPACE}", _workspace_with_bucket),
        400,
        "Cannot delete workspace with existing buckets or repos",
    ),
    Documented("the deletion of a bucket", _send("DELETE /bucket/{id}", _bucket)),
    Documented("the quotas", _send("GET /user/quota"), fields=("quotaUsage",)),
    Documented("a user", _send(f"GET {_USER}", _manager), fields=("id", "email", "orgRole")),
    Documented("a deleted user", _send(f"GET {_USER}", _gone), 404, "User not found"),
    Documented(
        "the update of a deleted user",
        _send(f"PUT {_USER}", _gone, _renamed),
        404,
        "User not found",
    ),
    Documented(
        "the deletion of a bucket that a repository uses",
        _send("DELETE /bucket/{id}", _used_bucket),
        403,
    ),
    Documented(
        "the update of an access key",
        _send(f"PUT {_KEY}", _ACCESS_KEY, lambda run: {**_renamed(run), "accessType": "WRITE"}),
    ),
    Documented("the deletion of an access key", _send(f"DELETE {_KEY}", _ACCESS_KEY)),
    Documented("linked keys", _send(f"GET {_LINK}", _repository), fields=("items",)),
    Documented("the removal of a linked key", _send(f"DELETE {_LINK}/{{linkId}}", _LINKED_KEY)),
    Documented("the update of an AI key", _send(f"PUT {_AI_KEY}", _OWN_AI_KEY, _renamed)),
    Documented("the deletion of an AI key", _send(f"DELETE {_AI_KEY}", _OWN_AI_KEY)),
    Documented("the update of an AI model", _send("PUT /ai/llm/{id}", _model, _renamed)),
    Documented("the deletion of an AI model", _send("DELETE /ai/llm/{id}", _model)),
    Documented("a policy", _send(f"GET {_POLICY}", _policy), fields=("policy.id", "policy.name")),
    Documented("the update of a policy", _send(f"PUT {_POLICY}", _policy, _renamed)),
    Documented("the deletion of a policy", _send(f"DELETE {_POLICY}", _policy)),
    Documented(
        "the update of a repository",
        _send(f"PUT {_REPOSITORY}", _repository, lambda run: body(repository(run)[1], *both(run))),
    ),
    Documented("the deletion of a repository", _send(f"DELETE {_REPOSITORY}", _keyless_repository)),
)
