"""What the families of endpoints share: one request of each usual kind."""

from collections.abc import Mapping
from typing import Any, cast

from pulumi_flashback.client.call import Call, Shape
from pulumi_flashback.client.identifiers import checked, path_of
from pulumi_flashback.client.models import Model, Rows, RowType
from pulumi_flashback.client.session import Session

Body = Mapping[str, Any]


class Family:
    """Base of the families. An operation is a method and a path template: ``GET /bucket/{id}``."""

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
