"""What the documentation of the API says: statuses, texts and fields. No setting changes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pulumi_flashback.conformance.exchanges import Exchange
from pulumi_flashback.conformance.observations.given import doomed, new_bucket, team
from pulumi_flashback.conformance.observations.organization import LIST
from pulumi_flashback.conformance.observations.users import session
from pulumi_flashback.conformance.outcome import ODD, ODD_RESPONSE, Finding, NotObserved, Unlike
from pulumi_flashback.conformance.run import Run


@dataclass(frozen=True)
class Documented:
    """A response that the documentation describes."""

    behavior: str
    request: Callable[[Run], Exchange]
    status: int = 200
    message: str = ""  # of a refusal; empty if its text is not documented
    fields: tuple[str, ...] = ()  # that the body has; a dot leads into an object

    def find(self, run: Run) -> Finding:
        """Send the request, and compare."""
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


def _in_workspace(operation: str) -> Callable[[Run], Exchange]:
    return lambda run: run.look(operation, query={"workspaceId": run.any_workspace()})


def _identical(run: Run) -> Exchange:
    credentials = run.credentials()
    run.new_key(**credentials)
    return run.create_key(**credentials)


def _unknown_member(method: str) -> Callable[[Run], Exchange]:
    body = None if method == "DELETE" else {"role": "READ"}
    operation = f"{method} /workspace/{{id}}/users/{{userId}}"

    def request(run: Run) -> Exchange:
        return run.send(operation, team(run), run.unknown_id(), body=body)

    return request


def _add_unknown_user(run: Run) -> Exchange:
    body = {"userId": run.unknown_id(), "role": "READ"}
    return run.send("POST /workspace/{id}/users", team(run), body=body)


def _rename_unknown(run: Run) -> Exchange:
    run.require_writes()
    return run.send("PUT /workspace/{id}", run.unknown_id(), body={"name": run.text()})


def _bucket(run: Run) -> str:
    return run.once("bucket", lambda: new_bucket(run, run.workspace, run.new_key()))


def _organization_users(run: Run) -> Exchange:
    if not run.first.manages_users:
        raise NotObserved("needs a role in the organization that manages users")
    return run.look(LIST)


def _without_token(run: Run) -> Exchange:
    run.require_writes()
    return run.send("POST /apikeys", body={}, who=None)


def _foreign(run: Run) -> Exchange:
    return run.create_key(workspaceId=run.unknown_id(), **run.credentials())


_UNKNOWN_MEMBER = "User not found in workspace"

DOCUMENTED = (
    Documented("health", lambda run: run.send("GET /health", who=None), fields=("status",)),
    Documented(
        "a login",
        lambda run: session(run).login,
        fields=("accessToken", "refreshToken", "expiresAt", "user.id", "user.email"),
    ),
    Documented("the profile", lambda run: run.send("GET /user/profile"), fields=("data.id",)),
    Documented(
        "a list of workspaces", lambda run: run.look("GET /workspace"), fields=("workspaces",)
    ),
    Documented(
        "a workspace",
        lambda run: run.look("GET /workspace/{id}", run.any_workspace()),
        fields=("workspace.id", "workspace.name", "workspace.orgId", "workspace.users"),
    ),
    Documented(
        "a workspace that does not exist",
        lambda run: run.look("GET /workspace/{id}", run.unknown_id()),
        404,
        "Workspace not found or access denied",
    ),
    Documented(
        "the update of a workspace that does not exist", _rename_unknown, 404, "Workspace not found"
    ),
    Documented(
        "the deletion of a deleted workspace",
        lambda run: run.send("DELETE /workspace/{id}", doomed(run).id),
        404,
        "Workspace not found",
    ),
    Documented("keys", _in_workspace("GET /apikeys"), fields=("apiKeys",)),
    Documented("buckets", _in_workspace("GET /bucket"), fields=("buckets",)),
    Documented("repositories", _in_workspace("GET /repo"), fields=("repos",)),
    Documented("the users of an organization", _organization_users, fields=("data", "total")),
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
        "a new key in a workspace that does not exist", _foreign, 403, "Insufficient permissions"
    ),
    Documented("a new member who does not exist", _add_unknown_user, 404, "Target user not found"),
    Documented("the update of no member", _unknown_member("PUT"), 404, _UNKNOWN_MEMBER),
    Documented("the removal of no member", _unknown_member("DELETE"), 404, _UNKNOWN_MEMBER),
    Documented(
        "the update of a bucket",
        lambda run: run.send("PUT /bucket/{id}", _bucket(run), body={"region": "us-east-2"}),
    ),
    Documented(
        "the deletion of a workspace that has a bucket",
        lambda run: run.send("DELETE /workspace/{id}", _workspace_with_bucket(run)),
        400,
        "Cannot delete workspace with existing buckets or repos",
    ),
    Documented(
        "the deletion of a bucket", lambda run: run.send("DELETE /bucket/{id}", _bucket(run))
    ),
)


def _workspace_with_bucket(run: Run) -> str:
    _bucket(run)
    return run.own_workspace
