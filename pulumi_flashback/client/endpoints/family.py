"""Base classes of the endpoint families: list, get, create, update, delete."""

from collections.abc import Mapping
from typing import Any, Generic, TypeVar, cast

from pulumi_flashback.client.call import Call, Shape
from pulumi_flashback.client.identifiers import checked, path_of
from pulumi_flashback.client.models import Model, Record, Rows, RowType
from pulumi_flashback.client.session import Session

Body = Mapping[str, Any]
CreatedType = TypeVar("CreatedType", bound=Record)


class Family:
    """Base class. An operation is a method and a path template, such as ``GET /bucket/{id}``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def _list(
        self,
        operation: str,
        model: type[RowType],
        at: str,
        *ids: str,
        workspace_id: str | None = None,
        filters: Mapping[str, str | None] | None = None,
        **limits: Any,
    ) -> Rows[RowType]:
        if workspace_id is not None:
            checked(operation, workspace_id)
        parameters = {"workspaceId": workspace_id, **(filters or {})}
        shape = Shape(model, at, many=True)
        path = path_of(operation, *ids)
        call = Call(operation, path, parameters=parameters, shape=shape, **limits)
        return cast(Rows[RowType], self._session.call(call))

    def _get(self, operation: str, model: type[Model], at: str, *ids: str, **limits: Any) -> Model:
        call = Call(operation, path_of(operation, *ids), shape=Shape(model, at), **limits)
        return cast(Model, self._session.call(call))

    def _create(self, operation: str, model: type[Model], at: str, *ids: str, body: Body) -> Model:
        """Create an object; sent again only if it provably never arrived or hit a rate limit."""
        path, shape = path_of(operation, *ids), Shape(model, at)
        call = Call(operation, path, body=body, repeatable=False, shape=shape)
        return cast(Model, self._session.call(call))

    def _write(self, operation: str, *ids: str, **more: Any) -> None:
        self._session.call(Call(operation, path_of(operation, *ids), **more))


class Collection(Family, Generic[RowType, CreatedType]):
    """Base class of the families whose objects are created, updated and deleted in the same way.

    Fields are values by the API's field names. Methods raise :class:`FlashbackError`.

    Attributes:
        path: The path of one object, such as ``/bucket/{id}``.
        row: The model of one object in a list.
        listed_at: The field of the response that contains the list.
        created: The model of the created object in the response to a create.
        created_at: The field that contains it; empty for the whole response.
    """

    path: str
    row: type[RowType]
    listed_at: str
    created: type[CreatedType]
    created_at = ""

    def __init__(self, session: Session, *parents: str) -> None:
        super().__init__(session)
        self._parents = parents

    def create(self, fields: Body) -> CreatedType:
        """``POST``: create an object with these fields; return the fields that the response has.

        The request is sent again only if it provably never arrived or was rejected by a rate limit.
        An error whose ``may_have_taken_effect`` is true leaves open whether the object exists.

        Raises:
            DuplicateError: The name of the object is taken, or an identical one exists.
        """
        operation = f"POST {self._all}"
        return self._create(operation, self.created, self.created_at, *self._parents, body=fields)

    def update(self, identifier: str, fields: Body) -> None:
        """``PUT``: write the given fields of an object; None asks the API to clear a field."""
        self._write(f"PUT {self.path}", *self._parents, identifier, body=dict(fields))

    def delete(self, identifier: str) -> None:
        """``DELETE``: delete an object; the API refuses this while another object uses it."""
        self._write(f"DELETE {self.path}", *self._parents, identifier)

    def _rows(self, **filters: Any) -> Rows[RowType]:
        return self._list(f"GET {self._all}", self.row, self.listed_at, *self._parents, **filters)

    @property
    def _all(self) -> str:
        return self.path.rpartition("/")[0]


class WorkspaceCollection(Collection[RowType, CreatedType]):
    """Objects of workspaces; a create names the workspace in ``workspaceId``."""

    def list(self, *, workspace_id: str | None = None) -> Rows[RowType]:
        """``GET``: return the objects of a workspace, or all that the user can see."""
        return self._rows(workspace_id=workspace_id)


class RepositoryCollection(Collection[RowType, CreatedType]):
    """Objects of one repository."""

    def __init__(self, session: Session, repository_id: str) -> None:
        super().__init__(session, repository_id)

    def list(self) -> Rows[RowType]:
        """``GET``: return the objects of the repository."""
        return self._rows()
