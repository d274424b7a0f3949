"""Direct access of tests to the data of an emulator, bypassing the API."""

from collections.abc import Mapping
from itertools import count
from typing import Any

from pulumi_flashback.emulator.backend import Backend
from pulumi_flashback.emulator.families.storage import AiLlm, ApiKey, Bucket, Repository
from pulumi_flashback.emulator.rows import now
from pulumi_flashback.emulator.store import OWNER, Member, Store, User, Workspace

DEMO_ORGANIZATION = "demo-organization"
DEMO_PASSWORD = "demo-password"  # noqa: S105 - of the demo user


class BackDoor:
    """Methods that read and change the data directly."""

    email = "demo@flashback.example"  # of the demo user
    password = DEMO_PASSWORD  # of the demo user
    workspace_id = "workspace-uuid"  # as in the examples of the API reference
    second_workspace_id = "workspace-uuid-2"

    def __init__(self, backend: Backend) -> None:
        self.store: Store = backend.store  # the rows of all kinds
        self._backend = backend
        with self.store.transaction():
            self._demo_user = self.user(self.email) or self._add_demo_data()
        self.user_id = self._demo_user.id  # of the demo user

    def _add_demo_data(self) -> User:
        user = self.add_user(self.email, org_role=OWNER)
        for identifier, name in ((self.workspace_id, "Demo"), (self.second_workspace_id, "Second")):
            self.store.add(Workspace(id=identifier, name=name, org_id=DEMO_ORGANIZATION))
            self.set_member(identifier, user, "ADMIN")
        return user

    @property
    def token(self) -> str:
        """A new access token of the demo user."""
        return self.issue_token()

    def issue_token(self, user: User | None = None, seconds: float | None = None) -> str:
        """Return a new access token.

        Args:
            user: The user of the token; None for the demo user.
            seconds: Its lifetime; None for the lifetime in the settings.
        """
        return self._backend.issue_token(user or self._demo_user, seconds)

    def expire_tokens(self, *, refresh_tokens: bool = False) -> None:
        """Invalidate all access tokens issued so far, and the refresh tokens if requested."""
        self._backend.expire_tokens(refresh_tokens=refresh_tokens)

    def add_user(self, email: str, password: str = DEMO_PASSWORD, **about: Any) -> User:
        """Add a user to the demo organization, without a role in any workspace.

        Args:
            email: The email address.
            password: The password.
            about: Other attributes of :class:`~pulumi_flashback.emulator.store.User`: ``org_id``,
                ``org_role``, ``validated``, ``name``, ``last_name``.
        """
        hashed = self.store.vault.hash_password(password)
        about = {"org_id": DEMO_ORGANIZATION, **about}
        return self.store.add(User(email=email, password=hashed, **about))

    def user(self, email: str) -> User | None:
        """Return a user by email address."""
        return self.store.one(User, email=email)

    def set_org_role(self, user: User, org_role: int) -> None:
        """Give a user another role in the organization."""
        self.store.change(User, {"org_role": org_role}, id=user.id)

    def delete_user(self, user: User) -> None:
        """Delete a user of the organization; the user's tokens become invalid."""
        self.store.change(User, {"deleted_at": now()}, id=user.id)

    def workspaces(self, *, org_id: str = DEMO_ORGANIZATION) -> list[Workspace]:
        """Return the workspaces of an organization that are not deleted."""
        found = self.store.find(Workspace, org_id=org_id)
        return [each for each in found if not each.deleted_at]

    def add_workspace(self, name: str, *, org_id: str = DEMO_ORGANIZATION) -> Workspace:
        """Add a workspace without members."""
        return self.store.add(Workspace(name=name, org_id=org_id))

    def rename_workspace(self, workspace_id: str, name: str) -> None:
        """Rename a workspace."""
        self.store.change(Workspace, {"name": name}, id=workspace_id)

    def delete_workspace(self, workspace_id: str) -> None:
        """Delete a workspace."""
        self.store.change(Workspace, {"deleted_at": now()}, id=workspace_id)

    def mark_workspace_in_use(
        self, workspace_id: str, *, buckets: int = 0, repositories: int = 0
    ) -> None:
        """Put this many buckets and repositories into a workspace, which prevents its deletion.

        They replace those of an earlier call and do not affect those that a program creates.
        """
        within = {"workspace_id": workspace_id, "storage_type": "S3"}
        self._mark(Bucket, "bucket", buckets, **within, bucket="b")
        self._mark(Repository, "repository", repositories, **within, mode="NORMAL")

    def members(self, workspace_id: str) -> dict[str, str]:
        """Return the roles of the members of a workspace by user id."""
        found = self.store.find(Member, workspace_id=workspace_id)
        return {each.user_id: each.role for each in found}

    def set_member(self, workspace_id: str, user: User | str, role: str) -> None:
        """Make a user (an object or an id) a member, or give a member another role."""
        ids = {"workspace_id": workspace_id, "user_id": _id(user)}
        self.store.put(Member, {"role": role}, **ids)

    def remove_member(self, workspace_id: str, user: User | str) -> bool:
        """Remove a member of a workspace; False if the user is not a member."""
        return self.store.remove(Member, workspace_id=workspace_id, user_id=_id(user))

    def api_keys(self, workspace_id: str | None = None) -> list[dict[str, Any]]:
        """Return the keys of a workspace (the demo workspace for None), with their secrets."""
        found = self.store.find(ApiKey, workspace_id=workspace_id or self.workspace_id)
        return [
            {name: value for name, value in each.values().items() if name != "workspaceId"}
            for each in found
        ]

    def add_api_key(self, workspace_id: str | None = None, **fields: str) -> str:
        """Add a key and return its id. Takes the API's field names."""
        values = {
            "workspaceId": workspace_id or self.workspace_id,
            "key": "OUTSIDE",
            "secret": "outside-secret",
            "provider": "AWS",
            **fields,
        }
        return self.store.add(ApiKey(**ApiKey.attributes(values))).id

    def update_api_key(self, identifier: str, changes: Mapping[str, str | None]) -> None:
        """Change a key. Takes the API's field names."""
        self.store.change(ApiKey, ApiKey.attributes(changes), id=identifier)

    def delete_api_key(self, identifier: str) -> bool:
        """Delete a key; False if there is none."""
        return self.store.remove(ApiKey, id=identifier)

    def mark_in_use(self, identifier: str, *, buckets: int = 0, models: int = 0) -> None:
        """Add this many buckets and AI models that use a key.

        They replace those of an earlier call and do not affect those that a program creates.
        """
        for key in self.store.find(ApiKey, id=identifier):
            uses = {"workspace_id": key.workspace_id, "api_key_id": key.id}
            self._mark(Bucket, "bucket", buckets, **uses, bucket="b", storage_type="S3")
            self._mark(AiLlm, "model", models, **uses, ai_type="OPENAI")

    def _mark(self, kind: type[Any], noun: str, number: int, **about: str) -> None:
        prefix = f"{about.get('api_key_id', about['workspace_id'])}-{noun}"
        for each in count(1):
            if not self.store.remove(kind, id=f"{prefix}-{each}"):
                break
        for each in range(1, number + 1):
            self.store.add(kind(id=f"{prefix}-{each}", name=f"{noun}-{each}", **about))


def _id(user: User | str) -> str:
    return user if isinstance(user, str) else user.id
