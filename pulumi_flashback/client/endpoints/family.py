"""What the families of endpoints share: one request of each usual kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_flashback.client.call import Call, Shape
from pulumi_flashback.client.identifiers import checked, path_of
from pulumi_flashback.client.models import Model, Rows, RowType
from pulumi_flashback.client.session import Session

Body = Mapping[str, Any]


class Family:
    """Base of the families. An operation is a method and a path template, ``"GET /bucket/{id}"``.

    Ids are checked before anything is sent. What a body has in a field such as ``secret`` appears
    in no error (:data:`~pulumi_flashback.client.call.SECRET_FIELDS`).
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def _list(
        self,
        operation: str,
        model: type[RowType],
        at: str,
        *,
        workspace_id: str | None = None,
        filters: Mapping[str, str | None] | None = None,
        max_retries: int | None = None,
        timeout: float | None = None,
    ) -> Rows[RowType]:
        """Return the rows in a field of the response; of one workspace, or of all."""
        if workspace_id is not None:
            checked(operation, workspace_id)
        parameters = {"workspaceId": workspace_id, **(filters or {})}
        call = Call(
            operation, path_of(operation), parameters=parameters, shape=Shape(model, at, many=True)
        )
        rows: Rows[RowType] = self._session.call(call.within(max_retries, timeout))
        return rows

    def _get(
        self,
        operation: str,
        model: type[Model],
        at: str,
        *ids: str,
        max_retries: int | None = None,
        timeout: float | None = None,
    ) -> Model:
        """Return the object in a field of the response."""
        call = Call(operation, path_of(operation, *ids), shape=Shape(model, at))
        value: Model = self._session.call(call.within(max_retries, timeout))
        return value

    def _create(self, operation: str, model: type[Model], at: str, *ids: str, body: Body) -> Model:
        """Create an object, and return what is in a field of the response.

        Sent again only if it provably never arrived or was rejected by a rate limit.
        """
        path = path_of(operation, *ids)
        call = Call(operation, path, body=body, repeatable=False, shape=Shape(model, at))
        value: Model = self._session.call(call)
        return value

    def _write(
        self, operation: str, *ids: str, body: Body | None = None, repeatable: bool = True
    ) -> None:
        """Update or delete an object: a request whose response only reports the success."""
        path = path_of(operation, *ids)
        self._session.call(Call(operation, path, body=body, repeatable=repeatable))
