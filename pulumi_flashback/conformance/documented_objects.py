"""What the documentation says of users, repositories, keys of repositories, models and policies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pulumi_flashback.conformance.documented import Documented
from pulumi_flashback.conformance.exchanges import Exchange
from pulumi_flashback.conformance.observations.ai_llms import model
from pulumi_flashback.conformance.observations.given import deleted_user, storage
from pulumi_flashback.conformance.observations.policies import policy
from pulumi_flashback.conformance.observations.repositories import (
    body,
    both,
    new_repository,
    repository,
)
from pulumi_flashback.conformance.observations.repository_ai_keys import ai_key
from pulumi_flashback.conformance.observations.repository_keys import access_key, linked_key
from pulumi_flashback.conformance.outcome import NotObserved
from pulumi_flashback.conformance.run import Run

Request = Callable[[Run], Exchange]
Ids = Callable[[Run], tuple[str, ...]]  # what stands for the placeholders of a path


def _send(operation: str, ids: Ids, wanted: Callable[[Run], Any] | None = None) -> Request:
    if operation.startswith("GET "):
        return lambda run: run.look(operation, *ids(run))
    return lambda run: run.send(operation, *ids(run), body=wanted(run) if wanted else None)


def _renamed(run: Run) -> dict[str, Any]:
    return {"name": run.text()}


def _manager(run: Run) -> tuple[str, ...]:
    if not run.first.manages_users:
        raise NotObserved("needs a role in the organization that manages users")
    return (run.first.id,)


def _gone(run: Run) -> tuple[str, ...]:
    return (str(deleted_user(run)["id"]),)


def _used_bucket(run: Run) -> tuple[str, ...]:
    repository(run)
    return (storage(run, 1),)


def _repository(run: Run) -> tuple[str, ...]:
    return (repository(run)[0],)


def _keyless_repository(run: Run) -> tuple[str, ...]:
    # the keys of the other one could outlive it
    return (new_repository(run, *both(run))[0],)


def _in_repository(create: Callable[[Run], Exchange]) -> Ids:
    def ids(run: Run) -> tuple[str, ...]:
        created = create(run)
        return repository(run)[0], str(created.get("id"))

    return ids


def _model(run: Run) -> tuple[str, ...]:
    return (model(run),)


def _policy(run: Run) -> tuple[str, ...]:
    return (policy(run)[0],)


_USER, _REPOSITORY, _POLICY = "/organization/users/{id}", "/repo/{id}", "/policy/{id}"
_KEY, _AI_KEY = f"{_REPOSITORY}/apikey/{{keyId}}", f"{_REPOSITORY}/ai/apikey/{{keyId}}"
_LINK = f"{_REPOSITORY}/cloud-apikey"

DOCUMENTED_OBJECTS = (
    Documented("the quotas", lambda run: run.send("GET /user/quota"), fields=("quotaUsage",)),
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
        _send(
            f"PUT {_KEY}",
            _in_repository(access_key),
            lambda r: {**_renamed(r), "accessType": "WRITE"},
        ),
    ),
    Documented(
        "the deletion of an access key", _send(f"DELETE {_KEY}", _in_repository(access_key))
    ),
    Documented("linked keys", _send(f"GET {_LINK}", _repository), fields=("items",)),
    Documented(
        "the removal of a linked key",
        _send(f"DELETE {_LINK}/{{linkId}}", _in_repository(linked_key)),
    ),
    Documented(
        "the update of an AI key", _send(f"PUT {_AI_KEY}", _in_repository(ai_key), _renamed)
    ),
    Documented("the deletion of an AI key", _send(f"DELETE {_AI_KEY}", _in_repository(ai_key))),
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
