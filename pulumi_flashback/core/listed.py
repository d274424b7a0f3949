"""How objects are read: from the list of their parent, or one by one."""

from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import dataclass
from typing import Any, Generic

from pulumi_flashback.client import (
    FlashbackClient,
    FlashbackError,
    NotFoundError,
    PermissionDeniedError,
)
from pulumi_flashback.client.models import Rows, RowType
from pulumi_flashback.core.context import Context
from pulumi_flashback.core.list_cache import settled
from pulumi_flashback.core.values import Properties


class UndeterminedError(FlashbackError):
    """An object does not exist or this user may not read it; the API does not say which."""


class Source:
    """Reads the objects of a resource, as rows that have an ``id``.

    A ``state`` has at least the properties that the import id names. All methods raise
    ``FlashbackError`` if what they return could not be determined.
    """

    def read(self, context: Context, identifier: str, state: Properties) -> Any | None:
        """Return an object for a refresh, from shared responses; None if none of them has it.

        Raises ``UndeterminedError`` if this user may lack access to the object.
        """
        raise NotImplementedError

    def look(
        self,
        context: Context,
        identifier: str,
        state: Properties,
        failure: FlashbackError | None = None,
    ) -> Any | None:
        """Return an object after a write, whether that failed or not; it may be out of date."""
        raise NotImplementedError

    def confirm_gone(self, context: Context, identifier: str, state: Properties) -> None:
        """Raise an error if an object that was not found may only be hidden from this user."""
        context.account.confirm_organization(state.get("orgId"))

    def ids_before(self, context: Context, inputs: Properties) -> Collection[str] | None:
        """Return the ids that exist before this process creates one; None if listing is denied."""
        return ()

    def candidates(self, context: Context, inputs: Properties) -> Iterable[Any]:
        """Return the objects to search for one whose create response was lost."""
        return ()

    def invalidate(self, context: Context, identifier: str, properties: Properties) -> None:
        raise NotImplementedError


class _Lists(Source, Generic[RowType]):
    """Reads objects that can be listed."""

    def ids_before(self, context: Context, inputs: Properties) -> Collection[str] | None:
        key, fetch = self._request(context, inputs)

        def ids() -> frozenset[str] | None:
            try:
                return fetch().ids
            except PermissionDeniedError:  # the user may create objects but not list them
                return None

        first, latest = context.lists.first(key, ids), context.lists.latest(key)
        return first if first is None or latest is None else first | latest.ids

    def candidates(self, context: Context, inputs: Properties) -> Rows[RowType]:
        """Return the objects of a list that was requested after this call began."""
        return context.lists.fresh(*self._request(context, inputs))

    def _request(
        self, context: Context, properties: Properties
    ) -> tuple[Hashable, Callable[[], Rows[RowType]]]:
        """Return the cache key of a list, and the request for it."""
        raise NotImplementedError


@dataclass(frozen=True)
class Listed(_Lists[RowType]):
    """Reads objects by listing their parent."""

    kind: str  # what they are, such as ``API keys``
    parent: str  # the input that has the id of the parent
    fetch: Callable[[FlashbackClient, str], Rows[RowType]]  # lists them: (client, id of parent)
    # Raises an error unless this user certainly has access to the parent, or it certainly is gone:
    # (context, id of parent, reader, state). A list also lacks what the user has no access to
    confirm_access: Callable[[Context, str, str, Properties], None]

    def read(self, context: Context, identifier: str, state: Properties) -> RowType | None:
        key, fetch = self._request(context, state)
        row = context.lists.cached(key, identifier, fetch).find(identifier)
        if row is not None:
            return row
        later = context.lists.later(key, identifier, fetch)
        return next(filter(None, (rows.find(identifier) for rows in later)), None)

    def look(
        self,
        context: Context,
        identifier: str,
        state: Properties,
        failure: FlashbackError | None = None,
    ) -> RowType | None:
        return self.candidates(context, state).find(identifier)

    def confirm_gone(self, context: Context, identifier: str, state: Properties) -> None:
        self.confirm_access(context, state[self.parent], f"{self.kind} {identifier}", state)

    def invalidate(self, context: Context, identifier: str, properties: Properties) -> None:
        context.lists.invalidate((self.kind, properties[self.parent]))

    def _request(
        self, context: Context, properties: Properties
    ) -> tuple[Hashable, Callable[[], Rows[RowType]]]:
        parent = properties[self.parent]
        return (self.kind, parent), lambda: self.fetch(context.client, parent)


@dataclass(frozen=True)
class Single(_Lists[RowType]):
    """Objects that are read one by one; a list has those whose create response was lost.

    Attributes:
        get: Reads one: ``(client, id) -> row``; raises ``NotFoundError`` if there is none.
        scope: The inputs that determine in which list an object is.
        fetch: Lists them: ``(client, inputs) -> rows``.
    """

    get: Callable[[FlashbackClient, str], RowType]
    scope: tuple[str, ...]
    fetch: Callable[[FlashbackClient, Properties], Rows[RowType]]

    def read(self, context: Context, identifier: str, state: Properties) -> RowType | None:
        # a read may return data from before a write
        return settled(lambda: self.look(context, identifier, state), bool)

    def look(
        self,
        context: Context,
        identifier: str,
        state: Properties,
        failure: FlashbackError | None = None,
    ) -> RowType | None:
        try:
            row = self.get(context.client, identifier)
        except NotFoundError:
            return None
        found: str = getattr(row, row.id_name)
        if found != identifier:  # a response about another object proves nothing
            raise FlashbackError(
                f"the API returned {found} instead of {identifier}. Check flashback:baseUrl, and "
                f"any cache or proxy between it and this machine"
            )
        return row

    def confirm_gone(self, context: Context, identifier: str, state: Properties) -> None:
        """Check the list as well: the status of a single read may have another cause."""
        super().confirm_gone(context, identifier, state)
        listed = settled(
            lambda: self.candidates(context, state).find(identifier), lambda row: row is None
        )
        if listed is not None:
            raise FlashbackError("the API lists it, but does not return it")

    def invalidate(self, context: Context, identifier: str, properties: Properties) -> None:
        """Do nothing: no responses are shared."""

    def _request(
        self, context: Context, properties: Properties
    ) -> tuple[Hashable, Callable[[], Rows[RowType]]]:
        scope = {name: properties[name] for name in self.scope if properties.get(name)}
        return (self.fetch, *scope.items()), lambda: self.fetch(context.client, scope)
